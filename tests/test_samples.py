"""Each sample holds what the list of contractors says, in whatever format it is."""

from __future__ import annotations

import zipfile
from pathlib import Path

import onec
import openpyxl
import pytest
from reading import codes, comparable, items, proposed, read
from samples import contractors, subscriptions
from samples.contractors import CATALOGUE, CONTRACTORS, Folder
from samples.make import SAMPLES, USER_SAMPLES

FOLDER = Path(__file__).parent / "samples"
BP30 = FOLDER / "contractors_bp30.xlsx"
ALL = {**SAMPLES, **USER_SAMPLES}
LISTS = [name for name in SAMPLES if name.startswith("contractors")]


def contents(path: Path) -> bytes | dict[str, bytes]:
    """Return a file, or what is in a zip: packing may differ from zlib to zlib."""
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("name", ALL)
def test_sample_is_what_the_script_writes(name, tmp_path):
    ALL[name](tmp_path / name)
    assert contents(tmp_path / name) == contents(FOLDER / name)


def test_every_sample_has_its_line_in_the_readme():
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    files = {path.name for path in FOLDER.iterdir() if path.suffix in TABLE_SUFFIXES}
    assert files == set(ALL)
    assert [name for name in ALL if f"| `{name}` |" not in readme] == []


TABLE_SUFFIXES = {".xlsx", ".xls", ".csv", ".txt", ".xml", ".json"}


def test_bp30_is_as_1c_writes_it():
    """The sample is worth nothing if it is an ordinary workbook by mistake."""
    parts = contents(BP30)
    sheet = parts["xl/worksheets/sheet1.xml"].decode("utf-8-sig")
    assert "xl/SharedStrings.xml" in parts
    assert b'Target="sharedStrings.xml"' in parts["xl/_rels/workbook.xml.rels"]
    assert all(content.startswith(b"\xef\xbb\xbf") for content in parts.values())
    assert not [name for name in parts if name.startswith("docProps")]
    assert 'name="TDSheet"' in parts["xl/workbook.xml"].decode()
    assert '<dimension ref="AA82"/>' in sheet
    assert "<v>100990640</v>" in sheet, "the ИНН 0100990640 without its zero"
    assert "<mergeCell " in sheet
    assert 'outlineLevel="2"' in sheet
    with pytest.raises(KeyError):
        openpyxl.load_workbook(BP30)


@pytest.mark.parametrize("name", LISTS)
def test_records_are_the_same_in_every_format(name):
    records = items(read(FOLDER / name))
    assert [comparable(record.values) for record in records] == [
        comparable(contractor.expected) for contractor in CONTRACTORS
    ]
    assert [codes(record) for record in records] == [
        list(contractor.issues) for contractor in CONTRACTORS
    ]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_table_is_read_as_often_as_one_likes(name):
    table = onec.open_table(FOLDER / name)
    header = onec.find_header(table)
    first = list(onec.read_records(table, header, proposed(header)))
    half = onec.read_records(table, header, proposed(header))
    next(half)
    assert list(onec.read_records(table, header, proposed(header))) == first
    assert next(half) == first[1]
    table.close()


@pytest.mark.parametrize(
    ("name", "kind", "sheet", "encoding", "row"),
    [
        ("contractors_bp30.xlsx", "xlsx", "TDSheet", None, 6),
        ("contractors_report.xls", "xls", "TDSheet", None, 4),
        ("contractors_excel95.xls", "xls", "TDSheet", None, 4),
        ("contractors.csv", "csv", None, "cp1251", 1),
        ("contractors_utf8.txt", "csv", None, "utf-8", 1),
        ("contractors_utf16.txt", "csv", None, "utf-16", 1),
        ("subscriptions.xlsx", "xlsx", "Подписки", None, 1),
    ],
)
def test_what_is_said_of_a_file(name, kind, sheet, encoding, row):
    table = onec.open_table(FOLDER / name)
    header = onec.find_header(table)
    assert (table.kind, table.sheet, table.encoding) == (kind, sheet, encoding)
    assert header.row == row
    assert {column.title: column.field for column in header.columns} == {
        title: field
        for field, title in (
            subscriptions if name.startswith("subscriptions") else contractors
        ).TITLES.items()
    }
    table.close()


def test_columns_say_where_they_stand_and_show_a_sample():
    table = onec.open_table(BP30)
    columns = {column.field: column for column in onec.find_header(table).columns}
    assert (columns["name"].index, columns["name"].letter) == (2, "C")
    assert (columns["comment"].index, columns["comment"].letter) == (17, "R")
    assert columns["name"].sample == "Покупатели"
    assert columns["inn"].sample == "4345990010"
    table.close()


def test_folders_and_what_lies_in_them():
    path, found = [], []
    for item in CATALOGUE:
        del path[item.depth :]
        found.append((item.depth, tuple(path), isinstance(item, Folder)))
        if isinstance(item, Folder):
            path.append(item.name)
    records = read(BP30)
    assert [(len(r.path), r.path, r.is_folder) for r in records] == found
    assert [record.row for record in records] == list(range(7, 7 + len(CATALOGUE)))


def test_subscriptions():
    records = read(FOLDER / "subscriptions.xlsx")
    for record, row in zip(records, subscriptions.ROWS, strict=True):
        expected = {
            name: subscriptions.DATES[value] if name.startswith("date") else value
            for name, value in row.items()
        }
        values = {name: text for name, text in record.values.items() if name != "kind"}
        assert values == {name: text for name, text in expected.items() if text}
        wrong = [value for name, value in row.items() if expected[name] is None]
        assert [issue.value for issue in record.issues] == wrong
        assert set(codes(record)) <= {"date_wrong"}
