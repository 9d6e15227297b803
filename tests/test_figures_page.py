"""Every figure of docs/en/figures.md is held by a test that is there, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "docs" / language / "figures.md" for language in ("en", "ru")]
NAME = re.compile(r"`(Test\w+)(?:\.(test_\w+))?`")
ALONE = re.compile(r"`(test_\w+)`")
FILE = re.compile(r"`((?:models|report|static|tools|tests)/[\w./]+)`")


def classes() -> dict[str, set[str]]:
    """Return the tests of each class of tests that runs inside Odoo."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "its_quality" / "tests").rglob("test_*.py"):
        name = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if match := re.match(r"class (Test\w+)", line):
                name = match[1]
                found.setdefault(name, set())
            elif name and (match := re.match(r"    def (test_\w+)", line)):
                found[name].add(match[1])
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_every_figure_has_its_test(page):
    text, tests = page.read_text(encoding="utf-8"), classes()
    named = NAME.findall(text)
    assert len(named) > 30
    assert [name for name, _test in named if name not in tests] == []
    assert [pair for pair in named if pair[1] and pair[1] not in tests[pair[0]]] == []
    every = set().union(*tests.values())
    assert [name for name in ALONE.findall(text) if name not in every] == []
    files = [ROOT / name for name in FILE.findall(text)]
    ours = [ROOT / "its_quality" / name for name in FILE.findall(text)]
    lost = [
        a for a, b in zip(files, ours, strict=True) if not a.exists() and not b.exists()
    ]
    assert lost == []


def test_both_languages_tell_the_same_figures():
    """As many rows, held by the same tests in the same order."""
    english, russian = (
        NAME.findall(page.read_text(encoding="utf-8")) for page in PAGES
    )
    assert english == russian
