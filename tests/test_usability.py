"""The table «job → clicks» of the docs is what the tours do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOURS = ROOT / "its_quality/static/tests/tours"
ROW = re.compile(r"^\| .+ \| (\d+) \| (\d+) \| `(\w+)` \|$", re.MULTILINE)
# Also by the helpers of the tours.
CLICK = re.compile(
    r"run: \"click\"|^\s+(?:mark|press|tab|\.\.\.choose)\(|^\s+(?:\.\.\.save|back),",
    re.MULTILINE,
)


def clicks() -> dict[str, int]:
    found = {}
    for path in sorted(TOURS.rglob("*.js")):
        text = path.read_text(encoding="utf-8")
        for name, steps in re.findall(
            r"tours\.add\(\"(\w+)\",(.+?)^\}\);", text, re.MULTILINE | re.DOTALL
        ):
            found[name] = len(CLICK.findall(steps))
    return found


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_tours_take_what_the_page_says(language):
    page = (ROOT / "docs" / language / "usability.md").read_text(encoding="utf-8")
    rows = ROW.findall(page)
    assert len(rows) >= 9
    counted = clicks()
    for number, most, tour in rows:
        assert counted[tour] == int(number), tour
        assert int(number) <= int(most), tour
