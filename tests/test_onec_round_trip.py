"""Any list of contractors, written in any format, gives the same records."""

from __future__ import annotations

import onec
import pytest
import strategies
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import codes, comparable, items, read
from test_onec_sheets import WAYS

TITLES = ("Наименование", "ИНН", "КПП", "ОГРН", "Код", "Телефон", "Комментарий")
FIELDS = ("name", "inn", "kpp", "ogrn", "code", "phone", "comment")
NOTHING = st.just("")


def is_name(text: str) -> bool:
    """A name that begins with a blank would lie in the folder above it, and one like
    «Итого» is a total; both have tests of their own."""
    return text == text.lstrip() and text.casefold().strip(": ") not in (
        "итого",
        "итог",
    )


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


def expected(client: tuple[str, ...]) -> dict[str, str]:
    """Say what a record of a client has to hold, but for the kind."""
    values = dict(zip(FIELDS, client, strict=True))
    for name in ("phone", "comment"):
        values[name] = with_newlines(values[name])
    values["name"] = on_one_line(values["name"])
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
    assert found == [expected(client) for client in clients]
    assert [codes(record) for record in records] == [[] for _client in clients]
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
