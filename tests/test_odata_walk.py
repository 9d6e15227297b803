"""Walking through the pages of 1C, and making records of what is in them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator

import pytest
from fake_odata import LOGIN, PASSWORD, FakeOdata
from fake_odata_base import (
    ADDRESS,
    CONTRACTORS,
    CONTRACTS,
    EMAIL,
    EMPTY,
    FOLDER_EVERY,
    KINDS,
    USERS,
    Base,
)
from hypothesis import given
from hypothesis import strategies as st
from onec.odata import walk as odata_walk
from onec.odata.client import OdataClient
from onec.odata.errors import OdataError
from onec.odata.objects import entries_of, links_of, named_of, records_of
from onec.odata.walk import (
    OVERLAP,
    Place,
    has_key,
    next_page,
    version_of,
    with_key,
)

TOP = 20


@pytest.fixture
def fake() -> Iterator[FakeOdata]:
    fake = FakeOdata(Base(300))
    yield fake
    fake.stop()


def walk(fake: FakeOdata, place: Place | None = None, top: int = TOP) -> list[str]:
    """Return the keys of all contractors in the order in which they were read."""
    place = place or Place()
    found: list[str] = []
    with OdataClient(
        fake.address, LOGIN, PASSWORD, attempts=1, allowed="127.0.0.1"
    ) as client:

        def fetch(skip: int, top: int):
            return client.page(CONTRACTORS, skip=skip, top=top, inlinecount="allpages")

        while not place.is_end:
            found += [row["Ref_Key"] for row in next_page(fetch, place, top)]
    return found


def test_each_object_once(fake):
    assert walk(fake) == fake.base.keys[CONTRACTORS]


@pytest.mark.parametrize("count", [0, 1, TOP - 1, TOP, TOP + 1, 2 * TOP - OVERLAP])
def test_a_set_of_any_size(fake, count):
    del fake.base.keys[CONTRACTORS][count:]
    assert walk(fake) == fake.base.keys[CONTRACTORS]


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("cap", [2, OVERLAP, OVERLAP + 1, TOP - 1, TOP, 7, 150])
def test_a_server_that_sends_less_than_it_is_asked_for(fake, cap, counts):
    fake.cap, fake.counts = cap, counts
    if cap <= OVERLAP:
        # One object at a time then.
        del fake.base.keys[CONTRACTORS][60:]
    assert walk(fake) == fake.base.keys[CONTRACTORS]


@pytest.mark.parametrize("count", [0, 1, 2, OVERLAP, TOP - 1, TOP, TOP + 1, 35])
def test_a_set_of_any_size_that_nobody_counts(fake, count):
    fake.counts = False
    del fake.base.keys[CONTRACTORS][count:]
    assert walk(fake) == fake.base.keys[CONTRACTORS]


@pytest.mark.parametrize("key", [EMPTY, "", None, 5, "нет"])
@pytest.mark.parametrize("place", [0, TOP - 1, TOP, 29])
def test_one_object_without_a_key(fake, key, place):
    """It is among the others, marked, and once."""
    del fake.base.keys[CONTRACTORS][30:]
    lost = fake.base.keys[CONTRACTORS][place]

    def spoil(rows: list[dict]) -> list[dict]:
        return [
            {**row, "Ref_Key": key} if row["Ref_Key"] == lost else row for row in rows
        ]

    fake.page_hook = spoil
    place_of_walk, rows = Place(), []
    with OdataClient(fake.address, LOGIN, PASSWORD, allowed="127.0.0.1") as client:
        while not place_of_walk.is_end:
            rows += next_page(
                lambda skip, top: client.page(CONTRACTORS, skip=skip, top=top),
                place_of_walk,
                TOP,
            )
    assert len(rows) == 30
    [marked] = [row for row in rows if not has_key(row)]
    assert [row["Ref_Key"] for row in with_key(rows)] == [
        known for known in fake.base.keys[CONTRACTORS] if known != lost
    ]
    [entry] = entries_of(CONTRACTORS, [marked])
    told = list(records_of(CONTRACTORS, [entry], {}))
    [(_ref, record)] = told
    assert [issue.code for issue in record.issues] == ["damaged_object"]
    assert "ref" not in record.values


@pytest.mark.parametrize("gone", [1, OVERLAP, OVERLAP + 1, 60])
def test_objects_deleted_while_they_are_read(fake, gone):
    keys = fake.base.keys[CONTRACTORS]
    kept = keys[gone:]

    def delete_once(path: str) -> None:
        if "$skip=45" in path and len(keys) == 300:
            del keys[:gone]

    fake.after = delete_once
    found = walk(fake)
    assert set(kept) <= set(found)
    assert len(found) == len(set(found))


@pytest.mark.parametrize("new", [1, TOP, 3 * TOP])
def test_objects_added_while_they_are_read(fake, new):
    keys = fake.base.keys[CONTRACTORS]
    before = list(keys)

    def add_once(path: str) -> None:
        if "$skip=45" in path and len(keys) == len(before):
            added = [str(uuid.UUID(int=number + 1)) for number in range(new)]
            fake.base.numbers.update(dict.fromkeys(added, 7))
            keys[:0] = added

    fake.after = add_once
    found = walk(fake)
    assert set(before) <= set(found)


def test_what_was_read_last_is_gone(fake):
    keys = fake.base.keys[CONTRACTORS]

    def delete_once(path: str) -> None:
        if "$skip=30" in path and len(keys) == 300:
            del keys[25:45]

    fake.after = delete_once
    assert set(keys[:25]) | set(keys[45:]) <= set(walk(fake))


def test_a_walk_goes_on_where_it_was(fake):
    place = Place()
    found: list[str] = []
    while not place.is_end:
        with OdataClient(fake.address, LOGIN, PASSWORD, allowed="127.0.0.1") as client:
            rows = next_page(
                lambda skip, top, client=client: client.page(
                    CONTRACTORS, skip=skip, top=top
                ),
                place,
                TOP,
            )
        found += [row["Ref_Key"] for row in rows]
        place = Place(**json.loads(json.dumps(place.to_dict())))
    assert found == fake.base.keys[CONTRACTORS]


def lying(page):
    """A way to fetch from a server that always answers so.

    :param page: gets the number of the request and how many objects are wanted
    """
    requests = iter(range(10**9))
    return lambda _skip, top: (page(next(requests), top), -1)


def rows_of(first: int, count: int) -> list[dict]:
    return [{"Ref_Key": str(uuid.UUID(int=first + n + 1))} for n in range(count)]


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (lambda _number, top: rows_of(0, top), "same_page"),
        (lambda number, top: rows_of(number % 2 * (top - OVERLAP), top), "same_page"),
        (lambda number, top: rows_of(number * top * 9, top), "too_many"),
        (lambda number, top: rows_of(number * (top - OVERLAP), top), "too_many"),
        (lambda _number, top: [rows_of(7, 1)[0]] * top, "same_page"),
        (lambda _number, _top: rows_of(0, 3000), "too_many"),
        (lambda _number, _top: [{"Description": "ООО"}], "not_odata"),
        (lambda _number, _top: [{"Ref_Key": 5}], "not_odata"),
        (lambda _number, _top: [{"Ref_Key": EMPTY}], "not_odata"),
    ],
)
def test_a_server_that_lies(monkeypatch, page, code):
    monkeypatch.setattr(odata_walk, "MAX_ROWS", 2000)
    place, fetch = Place(), lying(page)
    with pytest.raises(OdataError) as caught:
        while not place.is_end:
            next_page(fetch, place, TOP)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("version", "read"),
    [("AAA=", "AAA="), (None, ""), (5, ""), ("A" * 65, ""), (["A"], ""), ("A\x00", "")],
)
def test_versions(version, read):
    assert version_of({"DataVersion": version}) == read


# -----------------------------------------------------------------------------
# Records
# -----------------------------------------------------------------------------


def records(base: Base, catalogue: str, numbers: list[int], known: bool = True):
    """Return the records of these objects."""
    rows = [base.entity(catalogue, base.keys[catalogue][n]) for n in numbers]
    entries = entries_of(catalogue, json.loads(json.dumps(rows)))
    names = {}
    for link in links_of(entries) if known else ():
        for other in (KINDS, USERS, CONTRACTORS):
            if link in base.keys[other]:
                names[link] = named_of(base.entity(other, link))
    return [record for _ref, record in records_of(catalogue, entries, names)]


def test_a_contractor():
    base = Base(300)
    folder = base.change(CONTRACTORS, FOLDER_EVERY, Description="Клиенты")
    head = base.keys[CONTRACTORS][60]
    key = base.change(
        CONTRACTORS,
        63,
        ГоловнойКонтрагент_Key=head,
        РегистрационныйНомер="1027700132195",
    )
    (record,) = records(base, CONTRACTORS, [63])
    assert record.path == ("Клиенты",)
    assert record.row == 1
    assert not record.is_folder
    assert record.values == {
        "name": 'ООО "Ромашка 63"',
        "code": "00-000064",
        "ref": key,
        "full_name": 'Общество с ограниченной ответственностью "Ромашка 63"',
        "kind": "company",
        "inn": base.entity(CONTRACTORS, key)["ИНН"],
        "kpp": "434501001",
        "ogrn": "1027700132195",
        "phone": "8 (8332) 000063",
        "email": "client63@example.com",
        "address": "610000, г. Киров, ул. Ленина, д. 63",
        "manager": "Проверкина Анна Ивановна",
        "group": "Клиенты",
        "head_ref": head,
        "head_office": 'ООО "Ромашка 60"',
    }
    assert folder == base.entity(CONTRACTORS, key)["Parent_Key"]


def test_a_folder_and_what_is_marked():
    base = Base(300)
    base.change(CONTRACTORS, 2, DeletionMark=True)
    folder, marked = records(base, CONTRACTORS, [0, 2])
    assert folder.is_folder
    assert folder.values["is_folder"] == "1"
    assert marked.values["deletion_mark"] == "1"
    assert marked.row == 2


def test_references_to_what_is_not_known():
    (record,) = records(Base(300), CONTRACTORS, [63], known=False)
    assert "manager" not in record.values
    assert record.path == ()
    # The kind is a name, or nothing: never a GUID.
    assert ADDRESS not in json.dumps(record.values, ensure_ascii=False)
    assert EMAIL not in json.dumps(record.values)


def test_folders_that_lie_in_each_other():
    base = Base(300)
    one, two = base.keys[CONTRACTORS][0], base.keys[CONTRACTORS][FOLDER_EVERY]
    base.change(CONTRACTORS, 0, Parent_Key=two)
    base.change(CONTRACTORS, FOLDER_EVERY, Parent_Key=one)
    names = {key: named_of(base.entity(CONTRACTORS, key)) for key in (one, two)}
    rows = [base.entity(CONTRACTORS, base.keys[CONTRACTORS][1])]
    entries = entries_of(CONTRACTORS, rows)
    ((_ref, record),) = records_of(CONTRACTORS, entries, names)
    assert record.path == ("Группа 2", "Группа 1")


def test_a_contract():
    base = Base(300)
    (record,) = records(base, CONTRACTS, [3])
    assert record.entity == "contract"
    record.values.pop("kind")
    assert record.values == {
        "ref": base.keys[CONTRACTORS][31],
        "name": 'ООО "Ромашка 31"',
        "contract_ref": base.keys[CONTRACTS][3],
        "contract_name": "ИТС ПРОФ № 3",
        "contract_number": "ИТС-3",
        "contract_date": "2026-01-15",
        "date_end": "2027-01-14",
        "contract_kind": "СПокупателем",
    }


STRANGE = {
    "Description": 'О\x00ОО "А"\ud800',
    "Code": 5,
    "ИНН": 7707083893,
    "КПП": True,
    "НаименованиеПолное": ["нет"],
    "Комментарий": {"a": {"b": []}},
    "IsFolder": None,
    "DeletionMark": "false",
    "Parent_Key": 1.5,
    "РегистрационныйНомер": float("nan"),
    "КонтактнаяИнформация": [None, 5, [], {"Тип": {"a": 1}, "Представление": ["x"]}],
}


def test_other_types_than_1c_has():
    base = Base(300)
    base.change(CONTRACTORS, 2, **STRANGE)
    strange, whole = records(base, CONTRACTORS, [2, 3])
    assert strange.values["name"] == 'ООО "А"\ufffd'
    assert strange.values["inn"] == "7707083893"
    json.dumps(strange.values, ensure_ascii=False).encode()
    assert whole.values["name"] == 'ООО "Ромашка 3"'


def test_names_that_no_database_takes():
    named = named_of({"Description": "О\x00ОО\n \ud800", "Parent_Key": ["x"]})
    assert named.name == "ООО \ufffd"
    assert named.parent == ""


@pytest.mark.parametrize("name", [None, 5, ["x"], {"a": 1}])
def test_what_is_no_name(name):
    assert named_of({"Description": name}) == ("", "", "", "")


@pytest.mark.parametrize(
    "values",
    [
        {"ИНН": "7" * 100_001},
        {"КонтактнаяИнформация": [{"Тип": "Факс", "Представление": "1"}] * 501},
        {"Прочее": [{str(n): "" for n in range(100)}] * 300},
    ],
)
def test_one_damaged_object_costs_no_other(values):
    base = Base(300)
    base.change(CONTRACTORS, 2, **values)
    before, damaged, after = records(base, CONTRACTORS, [1, 2, 3])
    assert [issue.code for issue in damaged.issues] == ["damaged_object"]
    assert damaged.values["ref"] == base.keys[CONTRACTORS][2]
    assert damaged.issues[0].severity == "error"
    assert not before.issues
    assert not after.issues


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["Description", "Code", "ИНН", "IsFolder", "КонтактнаяИнформация", "Parent_Key"]
)


@given(st.dictionaries(NAMES | st.text(max_size=9), JSON, max_size=6))
def test_whatever_an_object_holds(values):
    row = {**values, "Ref_Key": str(uuid.UUID(int=5))}
    for catalogue in (CONTRACTORS, CONTRACTS):
        entries = entries_of(catalogue, [row])
        for _ref, record in records_of(catalogue, entries, {}):
            json.dumps(record.values, ensure_ascii=False).encode()
