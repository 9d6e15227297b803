"""Which row of a table holds the titles, and where each column goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .fields import FIELD_BY_TITLE, title_key
from .tables import Row, Table, column_letters
from .texts import folded

# 1C puts four to six rows of title above the header.
SEARCHED_ROWS = 60
SAMPLED_ROWS = 30
SAMPLE_LENGTH = 120


@dataclass(frozen=True)
class Column:
    """A column with a title.

    :ivar index: its position from 0
    :ivar letter: what a spreadsheet program calls it
    :ivar title: as it stands in the file
    :ivar sample: the first value below the title
    :ivar field: a key of ``FIELDS``, or ``None`` where the title says nothing to us
    """

    index: int
    letter: str
    title: str
    sample: str
    field: str | None


@dataclass(frozen=True)
class Header:
    """The titles of a table.

    :ivar row: the number of their row
    """

    row: int
    columns: tuple[Column, ...]


def find_header(
    table: Table,
    sheet: str | None = None,
    *,
    fields: Mapping[str, str] = FIELD_BY_TITLE,
) -> Header:
    """Find the row of titles; select the first sheet that has one, unless the caller
    chose the sheet.

    :param sheet: look for it there alone
    :param fields: the field that each title stands for, by `title_key`
    :raises OnecError: ``no_header``, ``no_contractors``, and what reading may raise
    """
    names = [table.sheet] if table.sheet_is_chosen else table.sheet_names
    names = [sheet] if sheet else names
    for name in names or [None]:
        if name is not None:
            table.select(name)
        header = _find_in(table.head(SEARCHED_ROWS + SAMPLED_ROWS), fields)
        if header:
            return header
    if names and names[0] is not None:
        table.select(names[0])
    raise table.without_header()


def _find_in(rows: list[Row], known: Mapping[str, str]) -> Header | None:
    scores = [len(_fields_of(row, known)) for row in rows[:SEARCHED_ROWS]]
    if not any(scores):
        return None
    position = scores.index(max(scores))
    fields = set(_fields_of(rows[position], known).values())
    if len(fields) == 1 and not fields & {"name", "full_name"}:
        return None
    below = rows[position + 1 :][:SAMPLED_ROWS]
    return Header(rows[position].number, _columns(rows[position], below, known))


def _fields_of(row: Row, known: Mapping[str, str]) -> dict[int, str]:
    """Return the field of each column whose title is known; each field once."""
    found: dict[int, str] = {}
    for index, text in enumerate(row.cells):
        field = known.get(title_key(folded(text))) if text else None
        if field and field not in found.values():
            found[index] = field
    return found


def _columns(
    titles: Row, below: list[Row], known: Mapping[str, str]
) -> tuple[Column, ...]:
    fields = _fields_of(titles, known)
    return tuple(
        Column(
            index,
            column_letters(index),
            folded(text),
            _sample(index, below),
            fields.get(index),
        )
        for index, text in enumerate(titles.cells)
        if folded(text)
    )


def _sample(index: int, rows: list[Row]) -> str:
    values = (folded(row.cells[index]) for row in rows if index < len(row.cells))
    return next(filter(None, values), "")[:SAMPLE_LENGTH]
