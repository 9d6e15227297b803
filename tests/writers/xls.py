"""XLS of Excel 97 (BIFF8, by xlwt) and of Excel 95 (BIFF5, record by record)."""

from __future__ import annotations

import datetime
import struct
from collections.abc import Iterable, Sequence
from typing import IO

import xlwt

from .ole2 import ole2
from .xlsx import EPOCH, Cell

BOF, EOF, CODEPAGE, FORMAT, XF, BOUNDSHEET = 0x809, 0x0A, 0x42, 0x41E, 0xE0, 0x85
DIMENSIONS, ROW, LABEL, NUMBER, FILEPASS = 0x200, 0x208, 0x204, 0x203, 0x2F
GLOBALS, WORKSHEET = 0x0005, 0x0010
BIFF5, BIFF8 = 0x0500, 0x0600
DATE_FORMAT = 14


def write_xls(
    target: str | IO[bytes],
    rows: Iterable[Sequence[Cell]],
    *,
    sheet: str = "TDSheet",
    levels: Sequence[int] = (),
    merged: Sequence[tuple[int, int, int, int]] = (),
) -> None:
    """Write a workbook of Excel 97.

    :param levels: the outline level of each row
    :param merged: first row, last row, first column, last column, from 0
    """
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet(sheet)
    date = xlwt.easyxf(num_format_str="DD.MM.YYYY")
    for area in merged:
        page.merge(*area)
    for number, row in enumerate(rows):
        if number < len(levels) and levels[number]:
            page.row(number).level = levels[number]
        for column, value in enumerate(row):
            if isinstance(value, datetime.date):
                page.write(number, column, value, date)
            elif value is not None and value != "":
                page.write(number, column, value)
    book.save(target)


def overlapping(content: bytes) -> bytes:
    """Damage the container of a workbook of one stream as some programs do: the small
    streams, of which there are none, begin where the workbook does."""
    sector, directory = 512, struct.unpack_from("<I", content, 48)[0]
    entries = sector + directory * sector
    root, book = entries, entries + 128
    (start,) = struct.unpack_from("<I", content, book + 116)
    damaged = bytearray(content)
    struct.pack_into("<II", damaged, root + 116, start, sector)
    return bytes(damaged)


def biff5(
    rows: Iterable[Sequence[Cell]],
    *,
    sheet: str = "TDSheet",
    codepage: int | None = 1251,
    encoding: str = "cp1251",
    levels: Sequence[int] = (),
) -> bytes:
    """Return the stream of a workbook of Excel 95.

    :param codepage: what the workbook says of its texts; ``None`` says nothing
    :param encoding: what its texts are really in
    """
    name = sheet.encode(encoding)
    start = _record(BOF, struct.pack("<HHHH", BIFF5, GLOBALS, 0x096C, 0x07CD))
    if codepage is not None:
        start += _record(CODEPAGE, struct.pack("<H", codepage))
    start += _format_of_cell(0) + _format_of_cell(DATE_FORMAT)
    size = len(start) + 4 + 7 + len(name) + 4
    bound = struct.pack("<IBBB", size, 0, 0, len(name)) + name
    page = _record(BOF, struct.pack("<HHHH", BIFF5, WORKSHEET, 0x096C, 0x07CD))
    rows = [list(row) for row in rows]
    width = max(map(len, rows), default=0)
    page += _record(DIMENSIONS, struct.pack("<HHHHH", 0, len(rows), 0, width, 0))
    for number, row in enumerate(rows):
        level = levels[number] if number < len(levels) else 0
        page += _record(
            ROW, struct.pack("<HHHHHHHH", number, 0, len(row), 255, 0, 0, level, 0)
        )
        for column, value in enumerate(row):
            page += _cell(number, column, value, encoding)
    return start + _record(BOUNDSHEET, bound) + _record(EOF) + page + _record(EOF)


def write_excel95(target: IO[bytes], rows: Iterable[Sequence[Cell]], **options) -> None:
    """Write a workbook of Excel 95 in its container; options are those of `biff5`."""
    target.write(ole2({"Book": biff5(rows, **options)}))


def locked_xls() -> bytes:
    """Return a workbook of Excel 97 that a password closes."""
    stream = _record(BOF, struct.pack("<HHHHII", BIFF8, GLOBALS, 0xDBB, 0x7CC, 0, 6))
    stream += _record(FILEPASS, struct.pack("<HHH", 1, 1, 1) + bytes(48))
    return ole2({"Workbook": stream + _record(EOF)})


def locked_xlsx() -> bytes:
    """Return a workbook of Excel 2007 that a password closes."""
    return ole2(
        {
            "EncryptionInfo": b"\x04\x00\x04\x00\x40\x00\x00\x00<encryption/>",
            "EncryptedPackage": bytes(range(256)) * 32,
        }
    )


def _record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _format_of_cell(number: int) -> bytes:
    return _record(XF, struct.pack("<HHH10x", 0, number, 0x0001))


def _cell(row: int, column: int, value: Cell, encoding: str) -> bytes:
    if value is None or value == "":
        return b""
    if isinstance(value, str):
        text = value.encode(encoding)
        return _record(LABEL, struct.pack("<HHHH", row, column, 0, len(text)) + text)
    style = 0
    if isinstance(value, datetime.date):
        style, value = 1, (value - EPOCH).days
    return _record(NUMBER, struct.pack("<HHHd", row, column, style, value))
