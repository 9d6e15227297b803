"""Those in copy of a client's letters: kept, shown, and written to as well once the
quality manager agrees. They learn what happens; the link is the client's alone."""

from odoo.tools import email_normalize
from odoo.tools.mail import email_split

from ...tools.by_code import by_code
from ...tools.letter_addresses import addresses_of, is_nobodys

MOST = 10


def others_in(claims, message_dict):
    """Addresses of a letter that are neither the sender's nor ours.

    :param message_dict: what ``message_parse`` has found
    :return: a list
    """
    copied = email_split(message_dict.get("cc") or "")
    to = email_split(message_dict.get("to") or "")
    if len(to) > 1:
        copied += to
    sender = email_normalize(message_dict.get("email_from") or "")
    found = dict.fromkeys(filter(None, map(email_normalize, copied[:100])))
    found = [one for one in found if one != sender and not is_nobodys(one)]
    if not found:
        return []
    env = claims.env
    aliases = env["mail.alias.domain"].sudo().search([])
    domains = {name.lower() for name in aliases.mapped("name")}
    users = env["res.users"].sudo()
    users = users.search([("email_normalized", "in", found), ("share", "=", False)])
    ours = {*users.mapped("email_normalized")}
    return [
        one
        for one in found
        if one.rpartition("@")[2] not in domains and one not in ours
    ][:MOST]


def keep(claim, message_dict):
    """Note on a claim who was in copy of a letter about it."""
    found = others_in(claim, message_dict)
    if not found:
        return
    claim = claim.sudo()
    known = addresses_of(claim.cc)
    both = list(dict.fromkeys([*known, *found]))
    own = {*addresses_of(claim.email_from), *addresses_of(claim.contact_id.email)}
    both = [one for one in both if one not in own][:MOST]
    if both != known:
        by_code(claim).cc = ", ".join(both)


def written_to(claim):
    """Whom our letters about a claim go to in copy."""
    return addresses_of(claim.cc) if claim.cc_agreed else []
