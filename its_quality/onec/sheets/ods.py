"""Workbooks of LibreOffice and other office programs (OpenDocument)."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from ..errors import OnecError
from ..tables import MAX_CELL, Row, Table, damage_from, digest_of_streams
from ..xml_parts import PartParser, chunks_of, local
from .grid import Grid, whole
from .xlsx import ZIP_ERRORS, number_text, refuse_bombs

CONTENT, MANIFEST, MIMETYPE = "content.xml", "META-INF/manifest.xml", "mimetype"
SPREADSHEET = b"spreadsheet"
MAX_MANIFEST = 1024 * 1024
MAX_SHEETS = 2000
NUMBERS = frozenset(("float", "currency", "percentage"))


def is_ods(path: Path) -> bool:
    """Tell whether a zip file is a workbook of an office program."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if CONTENT not in names:
                return False
            member = MIMETYPE if MIMETYPE in names else CONTENT
            with archive.open(member) as stream:
                return SPREADSHEET in stream.read(4096)
    except ZIP_ERRORS:
        return False


class OdsTable(Table):
    """A workbook of LibreOffice."""

    kind = "ods"

    def __init__(self, path: Path) -> None:
        super().__init__()
        with damage_from(*ZIP_ERRORS):
            self._zip = zipfile.ZipFile(path)
        try:
            with damage_from(*ZIP_ERRORS, KeyError):
                self._read_names()
        except BaseException:
            self._zip.close()
            raise
        self.sheet = self.sheet_names[0]

    def _read_names(self) -> None:
        infos = self._zip.infolist()
        refuse_bombs(infos)
        self._refuse_encrypted(infos)

        def start(name: str, attributes: dict[str, str]) -> None:
            if local(name) == "table":
                if len(self.sheet_names) >= MAX_SHEETS:
                    raise OnecError("too_big")
                number = str(len(self.sheet_names) + 1)
                self.sheet_names.append(_plain(attributes).get("name", number))

        for _chunk in self._feed(PartParser(start)):
            pass
        if not self.sheet_names:
            raise OnecError("not_a_table", kind="ODF")

    def _refuse_encrypted(self, infos: list[zipfile.ZipInfo]) -> None:
        is_closed = any(info.flag_bits & 1 for info in infos)
        if MANIFEST in self._zip.namelist():
            with self._zip.open(MANIFEST) as stream:
                is_closed = is_closed or b"encryption-data" in stream.read(MAX_MANIFEST)
        if is_closed:
            raise OnecError("password")

    def _feed(self, parser: PartParser) -> Iterator[None]:
        with damage_from(*ZIP_ERRORS, KeyError), self._zip.open(CONTENT) as stream:
            for chunk in chunks_of(stream):
                parser.feed(chunk)
                yield
            parser.feed(b"", last=True)
            yield

    def rows(self) -> Iterator[Row]:
        sheet = _Sheet(self.sheet_names.index(self.sheet or ""))
        for _chunk in self._feed(sheet.parser):
            yield from sheet.grid.take()
            if sheet.is_over:
                return

    def digest(self) -> str:
        with damage_from(*ZIP_ERRORS, KeyError):
            return digest_of_streams(iter([(CONTENT, self._zip.open(CONTENT))]))

    def close(self) -> None:
        self._zip.close()


def _plain(attributes: dict[str, str]) -> dict[str, str]:
    return {local(name): value for name, value in attributes.items()}


class _Sheet:
    """Collects the cells of one sheet; a comment of a cell is none of its text."""

    def __init__(self, wanted: int) -> None:
        self.parser = PartParser(self._start, self._end, self._text)
        self.grid = Grid()
        self.is_over = False
        self._left = wanted + 1
        self._depth = 0
        self._level = 0
        self._repeated = 1
        self._cell: dict[str, str] | None = None
        self._pieces: list[str] = []
        self._length = 0
        self._in_text = 0
        self._in_note = 0

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = local(name)
        if name == "table":
            self._depth += 1
            if self._depth == 1:
                self._left -= 1
        elif self._left != 0 or self._depth != 1:
            return
        elif name == "table-row-group":
            self._level += 1
        elif name == "table-row":
            self._repeated = whole(_plain(attributes).get("number-rows-repeated"))
            self.grid.start_row()
        elif name in ("table-cell", "covered-table-cell"):
            self._cell = _plain(attributes)
            self._pieces, self._length = [], 0
        elif name == "annotation":
            self._in_note += 1
        elif self._cell is not None and not self._in_note:
            self._start_text(name, attributes)

    def _start_text(self, name: str, attributes: dict[str, str]) -> None:
        if name == "p":
            self._in_text += 1
            if self._pieces:
                self._add("\n")
        elif name == "s":
            self._add(" " * min(whole(_plain(attributes).get("c")), 1000))
        elif name == "tab":
            self._add("\t")
        elif name == "line-break":
            self._add("\n")

    def _text(self, text: str) -> None:
        if self._in_text and not self._in_note:
            self._add(text)

    def _add(self, text: str) -> None:
        self._length += len(text)
        if self._length > MAX_CELL:
            raise OnecError("damaged")
        self._pieces.append(text)

    def _end(self, name: str) -> None:
        name = local(name)
        if name == "table":
            self._depth -= 1
            self.is_over = self.is_over or (self._depth == 0 and self._left == 0)
        elif self._left != 0 or self._depth != 1 or self.is_over:
            return
        elif name == "table-row-group":
            self._level -= 1
        elif name == "table-row":
            self.grid.end_row(max(self._level, 0), self._repeated)
        elif name in ("table-cell", "covered-table-cell") and self._cell is not None:
            self._end_cell(self._cell)
            self._cell = None
        elif name == "annotation":
            self._in_note -= 1
        elif name == "p" and self._in_text:
            self._in_text -= 1

    def _end_cell(self, cell: dict[str, str]) -> None:
        text = self._value(cell)
        repeated = whole(cell.get("number-columns-repeated"))
        if not text:
            self.grid.add("", width=repeated)
            return
        for _time in range(min(repeated, 1000)):
            self.grid.add(text)

    def _value(self, cell: dict[str, str]) -> str:
        kind = cell.get("value-type", "")
        if kind in NUMBERS:
            return number_text(cell.get("value", ""))
        if kind == "date":
            day, _t, time = cell.get("date-value", "").partition("T")
            return f"{day} {time[:8]}" if time.strip("0:.") else day
        return "".join(self._pieces) or cell.get("string-value", "")
