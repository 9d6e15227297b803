"""Rows put together cell by cell, for formats that tell of repeated and merged ones."""

from __future__ import annotations

from ..errors import OnecError
from ..tables import MAX_CELL, MAX_COLUMNS, MAX_ROWS, Row


class Grid:
    """Collects the cells of a sheet into rows; those without content are left out."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._number = 0
        self._cells: dict[int, str] = {}
        self._column = 0
        # The rows below into which a cell of a column is merged.
        self._merged: dict[int, int] = {}

    def take(self) -> list[Row]:
        """Return the rows that are complete and forget them."""
        rows, self._rows = self._rows, []
        return rows

    def start_row(self, number: int | None = None) -> None:
        """Begin a row.

        :param number: from 1, where the file says it
        """
        self._number = number if number else self._number + 1
        self._cells = {}
        self._column = 0

    def add(
        self, text: str, column: int | None = None, *, width: int = 1, rows: int = 1
    ) -> None:
        """Add a cell.

        :param column: its position from 0, where the file says it
        :param width: how many columns it is merged over
        :param rows: how many rows it is merged over
        """
        if len(text) > MAX_CELL:
            raise OnecError("damaged")
        if column is not None:
            self._column = column
        while self._merged.get(self._column, 0) > 0:
            self._column += 1
        if text and self._column < MAX_COLUMNS:
            self._cells[self._column] = text
        if rows > 1:
            for place in range(self._column, min(self._column + width, MAX_COLUMNS)):
                # The row that is being read counts as one.
                self._merged[place] = -rows
        self._column += max(width, 1)

    def end_row(self, level: int = 0, repeated: int = 1) -> None:
        """End a row.

        :param repeated: how often it stands in the sheet, one below the other
        """
        self._merged = {
            place: abs(rows) - 1
            for place, rows in self._merged.items()
            if abs(rows) > 1
        }
        if self._cells:
            if self._number + repeated - 1 > MAX_ROWS:
                raise OnecError("too_many_rows", limit=MAX_ROWS)
            width = max(self._cells) + 1
            cells = [self._cells.get(place, "") for place in range(width)]
            self._rows += [
                Row(self._number + place, list(cells), level)
                for place in range(repeated)
            ]
        self._number += repeated - 1


def whole(text: str | None, least: int = 1) -> int:
    """Return a count that an attribute tells; ``least`` where it tells none."""
    text = (text or "").strip()
    return max(int(text), least) if text.isdecimal() and len(text) < 9 else least
