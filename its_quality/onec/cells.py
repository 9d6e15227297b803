"""What the text of a cell says: people and programs write one number in many ways.

Each reader takes the text of a cell and returns what it says, and whether it is right.
"""

from __future__ import annotations

import re

from .numbers import check_inn, check_kpp, check_ogrn, repair_inn, repair_kpp
from .texts import MAIL_SEPARATOR, bare_email, parse_date, split_emails

YES = frozenset(("да", "истина", "true", "yes", "1", "+", "x", "х", "v", "помечен"))
# «Помечен на удаление», «Удалён».
MARKED = re.compile(r"помечен|удал[её]н")
GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
EMPTY_GUID = "00000000-0000-0000-0000-000000000000"
# By an apostrophe a spreadsheet program is told that digits are a text.
TEXT_SIGNS = ("'", "’", "`", "‘")
TEXT_SIGN = re.compile(r"['’`‘]+\s*(?=[\d+(])")
# What people write before a number: «ИНН 7728168971», «КПП: 772801001», «ОГРН №».
LABEL = re.compile(
    r"(?:инн|кпп|огрнип|огрн|окпо|inn|kpp|ogrn)(?![^\W\d_])\s*[:№-]*|№", re.I
)
INN_LABEL = re.compile(r"^\s*(?:инн|inn)\s*[/\\]?\s*(?:кпп|kpp)?[\s:№-]*", re.I)
KPP_LABEL = re.compile(r"(?:кпп|kpp)[\s:№-]{0,9}", re.I)
# A number of a program that knows numbers only: «7728168971.0».
FRACTION = re.compile(r"(?<=\d)[.,]0+$")
PARTS = re.compile(r"[/\\|,;]")
BLANKS = re.compile(r"[\s\xa0-]+")
INN_LENGTHS, KPP_LENGTHS = range(9, 13), range(8, 10)


def without_text_sign(text: str) -> str:
    """Return a text without the apostrophe that it begins with, before its digits."""
    sign = TEXT_SIGN.match(text)
    return text[sign.end() :] if sign else text


def bare_number(text: str) -> str:
    """Return a number without its label, blanks and a fraction of nothing."""
    if text.isdecimal():
        # Nearly all are.
        return text
    return BLANKS.sub("", FRACTION.sub("", LABEL.sub("", text).strip()))


def split_inn_kpp(text: str) -> tuple[str, str]:
    """Split «7728168971/772801001» as it stands in one cell, with labels or without.

    :return: ИНН and КПП as texts, of which one may be empty
    """
    if text.isdecimal():
        return text, ""
    # «ИНН 7728168971 КПП 772801001» is «7728168971/772801001».
    told = KPP_LABEL.sub("/", INN_LABEL.sub("", FRACTION.sub("", text)), count=1)
    inn, *rest = (part.strip() for part in PARTS.split(told))
    kpp = next(filter(None, rest), "")
    if not rest and (pair := inn.split()) and len(pair) == 2:
        first, last = map(bare_number, pair)
        if len(first) in INN_LENGTHS and len(last) in KPP_LENGTHS:
            inn, kpp = pair
    return inn, kpp


def read_inn(text: str) -> tuple[str, bool]:
    """An ИНН, with the zero that it lost."""
    number = repair_inn(bare_number(text))
    return number, check_inn(number)


def read_kpp(text: str) -> tuple[str, bool]:
    """A КПП, with the zero that it lost."""
    number = repair_kpp(bare_number(text).upper())
    return number, check_kpp(number)


def read_ogrn(text: str) -> tuple[str, bool]:
    """An ОГРН or ОГРНИП."""
    number = bare_number(text)
    return number, check_ogrn(number)


def read_ref(text: str) -> tuple[str, bool]:
    """The column «Ссылка» of a list is a name; only a GUID tells who it is."""
    ref = text.lower()
    return (ref if GUID.fullmatch(ref) and ref != EMPTY_GUID else ""), True


def read_mark(text: str) -> tuple[str, bool]:
    """A mark: ``1`` or nothing."""
    said = text.casefold()
    return ("1" if said in YES or MARKED.match(said) else ""), True


def read_date(text: str) -> tuple[str, bool]:
    """A date, or that there is none."""
    date = parse_date(text)
    return date or "", date is not None


def read_email(text: str) -> tuple[str, bool]:
    """The text with all addresses; wrong if one of them is none."""
    pieces = {
        bare_email(piece).lower()
        for piece in MAIL_SEPARATOR.split(text)
        if "@" in piece
    }
    return text, bool(pieces) and len(split_emails(text)) == len(pieces)


READERS = {
    "inn": read_inn,
    "kpp": read_kpp,
    "ogrn": read_ogrn,
    "ref": read_ref,
    "head_ref": read_ref,
    "contract_ref": read_ref,
    "is_folder": read_mark,
    "deletion_mark": read_mark,
    "contract_date": read_date,
    "date_start": read_date,
    "date_end": read_date,
    "email": read_email,
}
ISSUE_OF_FIELD = {
    "inn": "inn_wrong",
    "kpp": "kpp_wrong",
    "ogrn": "ogrn_wrong",
    "contract_date": "date_wrong",
    "date_start": "date_wrong",
    "date_end": "date_wrong",
    "email": "email_wrong",
}
