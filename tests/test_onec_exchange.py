"""Exchange files: what the samples hold, and any contractors in any format."""

from __future__ import annotations

import contextlib
import datetime
import re
from pathlib import Path

import onec
import pytest
import strategies
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onec.exchange.contacts import Contact, put_contacts
from reading import codes, items, proposed, read
from samples.contractors import CATALOGUE, CONTRACTORS, Folder
from samples.exchange import CONTRACTS, ITEMS
from samples.make import SAMPLES
from tier import count
from writers.exchange import (
    MAIL,
    PHONE,
    WAYS,
    Contract,
    Item,
    ref_of,
    write_v8,
)

FOLDER = Path(__file__).parent / "samples"
FILES = [name for name in SAMPLES if name.startswith("exchange")]
WITH_REFERENCES = [name for name in FILES if "commerceml" not in name]
KINDS = {
    "exchange_v8.xml": "v8",
    "exchange_v8_prefixed.xml": "v8",
    "exchange_v8_register.xml": "v8",
    "exchange_xdto.json": "xdto",
    "exchange_enterprise.xml": "enterprise_data",
    "exchange_commerceml.xml": "commerceml",
    "exchange_commerceml_1251.xml": "commerceml",
    "exchange_commerceml_orders.xml": "commerceml",
    "exchange_commerceml_lying.xml": "commerceml",
}
# What a format has no place for.
UNKNOWN = {
    "enterprise": {"manager"},
    "commerceml": {"manager", "code"},
}
# What lists do not show.
BESIDE = {"ref", "group", "head_office", "head_ref", "deletion_mark"}
MORE = {"address", "website", "other_contacts"}


def unknown(name: str) -> set[str]:
    """Return the fields that a format, or a file of it, has not."""
    return next((fields for part, fields in UNKNOWN.items() if part in name), set())


@pytest.mark.parametrize("name", FILES)
def test_what_is_said_of_a_file(name):
    with contextlib.closing(onec.open_table(FOLDER / name)) as table:
        header = onec.find_header(table)
        assert table.kind == KINDS[name]
        assert table.sheet == "Контрагенты"
        assert header.row == 1
        assert all(column.field for column in header.columns)
        samples = {column.field: column.sample for column in header.columns}
        assert samples["inn"] == "4345990010"


@pytest.mark.parametrize("name", FILES)
def test_the_contractors_are_those_of_the_lists(name):
    records = items(read(FOLDER / name))
    for record, contractor in zip(records, CONTRACTORS, strict=True):
        expected = {
            field: text
            for field, text in contractor.expected.items()
            if field not in unknown(name)
        }
        values = dict(record.values)
        for field in ("phone", "email"):
            found, told = values.pop(field, ""), expected.pop(field, "")
            assert found.split("\n") == re.split("[;,] ", told)
        if "commerceml" in name and not contractor.texts.get("full_name"):
            # The kind shows by the title of the full name only.
            values.pop("kind", None)
            expected.pop("kind", None)
        for field in BESIDE | MORE:
            values.pop(field, None)
        assert values == expected
        assert record.values["ref"] == ref_of(contractor.texts["code"])
        assert set(codes(record)) <= {*contractor.issues}


@pytest.mark.parametrize("name", WITH_REFERENCES)
def test_folders(name):
    path, found = [], []
    for item in CATALOGUE:
        del path[item.depth :]
        found.append((tuple(path), isinstance(item, Folder)))
        if isinstance(item, Folder):
            path.append(item.name)
    records = read(FOLDER / name)
    assert [(record.path, record.is_folder) for record in records] == found


def by_name(name: str) -> dict[str, onec.Record]:
    return {record.values["name"]: record for record in read(FOLDER / name)}


@pytest.mark.parametrize("name", WITH_REFERENCES)
def test_a_division_tells_its_head_office(name):
    records = by_name(name)
    division = records["АО «Бумажный кит», склад «Причал»"].values
    head = records["АО «Бумажный кит»"].values
    assert division["head_ref"] == head["ref"]
    assert division["head_office"] == "АО «Бумажный кит»"
    assert division["inn"] == head["inn"]
    assert "head_ref" not in head, "nobody is his own head office"


