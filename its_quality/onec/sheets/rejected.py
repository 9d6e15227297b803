"""Gives rows back as a workbook, to be mended and imported again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from ..texts import CONTROL

WIDTH = 24
REASON_WIDTH = 60
MAX_TEXT = 32_767


def write_rejected(
    stream: IO[bytes],
    titles: Sequence[str],
    rows: Iterable[tuple[Sequence[str], str]],
    reason_title: str,
) -> None:
    """Write rows and, in a last column, why each was rejected.

    Every cell is a text: no name of a client starts a formula, no code loses its zeros.

    :param stream: where the XLSX goes
    :param titles: of the columns
    :param rows: the cells of a row, as many as there are titles, and the reason
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet("TDSheet")
    sheet.freeze_panes = "A2"
    for number in range(1, len(titles) + 2):
        column = sheet.column_dimensions[get_column_letter(number)]
        column.width = REASON_WIDTH if number > len(titles) else WIDTH

    def cell(text: str, *, bold: bool = False) -> WriteOnlyCell:
        made = WriteOnlyCell(sheet, CONTROL.sub("", text)[:MAX_TEXT])
        made.data_type = "s"
        made.number_format = "@"
        if bold:
            made.font = Font(bold=True)
        return made

    sheet.append([cell(title, bold=True) for title in (*titles, reason_title)])
    for cells, reason in rows:
        sheet.append([cell(text) for text in (*cells, reason)])
    book.save(stream)
