"""Text with tabs, semicolons or commas, in the encodings that 1C and Excel write."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ..errors import OnecError
from ..fields import title_key
from ..tables import MAX_CELL, MAX_COLUMNS, MAX_ROWS, Row, Table, digest_of_streams
from ..titles import field_of_title
from ..user_fields import USER_FIELD_BY_TITLE
from .codec import find_codec

DELIMITERS = "\t;,|"
SAMPLE_LINES = 100


class DelimitedTable(Table):
    """A text file; its delimiter, quoting and encoding are found by looking."""

    kind = "csv"

    def __init__(self, path: Path, encoding: str | None) -> None:
        super().__init__()
        self._path = path
        self._codec = find_codec(path, encoding)
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
                len({_meaning_of(text.strip('" ')) for text in line.split(delimiter)})
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


def _meaning_of(title: str) -> str | None:
    """What a title of any list says to us."""
    return field_of_title(title) or USER_FIELD_BY_TITLE.get(title_key(title))
