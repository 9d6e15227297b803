"""«Таблица XML 2003» (XML Spreadsheet 2003), mostly called an ``xls``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..errors import OnecError
from ..tables import MAX_CELL, Row, Table, digest_of_streams
from ..xml_parts import PartParser, chunks_of, local
from .grid import Grid, whole
from .xlsx import number_text

NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
MAX_SHEETS = 2000


class SpreadsheetXmlTable(Table):
    """A workbook in one XML."""

    kind = "xml_sheet"

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        names: list[str] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            if local(name) == "Worksheet":
                if len(names) >= MAX_SHEETS:
                    raise OnecError("too_big")
                names.append(_plain(attributes).get("Name", str(len(names) + 1)))

        parser = PartParser(start)
        for _chunk in self._feed(parser):
            pass
        if not names:
            raise OnecError("not_a_table", kind="XML")
        self.sheet_names = names
        self.sheet = names[0]

    def rows(self) -> Iterator[Row]:
        sheet = _Sheet(self.sheet_names.index(self.sheet or ""))
        for _chunk in self._feed(sheet.parser):
            yield from sheet.grid.take()
            if sheet.is_over:
                return

    def digest(self) -> str:
        return digest_of_streams(iter([("", self._path.open("rb"))]))

    def _feed(self, parser: PartParser) -> Iterator[None]:
        with self._path.open("rb") as stream:
            for chunk in chunks_of(stream):
                parser.feed(chunk)
                yield
            parser.feed(b"", last=True)
            yield


def _plain(attributes: dict[str, str]) -> dict[str, str]:
    return {local(name): value for name, value in attributes.items()}


class _Sheet:
    """Collects the cells of one sheet of the workbook."""

    def __init__(self, wanted: int) -> None:
        self.parser = PartParser(self._start, self._end, self._text)
        self.grid = Grid()
        self.is_over = False
        self._left = wanted + 1
        self._is_in = False
        self._pieces: list[str] | None = None
        self._length = 0
        self._type = ""
        self._cell: dict[str, str] = {}
        self._told = ""

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = local(name)
        if name == "Worksheet":
            self._left -= 1
            self._is_in = self._left == 0
        elif not self._is_in:
            return
        elif name == "Row":
            index = _plain(attributes).get("Index")
            self.grid.start_row(whole(index) if index else None)
        elif name == "Cell":
            self._cell, self._told = _plain(attributes), ""
        elif name == "Data":
            self._type = _plain(attributes).get("Type", "String")
            self._pieces, self._length = [], 0

    def _text(self, text: str) -> None:
        if self._pieces is not None:
            self._length += len(text)
            if self._length > MAX_CELL:
                raise OnecError("damaged")
            self._pieces.append(text)

    def _end(self, name: str) -> None:
        name = local(name)
        if not self._is_in:
            return
        if name == "Data" and self._pieces is not None:
            self._told = self._value("".join(self._pieces))
            self._pieces = None
        elif name == "Cell":
            index = self._cell.get("Index")
            self.grid.add(
                self._told,
                whole(index) - 1 if index else None,
                width=whole(self._cell.get("MergeAcross"), 0) + 1,
                rows=whole(self._cell.get("MergeDown"), 0) + 1,
            )
        elif name == "Row":
            self.grid.end_row()
        elif name == "Worksheet":
            self._is_in, self.is_over = False, True

    def _value(self, text: str) -> str:
        if self._type == "Number":
            return number_text(text.strip())
        if self._type == "DateTime":
            day, _t, time = text.strip().partition("T")
            return f"{day} {time[:8]}" if time.strip("0:.") else day
        if self._type == "Error":
            return ""
        return text
