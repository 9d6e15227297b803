"""Workbooks of Excel 95 and 97, by xlrd."""

from __future__ import annotations

import datetime
import os
import struct
from collections.abc import Iterator
from pathlib import Path

import xlrd
from xlrd.xldate import XLDateError, xldate_as_datetime

from ..errors import OnecError
from ..tables import MAX_COLUMNS, OLE, Row, Table, damage_from, digest_of_streams
from .xlsx import number_text

# xlrd checks little of what it reads: these are what garbled bytes make it raise.
XLRD_ERRORS = (
    xlrd.XLRDError,
    xlrd.compdoc.CompDocError,
    struct.error,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    NameError,
    OverflowError,
    RecursionError,
    TypeError,
    UnicodeError,
    ValueError,
    ZeroDivisionError,
)
# xlrd keeps the workbook in memory, in some four times the size of the file: what is
# read of this much stays below 64 MiB. A sheet of 65 536 rows, the most there can be,
# rarely is as big.
MAX_MEBIBYTES = 14
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
EXCEL_95 = 50
ROW_RECORD, EOF_RECORD = 0x208, 0x0A
# Excel 95 says in which code page its texts are, and programs get that wrong; where
# Cyrillic can be what was meant it is taken at its word.
CYRILLIC_CODEPAGES = frozenset((866, 1251, 10007, 1200))


class XlsTable(Table):
    """A workbook of Excel 95 or 97."""

    kind = "xls"

    def __init__(self, path: Path) -> None:
        super().__init__()
        if path.stat().st_size > MAX_MEBIBYTES * 1024**2:
            raise OnecError("old_and_too_big", limit=MAX_MEBIBYTES)
        self._path = path
        self._refuse_encrypted(path)
        with damage_from(*XLRD_ERRORS):
            self._book = self._open(path)
            self.sheet_names = self._book.sheet_names()
        if not self.sheet_names:
            raise OnecError("damaged")
        self.sheet = self.sheet_names[0]

    def digest(self) -> str:
        return digest_of_streams(iter([("", self._path.open("rb"))]))

    def _refuse_encrypted(self, path: Path) -> None:
        """A workbook of Excel 2007 with a password lies in a container like this."""
        with path.open("rb") as handle:
            content = handle.read()
        if content.startswith(OLE) and ENCRYPTED in content:
            raise OnecError("password")

    def _open(self, path: Path) -> xlrd.Book:
        try:
            book = self._open_as(path, None)
        except LookupError:
            # It names a code page that there is not.
            return self._open_as(path, "cp1251")
        if book.biff_version <= EXCEL_95 and book.codepage not in CYRILLIC_CODEPAGES:
            book.release_resources()
            book = self._open_as(path, "cp1251")
        return book

    def _open_as(self, path: Path, encoding: str | None) -> xlrd.Book:
        try:
            with Path(os.devnull).open("w", encoding="utf-8") as log:
                return xlrd.open_workbook(
                    str(path),
                    logfile=log,
                    on_demand=True,
                    ragged_rows=True,
                    encoding_override=encoding,
                    ignore_workbook_corruption=self.is_damaged,
                )
        except xlrd.compdoc.CompDocError as error:
            if not self.is_damaged:
                # Excel opens it all the same.
                self.is_damaged = True
                return self._open_as(path, encoding)
            raise OnecError("damaged") from error
        except xlrd.XLRDError as error:
            if "encrypted" in str(error).lower():
                raise OnecError("password") from error
            if "find workbook" in str(error):
                raise OnecError("not_a_table", kind="OLE") from error
            raise

    def rows(self) -> Iterator[Row]:
        with damage_from(*XLRD_ERRORS):
            sheet = self._book.sheet_by_name(self.sheet)
            levels = self._levels()
        for index in range(sheet.nrows):
            with damage_from(*XLRD_ERRORS):
                cells = [self._text(cell) for cell in sheet.row(index)[:MAX_COLUMNS]]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield Row(index + 1, cells, levels.get(index, 0))

    def _levels(self) -> dict[int, int]:
        """Return the outline level of the rows that have one, by position from 0.

        xlrd tells it only to those who take all of the formatting, which it reads
        with less tolerance and much memory.
        """
        stream, levels = self._book.mem, {}
        place = self._book._sh_abs_posn[self.sheet_names.index(self.sheet)]
        while place + 4 <= len(stream):
            record, size = struct.unpack_from("<HH", stream, place)
            if record == EOF_RECORD:
                break
            if record == ROW_RECORD and size >= 16:
                row, options = struct.unpack_from("<H10xH", stream, place + 4)
                if options & 7:
                    levels[row] = options & 7
            place += 4 + size
        return levels

    def _text(self, cell: xlrd.sheet.Cell) -> str:
        if cell.ctype == xlrd.XL_CELL_TEXT:
            return cell.value
        if cell.ctype == xlrd.XL_CELL_NUMBER:
            return number_text(repr(cell.value))
        if cell.ctype == xlrd.XL_CELL_DATE:
            try:
                moment = xldate_as_datetime(cell.value, self._book.datemode)
            except (XLDateError, OverflowError):
                return number_text(repr(cell.value))
            has_time = moment.time() != datetime.time()
            return moment.isoformat(" ") if has_time else moment.date().isoformat()
        return str(bool(cell.value)) if cell.ctype == xlrd.XL_CELL_BOOLEAN else ""

    def close(self) -> None:
        self._book.release_resources()
