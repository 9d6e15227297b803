"""Any list of contractors, written in any format, gives the same records."""

from __future__ import annotations

import random

import onec
import pytest
import strategies
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onec.cells import without_text_sign
from onec.records import is_total
from reading import codes, comparable, items, read
from test_onec_sheets import WAYS

TITLES = ("Наименование", "ИНН", "КПП", "ОГРН", "Код", "Телефон", "Комментарий")
FIELDS = ("name", "inn", "kpp", "ogrn", "code", "phone", "comment")
NOTHING = st.just("")


def is_name(text: str) -> bool:
    """A name that begins with a blank would lie in the folder above it, and one like
    «Итого» is a total; both have tests of their own."""
    return text == text.lstrip() and not is_total(" ".join(text.split()))


def is_of_a_region(number: str) -> bool:
    """There is no region 00, so a sheet takes one zero away at most."""
    return not number.startswith("00")


CLIENT = st.tuples(
    strategies.texts.filter(is_name),
    NOTHING | strategies.inns.filter(is_of_a_region),
    NOTHING | strategies.kpps.filter(is_of_a_region),
    NOTHING | strategies.ogrns.filter(lambda number: number[0] != "0"),
    NOTHING | st.from_regex(r"\A[0-9А-Я]{2}-[0-9]{6}\Z") | strategies.digits(9),
    NOTHING | strategies.texts,
    NOTHING | strategies.texts,
)


def on_one_line(text: str) -> str:
    return " ".join(text.split())


def with_newlines(text: str) -> str:
    return text.replace("\r", "\n").replace("\xa0", " ").strip()


def expected(client: tuple[str, ...], way: str) -> dict[str, str]:
    """Say what a record of a client has to hold, but for the kind."""
    values = dict(zip(FIELDS, client, strict=True))
    values["phone"] = without_text_sign(with_newlines(values["phone"]))
    values["comment"] = with_newlines(values["comment"])
    values["name"] = on_one_line(values["name"])
    if way.startswith("html"):
        # A web page has no tabs and no runs of blanks.
        values |= {name: on_one_line(values[name]) for name in ("phone", "comment")}
    return comparable({name: text for name, text in values.items() if text})


@pytest.mark.parametrize("way", WAYS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(clients=st.lists(CLIENT, min_size=1, max_size=8))
def test_the_same_records(tmp_path, way, clients):
    path = tmp_path / "table.bin"
    WAYS[way](path, [TITLES, *clients])
    records = read(path)
    assert items(records) == records
    found = [comparable(record.values) for record in records]
    for values in found:
        values.pop("kind", None)
        if way.startswith("html"):
            values |= {
                name: on_one_line(values[name])
                for name in ("phone", "comment") & values.keys()
            }
    assert found == [expected(client, way) for client in clients]
    assert {code for record in records for code in codes(record)} <= {"name_only"}
    assert [record.row for record in records] == list(range(2, 2 + len(clients)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=st.lists(
        st.lists(NOTHING | strategies.texts | st.just("Наименование"), max_size=5),
        max_size=6,
    ),
    way=st.sampled_from(sorted(WAYS)),
    mapping=st.dictionaries(st.integers(0, 5), st.sampled_from(onec.FIELDS)),
)
def test_no_table_and_no_mapping_makes_reading_fail(tmp_path, table, way, mapping):
    """The user may send any column anywhere, and the table be any at all."""
    path = tmp_path / "table.bin"
    WAYS[way](path, [["Наименование", "ИНН", "x", "y", "z"], *table])
    opened = onec.open_table(path)
    header = onec.find_header(opened)
    for record in onec.read_records(opened, header, mapping):
        assert record.row > header.row
        assert all(record.values.values())
        assert set(record.values) <= set(onec.FIELDS)
        assert {issue.code for issue in record.issues} <= set(onec.ISSUE_CODES)
    opened.close()


# -----------------------------------------------------------------------------
# With what people do to sheets, at random
# -----------------------------------------------------------------------------

# Field: titles for it, and how a value of it may be written.
ODD_TITLES = {
    "name": ("Наименование", "Контрагент.Наименование", "Наименование организации"),
    "inn": ("ИНН", "Контрагент.ИНН", "ИНН_клиента", "ИНН/КПП"),
    "kpp": ("КПП", "КПП организации"),
    "code": ("Код", "Код_клиента", "Контрагент.Код"),
    "kind": ("Вид", "Вид контрагента", "Юр/физ лицо"),
    "phone": ("Телефон", "Тел.", "Контактный тел."),
    "email": ("E-mail", "Почта", "Эл. почта клиента"),
}
ODD_VALUES = {
    "inn": (
        "{}",
        "'{}",
        "ИНН {}",
        "\xa0{}",
        "ИНН: {}",
        "{}.0",
        "{}/{kpp}",
        "{} / {kpp}",
    ),
    "kpp": ("{}", "'{}", "КПП {}"),
    "code": ("{}", "'{}", " {}"),
    "email": ("{}",),
}
ODD_KINDS = {
    "company": ("ЮЛ", "Юр. лицо", "Юридическое лицо", "Госорган", "Нерезидент"),
    "sole_trader": ("ИП", "Индивидуальный предприниматель", "Физическое лицо (ИП)"),
    "person": ("ФЛ", "ФизЛицо", "Самозанятый"),
}
ODD_FIRMS = ("4345990010", "4345990606", "0100990640", "7700990719", "7728168971")


def odd_table(chance: random.Random) -> tuple[list[list[str]], list[dict[str, str]]]:
    """Make up a sheet with oddities.

    :return: its rows, and what reading has to give
    """
    fields = ["name", *chance.sample(sorted(ODD_TITLES.keys() - {"name"}), 4)]
    titles = [chance.choice(ODD_TITLES[name]) for name in fields]
    rows, told = [[]] * chance.randrange(3), []
    rows = [["Отчёт за год"] for _row in rows] + [titles]
    if chance.random() < 0.5:
        rows.append([str(number) for number in range(1, len(fields) + 1)])
    for number in range(chance.randrange(1, 7)):
        kind = chance.choice(sorted(ODD_KINDS))
        values = {
            "name": f"Проба {number}",
            "inn": chance.choice(ODD_FIRMS) if kind == "company" else "",
            "kpp": "434501001" if kind == "company" else "",
            "code": f"00-{number:06}",
            "kind": kind,
            "phone": f"8 912 000-00-{number:02}",
            "email": f"client{number}@example.com",
        }
        cells, kept = [], {name: values[name] for name in fields if values[name]}
        for name in fields:
            if name == "kind":
                cells.append(chance.choice(ODD_KINDS[kind]))
            elif not values[name]:
                cells.append("")
            else:
                way = chance.choice(ODD_VALUES.get(name, ("{}",)))
                cells.append(way.format(values[name], **values))
                if "{kpp}" in way:
                    kept["kpp"] = values["kpp"]
        if values["inn"] and "inn" in fields:
            kept["kind"] = "company"
        rows.append(cells)
        told.append(comparable(kept))
        if chance.random() < 0.2:
            rows.append(titles)
    if chance.random() < 0.5:
        total = chance.choice(("Итого: {}", "Всего контрагентов: {}", "Итого"))
        rows.append([total.format(len(told))])
    return rows, told


@pytest.mark.parametrize("way", WAYS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_the_same_records_with_oddities(tmp_path, way, seed):
    rows, told = odd_table(random.Random(seed))
    path = tmp_path / "table.bin"
    WAYS[way](path, rows)
    records = [record for record in read(path) if not record.skip_reason]
    assert [comparable(record.values) for record in records] == told
    assert [codes(record) for record in records] == [[] for _record in told]
