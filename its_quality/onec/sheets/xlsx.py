"""Workbooks of Excel 2007 and later, also as 1C writes them.

1C's own differ from what the standard says, and from what libraries expect: a member
is called ``xl/SharedStrings.xml`` where the relations say ``sharedStrings.xml``, parts
begin with a byte order mark, the dimension of a sheet names one cell, and a text of
digits only is stored as a number. A workbook re-saved by another program differs
again: inline strings, absolute targets, prefixed elements. So parts are found without
regard to case, and nothing is believed that the reading does not need.

Neither the sheet nor its strings are ever held in memory as a whole.
"""

from __future__ import annotations

import datetime
import os
import posixpath
import re
import struct
import tempfile
import urllib.parse
import zipfile
import zlib
from array import array
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import IO

from ..errors import OnecError
from ..tables import (
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    Row,
    Table,
    damage_from,
    digest_of_streams,
)
from ..xml_parts import PartParser, chunks_of, local, parse

ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    OverflowError,
    ValueError,
)
MAX_MEMBERS = 2000
# Texts compress some twenty times; what does it a thousand times is a bomb.
MAX_RATIO = 400
SUSPICIOUS_SIZE = 64 * 1024 * 1024
MAX_UNPACKED = 2 * 1024**3
MAX_SMALL_PART = 16 * 1024 * 1024
CACHED_STRINGS = 8192

# Who saved the workbook, and when.
NOT_OF_CONTENT = "docprops/"

# Formats of dates that have no text in the workbook: ECMA-376 part 1, 18.8.30.
DATE_FORMATS = frozenset(
    (*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59))
)
NOT_OF_DATE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.|General', re.IGNORECASE)
OF_DATE = re.compile(r"[dmyhsдмгчс]", re.IGNORECASE)
EPOCH_1900 = datetime.datetime(1899, 12, 30)
EPOCH_1904 = datetime.datetime(1904, 1, 1)
ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
NUMBER = re.compile(r"-?[0-9]+\.0*|[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?")
# The kinds of zip files that get mistaken for workbooks, by a member they have.
FOREIGN_MEMBERS = {
    "word/document.xml": "DOCX",
    "ppt/presentation.xml": "PPTX",
    "content.xml": "ODF",
    "xl/workbook.bin": "XLSB",
}


