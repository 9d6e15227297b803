"""Numbers of claims in subjects, however people write them: in any case, with dashes,
spaces or underscores, with Cyrillic letters that look like Latin ones, without the zeros,
and glued to the words before and after them.

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
# Where a number is glued to the word before it, so many letters of that may be its own.
GLUED = 6
# A number that people have written without zeros may have had up to so many digits.
WIDEST = 6
SIGN = re.compile(
    r"(?<=[^\W\d_])[\W_]{1,3}(?:n|no|nr|номер)[\W_]{0,3}(?=\d)", re.IGNORECASE
)
RUN = re.compile(r"\d{1,20}(?!\d)")
LAST_LETTERS = re.compile(r"[^\W\d_]+$")
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

    :return: a list: the digits of each word with what is before them in it, alone and
        with words before it; where letters come right before the digits, also with zeros
        in between, and with the last few of the letters
    """
    subject = unicodedata.normalize("NFKC", (subject or "")[:SIZE])
    # «RC N42», «RC No. 42»: the sign for it, in letters.
    written = re.findall(r"[^\W_]+", SIGN.sub(" ", subject))
    found = _with_digits(written, canonical)
    if any(word != word.translate(SOUNDS) for word in written):
        found.update(_with_digits(written, _as_it_sounds))
    return list(found)


def _as_it_sounds(text):
    return canonical(text.translate(SOUNDS))


def _with_digits(words, spell):
    """See :func:`spellings_in`.

    :param spell: what makes the canonical spelling of a text
    """
    found, numbers = {}, 0
    for place, word in enumerate(words):
        for digits in RUN.finditer(word):
            if numbers == NUMBERS:
                return found
            numbers += 1
            for first in range(place, max(place - WORDS, -1), -1):
                parts = [*words[first:place], word[: digits.start()]]
                found.update(_spellings(spell("".join(parts)), digits[0]))
                rest = "".join(parts[1:])
                if rest and not rest.isdigit():
                    continue
                for letters, is_seen in _own_letters(parts[0]):
                    head = spell(letters + rest)
                    if is_seen or len(digits[0]) >= DIGITS:
                        found.update(_spellings(head, digits[0], is_seen))
    return found


def _own_letters(word):
    """The last letters of a word that a number may begin with, none among them.

    :return: pairs: the letters, and whether case or alphabet shows that they begin there
    """
    letters = LAST_LETTERS.search(word)
    if letters:
        yield "", False
    for size in range(1, min(GLUED, len(word) - 1) + 1 if letters else 0):
        before, own = word[-size - 1], word[-size:]
        if size > len(letters[0]):
            break
        is_seen = (
            before.isdigit()
            or (before.islower() and own[0].isupper())
            or before.isascii() != own[0].isascii()
        )
        # One letter alone would be found in half of all words.
        if is_seen or size > 1:
            yield own, is_seen


def _spellings(head, digits, zeros=True):
    """Digits after a head, and with zeros in between."""
    lettered = bool(head) and not head.isdigit()
    found = {}
    if lettered and zeros:
        short = digits.lstrip("0")
        widths = range(len(short), WIDEST + 1) if short else ()
        found.update({head + short.zfill(width): True for width in widths})
    if lettered or len(head + digits) >= DIGITS:
        found[head + digits] = True
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
