"""Contact information as the rows of 1C have it: what each is, and which comes first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import NamedTuple

from ..errors import OnecError
from ..texts import clean, folded
from ..xml_parts import parse
from .tree import Node

# 1C has a handful a contractor; what has more than this is made to choke somebody.
MAX_CONTACTS = 500
# Where one word ends and the next begins in «ФактическийАдрес».
# The text of a contact among the attributes of the first element, all without escapes.
PLAIN_CONTACT = re.compile(
    r'<[^\s<>/!?"\'=]+(?: [^\s<>/"\'=]+="[^"<&\t\r\n]*")*?'
    r' Представление="([^"<&\t\r\n]*)"(?: [^\s<>/"\'=]+="[^"<&\t\r\n]*")* ?/?>'
)
WORDS = re.compile("(?<=[а-яё])(?=[А-ЯЁ])")


class Contact(NamedTuple):
    """A row of contact information.

    :ivar type: phone, address …, in the words of the format
    :ivar kind: «Юридический адрес» …, a name or the reference to one; may be empty
    :ivar value: what people read
    """

    type: str
    kind: str
    value: str


def contacts_of(rows: Iterable[Node]) -> list[Contact]:
    """Read the rows of contact information.

    :raises OnecError: ``damaged`` for more rows than a contractor can have
    """
    found = []
    for row in rows:
        value = row.text("Представление", "Presentation") or _hidden_value(row)
        value = value or row.text("АдресЭП", "НомерТелефона")
        if not value:
            continue
        if len(found) >= MAX_CONTACTS:
            raise OnecError("damaged")
        type_name = row.text("Тип", "Type")
        kind = row.text("Вид", "ВидКонтактнойИнформации", "Kind")
        kind = kind or row.child("Вид").text("Наименование", "Description")
        found.append(Contact(type_name, kind, value))
    return found


def _hidden_value(row: Node) -> str:
    """Return what people read from the XML or JSON that some formats hide it in."""
    text = row.text("ЗначенияПолей", "Значение", "Value")
    if text.startswith("<"):
        return _value_in_xml(text)
    if text.startswith("{"):
        try:
            value = json.loads(text).get("value")
        except (ValueError, RecursionError):
            return ""
        return value if isinstance(value, str) else ""
    return text


def _value_in_xml(text: str) -> str:
    if plain := PLAIN_CONTACT.match(text):
        # What nearly all are, without a parser for each.
        return plain[1]
    found: list[str] = []

    def start(_name: str, attributes: dict[str, str]) -> None:
        if not found:
            found.append(attributes.get("Представление", ""))

    try:
        # It is a text by now, whatever encoding it once was in.
        parse(text.encode(errors="replace"), start)
    except OnecError:
        return ""
    return found[0] if found else ""


def put_contacts(values: dict[str, str], contacts: Iterable[Contact]) -> None:
    """Put contacts where a record has them: the main one first, then the others."""
    by_field: dict[str, list[str]] = {}
    addresses: list[tuple[bool, str, str]] = []
    others: list[str] = []
    for contact in contacts:
        # The kind is what its owner calls it, the type what it is.
        field = _field_of(contact.type) or _field_of(contact.kind)
        if field == "address":
            label = folded(contact.kind) or folded(contact.type)
            is_legal = "юр" in label.casefold()
            addresses.append((not is_legal, label, folded(contact.value)))
        elif field:
            by_field.setdefault(field, []).append(clean(contact.value))
        else:
            label = folded(contact.kind or contact.type)
            others.append(_with_label(label, folded(contact.value)))
    addresses.sort(key=lambda address: address[0])
    # Most firms sit where they are registered: one place is told once.
    once: dict[str, tuple[bool, str, str]] = {}
    for address in addresses:
        once.setdefault(_letters(address[2]), address)
    addresses = list(once.values())
    for _order, _label, value in addresses[:1]:
        values["address"] = value
    others += [_with_label(label, value) for _order, label, value in addresses[1:]]
    websites = by_field.pop("website", [])
    if websites:
        values["website"] = websites[0]
    others += websites[1:]
    for field, texts in by_field.items():
        same = _letters if field == "phone" else str.casefold
        told: dict[str, str] = {}
        for text in texts:
            told.setdefault(same(text), text)
        values[field] = "\n".join(told.values())
    if others:
        values["other_contacts"] = "\n".join(dict.fromkeys(others))


def _letters(text: str) -> str:
    """Return a text as it is compared."""
    return "".join(filter(str.isalnum, text.casefold().replace("ё", "е"))) or text


def _with_label(label: str, value: str) -> str:
    words = WORDS.sub(" ", label)
    if words != label:
        # «ФактическийАдрес», the name of a value and not of what people wrote.
        label = words.capitalize()
    return f"{label}: {value}" if label else value


def _field_of(word: str) -> str | None:
    """Return the field for a type such as «АдресЭлектроннойПочты», «ТелефонРабочий»."""
    text = "".join(filter(str.isalnum, word.casefold()))
    if "электрон" in text or "mail" in text or text == "почта":
        return "email"
    if "факс" in text or "fax" in text:
        return None
    if "телефон" in text or "phone" in text:
        return "phone"
    if "веб" in text or "сайт" in text or "web" in text:
        return "website"
    return "address" if "адрес" in text or "address" in text else None
