"""The workbook with rejected rows: it can be mended, imported again, and opened safely."""

from __future__ import annotations

import io
import zipfile

import onec
import openpyxl
import pytest
import strategies
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import read

TITLES = ["Наименование", "ИНН", "Код"]
DANGEROUS = (
    '=HYPERLINK("http://127.0.0.1:9","Кит")',
    "=1+1",
    "=cmd|'/C calc'!A0",
    "+100 идей",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\n=1+1",
    "{=1+1}",
    "0100990640",
    "1E5",
    "12.12.2026",
    "TRUE",
    "#DIV/0!",
    "#N/A",
    "_x0041_",
    "",
)


def written(rows, titles=TITLES, reason_title="Причина") -> io.BytesIO:
    stream = io.BytesIO()
    onec.write_rejected(stream, titles, rows, reason_title)
    stream.seek(0)
    return stream


def cells_of(stream: io.BytesIO) -> list[list]:
    """Return all cells of the workbook, as openpyxl sees them."""
    book = openpyxl.load_workbook(stream)
    assert len(book.sheetnames) == 1
    return [list(row) for row in book.active.iter_rows()]


def assert_texts_only(stream: io.BytesIO) -> None:
    for row in cells_of(stream):
        for cell in row:
            assert cell.value is None or cell.data_type == "s", cell.value
            assert cell.number_format == "@"
    with zipfile.ZipFile(stream) as archive:
        names = archive.namelist()
        sheet = next(name for name in names if name.startswith("xl/worksheets/"))
        content = archive.read(sheet)
    assert b"<f>" not in content
    assert b"<f " not in content


def test_rows_and_reasons():
    rows = [(["Кит", "4345990011", "1"], "Нет имени."), (["", "", "2"], "Плохо.")]
    found = [[cell.value or "" for cell in row] for row in cells_of(written(rows))]
    assert found == [
        [*TITLES, "Причина"],
        ["Кит", "4345990011", "1", "Нет имени."],
        ["", "", "2", "Плохо."],
    ]


def test_no_rows():
    assert [[cell.value for cell in row] for row in cells_of(written([]))] == [
        [*TITLES, "Причина"]
    ]


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_a_program_would_run_or_change(text):
    stream = written([([text, text, text], text)], titles=[text] * 3, reason_title=text)
    assert_texts_only(stream)
    for row in cells_of(stream):
        assert [cell.value or "" for cell in row] == [text] * 4


@given(st.lists(st.tuples(*[st.text(max_size=40)] * 4), max_size=5))
def test_no_text_becomes_anything_else(rows):
    assert_texts_only(written([(row[:3], row[3]) for row in rows]))


def test_a_text_that_is_longer_than_a_cell_may_be():
    (_titles, row) = cells_of(written([(["x" * 100_000, "", ""], "Длинно.")]))
    assert row[0].value == "x" * 32_767


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            strategies.texts.filter(lambda text: text == text.lstrip()),
            strategies.inns,
            st.from_regex(r"\A00-[0-9]{6}\Z"),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_it_can_be_imported_again(tmp_path, rows):
    path = tmp_path / "rejected.xlsx"
    path.write_bytes(written([(row, "Причина есть.") for row in rows]).getvalue())
    records = read(path)
    assert [(r.values["name"], r.values["inn"], r.values["code"]) for r in records] == [
        (" ".join(name.split()), inn, code) for name, inn, code in rows
    ]