@pytest.mark.parametrize("head", ["", "self", "other"])
def test_a_partner_has_contractors_beneath(tmp_path, head):
    """УТ sells to partners; a head office among contractors comes first."""
    heads = {"": "", "self": ref_of("firm"), "other": ref_of("other")}
    path = tmp_path / "file.xml"
    write_v8(
        path,
        [
            Item(ref_of("holding"), {"name": "Холдинг «Кит»"}),
            Item(ref_of("firm"), {"name": "ООО «Кит»"}, head=heads[head]),
        ],
    )
    text = path.read_text(encoding="utf-8-sig")
    start, _mark, rest = text.partition("CatalogObject.Контрагенты")
    first, _mark, rest = rest.partition("CatalogObject.Контрагенты>")
    text = f"{start}CatalogObject.Партнеры{first}CatalogObject.Партнеры>{rest}"
    link = f"<Партнер>{ref_of('holding')}</Партнер><ОбособленноеПодразделение>"
    before, mark, after = text.rpartition("<ОбособленноеПодразделение>")
    assert mark
    path.write_text(f"{before}{link}{after}", encoding="utf-8")
    holding, firm = read(path)
    assert (holding.values["name"], holding.is_folder) == ("Холдинг «Кит»", False)
    expected = ref_of("other") if head == "other" else ref_of("holding")
    assert firm.values["head_ref"] == expected


PROPERTY, USER = ref_of("property"), ref_of("user")
EXTRAS = {
    "references": (f"<Свойство>{PROPERTY}</Свойство><Значение>{USER}</Значение>", True),
    "a text": (f"<Свойство>{PROPERTY}</Свойство><Значение>Анна</Значение>", True),
    "unknown property": (
        f"<Свойство>{ref_of('x')}</Свойство><Значение>{USER}</Значение>",
        False,
    ),
    "unknown value": (
        f"<Свойство>{PROPERTY}</Свойство><Значение>{ref_of('x')}</Значение>",
        False,
    ),
    "another property": (
        "<Свойство>Сегмент</Свойство><Значение>Анна</Значение>",
        False,
    ),
    "told in words": (
        "<Свойство><Наименование>Ответственный (контрагент)</Наименование></Свойство>"
        "<Значение><Наименование>Анна</Наименование></Значение>",
        True,
    ),
}


@pytest.mark.parametrize("extra", EXTRAS)
def test_a_manager_among_the_attributes_of_a_firm(tmp_path, extra):
    """БП has no manager of its own: firms add one as an attribute."""
    row, is_found = EXTRAS[extra]
    path = tmp_path / "message.xml"
    chart = "ChartOfCharacteristicTypesObject.ДополнительныеРеквизитыИСведения"
    path.write_text(
        '<V8Exch:_1CV8DtUD xmlns:V8Exch="http://www.1c.ru/V8/1CV8DtUD/"><V8Exch:Data>'
        f"<CatalogObject.Контрагенты><Ref>{ref_of('whale')}</Ref>"
        "<Description>Кит</Description>"
        f"<ДополнительныеРеквизиты><Row>{row}</Row></ДополнительныеРеквизиты>"
        "</CatalogObject.Контрагенты>"
        f"<{chart}><Ref>{PROPERTY}</Ref><Description>Основной менеджер (Контрагенты)"
        f"</Description></{chart}><CatalogObject.Пользователи><Ref>{USER}</Ref>"
        "<Description>Анна</Description></CatalogObject.Пользователи>"
        "</V8Exch:Data></V8Exch:_1CV8DtUD>",
        encoding="utf-8",
    )
    (record,) = read(path)
    assert record.values.get("manager") == ("Анна" if is_found else None)


@pytest.mark.parametrize("name", FILES)
def test_a_deletion_mark_is_told(name):
    marked = [
        r.values["name"] for r in read(FOLDER / name) if "deletion_mark" in r.values
    ]
    assert marked == ["Paper Boat Trading LLC"]


