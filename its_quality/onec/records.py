"""From the rows below a header to records of contractors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from . import cells
from .cells import (
    ISSUE_OF_FIELD,
    READERS,
    TEXT_SIGNS,
    split_inn_kpp,
    without_text_sign,
)
from .header import Header
from .kinds import COMPANY, PERSON, SOLE_TRADER, is_self_employed, kind_of
from .legal_forms import SOLE_TRADER_NAME, is_company_name
from .tables import Row, Table
from .texts import clean, folded

# As exchange files and OData have them, too.
EMPTY_GUID, GUID, YES = cells.EMPTY_GUID, cells.GUID, cells.YES
# What a row can have wrong with it, and how much that matters: a row with an error is
# rejected, a warning is shown, an information explains why a row is skipped.
ISSUE_CODES = {
    "no_name": "error",
    "damaged_object": "error",
    "inn_wrong": "warning",
    "kpp_wrong": "warning",
    "ogrn_wrong": "warning",
    "kind_unknown": "warning",
    "email_wrong": "warning",
    "date_wrong": "warning",
    "name_only": "info",
    "total_row": "info",
    "header_row": "info",
}

# «Итого», «Итого: 1», «Всего контрагентов: 1», «Всего по списку - 12».
TOTAL = re.compile(
    r"(?:итого?|всего|итоги|total)(?:\s+(?:по\s+)?(?:контрагент|клиент|организаци|запис|"
    r"строк|элемент|позици|списк|отчет|группе|количеств|кол-во|шт)\w*)*"
    r"\s*[:=–—-]?\s*[\d\s.,]*(?:шт\.?)?"
)
# What a folder of 1C has; a row with more than this is a contractor.
FOLDER_FIELDS = frozenset(
    ("name", "code", "group", "ref", "is_folder", "deletion_mark")
)
# What 1C fills in for every contractor and never for a folder.
CONTRACTOR_FIELDS = frozenset(("kind", "full_name"))
ON_ONE_LINE_NOT = frozenset(
    ("comment", "contract_comment", "phone", "email", "other_contacts")
    + ("contact_person",)
)
FEWEST_OF_INN = 9
# Texts that may begin with an apostrophe of their own.
IN_WORDS = frozenset(("name", "full_name", "comment", "group", "contract_name"))


@dataclass(frozen=True)
class Issue:
    """What is the matter with a row.

    :ivar code: a key of ``ISSUE_CODES``
    :ivar field: a key of ``FIELDS``
    :ivar value: what stands in the file
    """

    code: str
    field: str
    value: str

    @property
    def severity(self) -> str:
        """``error``, ``warning`` or ``info``."""
        return ISSUE_CODES[self.code]


@dataclass
class Record:
    """A contractor, a folder, or a contract of a contractor, as a row has it.

    Of a contract, ``name``, ``ref``, ``inn`` and ``kpp`` are those of the contractor.

    :ivar row: the number of the row
    :ivar values: filled texts by key of ``FIELDS``. ``kind`` is ``company``,
        ``sole_trader`` or ``person``, dates are ``YYYY-MM-DD``, marks ``1``
    :ivar path: the names of the folders above, the outermost first
    :ivar skip_reason: the code of an issue for a row that is not a record
    :ivar entity: ``contractor`` or ``contract``
    """

    row: int
    values: dict[str, str]
    issues: list[Issue] = field(default_factory=list)
    path: tuple[str, ...] = ()
    is_folder: bool = False
    skip_reason: str | None = None
    entity: str = "contractor"


def read_records(
    table: Table, header: Header, mapping: Mapping[int, str]
) -> Iterator[Record]:
    """Read the rows below the header.

    :param mapping: which column, by its position, goes to which key of ``FIELDS``
    :return: a record for each row that has something in a mapped column, or elsewhere
        without a name
    """
    reader = _RecordReader(mapping, header, table.entity)
    waiting: tuple[Record, _Place] | None = None
    for row in table.rows():
        if row.number <= header.row:
            continue
        record, place = reader.read(row)
        if waiting:
            yield reader.settle(*waiting, following=place)
        waiting = record, place
    if waiting:
        yield reader.settle(*waiting, following=None)


@dataclass(frozen=True)
class _Place:
    """Where a row stands in the hierarchy: leading blanks, and outline level; or what
    the file itself says of it.

    :ivar is_bare: the row tells no more than one of a folder does. A kind that only a
        name gives away is nothing told: «Холдинг ООО „Кит“» may be a folder
    """

    indent: int
    level: int
    is_bare: bool
    path: tuple[str, ...] | None = None
    is_folder: bool = False

    def is_below(self, other: _Place) -> bool:
        return (self.indent, self.level) > (other.indent, other.level)


class _RecordReader:
    def __init__(self, mapping: Mapping[int, str], header: Header, entity: str) -> None:
        self._entity = entity
        self._columns = [(name, index) for index, name in mapping.items()]
        self._header = header
        fields = set(mapping.values())
        self._tells_contractors = bool(CONTRACTOR_FIELDS & fields)
        self._asks_bare = bool(fields - FOLDER_FIELDS) and "is_folder" not in fields
        self._name_column = next(
            (index for index, name in mapping.items() if name == "name"),
            next((i for i, name in mapping.items() if name == "full_name"), -1),
        )
        self._folders: list[tuple[_Place, str]] = []
        self._is_below_titles = True
        self._has_folders = False

    def read(self, row: Row) -> tuple[Record, _Place]:
        texts = {}
        for name, index in self._columns:
            if index < len(row.cells) and (cell := row.cells[index]):
                text = clean(cell) if name in ON_ONE_LINE_NOT else folded(cell)
                if text[:1] in TEXT_SIGNS and name not in IN_WORDS:
                    text = without_text_sign(text)
                if text:
                    texts[name] = text
        record = Record(row.number, {}, entity=self._entity)
        if row.path is None:
            record.skip_reason = self._skip_reason(row, texts)
        record.values = (
            texts if record.skip_reason else _read_values(texts, record.issues)
        )
        return record, self._place(row, texts)

    def _skip_reason(self, row: Row, texts: Mapping[str, str]) -> str | None:
        """Tell a row that is part of the form and no record."""
        is_below_titles, self._is_below_titles = self._is_below_titles, False
        if self._is_header(row) or (is_below_titles and self._is_numbering(row)):
            self._is_below_titles = True
            return "header_row"
        name = texts.get("name") or texts.get("full_name") or ""
        told = name or next(filter(None, map(folded, row.cells)), "")
        number = texts.get("inn") or texts.get("inn_kpp") or ""
        # A number of a few digits below the ИНН is how many there are.
        is_firm = name and ("code" in texts or len(number) >= FEWEST_OF_INN)
        return "total_row" if is_total(told) and not is_firm else None

    def _is_numbering(self, row: Row) -> bool:
        """Forms number their columns below the titles: «1;2;3»."""
        told = [text for text in map(folded, row.cells) if text]
        return len(told) >= min(3, max(2, len(self._header.columns))) and told == [
            str(number) for number in range(1, len(told) + 1)
        ]

    def _is_header(self, row: Row) -> bool:
        """1C repeats the titles where the printed page breaks."""
        cells = row.cells
        for titles in self._header.titles:
            for index, title in titles.items():
                if index >= len(cells) or folded(cells[index]) != title:
                    break
            else:
                return True
        return False

    def _place(self, row: Row, texts: Mapping[str, str]) -> _Place:
        name = (
            row.cells[self._name_column] if self._name_column < len(row.cells) else ""
        )
        name = name.replace("\xa0", " ").replace("\t", "    ")
        indent = len(name) - len(name.lstrip())
        is_bare = texts.keys() <= FOLDER_FIELDS
        return _Place(indent, row.level, is_bare, row.path, row.is_folder)

    def settle(self, record: Record, place: _Place, following: _Place | None) -> Record:
        """Finish a record now that the row after it is known: a row with nothing but
        a name is a folder if something lies in it."""
        if record.skip_reason:
            return record
        values = record.values
        name = values.get("name") or values.get("full_name") or ""
        if place.path is not None:
            record.path, record.is_folder = place.path, place.is_folder
            if not name and not (record.entity == "contract" and values.get("ref")):
                record.issues.append(Issue("no_name", "name", ""))
            return record
        while self._folders and not place.is_below(self._folders[-1][0]):
            self._folders.pop()
        record.path = tuple(folder for _place, folder in self._folders)
        record.is_folder = self._is_folder(record, place, following)
        if record.is_folder and name:
            self._folders.append((place, name))
            self._has_folders = True
        elif name and self._is_name_only(record, place):
            record.issues.append(Issue("name_only", "name", name))
            record.is_folder = self._has_folders
        if not name:
            record.issues.append(Issue("no_name", "name", ""))
        return record

    def _is_folder(
        self, record: Record, place: _Place, following: _Place | None
    ) -> bool:
        """A row that tells nothing of a contractor, and in which others lie."""
        if record.values.get("is_folder"):
            return True
        is_above = following is not None and following.is_below(place)
        return is_above and "name" in record.values and place.is_bare

    def _is_name_only(self, record: Record, place: _Place) -> bool:
        """Whether a row could as well be a folder in which nothing lies: it has none of
        what 1C fills in for every contractor, or nothing at all but a name. In a list
        without folders it is none."""
        return (
            place.is_bare
            and self._asks_bare
            and "kind" not in record.values
            and (self._tells_contractors or "code" not in record.values)
        )


def is_total(text: str) -> bool:
    """Whether a row that begins with this text is a total."""
    return TOTAL.fullmatch(text.casefold()) is not None


def _read_values(texts: dict[str, str], issues: list[Issue]) -> dict[str, str]:
    """Bring the texts of a row into the form of ``Record.values``."""
    texts = dict(texts)
    told = [texts.pop(name) for name in ("inn", "inn_kpp") if name in texts]
    for pair in map(split_inn_kpp, told):
        for name, text in zip(("inn", "kpp"), pair, strict=True):
            if text:
                texts.setdefault(name, text)
    values = {}
    for name, text in texts.items():
        reader = READERS.get(name)
        value, is_right = reader(text) if reader else (text, True)
        if value:
            values[name] = value
        if not is_right:
            issues.append(Issue(ISSUE_OF_FIELD[name], name, text))
    _read_kind(values, issues)
    return values


def _read_kind(values: dict[str, str], issues: list[Issue]) -> None:
    """Find the kind by its column, else by the name.

    1С:Бухгалтерия knows legal and natural persons only, and calls a sole trader the
    latter; such a record has an ИНН of 12 digits, an ОГРНИП of 15, or «ИП» in the name.
    """
    text = values.pop("kind", "")
    kind = kind_of(text)
    if text and not kind:
        issues.append(Issue("kind_unknown", "kind", text))
    names = f"{values.get('name', '')} {values.get('full_name', '')}"
    digits = values.get("inn", "")
    if is_company_name(names) or len(digits) == 10 and digits.isdecimal():
        # Neither a person nor a sole trader, whatever a column says.
        kind = COMPANY
    elif (
        kind in (None, PERSON)
        and not is_self_employed(text)
        and (
            SOLE_TRADER_NAME.search(names)
            or len(values.get("ogrn", "")) == 15
            or (kind and len(digits) == 12)
        )
    ):
        kind = SOLE_TRADER
    if kind:
        values["kind"] = kind
