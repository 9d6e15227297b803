"""Names, codes, phones, mails and dates: how they are cleaned and compared."""

import datetime
import re
from collections.abc import Iterator

# Everything below U+0020 but tab and newline, which PostgreSQL or XML would refuse.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff]")
NO_BREAK = str.maketrans({"\xa0": " ", "\u202f": " ", "\u2007": " ", "\r": "\n"})
# Most texts have nothing of this, and one look is quicker than the cleaning.
UNCLEAN = re.compile(f"{CONTROL.pattern[:-1]}\r\xa0\u2007\u202f]")
WORD = re.compile(r"[^\W_]+")

LEGAL_FORMS = frozenset(
    (
        "ооо",
        "оао",
        "зао",
        "пао",
        "ао",
        "нао",
        "тоо",
        "ип",
        "чп",
        "пбоюл",
        "гуп",
        "муп",
        "фгуп",
        "ано",
        "нко",
        "чоу",
        "тсж",
        "тсн",
        "снт",
        "гск",
        "спк",
        "кфх",
        "мбу",
        "мку",
        "мау",
        "мбоу",
        "мбдоу",
        "мкоу",
        "гбу",
        "гку",
        "гау",
        "фгбу",
        "фгку",
        "фгау",
    )
)
LONG_LEGAL_FORMS = re.compile(
    "|".join(
        (
            "общество с ограниченной ответственностью",
            "(?:публичное |непубличное |закрытое |открытое )?акционерное общество",
            "индивидуальный предприниматель",
            "автономная некоммерческая организация",
            "товарищество собственников (?:жилья|недвижимости)",
            "(?:федеральное |муниципальное |государственное )?унитарное предприятие",
            "глава крестьянского (?:\\(фермерского\\) )?хозяйства",
        )
    )
)

PHONE_SEPARATOR = re.compile(r"([,;/\n])")
# A whole phone: with the long-distance prefix or without, or a local one.
WHOLE_PHONE = re.compile(
    r"(?:(?:\+7|8|7)[\s()-]*)?\(?(?:\d[\s()-]*){10}|\+\d(?:[\s()-]*\d){9,14}"
    r"|\d{1,3}-\d\d-\d\d"
)
# What nearly all phones are: eleven digits that nothing divides. What begins with «8-» may
# be a local one with another behind it.
RUSSIAN_PHONE = re.compile(r"(?:\+7|8(?=[ (]))(?:[ -]?\(?[0-9]\)?){10}")
PHONE_START = re.compile(r"\+?\(?\d")
BLANK = re.compile(r"\s+")
# Whose phone it is, after it: «8 912 000-00-00 (Анна)».
NAME = re.compile(r"\s\(?[^\W\d_]+\)?\s*$")
# What people write before a phone to say which it is.
PHONE_WORD = re.compile(
    r"\(?(?:тел|телефон|моб|мобильный|сот|сотовый|раб|рабочий|дом|домашний|факс|ф|т|"
    r"т/ф|fax|phone|tel)\b[\s.:)]*",
    re.IGNORECASE,
)
# «Тел./факс» is a phone that is a fax, too, and no two phones.
PHONE_KINDS = re.compile(r"\b((?:тел|т)\.?)\s*/\s*(?:факс|ф)\b[\s.:]*", re.IGNORECASE)
FAX = re.compile(r"\(?(?:факс|ф|fax)\b[\s.:)]*(?=[\d(+])", re.IGNORECASE)
EXTENSION = re.compile(r"(?:доб|вн|внутр|ext)\b", re.IGNORECASE)
# An extension that is told to its end, after a phone: «доб. 12», «(вн. 34)».
WHOLE_EXTENSION = re.compile(
    r"[\s,]{0,3}\(?(?:доб|вн|внутр|ext)\b[\s.:№]{0,5}\d{1,6}\)?$", re.IGNORECASE
)
FEWEST_DIGITS = 5
MAIL_SEPARATOR = re.compile(r"[\s,;]+")
MAIL_LINK = re.compile(r"mailto:|e-?mail:", re.IGNORECASE)
MAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+")

RUSSIAN_DATE = re.compile(
    r"(\d{1,2})[./](\d{1,2})[./](\d{4}|\d{2})(?:\D.*)?", re.DOTALL
)
# «1 января 2027 г.», «"01" янв. 2027 года».
DATE_IN_WORDS = re.compile(
    r"[«\"']?\s*(\d{1,2})\s*[»\"']?\s+([а-я]{3,8})\.?\s+(\d{4})(?:\s*г.*)?", re.DOTALL
)
MONTHS = (
    "янв",
    "фев",
    "мар",
    "апр",
    "ма",
    "июн",
    "июл",
    "авг",
    "сен",
    "окт",
    "ноя",
    "дек",
)
BEFORE_DATE = re.compile(r"(?:с|по|до|от)\s+(?=[\d«\"'])", re.IGNORECASE)
# What never ends is written like this, or ends in a year that nobody will see.
NO_DATE = re.compile(
    r"бессрочн\w*|без (?:срока|ограничени[йя])(?: действия)?|не ?ограничен\w*|"
    r"неограниченн\w*|нет|[-–—]",
    re.IGNORECASE,
)
LAST_YEAR = 2999
ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?", re.DOTALL)
# 1C's empty date, and the first year that a subscription could be from.
FIRST_YEAR = 1900
EXCEL_EPOCH = datetime.date(1899, 12, 30)
EXCEL_DAYS = range(20000, 80000)


