"""The contractors of the samples as objects of exchange files; all of it made up."""

from __future__ import annotations

import re

from writers.exchange import (
    ADDRESS,
    FAX,
    LEGAL_ADDRESS,
    MAIL,
    PHONE,
    REAL_ADDRESS,
    SITE,
    Contract,
    Item,
    ref_of,
)

from .contractors import CATALOGUE, COMPANY, Contractor, Folder

DIVISION_CODE, HEAD_CODE, DELETED_CODE = "00-000304", "00-000303", "00-000337"
# Beyond what a list shows.
MORE_CONTACTS = {
    "00-000101": [
        (ADDRESS, REAL_ADDRESS, "610000, Киров, ул. Вымышленная, 2"),
        (ADDRESS, LEGAL_ADDRESS, "610000, Киров, ул. Придуманная, 1"),
        (FAX, "", "+7 8332 00-00-09"),
        (SITE, "", "romashka.example.com"),
    ],
}


def _items() -> list[Item]:
    found: list[Item] = []
    folders: list[Item] = []
    for entry in CATALOGUE:
        del folders[entry.depth :]
        parent = folders[-1].ref if folders else ""
        if isinstance(entry, Folder):
            texts = {"name": entry.name, "code": entry.code}
            folder = Item(ref_of(entry.code), texts, parent=parent, is_folder=True)
            folders.append(folder)
            found.append(folder)
        else:
            found.append(_item(entry, parent))
    return found


def _several(text: str) -> list[str]:
    return re.split("[,;] ", text) if text else []


def _item(entry: Contractor, parent: str) -> Item:
    texts = dict(entry.texts)
    code = texts["code"]
    # БП knows two kinds; that of a sole trader is the second.
    texts["kind"] = "ЮридическоеЛицо" if entry.kind == COMPANY else "ФизическоеЛицо"
    contacts = [
        *((PHONE, "", text) for text in _several(texts.pop("phone", ""))),
        *((MAIL, "", text) for text in _several(texts.pop("email", ""))),
        *MORE_CONTACTS.get(code, []),
    ]
    is_division = code == DIVISION_CODE
    return Item(
        ref_of(code),
        texts,
        contacts,
        parent=parent,
        head=ref_of(HEAD_CODE) if is_division else "",
        is_division=is_division,
        is_deleted=code == DELETED_CODE,
    )


ITEMS = _items()
CONTRACTS = [
    Contract(
        ref_of("contract 1"),
        ref_of("00-000101"),
        "Договор 15 от 01.02.2025",
        "15",
        "2025-02-01",
        "2026-12-31",
        "Продлевать в декабре.\nСкан у директора.",
    ),
    Contract(ref_of("contract 2"), ref_of("00-000312"), "Основной договор"),
    Contract(ref_of("contract 3"), ref_of("00-000101"), "Старый", "7", is_deleted=True),
]
