"""Answers of the OData interface that somebody has saved as a file, in JSON or Atom.

They hold the objects of the platform, with ``_Key`` after the names of what refers to
others; which set they are of shows by what they have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .objects import CONTRACT, CONTRACTOR, NAME, Entry, V8Objects, guid, is_true
from .tree import ITEM, Node

ODATA_JSON, ODATA_ATOM = "odata_json", "odata_atom"
KEY = re.compile("_Key$")
# `ИмяРеквизита_Type`, `…@navigationLinkUrl`, `…_Base64Data` say nothing to us.
OF_THE_PROTOCOL = re.compile("@|_Type$|_Base64Data$")
OF_USERS = frozenset(("ИдентификаторПользователяИБ", "Недействителен", "Служебный"))
OF_CONTRACTS = frozenset(("ВидДоговора", "СрокДействия", "ДатаДоговора", "Номер"))
OF_CONTRACTORS = frozenset(
    ("ИНН", "КПП", "НаименованиеПолное", "ЮридическоеФизическоеЛицо", "ЮрФизЛицо")
)
# An object of a list in JSON, and one of a feed.
OBJECTS = {ITEM: None, "properties": None}


class SavedObjects(V8Objects):
    """Contractors and contracts of a saved answer."""

    names = {CONTRACTOR: OBJECTS, CONTRACT: OBJECTS, NAME: OBJECTS, "contact": {}}

    def entry(self, node: Node) -> Entry | None:
        plain = plain_node(node)
        type_name = type_of(plain)
        if type_name == CONTRACTOR:
            return self._contractor(plain)
        if type_name == CONTRACT:
            return self._contract(plain)
        # Others are there to name what is referred to.
        entry = Entry(
            NAME, {"name": plain.text("Description")}, guid(plain.text("Ref"))
        )
        return entry if entry.ref and entry.values["name"] else None


def type_of(node: Node) -> str:
    """Tell what an object is by what it has; ``user`` for one of an infobase."""
    names = {child.name for child in node.children}
    if names & OF_USERS:
        return "user"
    if "Owner" in names and names & OF_CONTRACTS:
        return CONTRACT
    if names & OF_CONTRACTORS or is_true(node.text("IsFolder")):
        return CONTRACTOR
    return NAME


def plain_node(node: Node) -> Node:
    """Return an object as the other formats of the platform have it."""
    plain = Node(node.name)
    plain.children = list(_plain_children(node))
    for child in plain.children:
        for row in child.children:
            row.children = list(_plain_children(row))
    return plain


def _plain_children(node: Node) -> Iterator[Node]:
    for child in node.children:
        if not OF_THE_PROTOCOL.search(child.name):
            child.name = KEY.sub("", child.name)
            yield child
