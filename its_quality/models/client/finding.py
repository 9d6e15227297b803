"""A client is found by anything that somebody says of them: the one owner of that, for
the call desk and for every field that asks for a client.

Each way of finding is a statement of its own, which returns firms: so each uses an index,
which alternatives within one statement would not. Higher rooms add ways of theirs, see
``res.partner._its_ways_to_find``. Rights are the caller's matter.
"""

import re

from odoo.tools import SQL

from ...onec import name_words

# What is shorter says nothing.
FEWEST = 2
# A number of so few digits is in too many others.
FEWEST_DIGITS = 4
LONGEST = 100
INN = (10, 12)
CODE = re.compile(r"((?:[A-ZА-ЯЁ0-9\-/]*[A-ZА-ЯЁ\-/])?)0*([0-9]+)")
READ = ("commercial_partner_id", "email_normalized", "its_client", "its_name_key")
NUMBERS = ("onec_code", "vat")


def ways(partners, text):
    """The ways of finding a text among the cards.

    :param partners: the model
    :param text: what somebody has typed
    :return: a list of statements that return ids of firms
    """
    text = " ".join((text or "").split())[:LONGEST]
    if len(text) < FEWEST:
        return []
    partners.flush_model([*READ, *NUMBERS, "name"])
    found = []
    words = [] if "@" in text else name_words(text)
    if words:
        found.append(SQL(" INTERSECT ").join(map(_by_word, dict.fromkeys(words))))
    if text.isascii() and " " not in text and not text.isdecimal():
        found.append(
            SQL(
                "SELECT commercial_partner_id FROM res_partner"
                " WHERE its_name_key IS NOT NULL AND email_normalized LIKE %s",
                f"%{_plain(text.lower())}%",
            )
        )
    digits = re.sub(r"[\s\-]", "", text)
    if digits.isdecimal() and len(digits) >= FEWEST_DIGITS:
        found.append(
            SQL(
                "SELECT commercial_partner_id FROM res_partner"
                " WHERE its_client IS TRUE AND vat LIKE %s",
                digits if len(digits) in INN else f"{digits}%",
            )
        )
    code = CODE.fullmatch(text.upper())
    if code:
        head, number = code.groups()
        start = f"^{re.escape(head)}" if head else "(^|[^0-9])"
        found.append(
            SQL(
                "SELECT commercial_partner_id FROM res_partner"
                " WHERE its_client IS TRUE AND upper(onec_code) ~ %s",
                f"{start}0*{number}$",
            )
        )
    return found


def _by_word(word):
    """The firms with a word in their name, or in that of a contact person."""
    return SQL(
        """
        (SELECT commercial_partner_id FROM res_partner WHERE its_name_key LIKE %(like)s
          UNION
         SELECT commercial_partner_id FROM res_partner
          WHERE its_client IS TRUE AND its_name_key IS NULL
            AND replace(lower(name), 'ё', 'е') LIKE %(like)s)
        """,
        like=f"%{_plain(word)}%",
    )


def _plain(text):
    return re.sub(r"([\\%_])", r"\\\1", text)
