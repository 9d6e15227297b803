"""The users that the samples hold; every person and address is made up."""

from __future__ import annotations

from writers.exchange import MAIL, PHONE, ref_of
from writers.users import User

# Field, title of its column; in the order of the list form.
TITLES = {
    "name": "Полное имя",
    "login": "Имя для входа",
    "department": "Подразделение",
    "position": "Должность",
    "email": "E-mail",
    "phone": "Телефон",
    "invalid": "Недействителен",
    "service": "Служебный",
}
SUPPORT, SALES = "Отдел сопровождения", "Отдел продаж"


def _user(name: str, login: str = "", **values) -> User:
    return User(ref_of(f"user {name}"), name, login, **values)


USERS = [
    _user("<Не указан>", is_predefined=True),
    _user(
        "Рыбкина Вера Олеговна",
        "РыбкинаВО",
        department=SUPPORT,
        position="Специалист линии консультаций",
        contacts=[(MAIL, "rybkina@example.com"), (PHONE, "+7 8332 00-00-11")],
    ),
    _user(
        "Щукин Юрий Эдуардович",
        "ЩукинЮЭ",
        department=SUPPORT,
        position="Руководитель отдела",
        contacts=[(MAIL, "schukin@example.com")],
    ),
    # No address: the login has to be proposed.
    _user("Чайкина Жанна", "ЧайкинаЖ", department=SALES, position="Менеджер"),
    # Two people behind one address: it is nobody's login.
    _user("Галкин Пётр", "Галкин", contacts=[(MAIL, "sklad@example.com")]),
    _user("Галкин Павел", "Галкин2", contacts=[(MAIL, "sklad@example.com")]),
    _user(
        "Воробьёв Илья",
        "Воробьев",
        contacts=[(MAIL, "vorobev@example.com")],
        is_invalid=True,
    ),
    _user("Обмен с сайтом", "Обмен", is_service=True),
    _user("Грачёва Анна", "Грачева", is_deleted=True),
]
# Whom the reader leaves out, and why.
SKIPPED = {
    "<Не указан>": "predefined",
    "Воробьёв Илья": "invalid",
    "Обмен с сайтом": "service",
    "Грачёва Анна": "deletion_mark",
}


def rows() -> list[list[str]]:
    """Return the rows of the list: 1C leaves the deleted and the predefined out."""
    shown = [user for user in USERS if not user.is_deleted and not user.is_predefined]
    found = []
    for user in shown:
        texts = {
            "name": user.name,
            "login": user.login,
            "department": user.department,
            "position": user.position,
            "email": user.email,
            "phone": user.phone,
            "invalid": "Да" if user.is_invalid else "Нет",
            "service": "Да" if user.is_service else "Нет",
        }
        found.append([texts[name] for name in TITLES])
    return [list(TITLES.values()), *found]
