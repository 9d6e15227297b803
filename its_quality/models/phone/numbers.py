"""By what two ways to write a phone number are compared: the one owner of that.

A number is its last ten digits: the country, «8» and «+7», brackets and dashes, and an
extension make no other number of it. What has fewer digits has no key, because numbers
of a town without its code are the same in many towns. It knows nothing of Odoo.
"""

import re
import unicodedata

from ...onec import split_phones

KEY_SIZE = 10
# The longest number that there is in the world.
LONGEST = 15
# A Russian number with its country, or with the «8» of a long-distance call.
RUSSIAN = 11
# As Odoo writes a Russian number, and nearly all are written so.
WHOLE = re.compile(r"\+7(?:[ -]?\(?[0-9]\)?){10}")
# What an exchange may put about a number.
SIP = re.compile(r"^\s*<?(?:sips?|tel):", re.IGNORECASE)
SIP_END = re.compile(r"[@;>].*$", re.DOTALL)
# An extension: after a word, a sign, or commas that a phone waits at. What has more
# digits is a number of its own.
EXTENSION = re.compile(
    r"(?:доб|внутр|вн\.|в\.?\s*н\.|ext|тон|(?<![a-z])x(?=\s*\d)|#|,,|;\s*ext="
    r"|\bд\.(?=\s*\d))[^\d(+]*(?:\d{1,6}(?!\d))?",
    re.IGNORECASE,
)
# A number that begins with the code of its town, without «8» or «+7».
CODE_FIRST = re.compile(r"\s*\((?:\d{3,4}|[^78\D]\d{4})\)")
# The other numbers of a row: «12-34-56/57».
OTHER_ENDS = re.compile(r"(?<=\d)\s*/\s*\d{1,4}(?!\d)")


def keys_of(text):
    """The keys of all numbers that somebody has typed into one field.

    :return: a list without repetitions, in the order of the text
    """
    if text and WHOLE.fullmatch(text):
        return ["".join(filter(str.isdecimal, text))[-KEY_SIZE:]]
    text = unicodedata.normalize("NFKC", text or "")
    found = []
    for piece in split_phones(text):
        for part in EXTENSION.split(piece):
            found += _keys(OTHER_ENDS.sub("", part))
    return list(dict.fromkeys(found))


def key_of(number):
    """The key of a number that an exchange reports.

    :return: ten digits; empty for an extension, a hidden number, and what is none
    """
    number = SIP.sub("", number or "")
    return next(iter(keys_of(SIP_END.sub("", number))), "")


def _keys(piece):
    """The keys of a number, or of several that only blanks separate."""
    digits = "".join(
        str(unicodedata.decimal(sign)) for sign in piece if sign.isdecimal()
    )
    international = piece.lstrip(" (").startswith("+") and not digits.startswith("7")
    if not international and digits.startswith("810"):
        digits, international = digits[3:], True
    if not international and digits.startswith("00"):
        digits, international = digits[2:], True
    if len(digits) < KEY_SIZE:
        return []
    if not international and CODE_FIRST.match(piece):
        return [digits[:KEY_SIZE], *_keys(digits[KEY_SIZE:])]
    if not international and digits[0] in "78" and len(digits) >= RUSSIAN:
        # What follows is another number, or an extension that nothing announces.
        return [digits[1:RUSSIAN], *_keys(digits[RUSSIAN:])]
    return [digits[-KEY_SIZE:]] if len(digits) <= LONGEST else []
