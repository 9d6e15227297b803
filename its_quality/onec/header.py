"""Which row of a table holds the titles, and where each column goes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from .errors import OnecError
from .fields import title_key
from .tables import Row, Table, column_letters
from .texts import folded
from .titles import doubt_of_title, field_of_title, is_of_titles

# 1C puts four to six rows of title above the header.
SEARCHED_ROWS = 60
SAMPLED_ROWS = 30
SAMPLE_LENGTH = 120
# By chance a value completes the title above it, but rarely two do in one row.
FEWEST_COMPOSED = 2
# One of these alone says that its row is the header; others stand in any text.
TELLING = frozenset(
    ("name", "full_name", "inn", "kpp", "inn_kpp", "ogrn", "okpo", "phone", "email")
)
# What a list of clients tells of them, and what only a list of goods has.
OF_CLIENTS = frozenset(
    (
        *("inn", "kpp", "inn_kpp", "ogrn", "okpo", "kind", "phone", "email", "address"),
        *("contact_person", "manager", "head_office", "website"),
        *("service", "contract_type", "contract_number", "registration_number"),
    )
)
OWNER = re.compile(r"контрагент|клиент|партн[её]р|покупател|заказчик|организаци|фирм")
GOODS = re.compile(
    r"\bцен[аы]|номенклатур|артикул|\bтовар|штрих-?\s?код|остат|количеств|\bкол-?во\b|"
    r"\bед(?:\.|иниц\w*)?\s*изм|\bруб|себестоим|\bндс\b|производител|\bsku\b|price"
)


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

    :ivar row: the number of their row, the last of them if there are two; 0 where the
        table has none
    :ivar titles: of each of their rows what stands in which column
    """

    row: int
    columns: tuple[Column, ...]
    titles: tuple[dict[int, str], ...] = ()


class _Titles(NamedTuple):
    """What might be the titles: a row, or two of which the first is merged over the
    second.

    :ivar position: of the last row, among the first rows of the table
    :ivar texts: the title of each column
    :ivar fields: what the columns stand for
    :ivar composed: titles that only both rows together make one that we know
    """

    position: int
    rows: tuple[Row, ...]
    texts: dict[int, str]
    fields: dict[int, str]
    composed: int = 0

    @property
    def score(self) -> tuple[int, bool]:
        """How telling they are."""
        return len(self.fields), self.composed >= FEWEST_COMPOSED


def find_header(
    table: Table,
    sheet: str | None = None,
    *,
    row: int | None = None,
    fields: Mapping[str, str] | None = None,
) -> Header:
    """Find the row of titles; select the first sheet that has one, unless the caller
    chose the sheet.

    :param sheet: look for it there alone
    :param row: the number of the row, where somebody has said it; 0 if there is none
    :param fields: the field that each title stands for, by `title_key`; by default what
        the titles of contractors say
    :raises OnecError: ``no_header``, ``no_contractors``, and what reading may raise
    """
    known = field_of_title if fields is None else _by_key(fields)
    if row is not None:
        return _header_at(table, row, known)
    names = [table.sheet] if table.sheet_is_chosen else table.sheet_names
    names = [sheet] if sheet else names
    for name in names or [None]:
        if name is not None:
            table.select(name)
        header = _find_in(table.head(SEARCHED_ROWS + SAMPLED_ROWS), known)
        if header:
            return header
    if names and names[0] is not None:
        table.select(names[0])
    raise table.without_header()


def _by_key(fields: Mapping[str, str]) -> Callable[[str], str | None]:
    return lambda title: fields.get(title_key(title))


def _header_at(table: Table, number: int, known: Callable) -> Header:
    """Return the row that somebody has said to be the header, whatever is in it; with 0
    the columns have no titles, and the first row is one like the others."""
    rows = table.head(number + SAMPLED_ROWS)
    below = [row for row in rows if row.number > number][:SAMPLED_ROWS]
    titles = [row for row in rows if row.number == number]
    if titles:
        return _header(_titles_of(0, titles[0], known), below)
    if number or not below:
        raise OnecError("no_row" if number else "empty", row=number)
    width = max(len(row.cells) for row in below)
    columns = tuple(
        Column(index, column_letters(index), "", sample, None)
        for index in range(width)
        if (sample := _sample(index, below))
    )
    return Header(0, columns)


