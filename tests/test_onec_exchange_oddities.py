"""Made-up bases with what people and sites do to them, in any exchange format: the
oddities are switched on at random, and the records read back are those of the base."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onec.texts import split_emails, split_phones
from reading import codes, read
from strategies import inn_of_person
from tier import count
from writers.exchange import (
    ADDRESS,
    FAX,
    LEGAL_ADDRESS,
    MAIL,
    NO_REF,
    PHONE,
    REAL_ADDRESS,
    WAYS,
    Contract,
    Item,
    ref_of,
    write_commerceml,
)

ODD_WAYS = {
    **WAYS,
    "commerceml twice": lambda *args: write_commerceml(*args, ordered_twice=True),
}
# How a value may be written; what it is stays the same.
INNS = ("{}", "'{}", "ИНН {}", "\xa0{}", "ИНН: {}", "{}.0", "{}/{kpp}", "{} / {kpp}")
KPPS = ("{}", "'{}", "КПП {}", " {}")
PHONES = ("8 912 {}", "+7 (912) {}", "8 912 {} доб. 12", "8-912-{} ")
MAILS = ("{}", "mailto:{}", " {} ", "E-mail: {}", "{}, {}")
ADDRESSES = ("{}", " {} ", "{},", "\xa0{}")
NEVER = ("", "3999-01-01", "3999-12-31")
KINDS = {
    "company": ("ЮридическоеЛицо", "ЮрЛицо"),
    "sole_trader": ("ФизическоеЛицо", "ИндивидуальныйПредприниматель"),
    "person": ("ФизическоеЛицо", "ФизЛицо"),
}
NAMES = {
    "company": "ООО «Проба {}»",
    "sole_trader": "ИП Пробин {}",
    "person": "Проба {}",
}
FIRMS = ("4345990010", "4345990606", "0100990640", "7700990719", "7728168971")
TRADERS = tuple(map(inn_of_person, ("4345990606", "7712345678", "0100000000")))


class OddBase:
    """Contractors as a base may have them.

    :ivar items: to be written
    :ivar contracts: likewise
    :ivar told: what reading has to give, contractor by contractor
    :ivar ends: when each contract ends
    """

    def __init__(self, chance: random.Random, way: str) -> None:
        self._chance = chance
        # CommerceML tells it by the title of the full name.
        self._told_by_title = "commerceml" in way
        self.items: list[Item] = []
        self.contracts: list[Contract] = []
        self.told: list[dict] = []
        self.ends: list[str] = []
        for number in range(chance.randrange(1, 6)):
            self._add(number)
        for number, item in enumerate(self.items):
            if chance.random() < 0.5:
                until = chance.choice((*NEVER, "2027-01-31"))
                self.ends.append("" if until in NEVER else until)
                self.contracts.append(
                    Contract(ref_of(f"deal {number}"), item.ref, "Договор", until=until)
                )

    def _add(self, number: int) -> None:
        choice, is_on = self._chance.choice, lambda: self._chance.random() < 0.5
        kind = choice(sorted(KINDS))
        kpp = "434501001" if kind == "company" else ""
        inn = {"company": choice(FIRMS), "sole_trader": choice(TRADERS), "person": ""}
        name = NAMES[kind].format(number)
        told = {
            "name": name,
            "inn": inn[kind],
            "kpp": kpp,
            "kind": kind,
            "ref": ref_of(name),
            "phones": [f"912{number}00000{place}" for place in range(1 + is_on())],
            "emails": [f"client{number}@example.com"] if is_on() else [],
            "address": f"610000, Киров, ул. Придуманная, {number}" if is_on() else "",
        }
        texts = {
            "name": choice(("{}", " {}", "\xa0{} ")).format(name),
            "full_name": name,
            "kind": KINDS[kind][0] if self._told_by_title else choice(KINDS[kind]),
        }
        if told["inn"]:
            ways = INNS if kpp else INNS[:-2]
            texts["inn"] = choice(ways).format(told["inn"], kpp=kpp)
            texts["kpp"] = choice(KPPS).format(kpp) if kpp and is_on() else kpp
        self.items.append(
            Item(ref_of(name), texts, self._contacts(told), parent=choice(("", NO_REF)))
        )
        self.told.append(told)

    def _contacts(self, told: dict) -> list[tuple[str, str, str]]:
        choice, chance = self._chance.choice, self._chance.random
        phones = [
            choice(PHONES).format(f"{phone[3:6]}-{phone[6:8]}-{phone[8:]}")
            for phone in told["phones"]
        ]
        if chance() < 0.3:
            # Two in one cell, with nothing between them but a blank.
            phones = [" ".join(phone.strip() for phone in phones)]
        if chance() < 0.3:
            phones.append(phones[0])
        rows = [(PHONE, "", phone) for phone in phones]
        mails = [choice(MAILS) for _mail in told["emails"] * (1 + (chance() < 0.3))]
        for mail in mails:
            rows.append((MAIL, "", mail.format(*told["emails"] * 2)))
        if told["address"]:
            rows.append((ADDRESS, LEGAL_ADDRESS, told["address"]))
            for _same in range(self._chance.randrange(3)):
                same = choice(ADDRESSES).format(told["address"])
                rows.append((ADDRESS, REAL_ADDRESS, same))
        if chance() < 0.3:
            rows.append((FAX, "", "8 8332 00-00-09"))
            told["fax"] = True
        self._chance.shuffle(rows)
        return rows


def with_oddities(path: Path, chance: random.Random) -> None:
    """Do to a file what programs and mail do: declare another encoding, zip it."""
    content = path.read_bytes()
    declarations = (b'encoding="UTF-8"', b'encoding="utf-8"')
    said = next((one for one in declarations if one in content), None)
    match chance.choice(("", "declared wrongly", "converted", "no mark", "zipped")):
        case "declared wrongly" if said:
            path.write_bytes(content.replace(said, b'encoding="windows-1251"', 1))
        case "converted" if said:
            text = content.decode("utf-8-sig")
            path.write_bytes(text.encode("cp1251", "xmlcharrefreplace"))
        case "no mark":
            path.write_bytes(content.removeprefix(b"\xef\xbb\xbf"))
        case "zipped":
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("Выгрузка.xml", content)


def last_digits(phone: str) -> str:
    """The ten digits of a number, without what is before them and the extension."""
    digits = "".join(filter(str.isdecimal, phone.partition("доб")[0]))
    return digits[-10:]


def seen(record) -> dict:
    """What a record says, as :class:`OddBase` tells it."""
    values = record.values
    others = values.get("other_contacts", "").splitlines()
    told = {
        name: values.get(name, "")
        for name in ("name", "inn", "kpp", "kind", "ref", "address")
    }
    told["phones"] = sorted(map(last_digits, split_phones(values.get("phone", ""))))
    told["emails"] = split_emails(values.get("email", ""))
    if others:
        told["fax"] = others == ["Факс: 8 8332 00-00-09"]
    return told


@pytest.mark.parametrize("way", ODD_WAYS)
@settings(
    max_examples=count(30, 300),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32))
def test_the_same_contractors_with_oddities(tmp_path, way, seed):
    chance = random.Random(seed)
    base = OddBase(chance, way)
    path = tmp_path / "file.bin"
    ODD_WAYS[way](path, base.items, base.contracts)
    with_oddities(path, chance)
    records = read(path)
    assert [seen(record) for record in records] == base.told
    assert [codes(record) for record in records] == [[] for _told in base.told]
    if base.contracts and "commerceml" not in way:
        deals = read(path, sheet="Договоры")
        assert [deal.values.get("date_end", "") for deal in deals] == base.ends
        assert [codes(deal) for deal in deals] == [[] for _end in base.ends]
