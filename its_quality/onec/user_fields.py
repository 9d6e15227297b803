"""What a record of a user may hold, and how 1C titles its columns.

There is no field for a password, a role or a profile of access groups, and no title of
theirs is known: whatever a file says of them stays in the file.
"""

from .fields import FIELD_BY_TITLE, title_key

# Field: the titles under which it comes in the list of users of a configuration on the
# Standard Subsystems Library, in its reports and in sheets that people make by hand.
USER_ALIASES = {
    "name": (
        "Полное имя",
        "Наименование",
        "Пользователь",
        "ФИО",
        "Ф.И.О.",
        "Фамилия, имя, отчество",
        "Фамилия Имя Отчество",
        "Сотрудник",
        "Description",
        "Full name",
        "Name",
    ),
    "login": (
        "Имя для входа",
        "Имя для входа в программу",
        "Имя для входа (логин)",
        "Логин",
        "Login",
    ),
    "email": (
        "E-mail",
        "Email",
        "Электронная почта",
        "Адрес электронной почты",
        "Эл. почта",
        "Почта",
    ),
    "phone": (
        "Телефон",
        "Телефоны",
        "Рабочий телефон",
        "Номер телефона",
        "Мобильный телефон",
        "Phone",
    ),
    "department": ("Подразделение", "Отдел", "Department"),
    "position": ("Должность", "Position", "Job title"),
    "ref": ("Ссылка", "GUID", "УИД", "Уникальный идентификатор", "Ref", "Ref_Key"),
    "invalid": ("Недействителен", "Недействительный"),
    "service": ("Служебный", "Служебный пользователь"),
    "predefined": ("Предопределенный", "Предопределенный элемент", "Predefined"),
    "deletion_mark": ("Пометка удаления", "DeletionMark"),
}
USER_FIELDS = tuple(USER_ALIASES)
# What a row of a sheet may be marked with, and then nobody is to be made of it.
MARKS = ("deletion_mark", "invalid", "service", "predefined")

USER_FIELD_BY_TITLE = {
    title_key(title): field
    for field, titles in USER_ALIASES.items()
    for title in titles
}
# Titles of a list of contractors, and what none of them has that a list of users has.
OF_CONTRACTORS = frozenset(
    title
    for title, field in FIELD_BY_TITLE.items()
    if field in ("inn", "kpp", "inn_kpp", "ogrn", "okpo", "kind")
)
OF_USERS = frozenset(("login", "department", "position", "invalid", "service"))