@pytest.mark.parametrize("name", FILES)
def test_all_contacts_are_kept(name):
    values = by_name(name)["ООО «Ромашка»"].values
    assert values["address"] == "610000, Киров, ул. Придуманная, 1", "the legal one"
    assert values["website"] == "romashka.example.com"
    others = values["other_contacts"].split("\n")
    assert "Факс: +7 8332 00-00-09" in others
    if "commerceml" not in name:
        assert "Фактический адрес: 610000, Киров, ул. Вымышленная, 2" in others


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        ("Телефон", {"phone": "x"}),
        ("ТелефонРабочий", {"phone": "x"}),
        ("Телефон контактного лица", {"phone": "x"}),
        ("АдресЭлектроннойПочты", {"email": "x"}),
        ("Электронная почта", {"email": "x"}),
        ("E-mail", {"email": "x"}),
        ("Почта", {"email": "x"}),
        ("ВебСтраница", {"website": "x"}),
        ("Адрес", {"address": "x"}),
        ("ПочтовыйАдрес", {"address": "x"}),
        ("Факс", {"other_contacts": "Факс: x"}),
        ("ТелефонФакс", {"other_contacts": "Телефон факс: x"}),
        ("Другое", {"other_contacts": "Другое: x"}),
        ("Skype", {"other_contacts": "Skype: x"}),
        ("", {"other_contacts": "x"}),
    ],
)
@pytest.mark.parametrize("place", ["type", "kind"])
def test_where_a_contact_goes(contact, expected, place):
    """Formats tell what it is by its type or by its kind only."""
    row = Contact("", "", "x")._replace(**{place: contact})
    values: dict[str, str] = {}
    put_contacts(values, [row])
    assert values == expected


def test_the_main_contacts_come_first_and_none_is_lost():
    values: dict[str, str] = {}
    put_contacts(
        values,
        [
            Contact("Адрес", "ФактическийАдрес", "Киров, 2"),
            Contact("Телефон", "", "1"),
            Contact("Телефон", "", "2"),
            Contact("Телефон", "", "1"),
            Contact("Адрес", "ЮридическийАдрес", "Киров, 1"),
            # Most firms sit where they are registered.
            Contact("Адрес", "Почтовый адрес", "КИРОВ,1"),
            Contact("Адрес", "ФактическийАдрес", "Киров, 2 "),
            Contact("Адрес", "ЮридическийАдрес", "Киров, 1"),
            Contact("Телефон", "", "1."),
            Contact("ВебСтраница", "", "a.example.com"),
            Contact("ВебСтраница", "", "b.example.com"),
        ],
    )
    assert values == {
        "phone": "1\n2",
        "address": "Киров, 1",
        "website": "a.example.com",
        "other_contacts": "Фактический адрес: Киров, 2\nb.example.com",
    }


def read_contracts(path: Path) -> list[onec.Record]:
    return read(path, sheet="Договоры")


@pytest.mark.parametrize("name", WITH_REFERENCES)
def test_contracts(name):
    records = read_contracts(FOLDER / name)
    names = {item.ref: item.texts for item in ITEMS}
    assert {record.entity for record in records} == {"contract"}
    for record, contract in zip(records, CONTRACTS, strict=True):
        owner = names[contract.owner]
        expected = {
            "name": owner["name"],
            "inn": owner["inn"],
            "kpp": owner.get("kpp"),
            "ref": contract.owner,
            "contract_ref": contract.ref,
            "contract_name": contract.name,
            "contract_number": contract.number,
            "contract_date": contract.date,
            "date_end": contract.until,
            "contract_kind": "СПокупателем",
            "contract_comment": contract.comment,
        }
        values = dict(record.values)
        values.pop("kind", None)
        is_deleted = bool(values.pop("deletion_mark", ""))
        assert is_deleted == (contract.is_deleted and "enterprise" not in name)
        assert values == {field: text for field, text in expected.items() if text}
        assert record.issues == []