class XlsxTable(Table):
    """A workbook of Excel 2007; see the module."""

    kind = "xlsx"

    def __init__(self, path: Path) -> None:
        super().__init__()
        with damage_from(*ZIP_ERRORS):
            self._zip = zipfile.ZipFile(path)
        try:
            with damage_from(*ZIP_ERRORS, KeyError):
                self._read_workbook()
        except BaseException:
            self._zip.close()
            raise
        self._strings: SharedStrings | None = None

    def _read_workbook(self) -> None:
        infos = self._zip.infolist()
        self._members = {info.filename.lower().lstrip("/"): info for info in infos}
        if any(info.flag_bits & 1 for info in infos):
            raise OnecError("password")
        refuse_bombs(infos)
        if "xl/workbook.xml" not in self._members:
            for member, kind in FOREIGN_MEMBERS.items():
                if member in self._members:
                    raise OnecError("not_a_table", kind=kind)
            raise OnecError("not_a_table", kind="ZIP")
        targets, types = self._read_relations()
        self._parts: dict[str, str] = {}
        self._epoch = EPOCH_1900

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "sheet":
                by_name = {local(key): value for key, value in attributes.items()}
                part = targets.get(by_name.get("id", ""))
                if part in self._members:
                    if len(self._parts) >= MAX_MEMBERS:
                        raise OnecError("too_big")
                    self._parts[by_name.get("name", part)] = part
            elif name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
                self._epoch = EPOCH_1904

        parse(self._small_part("xl/workbook.xml"), start)
        if not self._parts:
            raise OnecError("damaged")
        self.sheet_names = list(self._parts)
        self.sheet = self.sheet_names[0]
        self._strings_part = types.get("sharedStrings", "xl/sharedstrings.xml")
        self._date_styles = self._read_date_styles(types.get("styles", "xl/styles.xml"))

    def _read_relations(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return the parts of the workbook by relation id and by type."""
        targets, types = {}, {}

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship" and attributes.get("TargetMode") != "External":
                if len(targets) >= MAX_MEMBERS:
                    raise OnecError("too_big")
                target = urllib.parse.unquote(attributes.get("Target", ""))
                part = posixpath.normpath(posixpath.join("/xl", target)).lower()[1:]
                targets[attributes.get("Id", "")] = part
                types[attributes.get("Type", "").rpartition("/")[2]] = part

        parse(self._small_part("xl/_rels/workbook.xml.rels"), start)
        return targets, types

    def _read_date_styles(self, part: str) -> frozenset[str]:
        """Return the numbers of the cell styles that show a number as a date."""
        if part not in self._members:
            return frozenset()
        formats: dict[str, str] = {}
        styles: list[str] = []
        inside = False

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal inside
            if name == "cellXfs":
                inside = True
            elif name == "numFmt":
                code = NOT_OF_DATE.sub("", attributes.get("formatCode", ""))
                formats[attributes.get("numFmtId", "")] = code
            elif name == "xf" and inside:
                styles.append(attributes.get("numFmtId", "0"))

        def end(name: str) -> None:
            nonlocal inside
            inside = inside and name != "cellXfs"

        parse(self._small_part(part), start, end)
        return frozenset(
            str(number)
            for number, format_id in enumerate(styles)
            if OF_DATE.search(formats.get(format_id, ""))
            or (format_id.isdecimal() and int(format_id) in DATE_FORMATS)
        )

    def _small_part(self, name: str) -> bytes:
        """Read a part that describes the others and is never big."""
        with self._zip.open(self._members[name]) as stream:
            content = stream.read(MAX_SMALL_PART + 1)
        if len(content) > MAX_SMALL_PART:
            raise OnecError("too_big")
        return content

    def rows(self) -> Iterator[Row]:
        with damage_from(*ZIP_ERRORS):
            if self._strings is None and self._strings_part in self._members:
                stream = self._zip.open(self._members[self._strings_part])
                self._strings = SharedStrings(stream)
            sheet = SheetParser(self._strings, self._date_styles, self._epoch)
            part = self._members[self._parts[self.sheet or ""]]
            with self._zip.open(part) as stream:
                for chunk in chunks_of(stream):
                    sheet.parser.feed(chunk)
                    yield from sheet.take()
                sheet.parser.feed(b"", last=True)
                yield from sheet.take()

    def digest(self) -> str:
        with damage_from(*ZIP_ERRORS):
            return digest_of_streams(
                (name, self._zip.open(info))
                for name, info in sorted(self._members.items())
                if not name.startswith(NOT_OF_CONTENT)
            )

    def close(self) -> None:
        if self._strings:
            self._strings.close()
        self._zip.close()


def refuse_bombs(infos: list[zipfile.ZipInfo]) -> None:
    """Refuse archives that declare too large an unpacked size; a member larger than
    declared is cut off by the zip module."""
    packed = sum(info.compress_size for info in infos)
    unpacked = sum(info.file_size for info in infos)
    is_bomb = unpacked > SUSPICIOUS_SIZE and unpacked > MAX_RATIO * max(packed, 1)
    if is_bomb or unpacked > MAX_UNPACKED or len(infos) > MAX_MEMBERS:
        raise OnecError("too_big")


class SharedStrings:
    """The texts of a workbook, on disk, with where each begins in memory.

    They are read as far as they are asked for: programs number them in the order in
    which the sheet has them, so reading the first rows waits for no more.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._chunks: Iterator[bytes] | None = chunks_of(stream)
        self._parser = PartParser(self._start, self._end, self._text)
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self._offsets = array("Q", [0])
        self._pieces: list[str] = []
        self._phonetic = False
        self._in_text = False
        self._length = 0
        # Those of the last piece: nearly all are asked for once, and soon.
        self._recent: dict[int, str] = {}
        self._found = lru_cache(CACHED_STRINGS)(self._get)

    def get(self, number: int) -> str:
        """Return a text by its number.

        :raises OnecError: ``damaged`` where there is none
        """
        text = self._recent.get(number)
        return self._found(number) if text is None else text

    def _read_on(self) -> None:
        """Read a piece more of the part."""
        if self._chunks is None:
            raise OnecError("damaged")
        self._recent.clear()
        self._file.seek(0, os.SEEK_END)
        chunk = next(self._chunks, b"")
        if not chunk:
            self._chunks = None
        self._parser.feed(chunk, last=not chunk)

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        if name == "si":
            self._pieces = []
            self._length = 0
        elif name == "rPh":
            self._phonetic = True
        elif name == "t":
            self._in_text = not self._phonetic

    def _end(self, name: str) -> None:
        if name == "t":
            self._in_text = False
        elif name == "rPh":
            self._phonetic = False
        elif name == "si":
            text = unescape("".join(self._pieces))
            content = text.encode("utf-8", "replace")
            self._file.write(content)
            self._recent[len(self._offsets) - 1] = text
            self._offsets.append(self._offsets[-1] + len(content))

    def _text(self, text: str) -> None:
        if self._in_text:
            self._length += len(text)
            if self._length > MAX_CELL:
                raise OnecError("damaged")
            self._pieces.append(text)

    def _get(self, number: int) -> str:
        while number + 1 >= len(self._offsets):
            self._read_on()
        self._file.seek(self._offsets[number])
        size = self._offsets[number + 1] - self._offsets[number]
        return self._file.read(size).decode("utf-8")

    def close(self) -> None:
        """Delete the file."""
        self._stream.close()
        self._file.close()


class SheetParser:
    """Collects the cells of a sheet into rows."""

    def __init__(
        self,
        strings: SharedStrings | None,
        date_styles: frozenset[str],
        epoch: datetime.datetime,
    ) -> None:
        self.parser = PartParser(self._start, self._end, self._text)
        self._strings = strings
        self._date_styles = date_styles
        self._epoch = epoch
        self._rows: list[Row] = []
        self._cells: list[str] = []
        self._number = 0
        self._level = 0
        self._column = -1
        self._type = ""
        self._style = ""
        self._pieces: list[str] = []
        self._length = 0
        self._in_text = False
        self._phonetic = False

    def take(self) -> list[Row]:
        """Return the rows that are complete and forget them."""
        rows, self._rows = self._rows, []
        return rows

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            reference = attributes.get("r")
            self._column = column_index(reference) if reference else self._column + 1
            self._type = attributes.get("t", "n")
            self._style = attributes.get("s", "")
            self._pieces = []
            self._length = 0
        elif name == "v" or name == "t":
            self._in_text = not self._phonetic
        elif name == "row":
            number = attributes.get("r", "")
            self._number = int(number) if number.isdecimal() else self._number + 1
            level = attributes.get("outlineLevel", "")
            self._level = int(level) if level.isdecimal() else 0
            self._cells = []
            self._column = -1
        elif name == "rPh":
            self._phonetic = True

    def _end(self, name: str) -> None:
        if name == "v" or name == "t":
            self._in_text = False
        elif name == "c":
            if self._pieces and 0 <= self._column < MAX_COLUMNS:
                text = self._value("".join(self._pieces))
                if text:
                    missing = self._column - len(self._cells)
                    if missing < 0:
                        # Cells of a row come in order; these do not.
                        raise OnecError("damaged")
                    self._cells.extend([""] * missing)
                    self._cells.append(text)
        elif name == "row":
            if self._cells:
                if self._number > MAX_ROWS:
                    raise OnecError("too_many_rows", limit=MAX_ROWS)
                self._rows.append(Row(self._number, self._cells, self._level))
        elif name == "rPh":
            self._phonetic = False

    def _text(self, text: str) -> None:
        if self._in_text:
            self._length += len(text)
            if self._length > MAX_CELL:
                raise OnecError("damaged")
            self._pieces.append(text)

    def _value(self, text: str) -> str:
        if self._type == "s":
            if self._strings is None or not text.isdecimal():
                raise OnecError("damaged")
            return self._strings.get(int(text))
        if self._type in ("str", "inlineStr"):
            return unescape(text)
        if self._type == "e":
            return ""
        if self._type == "n":
            if self._style in self._date_styles:
                return date_text(text, self._epoch)
            return number_text(text)
        return text


@lru_cache(MAX_COLUMNS * 2)
def _letters_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def column_index(reference: str) -> int:
    """Return the position, from 0, of the column of a cell such as ``AB12``."""
    letters = reference.rstrip("0123456789").upper()
    if not (letters.isascii() and letters.isalpha() and len(letters) <= 3):
        raise OnecError("damaged")
    return _letters_index(letters)


def number_text(text: str) -> str:
    """Return a stored number as it was typed: ``7701234567.0`` and ``7.701234567E9``
    are the ИНН 7701234567."""
    if text.isdecimal():
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return repr(number) if number == number else ""


def date_text(text: str, epoch: datetime.datetime) -> str:
    """Return the number of a day as ``YYYY-MM-DD``, with the time if it has one."""
    try:
        moment = epoch + datetime.timedelta(seconds=round(float(text) * 86400))
    except (ValueError, OverflowError):
        return number_text(text)
    has_time = moment.time() != datetime.time()
    return moment.isoformat(" ") if has_time else moment.date().isoformat()


def unescape(text: str) -> str:
    """Resolve what Excel cannot write as XML, such as ``_x000D_``."""
    if "_x" not in text:
        return text
    return ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
