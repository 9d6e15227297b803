"""The link by which a client speaks without a login: bound to one asking, and kept
nowhere.

Its holder speaks for the client, so each asking has a link of its own: it changes when
the client is asked, and when work begins again after the answer. An e-mail and its
reminder carry the same link.

A link is valid while its claim is open. For a closed claim it still shows the state and
accepts that it did not help. Former links say how to answer and give no access. Of the
staff only the administrator of the server gets one.
"""

import hashlib

from odoo.tools import SQL, consteq, email_normalize, hmac
from odoo.tools.sql import column_exists

from .rules import BEFORE_THE_END

SCOPE = "its_quality.claim_link"
SYSTEM = "base.group_system"
# No claim is reopened that often; a limit on what strangers make us compute.
ASKINGS = 100


def token_of(claim, asking):
    """The token in the link of an asking.

    :param asking: its number
    """
    return hmac(claim.sudo().env, SCOPE, (claim.id, asking))


def tokens(claims):
    """All tokens that letters about these claims have had.

    :return: a list
    """
    return [
        token_of(claim, asking) for claim in claims.sudo() for asking in askings(claim)
    ]


def askings(claim):
    """The numbers of the askings up to now, the last ones if there were many."""
    return range(max(claim.asking - ASKINGS, 0), claim.asking + 1)


# -----------------------------------------------------------------------------
# What a link gives access to
# -----------------------------------------------------------------------------


def same_text(secret, given):
    """Compare as slowly as needed, whatever letters a stranger has sent."""
    return consteq(secret.encode(), given.encode(errors="replace"))


def is_living(claim, token):
    """Whether a token is that of the link by which the client speaks now."""
    return bool(claim and token) and same_text(claim.sudo().access_token, token)


def is_former(claim, token):
    """Whether a token once was."""
    if not claim or not token:
        return False
    claim = claim.sudo()
    digest = hashlib.sha256(token.encode(errors="replace")).hexdigest()
    if claim.former_token and same_text(claim.former_token, digest):
        return True
    return any(
        same_text(token_of(claim, asking), token) for asking in askings(claim)[:-1]
    )


def lets_in(claim, token):
    """Whether a token opens the thread: while the claim is open."""
    return is_living(claim, token) and claim.sudo().state in BEFORE_THE_END


def is_asked_anew(claim, former):
    """Whether a step of the claim makes the links there are former ones.

    :param former: the state it comes from
    """
    if claim.state == "follow_up":
        return former != "follow_up"
    return claim.state == "in_progress" and former in ("follow_up", "closed")


def ways_to_answer(claim):
    """How the client reaches us without a link.

    :return: ``{"phone": …, "email": …}``, each maybe empty
    """
    company = claim.sudo().company_id
    replies = claim.sudo()._notify_get_reply_to(default=company.email)
    return {
        "phone": company.phone or "",
        "email": email_normalize(replies[claim.id] or "") or "",
    }


def may_know_token(env):
    """Whether the user may get the link: our letters, and who administers the
    server and knows the secret of the database anyway."""
    return env.su or env.user.has_group(SYSTEM)


def forget_tokens(claims):
    """Keep of the links there were what is needed to know them again."""
    if not column_exists(claims.env.cr, claims._table, "access_token"):
        return
    claims.env.cr.execute(
        SQL(
            """
            UPDATE %(table)s
               SET former_token = encode(
                       sha256(convert_to(access_token, 'UTF8')), 'hex')
             WHERE access_token IS NOT NULL
            """,
            table=SQL.identifier(claims._table),
        )
    )
    claims.env.cr.execute(
        SQL("ALTER TABLE %s DROP COLUMN access_token", SQL.identifier(claims._table))
    )
