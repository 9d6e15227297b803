"""What every reader gives: a table of texts, with rows that know where they stand."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from itertools import islice
from typing import IO, NamedTuple

from .errors import OnecError

# Excel's own limit is a million; a list of contractors is far from this one, and the
# rows of a job are kept in the database.
MAX_ROWS = 500_000
# Columns further right hold nothing that a list of contractors could mean.
MAX_COLUMNS = 512
# Excel's own limit for a cell is 32 767.
MAX_CELL = 100_000

CHUNK = 1024 * 1024

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Row(NamedTuple):
    """A row with content.

    :ivar number: from 1, as a spreadsheet program shows it
    :ivar cells: texts as they stand there, leading blanks included; the empty cells
        at the end are left out
    :ivar level: the outline level, 0 where the sheet is not outlined
    :ivar path: the names of the folders above, where the file contains them; where it
        does not, they are found by indents and levels
    :ivar is_folder: whether it is a folder, where ``path`` is given
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
    :ivar is_damaged: it was read in spite of that
    :ivar sheet_is_chosen: the caller has said which sheet, so no other will do
    """

    kind = ""
    entity = "contractor"
    encoding: str | None = None
    is_damaged = False

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


def column_letters(index: int) -> str:
    """Return what a spreadsheet program calls the column at a position from 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
