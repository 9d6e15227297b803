"""Exchange files of 1C: XML of the platform, XDTO JSON, EnterpriseData, CommerceML."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.sax.saxutils import escape

NO_REF = "00000000-0000-0000-0000-000000000000"
PHONE, MAIL, FAX, SITE = "Телефон", "АдресЭлектроннойПочты", "Факс", "ВебСтраница"
ADDRESS = "Адрес"
LEGAL_ADDRESS, REAL_ADDRESS = "Юридический адрес", "Фактический адрес"


def ref_of(text: str) -> str:
    """Make up a reference, always the same for the same text."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"made up: {text}"))


@dataclass
class Item:
    """A contractor or a folder to be written.

    :ivar texts: by field of a record; ``kind`` as the enumeration of 1C has it
    :ivar contacts: type, kind and text of each
    :ivar parent: the reference of the folder; likewise of the ``head`` office
    """

    ref: str
    texts: dict[str, str]
    contacts: list[tuple[str, str, str]] = field(default_factory=list)
    parent: str = ""
    head: str = ""
    is_folder: bool = False
    is_division: bool = False
    is_deleted: bool = False


@dataclass
class Contract:
    """A contract to be written; dates are ISO."""

    ref: str
    owner: str
    name: str
    number: str = ""
    date: str = ""
    until: str = ""
    comment: str = ""
    is_deleted: bool = False


ATTRIBUTES = {
    "full_name": "НаименованиеПолное",
    "inn": "ИНН",
    "kpp": "КПП",
    "okpo": "КодПоОКПО",
    "ogrn": "РегистрационныйНомер",
    "kind": "ЮридическоеФизическоеЛицо",
    "comment": "Комментарий",
}


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _xml(name: str, content: object, *, prefix: str = "", attributes: str = "") -> str:
    """Write an element: a text, or pairs of further elements."""
    if isinstance(content, list):
        inner = "".join(_xml(key, value, prefix=prefix) for key, value in content)
    else:
        inner = escape(str(content), {"\r": "&#13;"})
    tag = f"{prefix}{name}"
    return f"<{tag}{attributes}>{inner}</{tag}>"


def _v8_objects(
    items: Sequence[Item], contracts: Sequence[Contract], *, register: bool
) -> list[tuple[str, list]]:
    """Return the objects, references leading to what stands further down, too."""
    objects: list[tuple[str, list]] = [
        ("CatalogObject.Номенклатура", [("Ref", ref_of("goods")), ("Code", "1")]),
    ]
    kinds: dict[str, str] = {}
    managers: dict[str, str] = {}
    records = []
    for contract in contracts:
        objects.append(
            (
                "CatalogObject.ДоговорыКонтрагентов",
                [
                    ("IsFolder", "false"),
                    ("Ref", contract.ref),
                    ("DeletionMark", _boolean(contract.is_deleted)),
                    ("Owner", contract.owner or NO_REF),
                    ("Description", contract.name),
                    ("Номер", contract.number),
                    ("Дата", f"{contract.date or '0001-01-01'}T00:00:00"),
                    ("СрокДействия", f"{contract.until or '0001-01-01'}T00:00:00"),
                    ("ВидДоговора", "СПокупателем"),
                    ("Комментарий", contract.comment),
                ],
            )
        )
    for item in items:
        content: list = [
            ("IsFolder", _boolean(item.is_folder)),
            ("Ref", item.ref),
            ("DeletionMark", _boolean(item.is_deleted)),
            ("Parent", item.parent or NO_REF),
            ("Code", item.texts.get("code", "")),
            ("Description", item.texts.get("name", "")),
        ]
        if not item.is_folder:
            content += [
                (title, item.texts.get(name, "")) for name, title in ATTRIBUTES.items()
            ]
            content += [
                # БП makes everybody his own head office.
                ("ГоловнойКонтрагент", item.head or item.ref),
                ("ОбособленноеПодразделение", _boolean(item.is_division)),
            ]
            manager = item.texts.get("manager", "")
            if manager:
                managers[manager] = ref_of(manager)
                content.append(("ОсновнойМенеджер", managers[manager]))
            rows = []
            for contact_type, kind, text in item.contacts:
                if kind:
                    kinds[kind] = ref_of(kind)
                row = [
                    ("Тип", contact_type),
                    ("Вид", kinds.get(kind, NO_REF)),
                    ("Представление", text),
                    ("ЗначенияПолей", "<КонтактнаяИнформация/>"),
                ]
                rows.append(("Row", row))
                records.append(("Record", [("Объект", item.ref), *row]))
            if not register:
                content.append(("КонтактнаяИнформация", rows))
        objects.append(("CatalogObject.Контрагенты", content))
    if register:
        name = "InformationRegisterRecordSet.КонтактнаяИнформация"
        objects.append((name, [("Filter", ""), *records]))
    for name, refs in (
        ("CatalogObject.ВидыКонтактнойИнформации", kinds),
        ("CatalogObject.Пользователи", managers),
    ):
        objects += [
            (name, [("Ref", ref), ("Description", text)]) for text, ref in refs.items()
        ]
    return objects


