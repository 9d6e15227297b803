"""Exchange files as 1C writes them, made up for tests: who is in them is the same in
every format."""

import base64
import json
from xml.sax.saxutils import escape

HEAD = "11111111-0000-4000-8000-000000000001"
DIVISION = "11111111-0000-4000-8000-000000000002"
PERSON = "11111111-0000-4000-8000-000000000003"
MARKED = "11111111-0000-4000-8000-000000000004"
FOLDER = "11111111-0000-4000-8000-000000000009"
YEAR, OLD, GOODS = (f"22222222-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
NONE = "00000000-0000-0000-0000-000000000000"

CONTACTS = (
    ("Телефон", "Телефон", "+7 912 000-00-01"),
    ("Телефон", "Телефон бухгалтерии", "+7 912 000-00-02"),
    ("АдресЭлектроннойПочты", "Email", "info@lake.example.com"),
    ("АдресЭлектроннойПочты", "Email бухгалтерии", "buh@lake.example.com"),
    ("Факс", "Факс", "+7 8332 00-00-09"),
    ("Адрес", "Юридический адрес", "610000, г. Киров, ул. Придуманная, 1"),
)
FULL = "НаименованиеПолное"
CONTRACTORS = (
    {"Ref": FOLDER, "IsFolder": True, "Code": "00-000900", "Description": "Клиенты"},
    {
        "Ref": DIVISION,
        "Parent": FOLDER,
        "Code": "00-000002",
        "Description": "Озеро, филиал",
        FULL: "Филиал ООО «Озеро»",
        "ИНН": "7707083893",
        "КПП": "770702002",
        "ОбособленноеПодразделение": True,
        "ГоловнойКонтрагент": HEAD,
    },
    {
        "Ref": HEAD,
        "Parent": FOLDER,
        "Code": "00-000001",
        "Description": "ООО «Озеро»",
        FULL: "Общество с ограниченной ответственностью «Озеро»",
        "ИНН": "7707083893",
        "КПП": "770701001",
        "ЮридическоеФизическоеЛицо": "ЮридическоеЛицо",
        "ГоловнойКонтрагент": HEAD,
        "contacts": CONTACTS,
    },
    {
        "Ref": PERSON,
        "Code": "00-000003",
        "Description": "Проверкин Лев",
        FULL: "Проверкин Лев Львович",
        "ЮридическоеФизическоеЛицо": "ФизическоеЛицо",
    },
    {
        "Ref": MARKED,
        "DeletionMark": True,
        "Code": "00-000004",
        "Description": "АО «Болото»",
        FULL: "Акционерное общество «Болото»",
    },
)
CONTRACTS = (
    {
        "Ref": YEAR,
        "Owner": HEAD,
        "Description": "1С-Проба № 15 от 01.02.2026",
        "Номер": "15",
        "Дата": "2026-02-01T00:00:00",
        "СрокДействия": "2027-01-31T00:00:00",
        "ВидДоговора": "СПокупателем",
    },
    {
        "Ref": OLD,
        "Owner": HEAD,
        "DeletionMark": True,
        "Description": "1С-Проба № 3",
        "Номер": "3",
        "ВидДоговора": "СПокупателем",
    },
    {
        "Ref": GOODS,
        "Owner": PERSON,
        "Description": "Поставка канцтоваров",
        "Номер": "К-1",
        "ВидДоговора": "СПоставщиком",
    },
)


def v8(contractors=CONTRACTORS, contracts=CONTRACTS):
    """The XML of «Выгрузка и загрузка данных XML»."""
    objects = [_v8_object("Контрагенты", values) for values in contractors]
    objects += [_v8_object("ДоговорыКонтрагентов", values) for values in contracts]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<V8Exch:_1CV8DtUD xmlns:V8Exch="http://www.1c.ru/V8/1CV8DtUD/">'
        f"<V8Exch:Data>{''.join(objects)}</V8Exch:Data></V8Exch:_1CV8DtUD>"
    )


def _v8_object(catalogue, values):
    values = dict(values)
    rows = "".join(
        f"<Row><Тип>{kind}</Тип><Вид>{escape(label)}</Вид>"
        f"<Представление>{escape(text)}</Представление></Row>"
        for kind, label, text in values.pop("contacts", ())
    )
    body = "".join(f"<{k}>{escape(_text(v))}</{k}>" for k, v in values.items())
    name = f"CatalogObject.{catalogue}"
    return (
        f'<{name} xmlns="http://v8.1c.ru/data">{body}'
        f"<КонтактнаяИнформация>{rows}</КонтактнаяИнформация></{name}>"
    )


