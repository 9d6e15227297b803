"""What is in the made-up base of 1C that ``fake_odata`` serves. All data is invented."""

from __future__ import annotations

import base64
import random
import struct

CONTRACTORS = "Catalog_Контрагенты"
CONTRACTS = "Catalog_ДоговорыКонтрагентов"
KINDS = "Catalog_ВидыКонтактнойИнформации"
USERS = "Catalog_Пользователи"
PARTNERS = "Catalog_Партнеры"
PERSONS = "Catalog_КонтактныеЛица"
EMPTY = "00000000-0000-0000-0000-000000000000"
FOLDER_EVERY = 50
CONTRACT_EVERY = 10
PHONE, EMAIL, ADDRESS = (f"0000000{n}-0000-4000-8000-0000000000aa" for n in (1, 2, 3))
MANAGERS = {
    "00000001-0000-4000-8000-0000000000bb": "Проверкина Анна Ивановна",
    "00000002-0000-4000-8000-0000000000bb": "Уволенный Пётр",
}
# Which method makes the objects of a set.
MADE_BY = {
    CONTRACTORS: "contractor",
    CONTRACTS: "contract",
    KINDS: "kind",
    USERS: "user",
    PERSONS: "person",
    PARTNERS: "partner",
}
# Only some configurations have it.
NOT_PUBLISHED = {PARTNERS}
PARTNER_EVERY = 10


