"""The e-mail addresses that a field of a card or of a letter holds, which may be several,
and those behind which nobody reads."""

import re

from odoo.tools import email_normalize

from .letter_repair import ADDRESS

# More than anybody keeps in one field.
SIZE, MOST = 2_000, 30
# How such an address begins: letters and digits only, in lower case.
NOBODY = re.compile(
    r"[a-z]{0,20}(?:no|do?not|dont|ne)(?:reply|respond|answer|otvechat|otvechay)\w{0,20}"
    r"|mailerdaemon|wordpress|autoreply|bounces?\d{0,20}|robot|mailer|notify"
    r"|notifications?|wwwdata|apache|nobody|daemon"
)


def addresses_of(text):
    """The addresses in a text, in its order and each once.

    :param text: as on a card: «info@x.ru; Бухгалтерия <buh@x.ru>»
    :return: a list, normalized
    """
    text = (text or "").strip()[:SIZE]
    if text.count("@") <= 1:
        address = email_normalize(text)
        return [address] if address else []
    found = []
    for piece in re.split(r"[;,\n]", text)[:MOST]:
        address = email_normalize(piece)
        found += (
            [address] if address else [one.lower() for one in ADDRESS.findall(piece)]
        )
    found = [one.strip(".") for one in found]
    valid = [one for one in found if "." in one.rpartition("@")[2]]
    return list(dict.fromkeys(valid))


def is_nobodys(address):
    """Whether nobody reads what is written to an address: ``noreply@…`` and the like."""
    local = (address or "").partition("@")[0].lower()
    return bool(NOBODY.fullmatch(re.sub(r"[^a-z0-9]", "", local[:64])))
