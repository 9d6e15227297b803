"""Lines and bars of charts are told from the white behind them: WCAG 2.2, 1.4.11."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "its_quality" / "static" / "src" / "report"
COLOR = re.compile(r'"#([0-9A-Fa-f]{6})"')
COLORS = sorted(
    {
        color.upper()
        for path in FOLDER.glob("*.js")
        for color in COLOR.findall(path.read_text(encoding="utf-8"))
    }
)


def luminance(color):
    shares = (int(color[at : at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_there_are_colors():
    assert len(COLORS) >= 8


@pytest.mark.parametrize("color", COLORS)
def test_color_of_a_chart(color):
    assert 1.05 / (luminance(color) + 0.05) >= 3