def write_v8(
    path: Path,
    items: Sequence[Item],
    contracts: Sequence[Contract] = (),
    *,
    prefixed: bool = False,
    register: bool = False,
) -> None:
    """Write what «Выгрузка и загрузка данных XML» does.

    :param prefixed: in the style with a prefix for the objects
    :param register: with contacts in a register, as old programs have them
    """
    prefix = "v8:" if prefixed else ""
    space = (
        ' xmlns:v8="http://v8.1c.ru/8.1/data/enterprise/current-config"'
        if prefixed
        else ' xmlns="http://v8.1c.ru/data"'
    )
    with path.open("w", encoding="utf-8-sig", newline="\n") as stream:
        stream.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<V8Exch:_1CV8DtUD xmlns:V8Exch="http://www.1c.ru/V8/1CV8DtUD/"'
            ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><V8Exch:Data>\n'
        )
        for name, content in _v8_objects(items, contracts, register=register):
            stream.write(_xml(name, content, prefix=prefix, attributes=space) + "\n")
        stream.write("</V8Exch:Data></V8Exch:_1CV8DtUD>\n")


def write_xdto(
    path: Path, items: Sequence[Item], contracts: Sequence[Contract] = ()
) -> None:
    """Write the same objects as XDTO JSON."""

    def plain(content: list) -> object:
        if content and all(key == "Row" for key, _value in content):
            return [plain(value) for _key, value in content]
        return {
            key: plain(value) if isinstance(value, list) and value else value
            for key, value in content
        }

    objects = []
    for name, content in _v8_objects(items, contracts, register=False):
        value = plain(content)
        for mark in ("IsFolder", "DeletionMark"):
            if mark in value:
                value[mark] = value[mark] == "true"
        if "Owner" in value:
            owner = {"#type": "jcfg:CatalogRef.Контрагенты", "#value": value["Owner"]}
            value["Owner"] = owner
        objects.append({"#type": f"jcfg:{name}", "#value": value})
    text = json.dumps(
        {"#type": "jv8:Array", "#value": objects}, ensure_ascii=False, indent=1
    )
    path.write_text(text + "\n", encoding="utf-8-sig", newline="\n")


def write_enterprise(
    path: Path,
    items: Sequence[Item],
    contracts: Sequence[Contract] = (),
    *,
    version: str = "1.8",
) -> None:
    """Write a message of EnterpriseData."""
    by_ref = {item.ref: item for item in items}
    space = f"http://v8.1c.ru/edi/edi_stnd/EnterpriseData/{version}"

    def key_of(ref: str) -> list:
        item = by_ref.get(ref)
        texts = item.texts if item else {}
        return [
            ("Ссылка", ref),
            ("Наименование", texts.get("name", "")),
            *((ATTRIBUTES[n], texts.get(n, "")) for n in ("full_name", "inn", "kpp")),
        ]

    with path.open("w", encoding="utf-8-sig", newline="\n") as stream:
        stream.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n<Message'
            ' xmlns:msg="http://www.1c.ru/SSL/Exchange/Message">\n<msg:Header>'
            f"<msg:Format>{space}</msg:Format></msg:Header>\n"
            f'<Body xmlns="{space}">\n'
        )
        for contract in contracts:
            content = [
                (
                    "КлючевыеСвойства",
                    [
                        ("Ссылка", contract.ref),
                        ("ВидДоговора", "СПокупателем"),
                        ("Контрагент", key_of(contract.owner)),
                        ("Наименование", contract.name),
                        ("Дата", contract.date),
                        ("Номер", contract.number),
                    ],
                ),
                ("СрокДействия", contract.until),
                ("Комментарий", contract.comment),
            ]
            stream.write(_xml("Справочник.Договоры", content) + "\n")
        for item in items:
            group = item.parent and [("Группа", [("Ссылка", item.parent)])]
            mark = [("ПометкаУдаления", "true")] if item.is_deleted else []
            if item.is_folder:
                name = "Справочник.КонтрагентыГруппа"
                key = [
                    ("Ссылка", item.ref),
                    ("Наименование", item.texts.get("name", "")),
                    ("КодВПрограмме", item.texts.get("code", "")),
                ]
                content = [("КлючевыеСвойства", key), *(group or []), *mark]
            else:
                name = "Справочник.Контрагенты"
                key = key_of(item.ref)
                key.append((ATTRIBUTES["kind"], item.texts.get("kind", "")))
                content = [
                    ("КлючевыеСвойства", key),
                    ("КодВПрограмме", item.texts.get("code", "")),
                    *(group or []),
                    *(
                        (ATTRIBUTES[n], item.texts.get(n, ""))
                        for n in ("okpo", "ogrn", "comment")
                    ),
                    ("ОбособленноеПодразделение", _boolean(item.is_division)),
                    *mark,
                ]
                if item.head:
                    content.append(("ГоловнойКонтрагент", key_of(item.head)))
                rows = [
                    (
                        "Строка",
                        [
                            ("ВидКонтактнойИнформации", kind or contact_type),
                            ("ЗначенияПолей", contact_xml(text)),
                        ],
                    )
                    for contact_type, kind, text in item.contacts
                ]
                content.append(("КонтактнаяИнформация", rows))
            stream.write(_xml(name, content) + "\n")
        stream.write("</Body></Message>\n")


