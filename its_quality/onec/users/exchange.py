"""The users in an exchange file, as a sheet with titles of its own.

The reader of contractors knows them by name only, for the managers of contractors; so
this sheet is not among those that it looks through.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ..cells import GUID
from ..errors import OnecError
from ..exchange.contacts import MAX_CONTACTS, contacts_of, put_contacts
from ..exchange.objects import (
    CONTACT,
    CONTRACT,
    CONTRACTOR,
    NAME,
    EnterpriseObjects,
    Entry,
    Objects,
    V8Objects,
    guid,
    is_true,
)
from ..exchange.references import References
from ..exchange.saved_odata import (
    OBJECTS as ANY_OBJECT,
)
from ..exchange.saved_odata import (
    ODATA_ATOM,
    ODATA_JSON,
    plain_node,
    type_of,
)
from ..exchange.table import ExchangeTable
from ..exchange.tree import Node
from ..tables import MAX_ROWS, Row

USER = "user"
SHEET = "Пользователи"
TITLES = {
    "name": "Полное имя",
    "email": "E-mail",
    "phone": "Телефон",
    "department": "Подразделение",
    "position": "Должность",
    "invalid": "Недействителен",
    "service": "Служебный",
    "predefined": "Предопределенный",
    "deletion_mark": "Пометка удаления",
    "ref": "Ссылка",
}
LINKS = {"department": "Подразделение", "position": "Должность"}


def entry_of(node: Node) -> Entry:
    """Read a user; what is not named here is not looked at.

    :raises OnecError: ``damaged`` for what 1C could not have written
    """
    entry = Entry(USER, ref=guid(node.text("Ref", "Ссылка")))
    entry.values = {
        "name": node.text("Description", "Наименование"),
        "ref": entry.ref,
        "invalid": _mark(node, "Недействителен"),
        "service": _mark(node, "Служебный"),
        # 1C names an item that comes with the program, and nothing else.
        "predefined": "Да" if node.text("PredefinedDataName") else "",
        "deletion_mark": _mark(node, "DeletionMark", "ПометкаУдаления"),
    }
    for name, title in LINKS.items():
        target = node.child(title)
        text = target.raw.strip() or target.text("Ссылка", "Ref")
        told = target.text("Наименование", "Description")
        if ref := guid(text):
            entry.links[name] = ref
        elif text and not GUID.fullmatch(text):
            told = told or text
        if told:
            entry.values[name] = told
    entry.contacts = contacts_of(node.child("КонтактнаяИнформация").children)
    return entry


def _mark(node: Node, *names: str) -> str:
    return "Да" if is_true(node.text(*names)) else ""


class V8Users(V8Objects):
    """Users as the platform itself writes them, in XML or in JSON."""

    names = {
        CONTRACTOR: {},
        CONTRACT: {},
        USER: {"CatalogObject.Пользователи": None},
        NAME: {
            "CatalogObject.ВидыКонтактнойИнформации": None,
            "CatalogObject.Подразделения": None,
            "CatalogObject.ПодразделенияОрганизаций": None,
            "CatalogObject.СтруктураПредприятия": None,
            "CatalogObject.Должности": None,
        },
        CONTACT: V8Objects.names[CONTACT],
    }

    def entry(self, node: Node) -> Entry | None:
        return entry_of(node) if node.name in self.names[USER] else super().entry(node)


class EnterpriseUsers(EnterpriseObjects):
    """Users of the universal format EnterpriseData, of whatever version."""

    _body = frozenset(("Body",))
    names = {
        CONTRACTOR: {},
        CONTRACT: {},
        USER: {"Справочник.Пользователи": _body},
        NAME: {"Справочник.Подразделения": _body},
    }

    def entry(self, node: Node) -> Entry | None:
        if node.name not in self.names[USER]:
            return super().entry(node)
        both = Node(node.name)
        both.children = [*node.child("КлючевыеСвойства").children, *node.children]
        return entry_of(both)


class SavedUsers(V8Objects):
    """Users of a saved answer of the OData interface."""

    names = {CONTRACTOR: {}, CONTRACT: {}, USER: ANY_OBJECT, NAME: ANY_OBJECT}

    def entry(self, node: Node) -> Entry | None:
        plain = plain_node(node)
        if type_of(plain) != USER:
            return super().entry(plain)
        entry = entry_of(plain)
        if is_true(plain.text("Predefined")):
            entry.values["predefined"] = "Да"
        return entry


class NoUsers(Objects):
    """CommerceML tells of goods and of those who buy them."""

    names = {}


OBJECTS: dict[str, Objects] = {
    "v8": V8Users(),
    "xdto": V8Users(),
    "enterprise_data": EnterpriseUsers(),
    "commerceml": NoUsers(),
    ODATA_JSON: SavedUsers(),
    ODATA_ATOM: SavedUsers(),
}


class UserTable(ExchangeTable):
    """The users of an exchange file; see the module."""

    def __init__(self, path: Path, kind: str, encoding: str | None) -> None:
        super().__init__(path, kind, encoding)
        self._objects = OBJECTS[kind]
        self.entity = USER
        self.sheet_names = [SHEET]
        self.sheet = SHEET

    @classmethod
    def of(cls, table: ExchangeTable) -> UserTable:
        """Read the users of a file that was opened for its contractors."""
        table.close()
        return cls(table._path, table.kind, table._wanted_encoding)

    def select(self, sheet: str) -> None:
        """There is but one sheet.

        :raises OnecError: ``no_sheet``
        """
        if sheet not in self.sheet_names:
            raise OnecError("no_sheet", sheet=sheet)

    def rows(self) -> Iterator[Row]:
        if self._references is None:
            types = (USER, NAME, CONTACT)
            self._references = References(self._entries(types), (USER,))
        yield from self._user_rows(self._references)

    def head(self, count: int) -> list[Row]:
        """Read the first rows, without what references lead to unless that is known;
        none, not even the titles, where there are no users."""
        rows = list(islice(self._user_rows(self._references), count))
        return rows if len(rows) > 1 else []

    def without_header(self) -> OnecError:
        return OnecError("no_users")

    def _user_rows(self, references: References | None) -> Iterator[Row]:
        yield Row(1, list(TITLES.values()))
        entries = references.entries(USER) if references else self._entries((USER,))
        for number, entry in enumerate(entries, 2):
            if number > MAX_ROWS:
                raise OnecError("too_many_rows", limit=MAX_ROWS)
            values = _resolved(entry, references)
            cells = [values.get(name, "") for name in TITLES]
            while cells and not cells[-1]:
                cells.pop()
            yield Row(number, cells)


def _resolved(entry: Entry, references: References | None) -> dict[str, str]:
    """Return the values of a user with what references tell."""
    values, contacts = dict(entry.values), entry.contacts
    if references:
        for name, ref in entry.links.items():
            values[name] = references.name(ref) or values.get(name, "")
        if entry.ref:
            contacts = contacts + references.contacts(entry.ref, MAX_CONTACTS)
        contacts = [
            contact._replace(kind=references.name(contact.kind.lower()))
            if GUID.fullmatch(contact.kind)
            else contact
            for contact in contacts
        ]
    put_contacts(values, contacts)
    return values
