"""The contractors that the samples hold; every firm, person and number is made up.

One list for what is written and for what reading has to give, so each contractor is
written down as people see him in 1C, with what is to be understood beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

COMPANY, SOLE_TRADER, PERSON = "company", "sole_trader", "person"
LEGAL, NATURAL = "Юридическое лицо", "Физическое лицо"
ANNA, PAVEL = "Анна Кузнецова", "Павел Сидоров"

# Field, title of its column; in the order of the list form.
TITLES = {
    "name": "Наименование",
    "code": "Код",
    "inn": "ИНН",
    "kpp": "КПП",
    "full_name": "Полное наименование",
    "kind": "Вид",
    "phone": "Телефон",
    "email": "E-mail",
    "manager": "Менеджер",
    "ogrn": "ОГРН",
    "comment": "Комментарий",
}


@dataclass(frozen=True)
class Folder:
    """A folder of the catalogue.

    :ivar depth: how many folders it lies in
    """

    depth: int
    name: str
    code: str


@dataclass(frozen=True)
class Contractor:
    """An item of the catalogue.

    :ivar depth: how many folders it lies in
    :ivar texts: what 1C shows, by field
    :ivar kind: what it is to us
    :ivar issues: codes of what is to be said of it
    """

    depth: int
    texts: dict[str, str]
    kind: str
    issues: tuple[str, ...] = field(default=())

    @property
    def expected(self) -> dict[str, str]:
        """The values of its record."""
        return {**self.texts, "kind": self.kind}


def _company(depth: int, name: str, code: str, *, issues=(), **texts) -> Contractor:
    texts = {"name": name, "code": code, "kind": LEGAL, **texts}
    return Contractor(depth, texts, COMPANY, issues)


def _trader(depth: int, name: str, code: str, **texts) -> Contractor:
    return Contractor(
        depth, {"name": name, "code": code, "kind": NATURAL, **texts}, SOLE_TRADER
    )


def _person(depth: int, name: str, code: str, **texts) -> Contractor:
    return Contractor(
        depth, {"name": name, "code": code, "kind": NATURAL, **texts}, PERSON
    )


# The first two clients are those of the demo data, with the same ИНН and КПП.
CATALOGUE = (
    Folder(0, "Покупатели", "00-000301"),
    Folder(1, "Киров", "00-000302"),
    _company(
        2,
        "ООО «Ромашка»",
        "00-000101",
        inn="4345990010",
        kpp="434501001",
        full_name="Общество с ограниченной ответственностью «Ромашка»",
        phone="+7 8332 00-00-01",
        email="info@romashka.example.com",
        manager=ANNA,
        ogrn="1124399000010",
    ),
    _company(
        2,
        "ООО «Пекарня „Каравай“»",
        "00-000104",
        inn="4345990042",
        kpp="434501001",
        full_name="Общество с ограниченной ответственностью «Пекарня „Каравай“»",
        phone="+7 8332 00-00-04; 8 912 000-00-04",
        email="info@karavai.example.com",
        manager=ANNA,
        ogrn="1154399000040",
    ),
    _company(
        2,
        "АО «Бумажный кит»",
        "00-000303",
        inn="4345990606",
        kpp="434501001",
        full_name="Акционерное общество «Бумажный кит»",
        phone="+7 8332 00-03-03",
        email="info@whale.example.com, director@whale.example.com",
        manager=ANNA,
        ogrn="1114399000605",
    ),
    _company(
        2,
        "АО «Бумажный кит», склад «Причал»",
        "00-000304",
        kind="Обособленное подразделение",
        inn="4345990606",
        kpp="434545001",
        full_name="Обособленное подразделение АО «Бумажный кит»",
        manager=ANNA,
    ),
    _company(
        2,
        "МБУ «Дом улыбок № 900»",
        "00-000305",
        inn="4345990613",
        kpp="434501001",
        full_name="Муниципальное бюджетное учреждение «Дом улыбок № 900»",
        kind="Юр. лицо",
        phone="8 (8332) 00-03-05 доб. 12",
        manager=PAVEL,
        ogrn="1124399000615",
        comment="Звонить после обеда.\nКасса на первом этаже.",
    ),
    _company(2, "ЗАО «Три „К“»", "00-000306", kind="Юридическое Лицо"),
    _company(2, 'Магазин "Подкова", филиал "Север"', "00-000307"),
    _company(2, "ООО «Кот & Пёс <зоотовары>»", "00-000308", manager=ANNA),
    Folder(1, "Сказочный край", "00-000310"),
    _company(
        2,
        "ООО «Горный ручеёк»",
        "00-000311",
        inn="0100990640",
        kpp="010001001",
        full_name="Общество с ограниченной ответственностью «Горный ручеёк»",
        phone="88770000311",
        manager=PAVEL,
        ogrn="1150100000643",
    ),
    _trader(
        2,
        "Чайкин Борис Львович",
        "00-000312",
        inn="010099007200",
        full_name="Чайкин Борис Львович",
        ogrn="312010000000726",
    ),
    Folder(1, "Физические лица", "00-000320"),
    _person(2, "Воробьёва Анна Сергеевна", "00-000321", phone="89120000321"),
    _person(2, "Иванов Иван Иванович", "000000322"),
    _person(2, "Иванов Иван Иванович", "000000323", comment="Однофамилец"),
    _person(2, "Соколова Мария Петровна", "000000324", email="maria@example.com"),
    Folder(0, "Поставщики", "00-000330"),
    _company(
        1,
        "ООО «Опечатка в ИНН»",
        "00-000331",
        inn="4345990621",
        kpp="434501001",
        full_name="Общество с ограниченной ответственностью «Опечатка в ИНН»",
        issues=("inn_wrong",),
    ),
    _company(
        1,
        "ООО «Опечатка в КПП»",
        "00-000332",
        inn="4345990638",
        kpp="4",
        issues=("kpp_wrong",),
    ),
    _company(1, "ТСЖ «Бумажный двор»", "00-000333", phone="00-03-33", manager=ANNA),
    _company(1, "+100 идей, студия", "00-000334", comment="=договор у директора"),
    _trader(
        1,
        "ИП Ласточкин Олег Павлович",
        "00-000335",
        kind="Индивидуальный предприниматель",
        inn="434599007375",
        full_name="Индивидуальный предприниматель Ласточкин Олег Павлович",
        phone="8 912 000-03-35, 8 912 000-03-36",
        ogrn="318435000000738",
        manager="Кто-то Уволенный",
    ),
    _trader(1, "ИП Стрижова Инна Львовна", "00-000336", inn="434599007449"),
    _company(
        1,
        "Paper Boat Trading LLC",
        "00-000337",
        kind="Юридическое лицо (нерезидент)",
        email="office@paperboat.example.com",
    ),
    _company(
        1,
        "ООО «Старый фонарь»",
        "00-000338",
        inn="7700990719",
        kpp="770001001",
        email="нет",
        issues=("email_wrong",),
    ),
    _company(1, "Администрация Бумажного поселения", "00-000339"),
    Folder(0, "Корзина", "00-000350"),
    _person(0, "Розничный покупатель", "00-000351"),
)
CONTRACTORS = tuple(item for item in CATALOGUE if isinstance(item, Contractor))