class Base:
    """What is in the base: made of numbers when it is asked for, so that 100 000
    contractors cost nothing.

    :ivar keys: the references of a set of entities in the order of the base, which is
        not that of their texts
    :ivar changes: values that differ from the made-up ones, by reference
    :ivar closed: references that the user may not see
    """

    def __init__(self, contractors: int = 100) -> None:
        chance = random.Random(contractors)

        def keys(count: int) -> list[str]:
            return [_guid(chance.getrandbits(128)) for _number in range(count)]

        self.keys = {
            CONTRACTORS: keys(contractors),
            CONTRACTS: keys(contractors // CONTRACT_EVERY),
            KINDS: [PHONE, EMAIL, ADDRESS],
            USERS: list(MANAGERS),
            PERSONS: keys(contractors // 100),
            PARTNERS: [_guid(2**90 + n) for n in range(contractors // PARTNER_EVERY)],
        }
        # What is deleted is still referred to.
        self._all = {name: tuple(keys) for name, keys in self.keys.items()}
        self.numbers = {
            key: number
            for numbered in self.keys.values()
            for number, key in enumerate(numbered)
        }
        self.changes: dict[str, dict] = {}
        self.closed: set[str] = set()
        self.has_partners = False
        self._version = 0

    def entity(self, catalogue: str, key: str) -> dict:
        """Return an object as the interface gives it."""
        number = self.numbers[key]
        made = getattr(self, f"_{MADE_BY[catalogue]}")(number)
        head = {"Ref_Key": key, "DataVersion": self.version(key), "DeletionMark": False}
        return {**head, **made, **self.changes.get(key, {})}

    def version(self, key: str) -> str:
        """Return the version of an object."""
        change = self.changes.get(key)
        return change["DataVersion"] if change else "AAAAAQAAAAA="

    def is_folder(self, catalogue: str, key: str) -> bool:
        """Tell whether an object is a folder."""
        made = catalogue == CONTRACTORS and self.numbers[key] % FOLDER_EVERY == 0
        return self.changes.get(key, {}).get("IsFolder", made)

    def change(self, catalogue: str, number: int, **values: object) -> str:
        """Write an object as somebody in 1C does; it gets another version.

        :return: its reference
        """
        key = self.keys[catalogue][number]
        self._version += 1
        version = base64.b64encode(struct.pack(">Q", self._version)).decode()
        change = self.changes.setdefault(key, {})
        change.update(values, DataVersion=version)
        return key

    def add(self, catalogue: str, number: int, **values: object) -> str:
        """Write another object, like one that there is but for these values.

        :return: its reference
        """
        key = _guid(2**100 + len(self.numbers))
        self.numbers[key] = number
        self.keys[catalogue].append(key)
        self.changes[key] = {"DataVersion": "new", **values}
        return key

    def change_phones(self, share: float) -> int:
        """Give a share of the contractors another phone; return how many."""
        clients = [n for n in range(len(self.keys[CONTRACTORS])) if n % FOLDER_EVERY]
        chance = random.Random(self._version)
        numbers = chance.sample(clients, round(len(clients) * share))
        for number in numbers:
            phone = f"8 (912) {chance.randrange(10**7):07d}"
            contacts = [_contact("Телефон", PHONE, phone)]
            self.change(CONTRACTORS, number, КонтактнаяИнформация=contacts)
        return len(numbers)

    # What follows makes an object of each set.

    def _contractor(self, number: int) -> dict:
        folder = self._all[CONTRACTORS][number - number % FOLDER_EVERY]
        common = {"Code": f"00-{number + 1:06d}", "Predefined": False}
        if number % FOLDER_EVERY == 0:
            name = f"Группа {number // FOLDER_EVERY + 1}"
            above = {"Parent_Key": EMPTY, "IsFolder": True, "Description": name}
            return {**above, **common, "КонтактнаяИнформация": []}
        name = f"Ромашка {number}"
        inn = _inn(number) if number % 7 == 0 else ""
        contacts = []
        if number % 5:
            contacts.append(_contact("Телефон", PHONE, f"8 (8332) {number:06d}"))
        if number % 3 == 0:
            email = f"client{number}@example.com"
            contacts.append(_contact("АдресЭлектроннойПочты", EMAIL, email))
        if number % 2:
            address = f"610000, г. Киров, ул. Ленина, д. {number % 200}"
            contacts.append(_contact("Адрес", ADDRESS, address))
        persons = self._all[PERSONS]
        has_person = persons and number % 100 == 1
        person = persons[number // 100 % len(persons)] if has_person else EMPTY
        return {
            "Parent_Key": folder,
            "IsFolder": False,
            "Description": f'ООО "{name}"',
            "НаименованиеПолное": f'Общество с ограниченной ответственностью "{name}"',
            "ЮридическоеФизическоеЛицо": "ЮридическоеЛицо",
            "СтранаРегистрации_Key": EMPTY,
            "СтранаРегистрации@navigationLinkUrl": f"{CONTRACTORS}(guid'0')/Страна",
            "ГоловнойКонтрагент_Key": EMPTY,
            "Партнер_Key": self._partner_of(number),
            "ИНН": inn,
            "КПП": "434501001" if inn else "",
            "КодПоОКПО": "",
            "ОсновноеКонтактноеЛицо_Key": person,
            "ОсновнойМенеджер_Key": list(MANAGERS)[0] if number % 10 == 3 else EMPTY,
            "Комментарий": "Звонить после обеда" if number % 10 == 0 else "",
            "РегистрационныйНомер": "",
            "ДатаРегистрации": "0001-01-01T00:00:00",
            "КонтактнаяИнформация": contacts,
            "ДополнительныеРеквизиты": [],
            "ИсторияКПП": [],
            **common,
        }

    def _partner_of(self, number: int) -> str:
        partners = self._all[PARTNERS]
        place = number // PARTNER_EVERY
        return partners[place] if self.has_partners and place < len(partners) else EMPTY

    def _partner(self, number: int) -> dict:
        return {
            "Parent_Key": EMPTY,
            "IsFolder": False,
            "Code": f"П-{number + 1:06d}",
            "Description": f"Холдинг «Ромашка {number}»",
            "НаименованиеПолное": "",
            "ЮрФизЛицо": "Компания",
            "ОсновнойМенеджер_Key": list(MANAGERS)[0],
            "КонтактнаяИнформация": [
                _contact("Телефон", PHONE, f"8 (912) {number:07d}")
            ],
        }

    def _contract(self, number: int) -> dict:
        owner = number * CONTRACT_EVERY + 1
        return {
            "Owner_Key": self._all[CONTRACTORS][owner],
            "Parent_Key": EMPTY,
            "IsFolder": False,
            "Code": f"00-{number + 1:06d}",
            "Description": f"ИТС ПРОФ № {number}",
            "Номер": f"ИТС-{number}",
            "Дата": "2026-01-15T00:00:00",
            "СрокДействия": "2027-01-14T00:00:00",
            "ВидДоговора": "СПокупателем",
            "Комментарий": "",
        }

    def _kind(self, number: int) -> dict:
        return {"Description": ("Телефон", "Почта", "Юридический адрес")[number]}

    def _user(self, number: int) -> dict:
        name = list(MANAGERS.values())[number]
        return {
            "Description": name,
            "Predefined": False,
            "Недействителен": number == 1,
            "Служебный": False,
            "ИдентификаторПользователяИБ": EMPTY,
            "КонтактнаяИнформация": [],
        }

    def _person(self, number: int) -> dict:
        return {"Description": f"Директор Номер {number}", "Owner_Key": EMPTY}


def folder_count(contractors: int) -> int:
    """Return how many of so many contractors are folders."""
    return len(range(0, contractors, FOLDER_EVERY))


def _guid(number: int) -> str:
    text = f"{number:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _contact(type_name: str, kind: str, text: str) -> dict:
    return {
        "LineNumber": "1",
        "Тип": type_name,
        "Вид_Key": kind,
        "Представление": text,
        "ЗначенияПолей": "",
        "Значение": "",
    }


def _inn(number: int) -> str:
    digits = f"43{number:07d}"
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    total = sum(int(d) * w for d, w in zip(digits, weights, strict=True))
    return f"{digits}{total % 11 % 10}"
