"""Text with tabs, semicolons or commas, in the encodings that 1C and Excel write."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ..errors import OnecError
from ..fields import FIELD_BY_TITLE, title_key
from ..tables import MAX_CELL, MAX_COLUMNS, MAX_ROWS, Row, Table, digest_of_streams
from ..user_fields import USER_FIELD_BY_TITLE

DELIMITERS = "\t;,|"
CHUNK = 1024 * 1024
SAMPLE_LINES = 100
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# What no text holds: it is some other file.
BINARY = frozenset(
    map(chr, {*range(0x20), 0x7F} - {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1A})
)
EXPECTED = {"utf-8": "utf-8-sig"}


class DelimitedTable(Table):
    """A text file; its delimiter, quoting and encoding are found by looking."""

    kind = "csv"

    def __init__(self, path: Path, encoding: str | None) -> None:
        super().__init__()
        self._path = path
        self._codec = self._find_codec(encoding)
        self.encoding = self._codec.removesuffix("-sig")
        self._delimiter = self._find_delimiter()
        self._quoting = self._find_quoting()

    def rows(self) -> Iterator[Row]:
        for number, cells in enumerate(self._records(), 1):
            if number > MAX_ROWS:
                raise OnecError("too_many_rows", limit=MAX_ROWS)
            while cells and not cells[-1].strip():
                cells.pop()
            if cells:
                yield Row(number, cells[:MAX_COLUMNS])

    def digest(self) -> str:
        return digest_of_streams(iter([("", self._path.open("rb"))]))

    def _records(self) -> Iterator[list[str]]:
        with self._open() as handle:
            yield from self._reader(handle, quoting=self._quoting)

    def _reader(self, lines: IO[str] | list[str], **options) -> Iterator[list[str]]:
        try:
            yield from csv.reader(lines, delimiter=self._delimiter, **options)
        except (csv.Error, UnicodeError) as error:
            raise OnecError("damaged") from error

    def _open(self) -> IO[str]:
        return self._path.open(encoding=self._codec, newline="")

    def _find_codec(self, wanted: str | None) -> str:
        """Choose the encoding; the whole file has to be text in it."""
        with self._path.open("rb") as handle:
            head = handle.read(4096)
        marked = [
            codec for mark, codec in BYTE_ORDER_MARKS.items() if head.startswith(mark)
        ]
        if wanted:
            codec = EXPECTED.get(wanted, wanted)
            if codec == "utf-16" and not marked:
                codec = "utf-16-le"
            if not self._is_text_in(codec):
                raise OnecError("encoding", encoding=wanted)
            return codec
        # Without a mark UTF-16 shows by the zero bytes of blanks and digits.
        candidates = marked or [
            *(["utf-16-le"] if b"\0" in head[1::2] else []),
            *(["utf-16-be"] if b"\0" in head[::2] else []),
            "utf-8",
            "cp1251",
        ]
        for codec in candidates:
            if self._is_text_in(codec):
                return codec
        raise OnecError("damaged" if marked else "not_a_table", kind="")

    def _is_text_in(self, codec: str) -> bool:
        try:
            # Python has codecs that make no texts of bytes, too; this refuses them.
            io.TextIOWrapper(io.BytesIO(), encoding=codec)
            decoder = codecs.getincrementaldecoder(codec)()
        except (LookupError, ValueError):
            return False
        with self._path.open("rb") as handle:
            try:
                while chunk := handle.read(CHUNK):
                    if BINARY.intersection(decoder.decode(chunk)):
                        return False
                decoder.decode(b"", final=True)
            except UnicodeError:
                return False
        return True

    def _sample(self) -> list[str]:
        """Return the first lines, as far as they have a sensible length."""
        lines = []
        with self._open() as handle:
            for _number in range(SAMPLE_LINES):
                line = handle.readline(MAX_CELL)
                if not line:
                    break
                lines.append(line)
        return lines

    def _find_delimiter(self) -> str:
        """Choose the delimiter under which most titles are found, then the one that
        occurs most."""
        lines = self._sample()
        occurrences = Counter(sign for line in lines for sign in line)

        def score(delimiter: str) -> tuple[int, int]:
            found = max(
                len(
                    {title_key(text.strip('" ')) for text in line.split(delimiter)}
                    & KNOWN
                )
                for line in lines
            )
            return found, occurrences[delimiter]

        return max(DELIMITERS, key=score)

    def _find_quoting(self) -> int:
        """Tell whether quotes enclose cells or belong to names such as «"Маяк" АО»."""
        with self._open() as handle:
            try:
                for _cells in csv.reader(
                    handle, delimiter=self._delimiter, strict=True
                ):
                    pass
            except csv.Error:
                return csv.QUOTE_NONE
        return csv.QUOTE_MINIMAL


KNOWN = FIELD_BY_TITLE.keys() | USER_FIELD_BY_TITLE.keys()
