"""Sheets as markup: a web page, «Таблица XML 2003», a workbook of LibreOffice."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

Rows = Iterable[Sequence["str | int | float | datetime.date | None"]]


def write_html(
    path: Path,
    rows: Rows,
    *,
    encoding: str = "utf-8",
    head: str = "",
    bare: bool = False,
) -> None:
    """Write a web page with one table.

    :param head: what is in the head of the page
    :param bare: nothing but the table, as scripts write it
    """
    lines = []
    for row in rows:
        cells = "".join(f"<td>{_html(value)}</td>" for value in row)
        lines.append(f"<tr>{cells}</tr>")
    table = "<table border=1>\n{}\n</table>".format("\n".join(lines))
    page = f"<html><head>{head}</head><body>{table}</body></html>"
    path.write_bytes((table if bare else page).encode(encoding))


def _html(value) -> str:
    text = escape("" if value is None else str(value), quote=False)
    # A browser shows blanks and tabs as one blank.
    bare = text.lstrip(" \t")
    indent = text[: len(text) - len(bare)].replace("\t", "    ")
    return "&nbsp;" * len(indent) + bare.replace("\n", "<br>")


def _day(value) -> str:
    return f"{value:%d.%m.%Y}" if isinstance(value, datetime.date) else str(value)


def write_spreadsheet_xml(
    path: Path, rows: Rows, *, sheet: str = "TDSheet", encoding: str = "utf-8"
) -> None:
    """Write «Таблица XML 2003»."""
    lines = []
    for row in rows:
        cells, skipped = [], False
        for place, value in enumerate(row, 1):
            if value is None or value == "":
                skipped = True
                continue
            index = f' ss:Index="{place}"' if skipped else ""
            skipped = False
            kind, text = "String", str(value)
            if isinstance(value, datetime.date):
                kind, text = "DateTime", f"{value.isoformat()}T00:00:00.000"
            elif isinstance(value, int | float):
                kind = "Number"
            text = escape(text, quote=False).replace("\n", "&#10;")
            cells.append(f'<Cell{index}><Data ss:Type="{kind}">{text}</Data></Cell>')
        lines.append(f"<Row>{''.join(cells)}</Row>")
    content = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n'
        '<?mso-application progid="Excel.Sheet"?>\n'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">\n'
        f'<Worksheet ss:Name="{escape(sheet)}"><Table>\n'
    )
    content += "\n".join(lines) + "\n</Table></Worksheet></Workbook>\n"
    path.write_bytes(content.encode(encoding))


ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
ODS_START = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' office:version="1.2"><office:body><office:spreadsheet>'
)
ODS_END = "</office:spreadsheet></office:body></office:document-content>"
# LibreOffice tells of all rows there could be, in one.
ODS_REST = (
    '<table:table-row table:number-rows-repeated="1048000">'
    '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
)


def write_ods(path: Path, rows: Rows, *, sheet: str = "Лист1") -> None:
    """Write a workbook as LibreOffice does."""
    lines = []
    for row in rows:
        cells = "".join(map(_ods_cell, row))
        rest = '<table:table-cell table:number-columns-repeated="16000"/>'
        lines.append(f"<table:table-row>{cells}{rest}</table:table-row>")
    content = (
        f'{ODS_START}<table:table table:name="{escape(sheet)}">'
        + "\n".join(lines)
        + f"{ODS_REST}</table:table>{ODS_END}"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("mimetype", ODS_TYPE), ("content.xml", content)):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            archive.writestr(info, text)


def _ods_cell(value) -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, datetime.date):
        kind = f'office:value-type="date" office:date-value="{value.isoformat()}"'
    elif isinstance(value, int | float):
        kind = f'office:value-type="float" office:value="{value}"'
    else:
        kind = 'office:value-type="string"'
    lines = "".join(
        f"<text:p>{_ods_text(line)}</text:p>" for line in _day(value).split("\n")
    )
    return f"<table:table-cell {kind}>{lines}</table:table-cell>"


def _ods_text(line: str) -> str:
    leading = len(line) - len(line.lstrip(" "))
    blanks = f'<text:s text:c="{leading}"/>' if leading else ""
    return blanks + escape(line.lstrip(" "), quote=False)
