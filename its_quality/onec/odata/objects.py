"""Objects of the standard OData interface as records.

They are the objects that the exchange files hold, with ``_Key`` after the names of what
refers to others; so they are made into the same small trees and read by the same rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ..errors import OnecError
from ..exchange.contacts import Contact
from ..exchange.objects import CONTRACT, CONTRACTOR, Entry, V8Objects, guid
from ..exchange.references import MAX_PATH, Target
from ..exchange.saved_odata import KEY, OF_THE_PROTOCOL
from ..exchange.table import TITLES, _resolve
from ..exchange.tree import MAX_NODES, Node
from ..header import Header
from ..records import Issue, Record, read_records
from ..tables import MAX_CELL, Row, Table
from ..texts import folded
from .walk import WITHOUT_KEY, key_of

CONTRACTORS, CONTRACTS = "Catalog_Контрагенты", "Catalog_ДоговорыКонтрагентов"
# Whom УТ and КА sell to; their contractors are beneath them.
PARTNERS = "Catalog_Партнеры"
USERS = "Catalog_Пользователи"
# What tells names of what contractors refer to; small, but for the last two.
KINDS_OF_CONTACT = "Catalog_ВидыКонтактнойИнформации"
NAMED = (KINDS_OF_CONTACT, USERS, "Catalog_Сотрудники")
PERSONS = ("Catalog_КонтактныеЛица", "Catalog_КонтактныеЛицаКонтрагентов")
ONLY_FOLDERS = "IsFolder eq true"

ENTITIES = {CONTRACTORS: CONTRACTOR, PARTNERS: CONTRACTOR, CONTRACTS: CONTRACT}
SHEETS = {
    CONTRACTORS: "Контрагенты",
    PARTNERS: "Контрагенты",
    CONTRACTS: "Договоры",
}
SURROGATE = re.compile("[\ud800-\udfff]")


class Named(NamedTuple):
    """What a reference leads to, as far as we have it.

    :ivar parent: the reference of the folder it lies in
    """

    name: str
    parent: str = ""
    inn: str = ""
    kpp: str = ""


class Names:
    """Answers what references lead to; the counterpart of ``References`` of a file.

    :param known: by reference
    """

    def __init__(self, known: Mapping[str, Named]) -> None:
        self._known = known

    def get(self, ref: str) -> Target | None:
        named = self._known.get(ref)
        return Target(named.name, named.parent, named.inn, named.kpp) if named else None

    def name(self, ref: str) -> str:
        named = self._known.get(ref)
        return named.name if named else ""

    def path(self, ref: str) -> tuple[str, ...]:
        """Return the names of a folder and of those above it, the outermost first."""
        names: list[str] = []
        seen: set[str] = set()
        while ref in self._known and ref not in seen and len(names) < MAX_PATH:
            seen.add(ref)
            named = self._known[ref]
            names.append(named.name)
            ref = named.parent
        return tuple(name for name in reversed(names) if name)

    def contacts(self, _owner: str, _limit: int) -> list[Contact]:
        """None: a contractor carries its own contacts."""
        return []


class _ObjectTable(Table):
    """Entries as the rows of a sheet whose titles are always the same."""

    kind = "odata"

    def __init__(
        self, sheet: str, entries: list[tuple[int, Entry]], names: Names
    ) -> None:
        super().__init__()
        self.entity = entries[0][1].type if entries else CONTRACTOR
        self._titles = TITLES[sheet]
        self._entries = entries
        self._names = names

    def rows(self) -> Iterator[Row]:
        for number, entry in self._entries:
            path = _resolve(entry, self._names)
            cells = [entry.values.get(name, "") for name in self._titles]
            yield Row(number, cells, 0, path, entry.is_folder)


def entries_of(catalogue: str, rows: Iterable[dict]) -> list[Entry | None]:
    """Read objects; ``None`` stands for one that says nothing.

    :param catalogue: ``CONTRACTORS`` or ``CONTRACTS``
    :return: as many as there are objects. One that 1C could not have written is an
        entry with nothing but its reference, and a value ``damaged``
    """
    objects = V8Objects()
    name = f"CatalogObject.{catalogue.removeprefix('Catalog_')}"
    found: list[Entry | None] = []
    for row in rows:
        try:
            if WITHOUT_KEY in row:
                raise OnecError("damaged")
            found.append(objects.entry(_node(name, row)))
        except OnecError:
            ref = key_of(row)
            is_contract = catalogue == CONTRACTS
            key = "contract_ref" if is_contract else "ref"
            text = row.get("Description")
            entry = Entry(ENTITIES[catalogue], {"damaged": "1"}, ref)
            if WITHOUT_KEY not in row:
                entry.values[key] = ref
            if isinstance(text, str) and not is_contract:
                entry.values["name"] = folded(_text(text))[:200]
            found.append(entry)
    return found


def links_of(entries: Iterable[Entry | None]) -> set[str]:
    """Return the references whose names the records of entries would tell."""
    links = {link for entry in entries if entry for link in entry.links.values()}
    kinds = {
        guid(contact.kind) for entry in entries if entry for contact in entry.contacts
    }
    return (links | kinds) - {""}


def records_of(
    catalogue: str,
    entries: Iterable[Entry | None],
    known: Mapping[str, Named],
    first_row: int = 1,
) -> Iterator[tuple[str, Record]]:
    """Make records of entries, in their order.

    :param entries: of :func:`entries_of`; are changed
    :param known: what is known of the references in them
    :param first_row: the number of the first record
    :return: the reference of each object, and its record
    """
    numbered = list(enumerate(filter(None, entries), first_row))
    damaged = {row for row, entry in numbered if entry.values.pop("damaged", "")}
    refs = [entry.ref for _row, entry in numbered]
    sheet = SHEETS[catalogue]
    table = _ObjectTable(sheet, numbered, Names(known))
    mapping = dict(enumerate(TITLES[sheet]))
    records = read_records(table, Header(0, ()), mapping)
    for ref, record in zip(refs, records, strict=True):
        if record.row in damaged:
            record.issues.append(Issue("damaged_object", "name", ""))
        yield ref, record


def named_of(row: dict) -> Named:
    """Return the part of an object that references to it need.

    Of what belongs to somebody, that is its parent.
    """
    name, parent = row.get("Description"), row.get("Parent_Key")
    if isinstance(owner := row.get("Owner_Key"), str) and guid(owner):
        parent = owner
    return Named(
        folded(_text(name))[:200] if isinstance(name, str) else "",
        guid(parent) if isinstance(parent, str) else "",
    )


def _node(name: str, row: dict) -> Node:
    """Make the small tree that an exchange file would hold of an object.

    :raises OnecError: ``damaged`` for more than an object can hold
    """
    node, count = Node(name), 0
    for key, value in row.items():
        if OF_THE_PROTOCOL.search(key):
            continue
        child = Node(KEY.sub("", key))
        if isinstance(value, list):
            for line in value:
                if isinstance(line, dict):
                    child.add(_line(line))
                    count += len(line)
        else:
            child.raw = _text(value)
        node.add(child)
        count += 1
        if count > MAX_NODES:
            raise OnecError("damaged")
    return node


def _line(values: dict) -> Node:
    line = Node("Row")
    for key, value in values.items():
        if not OF_THE_PROTOCOL.search(key) and not isinstance(value, list | dict):
            child = Node(KEY.sub("", key))
            child.raw = _text(value)
            line.add(child)
    return line


def _text(value: object) -> str:
    """Return a value as XML would have it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # One sign too many is kept, so that a text cut short is not taken for whole.
        return SURROGATE.sub("\ufffd", value[: MAX_CELL + 1])
    if isinstance(value, int | float):
        return str(value)
    return ""
