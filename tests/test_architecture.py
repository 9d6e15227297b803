"""The ways of the data in docs/en/architecture.md lead through files that are there, and
through few enough to be followed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "en" / "architecture.md"
# How many files somebody has to open at most.
LIMITS = {"xlsx": 20, "letter": 18, "call": 14, "figure": 10, "odata": 18}
WAY = re.compile(
    r"^<!-- way: (\w+) limit=(\d+) -->\n(.*?)^<!-- /way -->$", re.MULTILINE | re.DOTALL
)
LINE = re.compile(r"- `([\w./-]+)`: \S.*")


def ways() -> dict[str, tuple[int, list[str]]]:
    """Return ``{name: (limit, lines)}`` of the page."""
    found = WAY.findall(PAGE.read_text(encoding="utf-8"))
    assert len(found) == len({name for name, _limit, _lines in found})
    return {name: (int(limit), lines.splitlines()) for name, limit, lines in found}


def files_of(name: str) -> list[str]:
    """Return the files of a way, in order."""
    lines = ways()[name][1]
    matches = [LINE.fullmatch(line) for line in lines]
    assert [line for line, match in zip(lines, matches, strict=True) if not match] == []
    return [match[1] for match in matches]


def test_the_five_ways_are_told():
    assert {name: limit for name, (limit, _lines) in ways().items()} == LIMITS


@pytest.mark.parametrize("name", LIMITS)
def test_files_of_a_way_exist_and_come_once(name):
    files = files_of(name)
    assert files
    assert [file for file in files if not (ROOT / file).is_file()] == []
    assert len(set(files)) == len(files)


@pytest.mark.parametrize("name", LIMITS)
def test_a_way_can_be_followed(name):
    assert len(files_of(name)) <= LIMITS[name]
