"""A login for whom 1C gives none that Odoo could use."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from ..texts import folded

# ГОСТ Р 52535.1-2006 (as in passports since 2014, ICAO Doc 9303): what people have on
# their cards already.
LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        (
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "e",
            "zh",
            "z",
            "i",
            "i",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "kh",
            "ts",
            "ch",
            "sh",
            "shch",
            "ie",
            "y",
            "",
            "e",
            "iu",
            "ia",
        ),
        strict=True,
    )
)
WORD_EDGE = re.compile(r"[\s.,()_-]+")
FOREIGN = re.compile(r"[^a-z0-9]+")
LONGEST = 40
NAMELESS = "user"


def transliterate(text: str) -> str:
    """Write a text in Latin letters and digits; what is neither is left out."""
    latin = "".join(LATIN.get(letter, letter) for letter in text.casefold())
    plain = unicodedata.normalize("NFKD", latin).casefold()
    return FOREIGN.sub("", plain)


def propose_login(name: str, taken: Container[str]) -> str:
    """Propose a login that is not taken: surname and initials, «ivanov.ip».

    :param name: «Иванов Иван Петрович», or the login in 1C
    :param taken: logins in small letters
    """
    words = [word for word in WORD_EDGE.split(folded(name)) if transliterate(word)]
    surname = transliterate(words[0]) if words else NAMELESS
    initials = "".join(transliterate(word[0]) for word in words[1:3])
    base = f"{surname}.{initials}" if initials else surname
    base = base[:LONGEST].rstrip(".")
    number, login = 1, base
    while login in taken:
        number += 1
        login = f"{base}{number}"
    return login
