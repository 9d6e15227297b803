"""From the objects of an exchange file to what a row of a virtual sheet holds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..legal_forms import is_company_name
from ..records import EMPTY_GUID, GUID, YES
from ..texts import folded, name_key
from .contacts import MAX_CONTACTS, Contact, contacts_of
from .tree import NOTHING, Node

CONTRACTOR, CONTRACT, NAME, CONTACT = "contractor", "contract", "name", "contact"

LEGAL, NATURAL, DIVISION = (
    "Юридическое лицо",
    "Физическое лицо",
    "Обособленное подразделение",
)
DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T00:00:00.*)?")

FULL_NAME = ("НаименованиеПолное", "ПолноеНаименование", "ОфициальноеНаименование")
OGRN = ("РегистрационныйНомер", "ОГРН", "ОГРНИП")
OKPO = ("КодПоОКПО", "ОКПО")
KIND = (
    "ЮридическоеФизическоеЛицо",
    "ЮрФизЛицо",
    "ВидКонтрагента",
    "ЮрФизЛицоИП",
)
MANAGER = (
    "ОсновнойМенеджер",
    "ОсновнойМенеджерПокупателя",
    "Менеджер",
    "ОтветственныйМенеджер",
    "Ответственный",
)
COMMENT = ("Комментарий", "ДополнительнаяИнформация", "Comment")

# A firm adds a dozen at most; and so many people speak for it.
MAX_EXTRAS = 500
MAX_PEOPLE = 100

# The field that tells in words where a reference leads.
FIELD_OF_LINK = {
    "parent": "group",
    "head": "head_office",
    "manager": "manager",
    "contact_person": "contact_person",
}
# Where some programs have a text in place of a reference.
NAMED = frozenset(("manager", "contact_person"))


@dataclass
class Entry:
    """An object, with the references that it has to others.

    :ivar type: contractor, contract, the name of something, or contacts of somebody
    :ivar values: texts by key of ``FIELDS``
    :ivar ref: its own reference; of contacts, that of whom they belong to
    :ivar links: references to others, by the field that holds them: ``parent``,
        ``head``, ``owner``, ``manager``, ``contact_person``
    :ivar contacts: its contacts
    :ivar extras: attributes that a firm has added: what each is called or the reference
        to that, and the value or the reference to it
    :ivar key: entries with the same one are one contractor, told of several times;
        empty where a format tells of each once
    """

    type: str
    values: dict[str, str] = field(default_factory=dict)
    ref: str = ""
    links: dict[str, str] = field(default_factory=dict)
    contacts: list[Contact] = field(default_factory=list)
    is_folder: bool = False
    extras: list[tuple[str, str]] = field(default_factory=list)
    key: str = ""

    def add(self, other: Entry) -> bool:
        """Take over what another entry of the same key says beyond this one.

        :return: whether it is the same contractor: the id of a site may be shared
        """
        numbers = [
            (self.values.get(name), other.values.get(name)) for name in ("inn", "kpp")
        ]
        if not self.ref and any(one and two and one != two for one, two in numbers):
            return False
        for name, value in other.values.items():
            if value and not self.values.get(name):
                self.values[name] = value
        known = set(self.contacts)
        self.contacts += [one for one in other.contacts if one not in known]
        return True


def guid(text: str) -> str:
    """Return a reference as it is compared; an empty text for none."""
    text = text.strip().lower()
    return text if GUID.fullmatch(text) and text != EMPTY_GUID else ""


def is_true(text: str) -> bool:
    """Tell a mark that is set."""
    return text.casefold() in YES


def _date(text: str) -> str:
    found = DATE.fullmatch(text)
    return found[1] if found else text


def _add_link(entry: Entry, link: str, node: Node, *names: str) -> None:
    """Note a reference, and the name of what it leads to where a format gives that."""
    for name in names:
        target = node.child(name)
        if target is NOTHING:
            continue
        text = target.raw.strip() or target.text("Ссылка", "Ref")
        told = target.text("Наименование", "Description")
        if ref := guid(text):
            entry.links[link] = ref
        elif link in NAMED and text and not GUID.fullmatch(text):
            told = text
        if told and link in FIELD_OF_LINK:
            entry.values[FIELD_OF_LINK[link]] = told
        if ref or told:
            return


class Objects:
    """The objects of a format and how each is read.

    :cvar names: which to read for each type, with what has to be right above them
    """

    names: dict[str, dict[str, frozenset[str] | None]]

    def wanted(self, types: Iterable[str]) -> dict[str, frozenset[str] | None]:
        """Return the names of the objects of these types."""
        found: dict[str, frozenset[str] | None] = {}
        for type_name in types:
            found.update(self.names.get(type_name, {}))
        return found

    def entry(self, node: Node) -> Entry | None:
        """Read an object; ``None`` for one that says nothing.

        :raises OnecError: ``damaged`` for what 1C could not have written
        """
        raise NotImplementedError


class V8Objects(Objects):
    """Objects as the platform itself writes them, in XML or in JSON."""

    names = {
        # УТ and КА sell to «Партнеры», whose contractors are firms of theirs.
        CONTRACTOR: {"CatalogObject.Контрагенты": None, "CatalogObject.Партнеры": None},
        CONTRACT: {
            "CatalogObject.ДоговорыКонтрагентов": None,
            "CatalogObject.Договоры": None,
        },
        NAME: {
            "CatalogObject.Пользователи": None,
            "CatalogObject.Сотрудники": None,
            "CatalogObject.КонтактныеЛица": None,
            "CatalogObject.КонтактныеЛицаКонтрагентов": None,
            "CatalogObject.ВидыКонтактнойИнформации": None,
            # What the attributes that a firm has added are called, and their values.
            "ChartOfCharacteristicTypesObject.ДополнительныеРеквизитыИСведения": None,
            "CatalogObject.ЗначенияСвойствОбъектов": None,
        },
        CONTACT: {
            "Record": frozenset(
                (
                    "InformationRegisterRecordSet.КонтактнаяИнформация",
                    "Records",
                )
            )
        },
    }

    def entry(self, node: Node) -> Entry | None:
        if node.name == "Record":
            return self._contact(node)
        if node.name in self.names[CONTRACTOR]:
            return self._contractor(node)
        if node.name in self.names[CONTRACT]:
            return self._contract(node)
        entry = Entry(NAME, {"name": node.text("Description")}, guid(node.text("Ref")))
        return entry if entry.ref and entry.values["name"] else None

    def _contact(self, node: Node) -> Entry | None:
        owner = guid(node.text("Объект", "Object"))
        contacts = contacts_of([node])
        return Entry(CONTACT, ref=owner, contacts=contacts) if owner else None

    def _contractor(self, node: Node) -> Entry:
        ref = guid(node.text("Ref"))
        entry = Entry(CONTRACTOR, ref=ref)
        entry.is_folder = is_true(node.text("IsFolder"))
        entry.values = {
            "name": node.text("Description"),
            "code": node.text("Code"),
            "ref": ref,
            "full_name": node.text(*FULL_NAME),
            "inn": node.text("ИНН"),
            "kpp": node.text("КПП"),
            "ogrn": node.text(*OGRN),
            "okpo": node.text(*OKPO),
            "kind": _kind(node),
            "comment": node.text(*COMMENT),
            "deletion_mark": _yes_if_true(node.text("DeletionMark")),
        }
        _add_link(entry, "parent", node, "Parent")
        _add_link(entry, "head", node, "ГоловнойКонтрагент", "Партнер")
        if entry.links.get("head") == ref:
            # БП makes everybody his own head office.
            _add_link(entry, "head", node, "Партнер")
        _add_link(entry, "manager", node, *MANAGER)
        _add_link(entry, "contact_person", node, "ОсновноеКонтактноеЛицо")
        entry.contacts = contacts_of(node.child("КонтактнаяИнформация").children)
        entry.extras = _extras(node)
        return entry

    def _contract(self, node: Node) -> Entry | None:
        if is_true(node.text("IsFolder")):
            return None
        entry = Entry(CONTRACT, ref=guid(node.text("Ref")))
        entry.values = {
            "contract_ref": entry.ref,
            "contract_name": node.text("Description"),
            "contract_number": node.text("Номер", "НомерДоговора"),
            "contract_date": _date(node.text("Дата", "ДатаДоговора")),
            "date_end": _date(node.text("СрокДействия", "ДатаОкончанияДействия")),
            "contract_kind": node.text("ВидДоговора"),
            "contract_comment": node.text(*COMMENT),
            "deletion_mark": _yes_if_true(node.text("DeletionMark")),
        }
        _add_link(entry, "owner", node, "Owner", "Контрагент")
        return entry


class EnterpriseObjects(Objects):
    """Objects of the universal format EnterpriseData, of whatever version."""

    _body = frozenset(("Body",))
    names = {
        CONTRACTOR: {
            "Справочник.Контрагенты": _body,
            "Справочник.КонтрагентыГруппа": _body,
        },
        CONTRACT: {"Справочник.Договоры": _body},
        NAME: {"Справочник.Пользователи": _body},
    }

    def entry(self, node: Node) -> Entry | None:
        key = node.child("КлючевыеСвойства")
        # What one version has among the key properties another has beside them.
        both = Node(node.name)
        both.children = [*key.children, *node.children]
        if node.name in self.names[CONTRACTOR]:
            return self._contractor(both, node.name.endswith("Группа"))
        if node.name in self.names[CONTRACT]:
            return self._contract(both)
        name, ref = both.text("Наименование"), guid(both.text("Ссылка"))
        return Entry(NAME, {"name": name}, ref) if name and ref else None

    def _contractor(self, node: Node, is_folder: bool) -> Entry:
        ref = guid(node.text("Ссылка"))
        entry = Entry(CONTRACTOR, ref=ref)
        entry.is_folder = is_folder or is_true(node.text("ЭтоГруппа"))
        entry.values = {
            "name": node.text("Наименование") or node.text(*FULL_NAME),
            "code": node.text("КодВПрограмме", "Код"),
            "ref": ref,
            "full_name": node.text(*FULL_NAME),
            "inn": node.text("ИНН"),
            "kpp": node.text("КПП"),
            "ogrn": node.text(*OGRN),
            "okpo": node.text(*OKPO),
            "kind": _kind(node),
            "comment": node.text(*COMMENT),
            "deletion_mark": _yes_if_true(node.text("ПометкаУдаления")),
        }
        _add_link(entry, "parent", node, "Группа", "Родитель")
        _add_link(entry, "head", node, "ГоловнойКонтрагент")
        _add_link(entry, "manager", node, *MANAGER)
        _add_link(entry, "contact_person", node, "ОсновноеКонтактноеЛицо")
        entry.contacts = contacts_of(node.child("КонтактнаяИнформация").children)
        return entry

    def _contract(self, node: Node) -> Entry:
        entry = Entry(CONTRACT, ref=guid(node.text("Ссылка")))
        owner = node.child("Контрагент")
        # The reference stands in the element itself or, with others, in one within.
        inner = next(iter(owner.find("Ссылка")), None)
        if ref := guid(owner.raw or (inner.raw if inner else "")):
            entry.links["owner"] = ref
        told = {
            name: next((n.raw.strip() for n in owner.find(title)), "")
            for name, title in (
                ("name", "Наименование"),
                ("full_name", "НаименованиеПолное"),
                ("inn", "ИНН"),
                ("kpp", "КПП"),
            )
        }
        entry.values = {
            "name": told["name"] or told["full_name"],
            "inn": told["inn"],
            "kpp": told["kpp"],
            "contract_ref": entry.ref,
            "contract_name": node.text("Наименование"),
            "contract_number": node.text("Номер"),
            "contract_date": _date(node.text("Дата")),
            "date_end": _date(node.text("СрокДействия", "ДатаОкончанияДействия")),
            "contract_kind": node.text("ВидДоговора"),
            "contract_comment": node.text(*COMMENT),
            "deletion_mark": _yes_if_true(node.text("ПометкаУдаления")),
        }
        return entry


class CommerceObjects(Objects):
    """Contractors of CommerceML 2; one's own firm is called otherwise there."""

    names = {
        CONTRACTOR: {"Контрагент": frozenset(("Контрагенты",))},
        CONTRACT: {},
    }
    _parts = (
        "РеквизитыЮрЛица",
        "РеквизитыФизЛица",
        "ЮридическоеЛицо",
        "ФизическоеЛицо",
    )

    def entry(self, node: Node) -> Entry | None:
        both = Node(node.name)
        both.children = [*node.children]
        for part in self._parts:
            both.children += node.child(part).children
        site_id = node.text("Ид")
        ref = guid(site_id)
        entry = Entry(CONTRACTOR, ref=ref)
        official = both.text("ОфициальноеНаименование")
        person = both.text("ПолноеНаименование") or " ".join(
            filter(None, map(both.text, ("Фамилия", "Имя", "Отчество")))
        )
        more = {
            row.text("Наименование").casefold(): row.text("Значение")
            for row in node.child("ЗначенияРеквизитов").children
        }
        entry.values = {
            "name": node.text("Наименование") or official or person,
            "code": node.text("Код"),
            "ref": ref,
            "full_name": official or person,
            "inn": both.text("ИНН"),
            "kpp": both.text("КПП"),
            "ogrn": both.text("ОГРН", "ОГРНИП")
            or more.get("огрн", "")
            or more.get("огрнип", ""),
            "okpo": both.text(*OKPO)
            or more.get("окпо", "")
            or more.get("кодпоокпо", ""),
            "kind": _kind_in_commerce(both, official, person),
            "comment": node.text("Комментарий"),
            "deletion_mark": _yes_if_true(
                node.text("ПометкаУдаления") or more.get("пометкаудаления", "")
            ),
        }
        entry.contacts = self._contacts(both)
        self._put_people(entry, both)
        if site_id and not ref:
            # A site gives one number to all whose orders somebody enters.
            name = entry.values["name"]
            entry.key = f"{site_id} {name_key(name)}" if name else ""
        else:
            entry.key = ref
        return entry

    def _put_people(self, entry: Entry, node: Node) -> None:
        """Put those who speak for a contractor: their names, phones and mails."""
        names: list[str] = []
        for row in node.child("Представители").children[:MAX_PEOPLE]:
            # What stands for a person differs from version to version.
            person = row.child("Контрагент", "ФизическоеЛицо", "Представитель")
            person = row if person is NOTHING else person
            name = person.text(
                "Наименование", "ПолноеНаименование", "ОфициальноеНаименование"
            ) or " ".join(
                filter(None, map(person.text, ("Фамилия", "Имя", "Отчество")))
            )
            name = folded(name)
            if name and name_key(name) != name_key(entry.values["name"]):
                names.append(name)
            entry.contacts += [
                contact
                for contact in self._contacts(person)
                if contact not in entry.contacts
            ]
        entry.values["contact_person"] = "\n".join(dict.fromkeys(names))

    def _contacts(self, node: Node) -> list[Contact]:
        addresses = [
            Contact("Адрес", label, value)
            for name, label in (
                ("ЮридическийАдрес", "Юридический адрес"),
                ("АдресРегистрации", "Адрес регистрации"),
                ("Адрес", "Адрес"),
            )
            if (value := node.child(name).text("Представление"))
        ]
        contacts = [
            Contact(row.text("Тип"), row.text("Вид"), value)
            for row in node.child("Контакты").children[:MAX_CONTACTS]
            if (value := row.text("Значение", "Представление"))
        ]
        return addresses + contacts


def _extras(node: Node) -> list[tuple[str, str]]:
    """Read the attributes that a firm has added to a contractor."""
    return [
        (_text_of(row.child("Свойство")), _text_of(row.child("Значение")))
        for row in node.child("ДополнительныеРеквизиты").children[:MAX_EXTRAS]
    ]


def _text_of(node: Node) -> str:
    return node.raw.strip() or node.text("Наименование", "Description", "Ссылка", "Ref")


def _yes_if_true(text: str) -> str:
    return "Да" if is_true(text) else ""


def _kind(node: Node) -> str:
    """Return the kind in the words of a list form."""
    if is_true(node.text("ОбособленноеПодразделение")):
        return DIVISION
    return node.text(*KIND)


def _kind_in_commerce(node: Node, official: str, person: str) -> str:
    """Tell the kind by the form and the length of the ИНН together: a site fills in the
    names of a person and those of a firm as it likes."""
    digits = len("".join(filter(str.isdecimal, node.text("ИНН"))))
    names = " ".join((node.text("Наименование"), official, person))
    if digits == 10 or is_company_name(names):
        return LEGAL
    if digits == 12:
        return NATURAL
    if official:
        return LEGAL
    return NATURAL if person else ""