def test_a_file_with_contracts_only(tmp_path):
    path = tmp_path / "contracts.xml"
    write_v8(path, [], CONTRACTS)
    with contextlib.closing(onec.open_table(path)) as table:
        header = onec.find_header(table)
        assert table.sheet == "Договоры"
        records = list(onec.read_records(table, header, proposed(header)))
    assert [record.values["ref"] for record in records] == [c.owner for c in CONTRACTS]
    assert [codes(record) for record in records] == [[], [], []]


@pytest.mark.parametrize("way", WAYS)
def test_the_header_is_found_before_the_file_is_read_to_its_end(tmp_path, way):
    """Whoever drops a big file sees its columns at once."""
    path = tmp_path / "file.bin"
    many = [Item(ref_of(str(n)), {"name": f"Кит {n}"}) for n in range(2_000)]
    WAYS[way](path, many, [])
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with contextlib.closing(onec.open_table(path)) as table:
        header = onec.find_header(table)
        assert header.columns[0].sample == "Кит 0"
        with pytest.raises(onec.OnecError) as caught:
            list(onec.read_records(table, header, proposed(header)))
    assert caught.value.code == "damaged"


@pytest.mark.parametrize("name", FILES)
def test_the_digest_is_that_of_the_content(name, tmp_path):
    def digest(path: Path) -> str:
        with contextlib.closing(onec.open_table(path)) as table:
            return table.digest()

    content = (FOLDER / name).read_bytes()
    copy, other = tmp_path / "copy.bin", tmp_path / "other.bin"
    copy.write_bytes(content)
    other.write_bytes(content.replace(b"4345990010", b"4345990011"))
    assert digest(FOLDER / name) == digest(copy) != digest(other)


def test_rejected_rows_go_back_into_a_sheet(tmp_path):
    """The cells of a row are those that its columns name, references resolved."""
    with contextlib.closing(onec.open_table(FOLDER / "exchange_v8.xml")) as table:
        columns = onec.find_header(table).columns
        rows = [row for row in table.rows() if row.number > 1]
        path = tmp_path / "rejected.xlsx"
        with path.open("wb") as stream:
            cells = (
                [*row.cells, *[""] * (len(columns) - len(row.cells))] for row in rows
            )
            titles = [column.title for column in columns]
            onec.write_rejected(stream, titles, ((c, "?") for c in cells), "Причина")
    again, before = read(path), read(FOLDER / "exchange_v8.xml")
    assert [record.values for record in again] == [record.values for record in before]


def test_commerceml_has_no_sheet_of_contracts():
    with pytest.raises(onec.OnecError) as caught:
        onec.open_table(FOLDER / "exchange_commerceml.xml", sheet="Договоры")
    assert caught.value.code == "no_sheet"


# Any contractors, in any format.

NOTHING = st.just("")
CLIENT = st.builds(
    dict,
    name=strategies.texts,
    code=NOTHING | st.from_regex(r"\A[0-9А-Я]{2}-[0-9]{6}\Z"),
    full_name=NOTHING | strategies.texts,
    inn=NOTHING | strategies.inns,
    kpp=NOTHING | strategies.kpps,
    ogrn=NOTHING | strategies.ogrns,
    comment=NOTHING | strategies.texts,
    manager=NOTHING | st.sampled_from(["Анна Кузнецова", "Павел Сидоров"]),
)
PHONES = st.lists(strategies.digits(7), max_size=3, unique=True)
MAILS = st.lists(st.from_regex(r"\A[a-z]{1,8}@example\.com\Z"), max_size=3, unique=True)
TREE = st.lists(
    st.tuples(CLIENT, PHONES, MAILS, st.integers(0, 9), st.booleans(), st.booleans()),
    min_size=1,
    max_size=6,
)


