"""Opens any file as a table of texts. The kind is told by the content: people rename
files, and 1C itself calls a text file ``xls``."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from .errors import OnecError

if TYPE_CHECKING:
    from .zipped import ZippedFile

# Excel's own limit is a million; a list of contractors is far from this one, and the
# rows of a job are kept in the database.
MAX_ROWS = 500_000
# Columns further right hold nothing that a list of contractors could mean.
MAX_COLUMNS = 512
# Excel's own limit for a cell is 32 767.
MAX_CELL = 100_000

CHUNK = 1024 * 1024

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The record that a workbook of Excel begins with when it is in no container.
BARE_XLS = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")
FOREIGN = {
    b"%PDF": "PDF",
    b"{\\rtf": "RTF",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"\x1f\x8b": "gzip",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"MZ": "EXE",
    b"SQLite format 3": "SQLite",
}
# A text may begin with a bracket, too, but not with a list of objects.
JSON = re.compile(rb"\{|\[\s*\{")


class Row(NamedTuple):
    """A row with content.

    :ivar number: from 1, as a spreadsheet program shows it
    :ivar cells: texts as they stand there, leading blanks included; the empty cells
        at the end are left out
    :ivar level: the outline level, 0 where the sheet is not outlined
    :ivar path: the names of the folders above, where the file itself tells them; where
        it does not, they are found by indents and levels
    :ivar is_folder: whether it is one, where ``path`` is told
    """

    number: int
    cells: list[str]
    level: int = 0
    path: tuple[str, ...] | None = None
    is_folder: bool = False


class Table:
    """A sheet of a file that is read row by row, again and again.

    :ivar kind: ``xlsx``, ``xls``, ``csv``, or of an exchange file ``v8``, ``xdto``,
        ``enterprise_data`` or ``commerceml``
    :ivar entity: what the rows are, ``contractor`` or ``contract``
    :ivar sheet: the name of the sheet that is read; ``None`` for a text file
    :ivar sheet_names: of all sheets of the workbook, in order
    :ivar encoding: of a text file, else ``None``
    :ivar sheet_is_chosen: the caller has said which sheet, so no other will do
    """

    kind = ""
    entity = "contractor"
    encoding: str | None = None

    def __init__(self) -> None:
        self.sheet: str | None = None
        self.sheet_names: list[str] = []
        self.sheet_is_chosen = False

    def select(self, sheet: str) -> None:
        """Read another sheet from now on.

        :raises OnecError: ``no_sheet``
        """
        if sheet not in self.sheet_names:
            raise OnecError("no_sheet", sheet=sheet)
        self.sheet = sheet

    def rows(self) -> Iterator[Row]:
        """Read the sheet from its top; rows without content are left out.

        :raises OnecError: when the file turns out to be damaged on the way
        """
        raise NotImplementedError

    def head(self, count: int) -> list[Row]:
        """Read the first rows, in which the titles are looked for.

        :raises OnecError: when the file turns out to be damaged on the way
        """
        return list(islice(self.rows(), count))

    def without_header(self) -> OnecError:
        """Return the reason to give where no sheet has titles."""
        return OnecError("no_header")

    def digest(self) -> str:
        """Hash what is in the file: equal for files that read the same, whenever and
        under whatever name they were saved.

        :raises OnecError: when the file turns out to be damaged on the way
        """
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the file."""


def open_table(
    path: str | Path, *, sheet: str | None = None, encoding: str | None = None
) -> Table:
    """Open a file as a table.

    :param sheet: the name of a sheet; by default the first
    :param encoding: of a text file, as Python calls it; by default found by content
    :raises OnecError: with the reason why it cannot be read
    """
    from .delimited import DelimitedTable
    from .exchange import open_exchange
    from .xls import XlsTable
    from .xlsx import XlsxTable
    from .zipped import exchange_in

    path = Path(path)
    readers = {"xlsx": XlsxTable, "xls": XlsTable}
    kind = _kind_of(path)
    archived = exchange_in(path) if kind == "xlsx" else None
    language = _kind_of(archived) if archived else kind
    if language in ("xml", "json"):
        table = open_exchange(archived or path, language, encoding)
    elif kind == "csv":
        return DelimitedTable(path, encoding)
    else:
        table = readers[kind](path)
    if sheet:
        try:
            table.select(sheet)
        except OnecError:
            table.close()
            raise
        table.sheet_is_chosen = True
    return table


def _kind_of(path: Path | ZippedFile) -> str:
    with path.open("rb") as handle:
        head = handle.read(4096)
        if not head.strip(b"\0\t\r\n \xef\xbb\xbf\xff\xfe"):
            raise OnecError("damaged" if handle.read(1) else "empty")
    if head.startswith(b"PK"):
        return "xlsx"
    if head.startswith(OLE) or head.startswith(BARE_XLS):
        return "xls"
    if head.startswith(b"MOXCEL"):
        raise OnecError("mxl")
    for start, kind in FOREIGN.items():
        if head.startswith(start):
            raise OnecError("not_a_table", kind=kind)
    return _kind_of_text(head)


def _kind_of_text(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = head.decode("utf-16", "ignore").encode("utf-8", "ignore")
    start = start.lstrip()
    if start.startswith(b"<"):
        begin = start[:200].lower()
        if b"<html" in begin or b"<!doctype html" in begin:
            raise OnecError("not_a_table", kind="HTML")
        return "xml"
    if JSON.match(start):
        if b'"#type"' not in start and b'"#value"' not in start:
            raise OnecError("not_a_table", kind="JSON")
        return "json"
    return "csv"


def digest_of_streams(streams: Iterator[tuple[str, IO[bytes]]]) -> str:
    """Hash named streams, in the order given; each is closed after it."""
    total = hashlib.blake2b(digest_size=16)
    for name, stream in streams:
        one = hashlib.blake2b()
        with stream:
            while chunk := stream.read(CHUNK):
                one.update(chunk)
        total.update(f"{name}\0".encode() + one.digest())
    return total.hexdigest()


@contextlib.contextmanager
def damage_from(*errors: type[BaseException]) -> Iterator[None]:
    """Tell the errors that a library raises on garbled bytes as ``damaged``."""
    try:
        yield
    except errors as error:
        raise OnecError("damaged") from error
