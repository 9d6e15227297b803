"""Names, codes, phones, mails and dates: how they are cleaned and compared."""

import datetime
import re

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
EXTENSION = re.compile(r"(?:доб|вн|ext)\b", re.IGNORECASE)
FEWEST_DIGITS = 5
MAIL_SEPARATOR = re.compile(r"[\s,;]+")
MAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+")

RUSSIAN_DATE = re.compile(
    r"(\d{1,2})[./](\d{1,2})[./](\d{4}|\d{2})(?:\D.*)?", re.DOTALL
)
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
    text = clean(name).casefold().replace("ё", "е")
    text = " ".join(text.split())
    words = WORD.findall(LONG_LEGAL_FORMS.sub(" ", text)) or WORD.findall(text)
    telling = [word for word in words if word not in LEGAL_FORMS]
    return "".join(telling or words)


def normalise_code(code: str) -> str:
    """Return a code of 1C as it is compared: the zeros before its number are lost
    when a sheet takes it for a number («00-000123», «000000123» → «00-123», «123»)."""
    text = re.sub(r"\s+", "", code).upper()
    return re.sub(r"(?<!\d)0+(?=[^\D0]\d*$|0$)", "", text)


def split_phones(text: str) -> list[str]:
    """Split a cell with several phones; what is not a phone stays with the one before.

    «8 (8332) 12-34-56, доб. 12; 8 912 000-00-00» is two phones, «12-34-56/57» one.
    """
    pieces = PHONE_SEPARATOR.split(clean(text))
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
            phones.append(piece)
    return list(dict.fromkeys(folded(phone) for phone in phones))


def split_emails(text: str) -> list[str]:
    """Split a cell with several mail addresses; what is none is left out."""
    pieces = (piece.strip("<>\"'()") for piece in MAIL_SEPARATOR.split(clean(text)))
    return list(dict.fromkeys(piece for piece in pieces if MAIL.fullmatch(piece)))


def parse_date(text: str) -> str | None:
    """Read a date as 1C, Excel and people write it.

    :return: ``YYYY-MM-DD``; an empty text for 1C's empty date; ``None`` for no date
    """
    text = clean(text)
    if found := ISO_DATE.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := RUSSIAN_DATE.fullmatch(text):
        day, month, year = map(int, found.groups())
        year += 2000 if len(found[3]) == 2 else 0
    elif text.isdecimal() and int(text) in EXCEL_DAYS:
        return (EXCEL_EPOCH + datetime.timedelta(days=int(text))).isoformat()
    else:
        return None
    if year < FIRST_YEAR:
        return ""
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None