def contact_xml(text: str) -> str:
    """Return a contact as the XML that 1C keeps in a string."""
    quoted = escape(text, {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
    return (
        '<КонтактнаяИнформация xmlns="http://www.v8.1c.ru/ssl/contactinfo"'
        f' Представление="{quoted}"><Состав/></КонтактнаяИнформация>'
    )


COMMERCE_TYPES = {
    PHONE: "ТелефонРабочий",
    MAIL: "Почта",
    FAX: "Факс",
    SITE: "Веб-сайт",
}


def write_commerceml(
    path: Path,
    items: Sequence[Item],
    _contracts: Sequence[Contract] = (),
    *,
    namespace: bool = True,
    encoding: str = "utf-8",
    in_documents: bool = False,
    ordered_twice: bool = False,
    declared: str = "",
) -> None:
    """Write contractors, which is all that CommerceML knows of these.

    :param in_documents: each in a document of his own, as orders have them
    :param ordered_twice: each in two of them, the first without contacts
    :param declared: the encoding it says, if that is not its own
    """
    space = ' xmlns="urn:1C.ru:commerceml_2"' if namespace else ""
    pieces = [
        f'<?xml version="1.0" encoding="{declared or encoding}"?>\n'
        f'<КоммерческаяИнформация{space} ВерсияСхемы="2.10">\n',
        "<Владелец><Ид>x</Ид><Наименование>Пример-Софт</Наименование></Владелец>\n",
    ]
    sold = [item for item in items if not item.is_folder]
    if ordered_twice:
        sold = [replace(item, contacts=[]) for item in sold] + sold
    blocks = [_commerce_item(item) for item in sold]
    if in_documents or ordered_twice:
        pieces += [
            f"<Документ><Контрагенты>{block}</Контрагенты></Документ>\n"
            for block in blocks
        ]
    else:
        pieces += ["<Контрагенты>\n", *(f"{b}\n" for b in blocks), "</Контрагенты>\n"]
    pieces.append("</КоммерческаяИнформация>\n")
    path.write_bytes("".join(pieces).encode(encoding, "xmlcharrefreplace"))


def _commerce_item(item: Item) -> str:
    texts = item.texts
    is_person = texts.get("kind") == "ФизическоеЛицо"
    content: list = [
        ("Ид", item.ref or "38#catalog_exchange#"),
        ("Наименование", texts.get("name", "")),
        (
            "ПолноеНаименование" if is_person else "ОфициальноеНаименование",
            texts.get("full_name", ""),
        ),
    ]
    for contact_type, kind, text in item.contacts:
        if contact_type == ADDRESS and kind == LEGAL_ADDRESS:
            content.append(("ЮридическийАдрес", [("Представление", text)]))
    content += [
        ("ИНН", texts.get("inn", "")),
        ("КПП", texts.get("kpp", "")),
        ("ОКПО", texts.get("okpo", "")),
        ("Комментарий", texts.get("comment", "")),
        ("ПометкаУдаления", _boolean(item.is_deleted)),
        (
            "Контакты",
            [
                (
                    "Контакт",
                    [("Тип", COMMERCE_TYPES[contact_type]), ("Значение", text)],
                )
                for contact_type, _kind, text in item.contacts
                if contact_type in COMMERCE_TYPES
            ],
        ),
    ]
    if texts.get("ogrn"):
        row = [("Наименование", "ОГРН"), ("Значение", texts["ogrn"])]
        content.append(("ЗначенияРеквизитов", [("ЗначениеРеквизита", row)]))
    return _xml("Контрагент", content)


Writer = Callable[..., None]
WAYS: dict[str, Writer] = {
    "v8": write_v8,
    "v8 prefixed": lambda *args: write_v8(*args, prefixed=True),
    "v8 register": lambda *args: write_v8(*args, register=True),
    "xdto": write_xdto,
    "enterprise 1.8": write_enterprise,
    "enterprise 1.25": lambda *args: write_enterprise(*args, version="1.25"),
    "commerceml": write_commerceml,
    "commerceml 1251": lambda *args: write_commerceml(
        *args, namespace=False, encoding="windows-1251"
    ),
    "commerceml documents": lambda *args: write_commerceml(*args, in_documents=True),
}