def xdto(contractors=CONTRACTORS, contracts=CONTRACTS):
    """The same objects as JSON of the platform."""
    objects = [("Контрагенты", values) for values in contractors]
    objects += [("ДоговорыКонтрагентов", values) for values in contracts]
    names = ("Тип", "Вид", "Представление")
    value = []
    for catalogue, values in objects:
        values = dict(values)
        contacts = values.pop("contacts", ())
        values["КонтактнаяИнформация"] = [
            dict(zip(names, contact, strict=True)) for contact in contacts
        ]
        value.append({"#type": f"jcfg:CatalogObject.{catalogue}", "#value": values})
    return json.dumps({"#type": "jv8:Array", "#value": value}, ensure_ascii=False)


def enterprise_data(contractors=CONTRACTORS, contracts=CONTRACTS):
    """A message of EnterpriseData."""
    objects = [_enterprise_contractor(values) for values in contractors]
    objects += [_enterprise_contract(values) for values in contracts]
    namespace = "http://v8.1c.ru/edi/edi_stnd/EnterpriseData/1.8"
    return (
        '<Message xmlns:msg="http://www.1c.ru/SSL/Exchange/Message"><msg:Header>'
        f"<msg:Format>{namespace}</msg:Format></msg:Header>"
        f'<Body xmlns="{namespace}">{"".join(objects)}</Body></Message>'
    )


def _enterprise_contractor(values):
    kinds = {"Email": "АдресЭлектроннойПочты", "Факс": "Факс"}
    rows = "".join(
        f"<Строка><ВидКонтактнойИнформации>{kinds.get(kind, kind)}"
        f"</ВидКонтактнойИнформации><Представление>{escape(text)}</Представление>"
        "</Строка>"
        for kind, _label, text in values.get("contacts", ())
    )
    keys = _tags(values, Ссылка="Ref", Наименование="Description", КодВПрограмме="Code")
    keys += _tags(values, **{n: n for n in (FULL, "ИНН", "КПП")})
    keys += _tags(values, ЮридическоеФизическоеЛицо="ЮридическоеФизическоеЛицо")
    rest = _tags(values, ЭтоГруппа="IsFolder", ПометкаУдаления="DeletionMark")
    rest += _tags(values, ОбособленноеПодразделение="ОбособленноеПодразделение")
    for name, link in (
        ("ГоловнойКонтрагент", "ГоловнойКонтрагент"),
        ("Группа", "Parent"),
    ):
        if values.get(link):
            rest += f"<{name}><Ссылка>{values[link]}</Ссылка></{name}>"
    return (
        f"<Справочник.Контрагенты><КлючевыеСвойства>{keys}</КлючевыеСвойства>{rest}"
        f"<КонтактнаяИнформация>{rows}</КонтактнаяИнформация></Справочник.Контрагенты>"
    )


def _enterprise_contract(values):
    keys = _tags(values, Ссылка="Ref", Наименование="Description", Номер="Номер")
    keys += _tags(values, Дата="Дата", ВидДоговора="ВидДоговора")
    keys += f"<Контрагент><Ссылка>{values['Owner']}</Ссылка></Контрагент>"
    rest = _tags(values, СрокДействия="СрокДействия", ПометкаУдаления="DeletionMark")
    return (
        f"<Справочник.Договоры><КлючевыеСвойства>{keys}</КлючевыеСвойства>{rest}"
        "</Справочник.Договоры>"
    )


def commerceml(contractors=CONTRACTORS):
    """A message of CommerceML 2, which has neither folders nor contracts."""
    objects = []
    for values in contractors:
        if values.get("IsFolder"):
            continue
        is_person = values.get("ЮридическоеФизическоеЛицо") == "ФизическоеЛицо"
        full = "ПолноеНаименование" if is_person else "ОфициальноеНаименование"
        kinds = {"Телефон": "ТелефонРабочий", "АдресЭлектроннойПочты": "Почта"}
        contacts = "".join(
            f"<Контакт><Тип>{kinds.get(kind, kind)}</Тип>"
            f"<Значение>{escape(text)}</Значение></Контакт>"
            for kind, _label, text in values.get("contacts", ())
            if kind != "Адрес"
        )
        body = _tags(values, Ид="Ref", Наименование="Description", ИНН="ИНН", КПП="КПП")
        body += _tags(values, **{full: FULL, "ПометкаУдаления": "DeletionMark"})
        objects.append(
            f"<Контрагент>{body}<Контакты>{contacts}</Контакты></Контрагент>"
        )
    return (
        '<КоммерческаяИнформация xmlns="urn:1C.ru:commerceml_2"><Контрагенты>'
        f"{''.join(objects)}</Контрагенты></КоммерческаяИнформация>"
    )


def _tags(values, **names):
    return "".join(
        f"<{ours}>{escape(_text(values[theirs]))}</{ours}>"
        for ours, theirs in names.items()
        if values.get(theirs)
    )


def _text(value):
    return str(value).lower() if isinstance(value, bool) else value


def dropped(text):
    """A file as a binary field takes it."""
    return base64.b64encode(text.encode())


FORMATS = {
    "v8": v8,
    "xdto": xdto,
    "enterprise_data": enterprise_data,
    "commerceml": commerceml,
}
