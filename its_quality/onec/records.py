"""From the rows below a header to records of contractors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .header import Header
from .legal_forms import SOLE_TRADER_NAME, is_company_name
from .numbers import check_inn, check_kpp, check_ogrn, repair_inn, repair_kpp
from .tables import Row, Table
from .texts import MAIL_SEPARATOR, clean, folded, parse_date, split_emails

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
    "total_row": "info",
    "header_row": "info",
}

COMPANY, SOLE_TRADER, PERSON = "company", "sole_trader", "person"
# Compared as lower-case letters only: «Юр. лицо», «ЮридическоеЛицо», «юрлицо».
KINDS = {
    "юрлицо": COMPANY,
    "юридическоелицо": COMPANY,
    "юрлицонерезидент": COMPANY,
    "юридическоелицонерезидент": COMPANY,
    "обособленноеподразделение": COMPANY,
    "государственныйорган": COMPANY,
    "организация": COMPANY,
    "компания": COMPANY,
    "ип": SOLE_TRADER,
    "индивидуальныйпредприниматель": SOLE_TRADER,
    "физлицо": PERSON,
    "физическоелицо": PERSON,
    "частноелицо": PERSON,
}
YES = frozenset(("да", "истина", "true", "yes", "1", "+", "x", "х", "v", "помечен"))
GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
EMPTY_GUID = "00000000-0000-0000-0000-000000000000"
TOTALS = frozenset(("итого", "всего", "итог", "total"))
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
    titles = {column.index: column.title for column in header.columns}
    reader = _RecordReader(mapping, titles, table.entity)
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
    the file itself says of it."""

    indent: int
    level: int
    path: tuple[str, ...] | None = None
    is_folder: bool = False

    def is_below(self, other: _Place) -> bool:
        return (self.indent, self.level) > (other.indent, other.level)


class _RecordReader:
    def __init__(
        self, mapping: Mapping[int, str], titles: dict[int, str], entity: str
    ) -> None:
        self._entity = entity
        self._mapping = mapping
        self._titles = titles
        fields = set(mapping.values())
        self._tells_contractors = CONTRACTOR_FIELDS & fields
        self._name_column = next(
            (index for index, name in mapping.items() if name == "name"),
            next((i for i, name in mapping.items() if name == "full_name"), -1),
        )
        self._folders: list[tuple[_Place, str]] = []

    def read(self, row: Row) -> tuple[Record, _Place]:
        texts = {
            name: (clean if name in ON_ONE_LINE_NOT else folded)(row.cells[index])
            for index, name in self._mapping.items()
            if index < len(row.cells) and row.cells[index]
        }
        texts = {name: text for name, text in texts.items() if text}
        record = Record(row.number, {}, entity=self._entity)
        if row.path is None and self._is_header(row):
            record.values = texts
            record.skip_reason = "header_row"
        else:
            record.values = _read_values(texts, record.issues)
        return record, self._place(row)

    def _is_header(self, row: Row) -> bool:
        """1C repeats the titles where the printed page breaks."""
        return all(
            index < len(row.cells) and folded(row.cells[index]) == title
            for index, title in self._titles.items()
        )

    def _place(self, row: Row) -> _Place:
        name = (
            row.cells[self._name_column] if self._name_column < len(row.cells) else ""
        )
        name = name.replace("\xa0", " ").replace("\t", "    ")
        indent = len(name) - len(name.lstrip())
        return _Place(indent, row.level, row.path, row.is_folder)

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
        if name.casefold().rstrip(":") in TOTALS and not values.keys() & {
            "inn",
            "code",
        }:
            record.skip_reason = "total_row"
            return record
        while self._folders and not place.is_below(self._folders[-1][0]):
            self._folders.pop()
        record.path = tuple(folder for _place, folder in self._folders)
        record.is_folder = self._is_folder(values, place, following)
        if record.is_folder and name:
            self._folders.append((place, name))
        if not name:
            record.issues.append(Issue("no_name", "name", ""))
        return record

    def _is_folder(
        self, values: dict[str, str], place: _Place, following: _Place | None
    ) -> bool:
        if values.get("is_folder"):
            return True
        if not values.keys() <= FOLDER_FIELDS or "name" not in values:
            return False
        if following and following.is_below(place):
            return True
        return bool(self._tells_contractors)


def _read_values(texts: dict[str, str], issues: list[Issue]) -> dict[str, str]:
    """Bring the texts of a row into the form of ``Record.values``."""
    texts = dict(texts)
    inn, _slash, kpp = texts.pop("inn_kpp", "").replace("\\", "/").partition("/")
    for name, text in (("inn", inn.strip()), ("kpp", kpp.strip())):
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


# What follows takes a text and returns what it says, and whether it is right.


def _read_inn(text: str) -> tuple[str, bool]:
    number = repair_inn(re.sub(r"[\s-]", "", text))
    return number, check_inn(number)


def _read_kpp(text: str) -> tuple[str, bool]:
    number = repair_kpp(re.sub(r"[\s-]", "", text).upper())
    return number, check_kpp(number)


def _read_ogrn(text: str) -> tuple[str, bool]:
    number = re.sub(r"[\s-]", "", text)
    return number, check_ogrn(number)


def _read_ref(text: str) -> tuple[str, bool]:
    """The column «Ссылка» of a list is a name; only a GUID tells who it is."""
    ref = text.lower()
    return (ref if GUID.fullmatch(ref) and ref != EMPTY_GUID else ""), True


def _read_mark(text: str) -> tuple[str, bool]:
    return ("1" if text.casefold() in YES else ""), True


def _read_date(text: str) -> tuple[str, bool]:
    date = parse_date(text)
    return date or "", date is not None


def _read_email(text: str) -> tuple[str, bool]:
    pieces = [piece for piece in MAIL_SEPARATOR.split(text) if "@" in piece]
    return text, bool(pieces) and len(split_emails(text)) == len(set(pieces))


READERS = {
    "inn": _read_inn,
    "kpp": _read_kpp,
    "ogrn": _read_ogrn,
    "ref": _read_ref,
    "head_ref": _read_ref,
    "contract_ref": _read_ref,
    "is_folder": _read_mark,
    "deletion_mark": _read_mark,
    "contract_date": _read_date,
    "date_start": _read_date,
    "date_end": _read_date,
    "email": _read_email,
}
ISSUE_OF_FIELD = {
    "inn": "inn_wrong",
    "kpp": "kpp_wrong",
    "ogrn": "ogrn_wrong",
    "contract_date": "date_wrong",
    "date_start": "date_wrong",
    "date_end": "date_wrong",
    "email": "email_wrong",
}


def _read_kind(values: dict[str, str], issues: list[Issue]) -> None:
    """Find the kind by its column, else by the name.

    1С:Бухгалтерия knows legal and natural persons only, and calls a sole trader the
    latter; such a record has an ИНН of 12 digits, an ОГРНИП of 15, or «ИП» in the name.
    """
    text = values.pop("kind", "")
    kind = KINDS.get("".join(filter(str.isalpha, text.casefold())))
    if text and not kind:
        issues.append(Issue("kind_unknown", "kind", text))
    names = f"{values.get('name', '')} {values.get('full_name', '')}"
    digits = values.get("inn", "")
    if is_company_name(names) or len(digits) == 10 and digits.isdecimal():
        # Neither a person nor a sole trader, whatever a column says.
        kind = COMPANY
    elif kind in (None, PERSON) and (
        SOLE_TRADER_NAME.search(names)
        or len(values.get("ogrn", "")) == 15
        or kind
        and len(digits) == 12
    ):
        kind = SOLE_TRADER
    if kind:
        values["kind"] = kind
