"""Users of the information base: the samples, any users in any format, damaged files."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import random
import zipfile
from pathlib import Path

import onec
import pytest
import strategies
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onec import (
    USER_ISSUE_CODES,
    USER_PROPERTIES,
    USER_SKIP_CODES,
    propose_login,
)
from onec.user_fields import USER_ALIASES, USER_FIELD_BY_TITLE, title_key
from onec.users.entities import read_user_entity
from onec.users.exchange import TITLES
from onec.users.logins import LONGEST, transliterate
from onec.users.records import PARTS, make_record
from samples.contractors import CONTRACTORS
from samples.make import SAMPLES, USER_SAMPLES
from samples.users import SKIPPED, USERS
from tier import count
from writers.delimited import write_delimited
from writers.exchange import MAIL, PHONE, ref_of
from writers.users import SECRETS, WAYS, User, entities, write_v8
from writers.xlsx import EXCEL, write_xlsx

FOLDER = Path(__file__).parent / "samples"
SHEETS = [name for name in USER_SAMPLES if not name.endswith(("xml", "json"))]
EXCHANGES = [name for name in USER_SAMPLES if name not in SHEETS]


def read(path: Path) -> list[onec.UserRecord]:
    with contextlib.closing(onec.open_users(path)) as table:
        return list(onec.read_users(table, onec.find_user_header(table)))


def outcome(path: Path) -> str:
    """Read a file; return ``good`` or the code of the reason why it cannot be read."""
    try:
        read(path)
    except onec.OnecError as error:
        assert error.code in onec.ERROR_CODES
        return error.code
    return "good"


def expected(user: User, *, with_login: bool) -> dict[str, str]:
    values = {
        "name": user.name,
        "email": user.email,
        "phone": user.phone,
        "department": user.department,
        "position": user.position,
    }
    values |= {"login": user.login} if with_login else {"ref": user.ref}
    return {name: text for name, text in values.items() if text}


@pytest.mark.parametrize("name", EXCHANGES)
def test_users_of_exchange_files(name):
    records = read(FOLDER / name)
    assert [r.values for r in records] == [expected(u, with_login=False) for u in USERS]
    skipped = {r.values["name"]: r.skip_reason for r in records if r.skip_reason}
    assert skipped == SKIPPED


@pytest.mark.parametrize("name", SHEETS)
def test_users_of_sheets(name):
    shown = [u for u in USERS if not u.is_deleted and not u.is_predefined]
    records = read(FOLDER / name)
    assert [r.values for r in records] == [expected(u, with_login=True) for u in shown]
    skipped = {r.values["name"]: r.skip_reason for r in records if r.skip_reason}
    assert skipped == {u.name: SKIPPED[u.name] for u in shown if u.name in SKIPPED}


@pytest.mark.parametrize("name", EXCHANGES)
def test_an_exchange_file_in_an_archive(tmp_path, name):
    path = tmp_path / "users.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(FOLDER / name, name)
    assert read(path) == read(FOLDER / name)


def test_users_of_entities():
    names = {ref_of(u.department): u.department for u in USERS}
    found = list(onec.read_user_entities(entities(USERS), names))
    assert found == [
        dataclasses.replace(record, row=record.row - 1)
        for record in read(FOLDER / "users_v8.xml")
    ]


@pytest.mark.parametrize(
    ("more", "department"),
    [
        ({}, None),
        ({"Подразделение": {"Description": "Склад"}}, "Склад"),
        ({"Подразделение": ref_of("Склад")}, "Склад"),
        ({"Подразделение____Presentation": "Склад"}, "Склад"),
        ({"Подразделение_Key": ref_of("Склад").upper()}, "Склад"),
        ({"Подразделение": ref_of("?"), "Подразделение_Type": "x"}, None),
        ({"Подразделение": None, "Подразделение_Key": 7}, None),
    ],
)
def test_departments_of_entities(more, department):
    entity = {"Ref_Key": ref_of("x"), "Description": "Рыбкина Вера", **more}
    record = read_user_entity(1, entity, {ref_of("Склад"): "Склад"})
    assert record.values.get("department") == department
    assert record.skip_reason is None


@pytest.mark.parametrize("entity", [None, 5, "x", [], [{}]])
def test_what_is_no_entity(entity):
    with pytest.raises(onec.OnecError, match="damaged"):
        list(onec.read_user_entities([entity]))


def test_more_entities_than_an_information_base_has(monkeypatch):
    monkeypatch.setattr("onec.users.entities.MAX_USERS", 2)
    with pytest.raises(onec.OnecError, match="too_many_rows"):
        list(onec.read_user_entities([{"Description": "x"}] * 3))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Тип", "Вид", "Представление", "Description", "Значение"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*entities(USERS)[1], "x"]), json_values))
def test_any_entity_is_read_or_refused(entity):
    record = read_user_entity(1, entity, {})
    assert set(record.values) <= set(PARTS)
    assert all(isinstance(text, str) and text for text in record.values.values())
    assert record.skip_reason in (None, *USER_SKIP_CODES)


# -----------------------------------------------------------------------------------
# Passwords and rights
# -----------------------------------------------------------------------------------


def everything(records) -> str:
    return json.dumps([dataclasses.asdict(record) for record in records])


@pytest.mark.parametrize("way", WAYS)
def test_nothing_of_passwords_and_rights_is_read(tmp_path, way):
    path = tmp_path / "users"
    WAYS[way](path, USERS)
    content = path.read_text(encoding="utf-8-sig")
    assert all(secret in content for secret in SECRETS.values())
    found = json.dumps(everything(read(path)), ensure_ascii=False)
    assert [secret for secret in SECRETS.values() if secret in found] == []


def test_nothing_of_passwords_and_rights_is_read_from_entities():
    assert [e for e in entities(USERS) if not SECRETS.items() <= e.items()] == []
    assert not SECRETS.keys() & set(USER_PROPERTIES), "they are not even asked for"
    assert entities(USERS)[0].keys() > set(USER_PROPERTIES)
    found = everything(onec.read_user_entities(entities(USERS)))
    assert [secret for secret in SECRETS.values() if secret in found] == []


@pytest.mark.parametrize(
    "title",
    [
        "Пароль",
        "Хеш пароля",
        "Password",
        "Роли",
        "Роль",
        "Профиль групп доступа",
        "Группы доступа",
        "Права",
        "Доступные роли",
        "Вход в программу разрешен",
        "ИдентификаторПользователяИБ",
        "Идентификатор пользователя ИБ",
    ],
)
def test_columns_of_passwords_and_rights_go_nowhere(tmp_path, title):
    path = tmp_path / "users.csv"
    write_delimited(
        path, [["Полное имя", title, "E-mail"], ["Вера", "СЕКРЕТ", "a@example.com"]]
    )
    (record,) = read(path)
    assert record.values == {"name": "Вера", "email": "a@example.com"}
    assert title_key(title) not in USER_FIELD_BY_TITLE


def test_a_record_has_no_place_for_them():
    assert set(PARTS) == {
        "name",
        "login",
        "email",
        "phone",
        "department",
        "position",
        "ref",
    }


# -----------------------------------------------------------------------------------
# Titles and rows
# -----------------------------------------------------------------------------------

TITLE_OF = [
    (field, title) for field, titles in USER_ALIASES.items() for title in titles
]


@pytest.mark.parametrize(("field", "title"), TITLE_OF)
def test_every_title_is_found(tmp_path, field, title):
    path = tmp_path / "users.xlsx"
    values = {"ref": ref_of("x"), "email": "a@example.com", "phone": "+7 8332 00-00-01"}
    value = values.get(field, "Да")
    other = "Логин" if field == "name" else "Полное имя"
    write_xlsx(
        str(path), [[other, f" {title.upper()}:"], ["vera", value]], dialect=EXCEL
    )
    (record,) = read(path)
    if field in PARTS:
        assert record.values[field] == value
    else:
        assert record.skip_reason == field


def test_titles_are_known_once():
    assert len(TITLE_OF) == len({title_key(title) for _field, title in TITLE_OF})


def test_titles_of_the_virtual_sheet_are_known():
    assert {f: USER_FIELD_BY_TITLE[title_key(t)] for f, t in TITLES.items()} == {
        field: field for field in TITLES
    }


@pytest.mark.parametrize(
    ("texts", "values", "skip_reason", "issues"),
    [
        ({"name": " Вера\xa0 О. "}, {"name": "Вера О."}, None, []),
        ({"login": "vera"}, {"name": "vera", "login": "vera"}, None, []),
        ({"email": "a@example.com"}, {"name": "a@example.com"}, None, []),
        ({"phone": "12-34-56"}, {}, "no_name", []),
        ({"name": "<Не указан>"}, {}, "service", []),
        ({"name": "Итого:"}, {}, "total_row", []),
        ({"name": "Итого", "email": "a@example.com"}, {}, None, []),
        ({"name": "Вера", "invalid": "Истина"}, {}, "invalid", []),
        ({"name": "Вера", "invalid": "Нет"}, {}, None, []),
        ({"name": "Вера", "service": "true"}, {}, "service", []),
        (
            {"name": "Вера", "deletion_mark": "Да", "invalid": "Да"},
            {},
            "deletion_mark",
            [],
        ),
        ({"name": "Вера", "email": "нет"}, {}, None, [("email_wrong", "нет")]),
        (
            {"name": "Вера", "email": "A@example.com, b@example.com"},
            {"email": "A@example.com"},
            None,
            [],
        ),
        (
            {"name": "Вера", "phone": "8 912 000-00-00; 12-34-56"},
            {"phone": "8 912 000-00-00"},
            None,
            [],
        ),
        ({"name": "Вера", "ref": "Вера"}, {"name": "Вера"}, None, []),
        ({"name": "Вера", "ref": ref_of("x").upper()}, {"ref": ref_of("x")}, None, []),
        ({"name": "Вера", "password": "1", "roles": "2"}, {"name": "Вера"}, None, []),
    ],
)
def test_what_a_row_says(texts, values, skip_reason, issues):
    record = make_record(3, texts)
    assert values.items() <= record.values.items()
    assert (record.skip_reason, record.issues) == (skip_reason, issues)
    assert set(record.values) <= set(PARTS)
    assert {code for code, _value in record.issues} <= set(USER_ISSUE_CODES)


def test_the_titles_again_at_a_new_page(tmp_path):
    path = tmp_path / "users.csv"
    title = ["Полное имя", "Логин"]
    write_delimited(
        path, [title, ["Вера", "vera"], title, ["Анна", "anna"], ["", "  "]]
    )
    assert [r.skip_reason for r in read(path)] == [None, "header_row", None]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["ИНН", "Наименование"], ["4345990606", "Кит"]], "contractors_not_users"),
        (
            [["Наименование", "ИНН/КПП", "E-mail"], ["Кит", "1", ""]],
            "contractors_not_users",
        ),
        ([["Товар", "Цена"], ["Книга", "5"]], "no_user_header"),
        ([["Телефон", "E-mail"], ["5", "a@example.com"]], "no_user_header"),
        ([["Полное имя"], ["Вера"]], "good"),
        ([["Полное имя", "ИНН", "Должность"], ["Вера", "1", "Директор"]], "good"),
    ],
)
def test_which_lists_are_lists_of_users(tmp_path, rows, code):
    path = tmp_path / "list.xlsx"
    write_xlsx(str(path), rows, dialect=EXCEL)
    assert outcome(path) == code


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_of_contractors_are_refused(name):
    assert outcome(FOLDER / name) in {
        "contractors_not_users",
        "no_users",
        "no_user_header",
        "good",
    }
    if outcome(FOLDER / name) == "good":
        # The files of the platform have the managers of the contractors as users.
        managers = {c.texts["manager"] for c in CONTRACTORS if c.texts.get("manager")}
        assert {r.values["name"] for r in read(FOLDER / name)} == managers


def test_a_longer_list_than_any_information_base_has(tmp_path, monkeypatch):
    monkeypatch.setattr("onec.users.records.MAX_USERS", 2)
    assert outcome(FOLDER / "users.csv") == "too_many_rows"


# -----------------------------------------------------------------------------------
# Any users in any format
# -----------------------------------------------------------------------------------

mails = st.from_regex(r"\A[a-z]{1,8}@[a-z]{1,8}\.(ru|com)\Z")
phones = st.from_regex(r"\A\+7 [0-9]{3} [0-9]{3}-[0-9]{2}-[0-9]{2}\Z")
people = st.builds(
    User,
    ref=st.uuids().map(str).filter(lambda ref: ref.strip("0-")),
    name=st.text(strategies.LETTERS + '  .-«»&<"', min_size=1, max_size=30).filter(
        lambda text: text.strip() and text.strip().casefold() not in ("итого", "всего")
    ),
    login=st.just(""),
    department=st.text(strategies.LETTERS, max_size=12),
    position=st.text(strategies.LETTERS + " &", max_size=12).map(str.strip),
    contacts=st.tuples(
        st.lists(mails.map(lambda text: (MAIL, text)), max_size=2),
        st.lists(phones.map(lambda text: (PHONE, text)), max_size=2),
    ).map(lambda pair: pair[0] + pair[1]),
    is_invalid=st.booleans(),
    is_service=st.booleans(),
    is_predefined=st.booleans(),
    is_deleted=st.booleans(),
)


def is_left_out(user: User) -> bool:
    marks = (user.is_deleted, user.is_invalid, user.is_service, user.is_predefined)
    return any(marks)


def folded(values: dict[str, str]) -> dict[str, str]:
    return {name: " ".join(text.split()) for name, text in values.items()}


@pytest.mark.parametrize("way", WAYS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(people, min_size=1, max_size=4))
def test_any_users_come_back(tmp_path, way, persons):
    path = tmp_path / "users"
    WAYS[way](path, persons)
    records = read(path)
    assert [r.values for r in records] == [
        folded(expected(u, with_login=False)) for u in persons
    ]
    assert [bool(r.skip_reason) for r in records] == [is_left_out(u) for u in persons]


@given(st.lists(people, max_size=4))
def test_any_entities_come_back(persons):
    known = {ref_of(u.department): u.department for u in persons}
    records = list(onec.read_user_entities(entities(persons), known))
    assert [r.values for r in records] == [
        folded(expected(u, with_login=False)) for u in persons
    ]
    assert [bool(r.skip_reason) for r in records] == [is_left_out(u) for u in persons]


# -----------------------------------------------------------------------------------
# Damaged files
# -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", USER_SAMPLES)
def test_bytes_that_changed_on_the_way(tmp_path, name):
    content = (FOLDER / name).read_bytes()
    chance = random.Random(name)
    path = tmp_path / "file.bin"
    for _number in range(count(40, 300)):
        damaged = bytearray(content)
        for _hit in range(chance.choice((1, 1, 3, 30))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(bytes(damaged))
        outcome(path)


@pytest.mark.parametrize("way", WAYS)
def test_a_file_that_was_cut_off(tmp_path, way):
    whole, part = tmp_path / "whole", tmp_path / "part"
    WAYS[way](whole, USERS[:2])
    content = whole.read_bytes().rstrip()
    late = range(len(content) // 2, len(content), 5)
    told = set()
    for end in late:
        part.write_bytes(content[:end])
        told.add(outcome(part))
    assert told == {"damaged"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"MOXCEL\0\1", "mxl"),
        (b"%PDF-1.4", "not_a_table"),
        (b"PK\x03\x04 cut off", "damaged"),
        (b"<?xml version='1.0'?><!DOCTYPE x><Message><Body/></Message>", "doctype"),
    ],
)
def test_files_of_other_kinds(tmp_path, content, code):
    path = tmp_path / "file.bin"
    path.write_bytes(content)
    assert outcome(path) == code


@pytest.mark.parametrize("way", WAYS)
def test_an_exchange_file_without_users(tmp_path, way):
    path = tmp_path / "users"
    WAYS[way](path, [])
    assert outcome(path) == "no_users"


def test_a_user_with_more_contacts_than_anybody_has(tmp_path):
    path = tmp_path / "users.xml"
    write_v8(path, [User(ref_of("x"), "Вера", contacts=[(PHONE, "12-34-56")] * 501)])
    assert outcome(path) == "damaged"


# -----------------------------------------------------------------------------------
# Logins
# -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "login"),
    [
        ("Иванов Иван Петрович", "ivanov.ip"),
        ("Щукин Юрий Эдуардович", "shchukin.iue"),
        ("Чайкина Жанна", "chaikina.zh"),
        ("Грачёва-Рыбкина Анна", "gracheva.ra"),
        ("Воробьёв", "vorobev"),
        ("Müller Jörg", "muller.j"),
        ("Бухгалтер (склад №2)", "bukhgalter.sno"),
        ("«»", "user"),
        ("漢字", "user"),
        ("ПетровАА", "petrovaa"),
    ],
)
def test_proposed_logins(name, login):
    assert propose_login(name, set()) == login


def test_a_login_that_is_taken():
    taken = {"ivanov.ip", "ivanov.ip2"}
    assert propose_login("Иванов Иван Петрович", taken) == "ivanov.ip3"


@given(st.lists(st.text(max_size=60), max_size=8))
def test_any_logins_are_latin_and_differ(persons):
    taken: set[str] = set()
    for name in persons:
        login = propose_login(name, taken)
        assert login not in taken
        assert login.isascii()
        assert login == login.strip(".").lower()
        assert 0 < len(login) <= LONGEST + 2
        taken.add(login)


@given(st.text(max_size=60))
def test_transliteration_leaves_letters_and_digits(text):
    assert set(transliterate(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789")
