"""Names, codes, phones and mails: what counts as the same, and what is taken apart."""

from __future__ import annotations

import re

import pytest
import strategies
from hypothesis import example, given
from hypothesis import strategies as st
from onec import name_key, normalise_code, split_emails, split_phones, texts
from onec.texts import bare_fax, is_fax

SAME_NAMES = (
    (
        "ООО «Ромашка»",
        'ООО "Ромашка"',
        "Ромашка, ООО",
        "РОМАШКА",
        "  ромашка  ооо ",
        "ООО\xa0«Ромашка»",
        "ООО «Ромашка».",
        "Общество с ограниченной ответственностью «Ромашка»",
        "ОБЩЕСТВО С ОГРАНИЧЕННОЙ ОТВЕТСТВЕННОСТЬЮ «РОМАШКА»",
        "Общество с ограниченной\nответственностью «Ромашка»",
    ),
    (
        "АО «Тёплый дом»",
        "Теплый дом АО",
        "Акционерное общество «Теплый дом»",
        "ПАО «Теплый дом»",
        "Публичное акционерное общество «Тёплый Дом»",
    ),
    (
        "ИП Петров Алексей Николаевич",
        "Петров Алексей Николаевич",
        "Индивидуальный предприниматель Петров Алексей Николаевич",
        "Петров Алексей Николаевич ИП",
    ),
    ("Кот & Пёс", "кот и пёс".replace(" и ", " "), "Кот-Пес"),
)
OTHER_NAMES = (
    ("ООО «Ромашка»", "ООО «Ромашка-2»"),
    ("ООО «Ромашка»", "ООО «Ромашки»"),
    ("ООО «Кит»", "ООО «Тик»"),
    ("Иванов Иван Иванович", "Иванов Иван Петрович"),
    ("Школа № 1", "Школа № 11"),
    ("ООО", "ИП"),
    # The letters of a legal form within a word belong to the name.
    ("Липа", "Ла"),
    ("Зооооо", "З"),
)


@pytest.mark.parametrize("names", SAME_NAMES, ids=lambda names: names[0])
def test_spellings_of_one_name(names):
    keys = {name: name_key(name) for name in names}
    assert len(set(keys.values())) == 1, keys


@pytest.mark.parametrize(("one", "other"), OTHER_NAMES)
def test_names_that_differ(one, other):
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize("name", ["ООО", "ИП", "Акционерное общество", "ТСЖ «СНТ»"])
def test_a_name_of_nothing_but_a_legal_form_stays(name):
    assert name_key(name)


@pytest.mark.parametrize("name", ["", " ", "«»", "—", "\xa0", "\x00"])
def test_no_name_has_no_key(name):
    assert name_key(name) == ""


@given(strategies.texts)
def test_case_quotes_and_blanks_are_nothing(name):
    key = name_key(name)
    assert name_key(name.upper()) == key
    assert name_key(f" «{name}» \n") == key
    assert name_key(name.replace("ё", "е")) == key
    assert name_key(f'ООО "{name}"') in (key, f"ооо{key}")


@given(st.text(max_size=60))
def test_a_key_is_letters_and_digits(name):
    assert name_key(name) == "".join(filter(str.isalnum, name_key(name)))


SAME_CODES = (
    ("00-000123", "00-123"),
    ("000000123", "123", "0123"),
    ("БП-000001", "бп-000001", "БП-1", " БП-000001 "),
    ("00\xa0000123", "00000123", "123"),
    ("0000", "0"),
)
OTHER_CODES = (
    ("00-000123", "123"),
    ("00-000123", "01-000123"),
    ("БП-000001", "БП-000010"),
    ("БП-000001", "000000001"),
    ("100", "1"),
    ("А0001", "А00010"),
)


@pytest.mark.parametrize("codes", SAME_CODES, ids=lambda codes: codes[0])
def test_spellings_of_one_code(codes):
    keys = {code: normalise_code(code) for code in codes}
    assert len(set(keys.values())) == 1, keys


@pytest.mark.parametrize(("one", "other"), OTHER_CODES)
def test_codes_that_differ(one, other):
    assert normalise_code(one) != normalise_code(other)


@given(st.integers(0, 999_999_999))
def test_a_code_that_a_sheet_took_for_a_number(number):
    assert normalise_code(f"{number:09}") == normalise_code(str(number)) == str(number)


@given(st.from_regex(r"\A[0-9А-ЯA-Z]{2}-[0-9]{6}\Z"))
def test_comparing_codes_twice_changes_nothing(code):
    assert normalise_code(normalise_code(code)) == normalise_code(code)