def _find_in(rows: list[Row], known: Callable) -> Header | None:
    searched = rows[:SEARCHED_ROWS]
    found = [_titles_of(place, row, known) for place, row in enumerate(searched)]
    found += [
        _titles_of_two(place, upper, lower, known)
        for place, (upper, lower) in enumerate(
            zip(searched, searched[1:], strict=False), 1
        )
        if lower.number == upper.number + 1
    ]
    if not found:
        return None
    # Of equals the first, and one row before two.
    titles = max(found, key=lambda titles: titles.score)
    told = set(titles.fields.values())
    if not told or len(told) == 1 and not told & TELLING:
        return None
    return _header(titles, rows[titles.position + 1 :][:SAMPLED_ROWS])


def _titles_of(position: int, row: Row, known: Callable) -> _Titles:
    texts = {
        index: text for index, cell in enumerate(row.cells) if (text := folded(cell))
    }
    return _Titles(position, (row,), texts, _fields_of(texts, known))


def _titles_of_two(position: int, upper: Row, lower: Row, known: Callable) -> _Titles:
    """Read two rows as one: a title that is merged over two columns says with those
    below what they are («Договор» over «Номер» and «Дата начала»)."""
    above, texts, over = {}, {}, ""
    for index in range(max(len(upper.cells), len(lower.cells))):
        high = folded(upper.cells[index]) if index < len(upper.cells) else ""
        low = folded(lower.cells[index]) if index < len(lower.cells) else ""
        over = high or over
        if high:
            above[index] = high
        if low:
            both = f"{over} {low}" if over else low
            texts[index] = both if known(both) or not known(low) else low
    own = {index: text for index, text in above.items() if index not in texts}
    fields = _fields_of(texts, known)
    if not fields or not own.keys() | texts.keys() > texts.keys():
        # The upper row has nothing of its own: it is no part of the titles, or says
        # only what the columns below have in common.
        is_common = any(texts[i] != folded(lower.cells[i]) for i in fields)
        if not is_common:
            return _Titles(position, (lower,), {}, {})
    texts |= own
    together = _fields_of(texts, known)
    composed = 0
    if len(together) > len(_titles_of(position, lower, known).fields):
        # Else the lower row is the header, and the one above it a row of values.
        composed = sum(
            texts[i] != folded(lower.cells[i]) and is_of_titles(folded(lower.cells[i]))
            for i in fields
        )
    return _Titles(position, (upper, lower), texts, together, composed)


def _header(titles: _Titles, below: list[Row]) -> Header:
    columns = tuple(
        Column(
            index,
            column_letters(index),
            text,
            _sample(index, below),
            titles.fields.get(index),
        )
        for index, text in sorted(titles.texts.items())
    )
    return Header(
        titles.rows[-1].number,
        columns,
        tuple(
            {
                index: text
                for index, cell in enumerate(row.cells)
                if (text := folded(cell))
            }
            for row in titles.rows
        ),
    )


def _fields_of(texts: Mapping[int, str], known: Callable) -> dict[int, str]:
    """Return the field of each column whose title is known; each field once, and of two
    titles for it that which is surer."""
    told: dict[str, tuple[int, int]] = {}
    for index, text in texts.items():
        if field := known(text):
            place = (doubt_of_title(text), index)
            told[field] = min(told.get(field, place), place)
    return {index: field for field, (_doubt, index) in told.items()}


def _sample(index: int, rows: list[Row]) -> str:
    values = (folded(row.cells[index]) for row in rows if index < len(row.cells))
    return next(filter(None, values), "")[:SAMPLE_LENGTH]


def goods_titles(header: Header) -> list[str]:
    """Return the titles by which a table lists goods, prices or stock, if no column of
    it tells of a client: «Код», «Наименование», «Цена» are those of a price list.

    Where no titles are known, the first values may be some.
    """
    for column in header.columns:
        is_name = column.field in ("name", "full_name")
        if (
            column.field in OF_CLIENTS
            or is_name
            and OWNER.search(column.title.casefold())
        ):
            return []
    said = [
        column.title or column.sample for column in header.columns if not column.field
    ]
    return [title for title in said if GOODS.search(title.casefold())]
