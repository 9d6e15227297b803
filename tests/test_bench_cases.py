"""The cases of ./its bench: what CONTRIBUTING promises is what is measured."""

import re
from pathlib import Path

import pytest

from dev.bench.case import Case, Limit
from dev.bench.registry import all_cases, choose
from dev.bench.sheets import TITLES, contractors, folder_count
from dev.console import Problem

ROOT = Path(__file__).resolve().parent.parent
CASES = all_cases()


def table_of(page):
    """``{case: [peer, required]}`` from the table of a page."""
    text = (ROOT / page).read_text(encoding="utf-8")
    table = text.partition("<!-- bench:start -->")[2].partition("<!-- bench:end -->")[0]
    rows = re.findall(r"^\| `(.+?)` \| .+? \| (.+?) \| (.+?) \|$", table, re.MULTILINE)
    return {name: [peer.strip("`"), required] for name, peer, required in rows}


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "CONTRIBUTING.ru.md"])
def test_page_names_the_cases_and_what_is_required(page):
    assert table_of(page) == {
        name: [case.peer_name or "–", ", ".join(map(str, case.required))]
        for name, case in CASES.items()
    }


def test_an_unknown_case_is_told_with_those_there_are():
    with pytest.raises(Problem) as caught:
        choose(["import.first.20k", "no.such.case"])
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert "no.such.case" in sentence
    assert all(name in sentence for name in CASES)


def test_no_name_means_all_cases():
    assert [case.name for case in choose([])] == list(CASES)


@pytest.mark.parametrize(
    ("unit", "ours", "peer", "ratio"),
    [
        ("rows/s", 600, 200, 3),
        ("MiB", 5, 200, 40),
        ("s", 4, 2, 0.5),
        ("s", 4, None, None),
    ],
)
def test_a_ratio_above_one_says_that_ours_is_better(unit, ours, peer, ratio):
    case = Case("a", "b", unit, (), required=(Limit("ratio", at_least=3),))
    row = case.result({"ours": ours, "peer": peer, "known_to_parts_only": 1})
    assert row["ratio"] == ratio
    assert case.misses(row) == ([] if (ratio or 0) >= 3 else ["ratio ≥ 3"])
    assert set(row) == {
        "case",
        "unit",
        "ours",
        "peer",
        "peer_name",
        "ratio",
        "queries",
        "mib",
        "rows",
        "grown",
    }


def test_the_sheet_is_like_a_real_base():
    rows = list(contractors(2000))
    clients = [row for row in rows if len(row) == len(TITLES)]
    inn, kpp, code = (TITLES.index(title) for title in ("ИНН", "КПП", "Код"))
    with_inn = [row for row in clients if row[inn]]
    assert len(rows) - len(clients) == folder_count(2000) == 40
    assert 0.12 < len(with_inn) / len(clients) < 0.18
    # What has both in common is one client, and its second row no new one.
    assert len({(row[inn], row[kpp]) for row in with_inn}) == len(with_inn)
    assert len({row[code] for row in clients}) == len(clients)


def test_another_phone_is_all_that_has_changed():
    phone = TITLES.index("Телефон")
    pairs = zip(contractors(500), contractors(500, changed=True), strict=True)
    for before, after in pairs:
        if len(before) == len(TITLES):
            assert after[phone] and before[phone] != after[phone]
            before = (*before[:phone], after[phone], *before[phone + 1 :])
        assert before == after
