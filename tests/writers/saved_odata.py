"""Writes answers of the OData interface as people save them from a browser."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from .exchange import Contract, Item, _v8_objects

REFERENCES = frozenset(
    ("Ref", "Parent", "Owner", "ГоловнойКонтрагент", "ОсновнойМенеджер", "Вид")
)
SERVICE = "http://server/buh/odata/standard.odata/"
NAMES = {
    "contractors": "Catalog_Контрагенты",
    "contracts": "Catalog_ДоговорыКонтрагентов",
}


def _objects(items: Sequence[Item], contracts: Sequence[Contract], name: str) -> list:
    wanted = NAMES[name].replace("Catalog_", "CatalogObject.")
    objects = _v8_objects(items, contracts, register=False)
    return [_entity(content) for of, content in objects if of == wanted]


def _entity(content: list) -> dict:
    entity: dict = {}
    for key, value in content:
        if isinstance(value, list):
            entity[key] = [
                {"LineNumber": str(number), **_entity(row)}
                for number, (_row, row) in enumerate(value, 1)
            ]
            continue
        if value in ("true", "false"):
            value = value == "true"
        entity[f"{key}_Key" if key in REFERENCES else key] = value
    if "Parent_Key" in entity:
        entity["Parent@navigationLinkUrl"] = "Catalog_X(guid'0')/Parent"
    return entity


def write_json(
    path: Path,
    items: Sequence[Item],
    contracts: Sequence[Contract] = (),
    *,
    name: str = "contractors",
    bare: bool = False,
) -> None:
    """Write the answer to ``?$format=json``.

    :param name: the set of entities
    :param bare: nothing but the list of objects
    """
    objects = _objects(items, contracts, name)
    answer = {"odata.metadata": f"{SERVICE}$metadata#{NAMES[name]}", "value": objects}
    text = json.dumps(objects if bare else answer, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def write_atom(
    path: Path,
    items: Sequence[Item],
    contracts: Sequence[Contract] = (),
    *,
    name: str = "contractors",
) -> None:
    """Write the answer that a browser shows without it."""
    entries = "".join(
        f"<entry><id>{SERVICE}{NAMES[name]}(guid'{one['Ref_Key']}')</id>"
        f'<category term="StandardODATA.{NAMES[name]}"/><title type="text"/>'
        f'<content type="application/xml"><m:properties>{_properties(one)}'
        "</m:properties></content></entry>\n"
        for one in _objects(items, contracts, name)
    )
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom"'
        ' xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"'
        ' xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices">\n'
        f"<id>{SERVICE}{NAMES[name]}</id>\n{entries}</feed>\n",
        encoding="utf-8",
        newline="\n",
    )


def _properties(values: dict) -> str:
    pieces = []
    for key, value in values.items():
        if "@" in key:
            continue
        if isinstance(value, list):
            rows = "".join(
                f'<d:element m:type="Row">{_properties(row)}</d:element>'
                for row in value
            )
            pieces.append(f'<d:{key} m:type="Collection(Row)">{rows}</d:{key}>')
        elif value == "":
            pieces.append(f'<d:{key} m:null="true"/>')
        else:
            text = str(value).lower() if isinstance(value, bool) else escape(value)
            pieces.append(f"<d:{key}>{text}</d:{key}>")
    return "".join(pieces)
