"""CommerceML as sites write it: of which kind somebody is, who speaks for them, and one
client in many documents."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading import read

HEAD = '<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация>'
TAIL = "</КоммерческаяИнформация>"
GUID = "bd72d8f9-55bc-11d9-848a-00112f43529a"
FIRM, PERSON = "4345990606", "434599060604"


def documents(*contractors: str) -> bytes:
    blocks = (
        f"<Документ><Ид>{number}</Ид><Контрагенты><Контрагент>{one}</Контрагент>"
        "</Контрагенты></Документ>"
        for number, one in enumerate(contractors)
    )
    return f"{HEAD}{''.join(blocks)}{TAIL}".encode()


def named(name: str, more: str = "", ref: str = GUID) -> str:
    return f"<Ид>{ref}</Ид><Наименование>{name}</Наименование>{more}"


def official(name: str) -> str:
    return f"<ОфициальноеНаименование>{name}</ОфициальноеНаименование>"


def personal(name: str) -> str:
    return f"<ПолноеНаименование>{name}</ПолноеНаименование>"


def inn(number: str) -> str:
    return f"<ИНН>{number}</ИНН>"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (named("Ромашка", personal("Ромашка") + inn(FIRM)), "company"),
        (named("Ромашка", inn(FIRM)), "company"),
        (named("Ромашка", official("ООО «Ромашка»")), "company"),
        (named("ООО «Ромашка»", personal("ООО «Ромашка»")), "company"),
        (named("ТОО «Алтын»", personal("ТОО «Алтын»") + inn(PERSON)), "company"),
        (named("ТОО «Алтын»", official("ТОО «Алтын»") + inn(PERSON)), "company"),
        (named("ОАО «Кит»", official("ОАО «Кит»") + inn(PERSON)), "company"),
        (named("АО «Кит»", inn(PERSON)), "company"),
        (named("Кит, ООО", personal("Кит, ООО")), "company"),
        (named("ооо кит", personal("ооо кит") + inn(PERSON)), "company"),
        (
            named("Кит", personal("Общество с ограниченной ответственностью «Кит»")),
            "company",
        ),
        (named("ИП Котов", official("ИП Котов") + inn(PERSON)), "sole_trader"),
        (named("Котов И. И.", personal("Котов И. И.") + inn(PERSON)), "sole_trader"),
        (named("ИП Котов (бывшее ООО «Кот»)", inn(PERSON)), "sole_trader"),
        (named("Котов И. И.", personal("Котов Иван Иванович")), "person"),
        (named("Кто-то"), None),
    ],
)
def test_a_kind_by_form_and_length_of_the_inn(made, content, kind):
    [record] = read(made(documents(content)))
    assert record.values.get("kind") == kind


@pytest.mark.parametrize(
    "more",
    [
        "<КодПоОКПО>00032537</КодПоОКПО>",
        "<ОКПО>00032537</ОКПО>",
        "<РеквизитыЮрЛица><КодПоОКПО>00032537</КодПоОКПО></РеквизитыЮрЛица>",
        "<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>КодПоОКПО</Наименование>"
        "<Значение>00032537</Значение></ЗначениеРеквизита></ЗначенияРеквизитов>",
    ],
)
def test_the_code_of_statistics(made, more):
    [record] = read(made(documents(named("Кит", more))))
    assert record.values["okpo"] == "00032537"


PHONE = (
    "<Контакты><Контакт><Тип>Телефон</Тип><Значение>{}</Значение></Контакт></Контакты>"
)


@pytest.mark.parametrize(
    ("people", "names"),
    [
        (
            "<Представитель><Контрагент><Отношение>Контактное лицо</Отношение>"
            "<Ид>7</Ид><Наименование>Котова Анна</Наименование>"
            f"{PHONE.format('8 912 000-00-01')}</Контрагент></Представитель>",
            ["Котова Анна"],
        ),
        (
            "<Представитель><Контрагент><Наименование>Котова Анна</Наименование>"
            "</Контрагент></Представитель><Представитель><ФизическоеЛицо>"
            "<Фамилия>Рыбкин</Фамилия><Имя>Пётр</Имя></ФизическоеЛицо></Представитель>"
            "<Представитель><Наименование>Котова  Анна</Наименование></Представитель>",
            ["Котова Анна", "Рыбкин Пётр"],
        ),
        # A site puts the client himself there.
        (
            "<Представитель><Контрагент><Наименование>Кит</Наименование></Контрагент>"
            "</Представитель>",
            [],
        ),
        ("<Представитель/>", []),
    ],
)
def test_those_who_speak_for_somebody(made, people, names):
    content = named("ООО «Кит»", f"<Представители>{people}</Представители>")
    [record] = read(made(documents(content)))
    assert record.values.get("contact_person", "").splitlines() == names
    assert record.values.get("phone") == (
        "8 912 000-00-01" if "912" in people else None
    )


def contact(kind: str, text: str) -> str:
    return (
        f"<Контакты><Контакт><Тип>{kind}</Тип><Значение>{text}</Значение></Контакт>"
        "</Контакты>"
    )


def test_one_id_in_several_documents_is_one_client(made):
    """What each of them says is kept."""
    path = made(
        documents(
            named("Кит", contact("Телефон", "8 912 000-00-01")),
            named("Сом", ref="bd72d8f9-55bc-11d9-848a-00112f43529b"),
            named("Кит", inn(FIRM) + contact("Почта", "kit@example.com")),
            named("Кит", contact("Телефон", "8 912 000-00-01")),
        )
    )
    whale, catfish = read(path)
    assert (whale.values["name"], catfish.values["name"]) == ("Кит", "Сом")
    assert whale.values["inn"] == FIRM
    assert whale.values["email"] == "kit@example.com"
    assert whale.values["phone"] == "8 912 000-00-01"


def test_an_id_of_a_site_is_somebody_only_with_their_name(made):
    """38 is who entered the orders there, or who ordered."""
    path = made(
        documents(
            named("Котов Иван", ref="38#catalog_exchange#"),
            named("Рыбкин Пётр", ref="38#catalog_exchange#"),
            named("Котов Иван", inn(PERSON), ref="38#catalog_exchange#"),
            named("ООО «Кит»", inn(FIRM), ref="38#catalog_exchange#"),
            named("ООО «Кит»", inn("7728168971"), ref="38#catalog_exchange#"),
        )
    )
    told = [(one.values["name"], one.values.get("inn")) for one in read(path)]
    assert told == [
        ("Котов Иван", PERSON),
        ("Рыбкин Пётр", None),
        ("ООО «Кит»", FIRM),
        ("ООО «Кит»", "7728168971"),
    ]


def test_the_rows_are_the_same_however_often_they_are_read(tmp_path: Path, made):
    path = made(documents(*[named("Кит", contact("Почта", "a@example.com"))] * 50))
    assert len(read(path)) == 1
    assert read(path) == read(path)