def made_items(drawn) -> list[Item]:
    """Make items of what was drawn: the first ones are folders for the others."""
    made: list[Item] = []
    for number, (texts, phones, mails, place, is_deleted, has_head) in enumerate(drawn):
        above = made[place].ref if place < len(made) and made[place].is_folder else ""
        is_folder = number < len(drawn) // 2
        others = [item for item in made if not item.is_folder]
        made.append(
            Item(
                ref_of(str(number)),
                {"name": texts["name"], "code": texts["code"]}
                if is_folder
                else dict(texts),
                []
                if is_folder
                else [
                    *((PHONE, "", text) for text in phones),
                    *((MAIL, "", text) for text in mails),
                ],
                parent=above,
                head=others[0].ref if has_head and others and not is_folder else "",
                is_folder=is_folder,
                is_deleted=is_deleted,
            )
        )
    return made


def on_one_line(text: str) -> str:
    return " ".join(text.replace("\xa0", " ").split())


def expected_of(item: Item, all_items: list[Item], way: str) -> tuple:
    by_ref = {other.ref: other for other in all_items}
    has_tree = "commerceml" not in way
    values = {
        name: on_one_line(text)
        for name, text in item.texts.items()
        if name not in unknown(way)
    }
    if "comment" in values:
        values["comment"] = item.texts["comment"].replace("\xa0", " ").strip()
    values["phone"] = "\n".join(t for kind, _k, t in item.contacts if kind == PHONE)
    values["email"] = "\n".join(t for kind, _k, t in item.contacts if kind == MAIL)
    values["ref"] = item.ref
    values["deletion_mark"] = "1" if item.is_deleted else ""
    path: list[str] = []
    if has_tree:
        values["is_folder"] = "1" if item.is_folder else ""
        above = item.parent
        while above:
            path.insert(0, on_one_line(by_ref[above].texts["name"]))
            above = by_ref[above].parent
        values["group"] = path[-1] if path else ""
        if item.head:
            values["head_ref"] = item.head
            values["head_office"] = on_one_line(by_ref[item.head].texts["name"])
    return {k: v for k, v in values.items() if v}, [on_one_line(p) for p in path]


@pytest.mark.parametrize("way", WAYS)
@settings(
    max_examples=count(20, 200),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(drawn=TREE)
def test_any_contractors_in_any_format(tmp_path, way, drawn):
    path = tmp_path / "file.bin"
    made = made_items(drawn)
    if "commerceml" in way:
        made = [item for item in made if not item.is_folder]
        for item in made:
            item.parent = item.head = ""
    WAYS[way](path, made, [])
    records = read(path)
    found = []
    for record in records:
        values = dict(record.values)
        values.pop("kind", None)
        found.append((values, [on_one_line(name) for name in record.path]))
        assert set(codes(record)) <= {"kind_unknown"}
    assert found == [expected_of(item, made, way) for item in made]
    assert [record.row for record in records] == list(range(2, 2 + len(made)))


# What is to end in the year 3999 never ends.
DATES = NOTHING | st.dates(datetime.date(2000, 1, 1), datetime.date(2999, 12, 31)).map(
    str
)
DEALS = st.lists(
    st.tuples(strategies.texts, NOTHING | strategies.texts, DATES, DATES),
    min_size=1,
    max_size=5,
)


@pytest.mark.parametrize("way", [way for way in WAYS if "commerceml" not in way])
@settings(
    max_examples=count(15, 150),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(drawn=DEALS, owner=CLIENT)
def test_any_contracts_in_any_format(tmp_path, way, drawn, owner):
    path = tmp_path / "file.bin"
    client = Item(ref_of("owner"), owner)
    made = [
        Contract(ref_of(str(number)), client.ref, *texts)
        for number, texts in enumerate(drawn)
    ]
    WAYS[way](path, [client], made)
    found = [dict(record.values) for record in read(path, sheet="Договоры")]
    for values in found:
        values.pop("kind", None)
    expected = [
        {
            "name": on_one_line(owner["name"]),
            "inn": owner["inn"],
            "kpp": owner["kpp"],
            "ref": client.ref,
            "contract_ref": contract.ref,
            "contract_name": on_one_line(contract.name),
            "contract_number": on_one_line(contract.number),
            "contract_date": contract.date,
            "date_end": contract.until,
            "contract_kind": "СПокупателем",
        }
        for contract in made
    ]
    assert found == [{k: v for k, v in row.items() if v} for row in expected]
