"""Text with a delimiter."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

DIALECTS = {
    "cp1251": (";", "cp1251"),
    "utf-8": ("\t", "utf-8-sig"),
    "utf-16": ("\t", "utf-16-le"),
}


def write_delimited(
    path: Path,
    rows: Iterable[Sequence[str | None]],
    *,
    delimiter: str = ";",
    encoding: str = "cp1251",
    mark: bytes = b"",
) -> None:
    """Write a text file; quotes where the format needs them.

    :param mark: bytes that the file begins with
    """
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    path.write_bytes(mark + text.getvalue().encode(encoding))
