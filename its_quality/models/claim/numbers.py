"""Numbers of claims in subjects, however people write them: in any case, with dashes,
spaces or underscores, with Cyrillic letters that look like Latin ones, and without the
zeros.

One translation makes the name of a claim and the words of a subject comparable. Python
and the database make it the same way, and the database has an index on it.
"""

import re
import unicodedata
from string import ascii_lowercase, ascii_uppercase

from odoo.tools import SQL

# So much of a subject is looked at, and so many numbers in it.
SIZE, NUMBERS = 1_000, 20
# Words of which a number is at most made: «РК/2027-00001» has three.
WORDS = 3
# So many digits may be a number without letters before them.
DIGITS = 3
# A number that people have written without zeros may have had up to so many digits.
WIDEST = 6
SIGN = re.compile(
    r"(?<=[^\W\d_])[\W_]{1,3}(?:n|no|nr|номер)[\W_]{0,3}(?=\d)", re.IGNORECASE
)
LAST_DIGITS = re.compile(r"\d{1,20}$")
ALIKE = dict(zip("АВЕКМНОРСТУХ", "ABEKMHOPCTYX", strict=True))
RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
# Letters that are typed for those that sound like them.
SOUNDS = str.maketrans("рРцЦ", "RRCC")
BREAKS = "-‐‑‒–—−_ \u00a0./\\№#"
SOURCE = (
    ascii_lowercase
    + RUSSIAN
    + "".join(ALIKE)
    # What has no counterpart is removed.
    + BREAKS
)
TARGET = (
    ascii_uppercase
    + "".join(ALIKE.get(one, one) for one in RUSSIAN.upper())
    + "".join(ALIKE.values())
)
_TABLE = {
    ord(one): TARGET[place] if place < len(TARGET) else None
    for place, one in enumerate(SOURCE)
}
# What the index is on: see ``its.claim``.
INDEXED = f"translate(name, '{SOURCE}', '{TARGET}')"


def canonical(text):
    """A number as all its spellings are compared."""
    return text.translate(_TABLE)


def spellings_in(subject):
    """What in a subject may be the number of a claim, in the canonical spelling.

    :return: a list: each word that ends with digits, alone and with words before it; with
        letters before the digits also with zeros in between
    """
    subject = unicodedata.normalize("NFKC", (subject or "")[:SIZE])
    # «RC N42», «RC No. 42»: the sign for it, in letters.
    written = re.findall(r"[^\W_]+", SIGN.sub(" ", subject))
    words = [canonical(word) for word in written]
    found = dict.fromkeys(_ending_with_digits(words))
    sounding = [canonical(word.translate(SOUNDS)) for word in written]
    if sounding != words:
        found.update(dict.fromkeys(_ending_with_digits(sounding)))
    return list(found)


def _ending_with_digits(words):
    """See :func:`spellings_in`."""
    found, numbers = {}, 0
    for place, word in enumerate(words):
        digits = LAST_DIGITS.search(word)
        if not digits or numbers == NUMBERS:
            continue
        numbers += 1
        for first in range(place, max(place - WORDS, -1), -1):
            head = "".join([*words[first:place], word[: digits.start()]])
            lettered = bool(head) and not head.isdigit()
            if lettered:
                short = digits[0].lstrip("0")
                widths = range(len(short), WIDEST + 1) if short else ()
                found.update({head + short.zfill(width): True for width in widths})
            if lettered or len(head + digits[0]) >= DIGITS:
                found[head + digits[0]] = True
    return found


def find(claims, subject, company_id=None):
    """The claims whose numbers a subject carries.

    :param claims: the model, as the superuser
    :param company_id: only of this company
    """
    spellings = spellings_in(subject)
    if not spellings:
        return claims.browse()
    claims.flush_model(["name", "company_id"])
    rows = claims.env.execute_query(
        SQL(
            "SELECT id FROM its_claim WHERE %s IN %s AND (%s OR company_id = %s)"
            " ORDER BY priority DESC, date_deadline, id DESC LIMIT %s",
            canonical_sql(SQL.identifier("name")),
            tuple(spellings),
            not company_id,
            company_id or 0,
            NUMBERS,
        )
    )
    return claims.browse([row[0] for row in rows])


def canonical_sql(column):
    """The same as :func:`canonical` in the database."""
    return SQL("translate(%s, %s, %s)", column, SOURCE, TARGET)
