"""From the rows below a header to records of contractors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .header import Header
from .numbers import check_inn, check_kpp, check_ogrn, repair_inn, repair_kpp
from .tables import Row, Table
from .texts import MAIL, MAIL_SEPARATOR, clean, folded, parse_date

# What a row can have wrong with it, and how much that matters: a row with an error is
# rejected, a warning is told, an information explains why a row is left out.
ISSUE_CODES = {
    "no_name": "error",
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
COMPANY_NAME = re.compile(r"\b(?:ООО|ОАО|ЗАО|ПАО|НАО|АО|АНО|ГУП|МУП|ТСЖ|ТСН)\b")
SOLE_TRADER_NAME = re.compile(
    r"\bИП\b|\bиндивидуальный предприниматель\b", re.IGNORECASE
)
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
ON_ONE_LINE_NOT = frozenset(("comment", "phone", "email"))


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
    """A contractor, or a folder, as a row has it.

    :ivar row: the number of the row
    :ivar values: filled texts by key of ``FIELDS``. ``kind`` is ``company``,
        ``sole_trader`` or ``person``, dates are ``YYYY-MM-DD``, marks ``1``
    :ivar path: the names of the folders above, the outermost first
    :ivar skip_reason: the code of an issue for a row that is no record at all
    """

    row: int
    values: dict[str, str]
    issues: list[Issue] = field(default_factory=list)
    path: tuple[str, ...] = ()
    is_folder: bool = False
    skip_reason: str | None = None


def read_records(
    table: Table, header: Header, mapping: Mapping[int, str]
) -> Iterator[Record]:
    """Read the rows below the header.

    :param mapping: which column, by its position, goes to which key of ``FIELDS``
    :return: a record for each row that has something in a mapped column, or elsewhere
        without a name
    """
    reader = _RecordReader(mapping, {c.index: c.title for c in header.columns})
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
    """Where a row stands in the hierarchy: leading blanks, and outline level."""

    indent: int
    level: int

    def is_below(self, other: _Place) -> bool:
        return (self.indent, self.level) > (other.indent, other.level)


class _RecordReader:
    def __init__(self, mapping: Mapping[int, str], titles: dict[int, str]) -> None:
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
            if index < len(row.cells)
        }
        texts = {name: text for name, text in texts.items() if text}
        record = Record(row.number, {})
        if self._is_header(row):
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
        return _Place(len(name) - len(name.lstrip()), row.level)

    def settle(self, record: Record, place: _Place, following: _Place | None) -> Record:
        """Finish a record now that the row after it is known: a row with nothing but
        a name is a folder if something lies in it."""
        if record.skip_reason:
            return record
        values = record.values
        name = values.get("name") or values.get("full_name") or ""
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
    values = dict(texts)
    if "inn_kpp" in values:
        inn, _slash, kpp = values.pop("inn_kpp").replace("\\", "/").partition("/")
        for name, text in (("inn", inn.strip()), ("kpp", kpp.strip())):
            if text:
                values.setdefault(name, text)
    for name, (repair, check) in NUMBERS.items():
        if name in values:
            values[name] = number = repair(values[name])
            if not check(number):
                issues.append(Issue(f"{name}_wrong", name, number))
    if "ref" in values:
        ref = values.pop("ref").lower()
        # The column «Ссылка» of a list is a name; only a GUID tells who it is.
        if GUID.fullmatch(ref) and ref != EMPTY_GUID:
            values["ref"] = ref
    for name in ("is_folder", "deletion_mark"):
        if name in values:
            if values.pop(name).casefold() in YES:
                values[name] = "1"
    for name in ("date_start", "date_end"):
        if name in values:
            text = values.pop(name)
            date = parse_date(text)
            if date is None:
                issues.append(Issue("date_wrong", name, text))
            elif date:
                values[name] = date
    for piece in MAIL_SEPARATOR.split(values.get("email", "")):
        if piece and not MAIL.fullmatch(piece.strip("<>\"'()")) and "@" in piece:
            issues.append(Issue("email_wrong", "email", piece))
    if "email" in values and "@" not in values["email"]:
        issues.append(Issue("email_wrong", "email", values.pop("email")))
    _read_kind(values, issues)
    return values


def _repair_inn(text: str) -> str:
    return repair_inn(re.sub(r"[\s-]", "", text))


def _repair_kpp(text: str) -> str:
    return repair_kpp(re.sub(r"[\s-]", "", text).upper())


def _repair_ogrn(text: str) -> str:
    return re.sub(r"[\s-]", "", text)


# Number: how it is repaired and checked.
NUMBERS = {
    "inn": (_repair_inn, check_inn),
    "kpp": (_repair_kpp, check_kpp),
    "ogrn": (_repair_ogrn, check_ogrn),
}


def _read_kind(values: dict[str, str], issues: list[Issue]) -> None:
    """Find the kind by its column, else by the name.

    1С:Бухгалтерия knows legal and natural persons only, and calls a sole trader the
    latter; he has an ИНН of 12 digits, an ОГРНИП of 15, or «ИП» in his name.
    """
    text = values.pop("kind", "")
    kind = KINDS.get("".join(filter(str.isalpha, text.casefold())))
    if text and not kind:
        issues.append(Issue("kind_unknown", "kind", text))
    name = f"{values.get('name', '')} {values.get('full_name', '')}"
    trades = (
        SOLE_TRADER_NAME.search(name)
        or len(values.get("ogrn", "")) == 15
        or (kind and len(values.get("inn", "")) == 12)
    )
    if kind in (None, PERSON) and trades:
        kind = SOLE_TRADER
    elif kind is None and (
        COMPANY_NAME.search(name) or len(values.get("inn", "")) == 10
    ):
        kind = COMPANY
    if kind:
        values["kind"] = kind
