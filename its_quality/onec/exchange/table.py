"""Exchange files of 1C as tables: a sheet of contractors and one of their contracts.

======================  ========================================================
``v8``                  XML of «Выгрузка и загрузка данных XML»
``xdto``                the same objects in JSON
``enterprise_data``     the universal format EnterpriseData
``commerceml``          CommerceML 2
``odata_json``          an answer of the OData interface, saved; ``odata_atom``
                        the same as a feed
======================  ========================================================

Each sheet begins with titles that are always the same, so the reader of sheets reads
these, too. References between objects lead anywhere in the file; so it is parsed to
its end, and the objects and what they lead to are noted on disk, before the first row.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from ..errors import OnecError
from ..records import GUID
from ..tables import MAX_ROWS, Row, Table, digest_of_streams
from .contacts import MAX_CONTACTS, Contact, put_contacts
from .json import parse_json
from .objects import (
    CONTACT,
    CONTRACT,
    CONTRACTOR,
    NAME,
    CommerceObjects,
    EnterpriseObjects,
    Entry,
    Objects,
    V8Objects,
)
from .references import References
from .saved_odata import ODATA_ATOM, ODATA_JSON, SavedObjects
from .tree import TreeBuilder
from .xml import kind_of_xml, parse_xml

CONTRACTORS, CONTRACTS = "Контрагенты", "Договоры"
TITLES = {
    CONTRACTORS: {
        "name": "Наименование",
        "code": "Код",
        "inn": "ИНН",
        "kpp": "КПП",
        "full_name": "Полное наименование",
        "kind": "Вид",
        "group": "Группа",
        "phone": "Телефон",
        "email": "E-mail",
        "website": "Сайт",
        "address": "Адрес",
        "other_contacts": "Прочие контакты",
        "contact_person": "Контактное лицо",
        "manager": "Менеджер",
        "ogrn": "ОГРН",
        "okpo": "ОКПО",
        "comment": "Комментарий",
        "head_office": "Головной контрагент",
        "head_ref": "Головной контрагент (ссылка)",
        "is_folder": "Это группа",
        "deletion_mark": "Пометка удаления",
        "ref": "Ссылка",
    },
    CONTRACTS: {
        "name": "Контрагент",
        "inn": "ИНН",
        "kpp": "КПП",
        "contract_name": "Наименование договора",
        "contract_number": "Номер договора",
        "contract_date": "Дата договора",
        "date_end": "Срок действия",
        "contract_kind": "Вид договора в 1С",
        "contract_comment": "Комментарий к договору",
        "deletion_mark": "Пометка удаления",
        "contract_ref": "Договор (ссылка)",
        "ref": "Ссылка",
    },
}
ENTITIES = {CONTRACTORS: CONTRACTOR, CONTRACTS: CONTRACT}
OBJECTS: dict[str, Objects] = {
    "v8": V8Objects(),
    "xdto": V8Objects(),
    "enterprise_data": EnterpriseObjects(),
    "commerceml": CommerceObjects(),
    ODATA_JSON: SavedObjects(),
    ODATA_ATOM: SavedObjects(),
}
OF_XDTO = re.compile(rb'"#(?:type|value)"')
MANAGER_WORD = re.compile("менеджер|ответственн", re.IGNORECASE)
EXCHANGE_KINDS = frozenset(OBJECTS)


class ExchangeTable(Table):
    """An exchange file; see the module."""

    def __init__(self, path: Path, kind: str, encoding: str | None) -> None:
        super().__init__()
        self.kind = kind
        self._path = path
        self._wanted_encoding = encoding
        self._objects = OBJECTS[kind]
        self._references: References | None = None
        self.sheet_names = [
            sheet for sheet, entity in ENTITIES.items() if self._objects.names[entity]
        ]
        self.select(self.sheet_names[0])

    def select(self, sheet: str) -> None:
        super().select(sheet)
        self.entity = ENTITIES[sheet]

    def rows(self) -> Iterator[Row]:
        sheet = self.sheet or CONTRACTORS
        if self._references is None:
            types = (CONTRACTOR, CONTRACT, NAME, CONTACT)
            kept = ENTITIES.values()
            self._references = References(self._entries(types), kept)
        yield from self._rows(sheet, self._references)

    def head(self, count: int) -> list[Row]:
        """Read the first rows, without what references lead to unless that is known;
        none, not even the titles, from a sheet with nothing in it."""
        rows = self._rows(self.sheet or CONTRACTORS, self._references)
        first = list(islice(rows, count))
        return first if len(first) > 1 else []

    def without_header(self) -> OnecError:
        return OnecError("no_contractors")

    def digest(self) -> str:
        return digest_of_streams(iter([("", self._path.open("rb"))]))

    def close(self) -> None:
        if self._references:
            self._references.close()
            self._references = None

    def _rows(self, sheet: str, references: References | None) -> Iterator[Row]:
        titles = TITLES[sheet]
        yield Row(1, list(titles.values()))
        entity = ENTITIES[sheet]
        if references is None:
            entries = self._entries((entity,))
        elif self.kind == "commerceml":
            # Nothing refers to anything there, but each order tells of its client.
            entries, references = references.merged_entries(entity), None
        else:
            entries = references.entries(entity)
        for number, entry in enumerate(entries, 2):
            if number > MAX_ROWS:
                raise OnecError("too_many_rows", limit=MAX_ROWS)
            path = _resolve(entry, references)
            cells = [entry.values.get(name, "") for name in titles]
            while cells and not cells[-1]:
                cells.pop()
            yield Row(number, cells, 0, path, entry.is_folder)

    def _entries(self, types: Iterable[str]) -> Iterator[Entry]:
        """Read the objects of these types in the order of the file."""
        builder = TreeBuilder(self._objects.wanted(types))
        parse = parse_xml
        if self.kind in ("xdto", ODATA_JSON):
            parse = partial(parse_json, leaf=builder.leaf)
        pieces = parse(
            self._path,
            builder.start,
            builder.end,
            builder.text,
            encoding=self._wanted_encoding,
        )
        count = 0
        for _piece in pieces:
            for node in builder.take():
                entry = self._objects.entry(node)
                if entry is None or entry.type not in types:
                    continue
                count += entry.type in ENTITIES.values()
                if count > MAX_ROWS * len(ENTITIES):
                    raise OnecError("too_many_rows", limit=MAX_ROWS)
                yield entry


def _resolve(entry: Entry, references: References | None) -> tuple[str, ...]:
    """Fill in the referenced values; return the folders of the entry."""
    values, links = entry.values, entry.links
    contacts = entry.contacts
    path: tuple[str, ...] = ()
    if references:
        if entry.type == CONTRACTOR and entry.ref:
            contacts = contacts + references.contacts(entry.ref, MAX_CONTACTS)
        for name in ("manager", "contact_person"):
            values[name] = references.name(links.get(name, "")) or values.get(name, "")
        if not values["manager"] and entry.extras:
            values["manager"] = _manager_among(entry.extras, references)
        path = references.path(links.get("parent", ""))
        owner = references.get(links.get("owner", ""))
        if owner:
            values["name"] = owner.name or values.get("name", "")
            values["inn"] = owner.inn or values.get("inn", "")
            values["kpp"] = owner.kpp or values.get("kpp", "")
    put_contacts(values, [_with_kind(contact, references) for contact in contacts])
    if entry.type == CONTRACT:
        values["ref"] = links.get("owner", "")
        return ()
    if not path and values.get("group"):
        path = (values["group"],)
    if path:
        values["group"] = path[-1]
    _put_head(entry, references)
    values["is_folder"] = "Да" if entry.is_folder else ""
    return path


def _manager_among(extras: list[tuple[str, str]], references: References) -> str:
    """Find the manager among the attributes that a firm has added: БП has none of its
    own."""

    def told(text: str) -> str:
        return references.name(text.lower()) if GUID.fullmatch(text) else text

    for name, value in extras:
        if MANAGER_WORD.search(told(name)) and (found := told(value)):
            return found
    return ""


def _with_kind(contact: Contact, references: References | None) -> Contact:
    """Give a contact the name of its kind in place of the reference to it."""
    if not GUID.fullmatch(contact.kind):
        return contact
    return contact._replace(
        kind=references.name(contact.kind.lower()) if references else ""
    )


def _put_head(entry: Entry, references: References | None) -> None:
    """Set the head office, unless it is the contractor itself, as 1C may write."""
    head = entry.links.get("head", "")
    if head and head == entry.ref:
        entry.values.pop("head_office", None)
        return
    entry.values["head_ref"] = head
    if references and (name := references.name(head)):
        entry.values["head_office"] = name


def open_exchange(path: Path, language: str, encoding: str | None) -> Table:
    """Open an exchange file.

    :param language: ``xml`` or ``json``
    :raises OnecError: with the reason why it cannot be read
    """
    if encoding:
        _check_codec(encoding)
    kind = _kind_of_json(path) if language == "json" else kind_of_xml(path, encoding)
    return ExchangeTable(path, kind, encoding)


def _kind_of_json(path: Path) -> str:
    with path.open("rb") as stream:
        head = stream.read(4096).replace(b"\0", b"")
    return "xdto" if OF_XDTO.search(head) else ODATA_JSON


def _check_codec(encoding: str) -> None:
    """Refuse what is not a text encoding, before a parser gets it."""
    with contextlib.suppress(LookupError, ValueError):
        io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        codecs.getincrementaldecoder(encoding)()
        return
    raise OnecError("encoding", encoding=encoding)