def clean(text: str) -> str:
    """Return a cell's text without control characters, no-break blanks and edges."""
    if UNCLEAN.search(text):
        text = CONTROL.sub("", text.translate(NO_BREAK))
    return text.strip()


def folded(text: str) -> str:
    """Return a text on one line with single blanks."""
    # Nothing that is printed needs cleaning, and most texts are no more than that.
    return " ".join((text if text.isprintable() else clean(text)).split())


def name_key(name: str) -> str:
    """Return a name as it is compared: letters and digits only, without legal form.

    «ООО "Ромашка"», «Ромашка, ООО» and «РОМАШКА» are one. A name that is nothing but a
    legal form stays as it is.
    """
    return "".join(name_words(name))


def name_words(name: str) -> list[str]:
    """Return the words of a name as they are compared; see :func:`name_key`."""
    text = clean(name).casefold().replace("ё", "е")
    text = " ".join(text.split())
    words = WORD.findall(LONG_LEGAL_FORMS.sub(" ", text)) or WORD.findall(text)
    return [word for word in words if word not in LEGAL_FORMS] or words


def normalise_code(code: str) -> str:
    """Return a code of 1C as it is compared: the zeros before its number are lost
    when a sheet takes it for a number («00-000123», «000000123» → «00-123», «123»)."""
    text = re.sub(r"\s+", "", code).upper()
    return re.sub(r"(?<!\d)0+(?=[^\D0]\d*$|0$)", "", text)


def split_phones(text: str) -> list[str]:
    """Split a cell with several phones; what is not a phone stays with the one before.

    «8 (8332) 12-34-56, доб. 12; 8 912 000-00-00» is two phones, «12-34-56/57» one.
    """
    if RUSSIAN_PHONE.fullmatch(text):
        return [text]
    pieces = PHONE_SEPARATOR.split(PHONE_KINDS.sub(r"\1 ", clean(text)))
    phones: list[str] = []
    for number, piece in enumerate(map(str.strip, pieces[::2])):
        if not piece:
            continue
        digits = sum(character.isdecimal() for character in piece)
        if phones and (digits < FEWEST_DIGITS or EXTENSION.match(piece)):
            separator = pieces[2 * number - 1].replace("\n", " ")
            glue = separator if separator == "/" else f"{separator} ".lstrip()
            phones[-1] += f"{glue}{piece}"
        else:
            phones += _phones_without_separator(piece)
    return list(dict.fromkeys(folded(phone) for phone in phones))


def _phones_without_separator(text: str) -> Iterator[str]:
    """Split where one phone is whole and another begins: «12-34-56 65-43-21», or where
    somebody says so: «12-34-56 факс 65-43-21»."""
    start = 0
    for blank in BLANK.finditer(text):
        left, right = text[start : blank.start()], text[blank.end() :]
        told = left
        if EXTENSION.search(left):
            told = WHOLE_EXTENSION.sub("", left)
            if told == left or not WHOLE_PHONE.match(right):
                continue
        number = NAME.sub("", PHONE_WORD.sub("", told)).strip()
        if sum(map(str.isdecimal, right)) < FEWEST_DIGITS:
            break
        is_whole = WHOLE_PHONE.fullmatch(number)
        if PHONE_WORD.match(right):
            is_whole = sum(map(str.isdecimal, left)) >= FEWEST_DIGITS
        elif not PHONE_START.match(right):
            continue
        if is_whole:
            yield left
            start = blank.end()
    yield text[start:]


def is_fax(phone: str) -> bool:
    """Tell whether somebody says that a phone is a fax: «ф. 12-34-56»."""
    return FAX.match(phone) is not None


def bare_fax(phone: str) -> str:
    """Return the number of a fax, without the word before it."""
    return FAX.sub("", phone, count=1)


def bare_email(text: str) -> str:
    """Return a mail address without brackets, quotes and what links have before it."""
    return MAIL_LINK.sub("", text.strip("<>\"'()"))


def split_emails(text: str) -> list[str]:
    """Split a cell with several mail addresses; what is none is left out, and so is one
    that is there already, in whatever case."""
    pieces = map(bare_email, MAIL_SEPARATOR.split(clean(text)))
    found: dict[str, str] = {}
    for piece in pieces:
        if MAIL.fullmatch(piece):
            found.setdefault(piece.lower(), piece)
    return list(found.values())


def parse_date(text: str) -> str | None:
    """Read a date as 1C, Excel and people write it.

    :return: ``YYYY-MM-DD``; an empty text where it says that there is none, as 1C's
        empty date and 01.01.3999 do; ``None`` for no date
    """
    text = BEFORE_DATE.sub("", clean(text), count=1)
    if found := ISO_DATE.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := RUSSIAN_DATE.fullmatch(text):
        day, month, year = map(int, found.groups())
        year += 2000 if len(found[3]) == 2 else 0
    elif found := DATE_IN_WORDS.fullmatch(text.casefold()):
        day, month, year = int(found[1]), _month(found[2]), int(found[3])
    elif text.isdecimal() and int(text) in EXCEL_DAYS:
        return (EXCEL_EPOCH + datetime.timedelta(days=int(text))).isoformat()
    else:
        return "" if NO_DATE.fullmatch(text) else None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return ""
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None


def _month(word: str) -> int:
    """Return the number of a month by its first letters; 0 for no month."""
    return next(
        (number for number, start in enumerate(MONTHS, 1) if word.startswith(start)), 0
    )