PHONES = (
    ("", []),
    (" ", []),
    ("8 (8332) 12-34-56", ["8 (8332) 12-34-56"]),
    ("8 (8332) 12-34-56 доб. 12", ["8 (8332) 12-34-56 доб. 12"]),
    ("8 (8332) 12-34-56, доб. 12", ["8 (8332) 12-34-56, доб. 12"]),
    ("12-34-56, доб. 12345", ["12-34-56, доб. 12345"]),
    ("12-34-56, 8 912 000-00-00", ["12-34-56", "8 912 000-00-00"]),
    ("12-34-56; 65-43-21", ["12-34-56", "65-43-21"]),
    ("12-34-56/65-43-21", ["12-34-56", "65-43-21"]),
    ("12-34-56/57", ["12-34-56/57"]),
    ("12-34-56\n65-43-21", ["12-34-56", "65-43-21"]),
    ("12-34-56\r\n65-43-21", ["12-34-56", "65-43-21"]),
    ("1-23-45", ["1-23-45"]),
    ("12-34-56; 12-34-56", ["12-34-56"]),
    ("12-34-56;;; 65-43-21;", ["12-34-56", "65-43-21"]),
    ("8\xa0912\xa0000-00-00", ["8 912 000-00-00"]),
    ("8 912 000-00-00 (Анна), 12-34-56", ["8 912 000-00-00 (Анна)", "12-34-56"]),
    ("нет", ["нет"]),
    # Two without anything between them, and those that somebody tells apart.
    ("8 912 111-22-33 8 912 111-22-44", ["8 912 111-22-33", "8 912 111-22-44"]),
    ("89121112233 89121112244", ["89121112233", "89121112244"]),
    ("+7 912 1112233 +7 912 1112244", ["+7 912 1112233", "+7 912 1112244"]),
    ("(8332) 12-34-56 (8332) 65-43-21", ["(8332) 12-34-56", "(8332) 65-43-21"]),
    ("8332 12-34-56 8332 65-43-21", ["8332 12-34-56", "8332 65-43-21"]),
    ("12-34-56 65-43-21", ["12-34-56", "65-43-21"]),
    ("12-34-56 доб. 12345", ["12-34-56 доб. 12345"]),
    ("12-34-56 внутр. 12345", ["12-34-56 внутр. 12345"]),
    ("12-34-56 доб. 12 345", ["12-34-56 доб. 12 345"]),
    (
        "8 912 111-22-33 доб. 12 8 912 111-22-44",
        ["8 912 111-22-33 доб. 12", "8 912 111-22-44"],
    ),
    (
        "12-34-56 (вн. 34) +7 (912) 1112244 доб. 5",
        ["12-34-56 (вн. 34)", "+7 (912) 1112244 доб. 5"],
    ),
    ("8 800 100 20 30", ["8 800 100 20 30"]),
    (
        "8 912 111-22-33 Анна 8 912 111-22-44",
        ["8 912 111-22-33 Анна", "8 912 111-22-44"],
    ),
    ("т. 12-34-56 ф. 65-43-21", ["т. 12-34-56", "ф. 65-43-21"]),
    ("12-34-56, факс 65-43-21", ["12-34-56", "факс 65-43-21"]),
    ("тел./факс 12-34-56", ["тел. 12-34-56"]),
    ("тел. 12-34-56 моб. 8 912 1112244", ["тел. 12-34-56", "моб. 8 912 1112244"]),
)
FAXES = {
    "ф. 12-34-56": "12-34-56",
    "факс: 8 (8332) 12-34-56": "8 (8332) 12-34-56",
    "Факс +7 912 111-22-33": "+7 912 111-22-33",
    "(ф) 12-34-56": "12-34-56",
    "fax 12-34-56": "12-34-56",
    "12-34-56": None,
    "Фёдор 12-34-56": None,
    "тел. 12-34-56": None,
}


@pytest.mark.parametrize(("text", "number"), FAXES.items())
def test_a_fax_says_so(text, number):
    assert is_fax(text) == (number is not None)
    assert bare_fax(text) == (number or text)


@pytest.mark.parametrize(("text", "phones"), PHONES)
def test_phones(text, phones):
    assert split_phones(text) == phones


@given(st.lists(st.from_regex(r"\A8 912 [0-9]{3}-[0-9]{2}-[0-9]{2}\Z"), unique=True))
@example([])
def test_phones_that_were_joined(phones):
    for separator in (",", "; ", " / ", "\n"):
        assert split_phones(separator.join(phones)) == phones


@given(
    st.from_regex(r"\A(?:\+7|8)(?:(?: |-|, )?\(?[0-9]\)?){9,11}\Z")
    | st.from_regex(r"\A8-[0-9]{2}-[0-9]{2} [0-9]{3}-[0-9]{2}-[0-9]{1,2}\Z")
)
@example("8-12-34 567-89-01")
@example("8 (8332) 12-34-56")
def test_the_short_way_for_one_phone(text):
    """What a whole number is known by says the same as taking the text apart."""
    split = split_phones(text)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(texts, "RUSSIAN_PHONE", re.compile("(?!)"))
        assert split_phones(text) == split


@given(st.text(" ,;/0123456789абдонтx.()+-\n", max_size=60))
def test_no_digit_of_a_phone_is_lost(text):
    phones = split_phones(text)
    kept = set("".join(phones))
    assert {sign for sign in text if sign.isdigit()} == set(filter(str.isdigit, kept))
    assert all(phone == phone.strip() and phone for phone in phones)


MAILS = (
    ("", []),
    ("info@example.com", ["info@example.com"]),
    ("a@example.com, b@example.com", ["a@example.com", "b@example.com"]),
    ("a@example.com; b@example.com", ["a@example.com", "b@example.com"]),
    ("a@example.com b@example.com", ["a@example.com", "b@example.com"]),
    ("a@example.com\nb@example.com", ["a@example.com", "b@example.com"]),
    ("Анна <anna@example.com>", ["anna@example.com"]),
    ("anna@пример.рф", ["anna@пример.рф"]),
    ("a@example.com, a@example.com", ["a@example.com"]),
    ("нет", []),
    ("@", []),
    ("info@", []),
    ("@example.com", []),
    ("info@example", []),
    ("a@b@example.com", []),
    ("mailto:a@example.com", ["a@example.com"]),
    ("<MAILTO:a@example.com>; b@example.com", ["a@example.com", "b@example.com"]),
    ("E-mail:a@example.com", ["a@example.com"]),
    ("a@example.com, A@Example.com", ["a@example.com"]),
)


@pytest.mark.parametrize(("text", "mails"), MAILS)
def test_emails(text, mails):
    assert split_emails(text) == mails


@given(st.text(max_size=60))
def test_no_text_makes_splitting_fail(text):
    assert all("@" in mail for mail in split_emails(text))
    assert all(phone for phone in split_phones(text))
    assert isinstance(normalise_code(text), str)
