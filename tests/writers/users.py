"""Users of an information base in the exchange files and the OData interface of 1C."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .exchange import MAIL, NO_REF, PHONE, _boolean, _xml, ref_of

# What every user of 1C has beside him, and nobody may read: each is made up.
SECRETS = {
    "ИдентификаторПользователяИБ": ref_of("account with password"),
    "СвойстваПользователяИБ": "СЕКРЕТ-СВОЙСТВА",
    "Пароль": "СЕКРЕТ-ПАРОЛЬ",
    "Роли": "СЕКРЕТ-РОЛИ",
}


@dataclass
class User:
    """A user to be written.

    :ivar contacts: type and text of each
    """

    ref: str
    name: str
    login: str = ""
    department: str = ""
    position: str = ""
    contacts: list[tuple[str, str]] = field(default_factory=list)
    is_invalid: bool = False
    is_service: bool = False
    is_predefined: bool = False
    is_deleted: bool = False

    def first(self, contact_type: str) -> str:
        """Return the first contact of a type."""
        return next((text for kind, text in self.contacts if kind == contact_type), "")

    @property
    def email(self) -> str:
        return self.first(MAIL)

    @property
    def phone(self) -> str:
        return self.first(PHONE)


def _objects(users: Sequence[User]) -> list[tuple[str, list]]:
    departments: dict[str, str] = {}
    objects: list[tuple[str, list]] = []
    for user in users:
        ref = NO_REF
        if user.department:
            ref = departments[user.department] = ref_of(user.department)
        rows = [
            (
                "Row",
                [
                    ("Тип", contact_type),
                    ("Вид", ref_of("kind of contact")),
                    ("Представление", text),
                    ("ЗначенияПолей", "<КонтактнаяИнформация/>"),
                ],
            )
            for contact_type, text in user.contacts
        ]
        content: list = [
            ("Ref", user.ref),
            ("DeletionMark", _boolean(user.is_deleted)),
            ("Description", user.name),
            ("PredefinedDataName", "НеУказан" if user.is_predefined else ""),
            ("Недействителен", _boolean(user.is_invalid)),
            ("Подразделение", ref),
            ("Должность", user.position),
            ("Служебный", _boolean(user.is_service)),
            *SECRETS.items(),
            ("КонтактнаяИнформация", rows),
        ]
        objects.append(("CatalogObject.Пользователи", content))
    objects += [
        (
            "CatalogObject.ПодразделенияОрганизаций",
            [("Ref", ref), ("Description", text)],
        )
        for text, ref in departments.items()
    ]
    return objects


def write_v8(path: Path, users: Sequence[User]) -> None:
    """Write what «Выгрузка и загрузка данных XML» does."""
    with path.open("w", encoding="utf-8-sig", newline="\n") as stream:
        stream.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<V8Exch:_1CV8DtUD xmlns:V8Exch="http://www.1c.ru/V8/1CV8DtUD/"'
            ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><V8Exch:Data>\n'
        )
        space = ' xmlns="http://v8.1c.ru/data"'
        for name, content in _objects(users):
            stream.write(_xml(name, content, attributes=space) + "\n")
        stream.write("</V8Exch:Data></V8Exch:_1CV8DtUD>\n")


def write_xdto(path: Path, users: Sequence[User]) -> None:
    """Write the same objects as XDTO JSON."""

    def plain(content: list) -> object:
        if all(key == "Row" for key, _value in content):
            return [plain(value) for _key, value in content]
        return {
            key: plain(value) if isinstance(value, list) else _of_json(value)
            for key, value in content
        }

    objects = [
        {"#type": f"jcfg:{name}", "#value": plain(content)}
        for name, content in _objects(users)
    ]
    text = json.dumps(
        {"#type": "jv8:Array", "#value": objects}, ensure_ascii=False, indent=1
    )
    path.write_text(text + "\n", encoding="utf-8-sig", newline="\n")


def _of_json(value: str) -> object:
    return {"true": True, "false": False}.get(value, value)


def write_enterprise(path: Path, users: Sequence[User]) -> None:
    """Write a message of EnterpriseData."""
    space = "http://v8.1c.ru/edi/edi_stnd/EnterpriseData/1.8"
    with path.open("w", encoding="utf-8-sig", newline="\n") as stream:
        stream.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n<Message'
            ' xmlns:msg="http://www.1c.ru/SSL/Exchange/Message">\n<msg:Header>'
            f"<msg:Format>{space}</msg:Format></msg:Header>\n"
            f'<Body xmlns="{space}">\n'
        )
        for user in users:
            department: list = [
                ("Ссылка", ref_of(user.department)),
                ("Наименование", user.department),
            ]
            rows = [
                (
                    "Строка",
                    [("ВидКонтактнойИнформации", kind), ("Представление", text)],
                )
                for kind, text in user.contacts
            ]
            content: list = [
                (
                    "КлючевыеСвойства",
                    [("Ссылка", user.ref), ("Наименование", user.name)],
                ),
                ("ПометкаУдаления", _boolean(user.is_deleted)),
                ("Недействителен", _boolean(user.is_invalid)),
                ("Служебный", _boolean(user.is_service)),
                ("Подразделение", department if user.department else ""),
                ("Должность", user.position),
                *SECRETS.items(),
                ("КонтактнаяИнформация", rows),
            ]
            if user.is_predefined:
                content.append(("PredefinedDataName", "НеУказан"))
            stream.write(_xml("Справочник.Пользователи", content) + "\n")
        stream.write("</Body>\n</Message>\n")


WAYS = {"v8": write_v8, "xdto": write_xdto, "enterprise": write_enterprise}


def entities(users: Sequence[User]) -> list[dict]:
    """Return what ``Catalog_Пользователи?$format=json`` has under ``value``."""
    return [
        {
            "Ref_Key": user.ref,
            "DataVersion": "AAAAAQAAAAA=",
            "DeletionMark": user.is_deleted,
            "Description": user.name,
            "Недействителен": user.is_invalid,
            "Служебный": user.is_service,
            "Подразделение_Key": ref_of(user.department) if user.department else NO_REF,
            "Должность": user.position,
            "Комментарий": "",
            "Predefined": user.is_predefined,
            "PredefinedDataName": "НеУказан" if user.is_predefined else "",
            **SECRETS,
            "КонтактнаяИнформация": [
                {
                    "Ref_Key": user.ref,
                    "LineNumber": str(number),
                    "Тип": contact_type,
                    "Вид_Key": ref_of("kind of contact"),
                    "Представление": text,
                    "ЗначенияПолей": "<КонтактнаяИнформация/>",
                    "Значение": json.dumps({"value": text}, ensure_ascii=False),
                }
                for number, (contact_type, text) in enumerate(user.contacts, 1)
            ],
        }
        for user in users
    ]
