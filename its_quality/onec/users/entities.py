"""Users as the OData interface of 1C gives them: one dict a user."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..cells import GUID
from ..errors import OnecError
from ..exchange.contacts import MAX_CONTACTS, contacts_of, put_contacts
from ..exchange.tree import ITEM, Node
from ..tables import MAX_CELL
from .records import MAX_USERS, UserRecord, make_record

# Field: where it stands. Whatever an entity has beside these stays unread, above all
# «ИдентификаторПользователяИБ», by which 1C finds the account with password and roles.
ATTRIBUTES = {
    "ref": ("Ref_Key",),
    "name": ("Description",),
    "invalid": ("Недействителен",),
    "service": ("Служебный",),
    "predefined": ("Predefined",),
    "deletion_mark": ("DeletionMark",),
}
# What to ask for, so that nothing else even leaves 1C; every configuration on the
# Standard Subsystems Library has these.
USER_PROPERTIES = (
    "Description",
    "DeletionMark",
    "Predefined",
    "Недействителен",
    "Служебный",
    "КонтактнаяИнформация",
)
# A reference, the entity behind it where it was asked for ($expand), and its name.
LINKS = {
    "department": (
        "Подразделение_Key",
        "Подразделение",
        "Подразделение____Presentation",
    ),
    "position": ("Должность_Key", "Должность", "Должность____Presentation"),
}
CONTACT_PARTS = ("Тип", "Вид", "Представление", "АдресЭП", "НомерТелефона", "Значение")


def read_user_entities(
    entities: Iterable[Mapping[str, Any]], names: Mapping[str, str] | None = None
) -> Iterator[UserRecord]:
    """Read the entities of ``Catalog_Пользователи``.

    :param names: what is called how, by ``Ref_Key`` in small letters: departments,
        positions
    :raises OnecError: ``damaged`` for what no interface of 1C gives, ``too_many_rows``
    """
    for number, entity in enumerate(entities, 1):
        if number > MAX_USERS:
            raise OnecError("too_many_rows", limit=MAX_USERS)
        yield read_user_entity(number, entity, names or {})


def read_user_entity(
    number: int, entity: Mapping[str, Any], names: Mapping[str, str]
) -> UserRecord:
    """Read one entity; see :func:`read_user_entities`."""
    if not isinstance(entity, Mapping):
        raise OnecError("damaged")
    texts = {
        name: _text(entity, *attributes) for name, attributes in ATTRIBUTES.items()
    }
    for name, (key, expanded, presentation) in LINKS.items():
        target = entity.get(expanded)
        if isinstance(target, Mapping):
            texts[name] = _text(target, "Description")
        else:
            text = _text(entity, key) or _text(entity, expanded)
            is_ref = GUID.fullmatch(text)
            texts[name] = names.get(text.lower(), "") if is_ref else text
        texts[name] = texts[name] or _text(entity, presentation)
    contacts: dict[str, str] = {}
    put_contacts(contacts, contacts_of(_rows(entity)))
    texts |= {name: contacts.get(name, "") for name in ("email", "phone")}
    return make_record(number, texts)


def _rows(entity: Mapping[str, Any]) -> Iterator[Node]:
    rows = entity.get("КонтактнаяИнформация")
    if not isinstance(rows, list):
        return
    if len(rows) > MAX_CONTACTS:
        raise OnecError("damaged")
    for row in rows:
        if isinstance(row, Mapping):
            node = Node(ITEM)
            for name in CONTACT_PARTS:
                child = Node(name)
                child.raw = _text(row, name)
                node.add(child)
            yield node


def _text(entity: Mapping[str, Any], *names: str) -> str:
    """Return the first value that there is as a text; marks as 1C writes them in XML.

    :raises OnecError: ``damaged`` for a text longer than any value of 1C
    """
    for name in names:
        value = entity.get(name)
        if isinstance(value, bool):
            return json.dumps(value)
        if isinstance(value, str) and value.strip():
            if len(value) > MAX_CELL:
                raise OnecError("damaged")
            return value.strip()
    return ""
