"""Tables of a web page: what many programs write and call an ``xls``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from ..errors import OnecError
from ..tables import MAX_CELL, Row, Table, damage_from, digest_of_streams
from .codec import find_codec
from .grid import Grid, whole

CHUNK = 64 * 1024
MAX_TABLES = 200
# How a web page begins, if it is not one as the book says.
STARTS = (
    "<!doctype html",
    "<html",
    "<head",
    "<body",
    "<meta",
    "<style",
    "<table",
    "<div",
)
# A browser shows these as one blank; a no-break blank is one of its own.
BLANKS = re.compile(r"[ \t\r\n\f]+")
LINE = re.compile(r" ?\v ?")
UNSEEN = frozenset(("script", "style", "title", "head"))


class HtmlTable(Table):
    """A web page; each table in it is a sheet."""

    kind = "html"

    def __init__(self, path: Path, encoding: str | None) -> None:
        super().__init__()
        self._path = path
        self._codec = find_codec(path, encoding)
        self.encoding = self._codec.removesuffix("-sig")
        filled = set()
        for place, rows in self._parsed():
            if rows:
                filled.add(place)
        if not filled:
            raise OnecError("not_a_table", kind="HTML")
        self._places = {str(number): p for number, p in enumerate(sorted(filled), 1)}
        self.sheet_names = list(self._places)
        self.sheet = self.sheet_names[0]

    def rows(self) -> Iterator[Row]:
        wanted = self._places[self.sheet or ""]
        for place, rows in self._parsed():
            if place == wanted:
                yield from rows

    def digest(self) -> str:
        return digest_of_streams(iter([("", self._path.open("rb"))]))

    def _parsed(self) -> Iterator[tuple[int, list[Row]]]:
        """Read the page piece by piece.

        :return: of each table in turn its position and rows that are complete
        """
        page = _Page()
        parser = etree.HTMLParser(target=page, encoding="utf-8", no_network=True)
        with (
            damage_from(UnicodeError, etree.LxmlError, AssertionError),
            self._path.open(encoding=self._codec, newline="") as handle,
        ):
            while text := handle.read(CHUNK):
                parser.feed(text.encode("utf-8", "replace"))
                yield from page.take()
            parser.close()
        yield from page.take()


class _Page:
    """Gets what the parser finds; rows of a table within a cell are another table's."""

    def __init__(self) -> None:
        self._grids: list[Grid] = []
        self._open: list[_Open] = []
        self._unseen = 0

    def take(self) -> list[tuple[int, list[Row]]]:
        found = [(place, grid.take()) for place, grid in enumerate(self._grids)]
        return [(place, rows) for place, rows in found if rows]

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in UNSEEN:
            self._unseen += 1
        elif tag == "table":
            if len(self._grids) >= MAX_TABLES:
                raise OnecError("too_big")
            self._grids.append(Grid())
            self._open.append(_Open(self._grids[-1]))
        elif not self._open:
            return
        elif tag == "tr":
            self._open[-1].start_row()
        elif tag in ("td", "th"):
            self._open[-1].start_cell(attributes)
        elif tag in ("br", "p", "div"):
            self._open[-1].add("\v")

    def data(self, text: str) -> None:
        if self._open and not self._unseen:
            self._open[-1].add(text)

    def end(self, tag: str) -> None:
        if tag in UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        elif self._open and tag == "table":
            self._open.pop().end_row()
        elif self._open and tag == "tr":
            self._open[-1].end_row()
        elif self._open and tag in ("td", "th"):
            self._open[-1].end_cell()

    def comment(self, _text: str) -> None:
        pass

    def close(self) -> None:
        while self._open:
            self._open.pop().end_row()


class _Open:
    """A table that is being read: its row, and the cell of it."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._in_row = False
        self._pieces: list[str] | None = None
        self._length = 0

    def start_row(self) -> None:
        self.end_row()
        self._grid.start_row()
        self._in_row = True

    def end_row(self) -> None:
        self.end_cell()
        if self._in_row:
            self._grid.end_row()
        self._in_row = False

    def start_cell(self, attributes: dict[str, str]) -> None:
        if not self._in_row:
            self.start_row()
        self.end_cell()
        self._pieces, self._length = [], 0
        self._width = min(whole(attributes.get("colspan")), 1000)
        self._rows = min(whole(attributes.get("rowspan")), 1000)

    def add(self, text: str) -> None:
        if self._pieces is not None:
            self._length += len(text)
            if self._length > MAX_CELL:
                raise OnecError("damaged")
            self._pieces.append(text)

    def end_cell(self) -> None:
        if self._pieces is None:
            return
        text = BLANKS.sub(" ", "".join(self._pieces))
        text = LINE.sub("\n", text).strip(" \n")
        self._pieces = None
        self._grid.add(text, width=self._width, rows=self._rows)
