"""Letters of ours that have come back: it stands on the claim, and somebody has to find
another address."""

import re

from odoo import SUPERUSER_ID
from odoo.tools import email_normalize

from ...tools.by_code import by_code
from ...tools.letter_repair import ADDRESS
from . import people
from .rules import ENDED

QUIET = {"mail_activity_quick_update": True}
# So many parts of a notice are looked at.
PARTS = 50
# So much of a notice that is a text is looked at.
SIZE = 20_000
# What such a notice says where the server still tries.
DELAYED = re.compile(
    r"\bdelay(?:ed)?\b|still being retried|not yet been delivered|задерж|отложен",
    re.IGNORECASE,
)
MESSAGE_ID = re.compile(
    r"^[ \t>]{0,9}Message-Id:[ \t]{0,9}(<[^<>\s]{1,300}>)", re.I | re.M
)


def has_failed(message):
    """Whether a notice of a mail server says that a letter has not reached somebody. It
    may also say that it takes longer, that it has arrived, or that it was read.

    :param message: ``email.message.Message``
    """
    actions = set()
    for _count, part in zip(range(PARTS), message.walk(), strict=False):
        kind = part.get_content_type()
        if kind == "message/disposition-notification":
            return False
        if kind == "message/delivery-status" and part.is_multipart():
            told = (str(block.get("Action") or "") for block in part.get_payload())
            actions.update(one.strip().lower() for one in told if one.strip())
    if not actions:
        return not DELAYED.search(f"{message.get('Subject') or ''}\n{_text(message)}")
    return "failed" in actions


def of_text(thread, message):
    """What a notice says that is nothing but a text, as those of Exim and Mail.ru are.

    :param thread: ``mail.thread``
    :param message: ``email.message.Message``
    :return: the address that was not reached, or nothing, and the ``mail.message`` that
        has not reached it
    """
    text = _text(message)
    references = f"{message.get('In-Reply-To') or ''} {message.get('References') or ''}"
    found = re.findall(r"<[^<>\s]{1,300}>", references[:SIZE])
    found += MESSAGE_ID.findall(text)
    messages = thread.env["mail.message"].sudo()
    messages = messages.search([("message_id", "in", found)], order="id desc", limit=1)
    mail = messages.mail_ids.sudo()[:1]
    written_to = {
        *map(email_normalize, (mail.email_to or "").split(",")),
        *messages.notification_ids.res_partner_id.mapped("email_normalized"),
        *messages.notification_ids.mapped("mail_email_address"),
    }
    failed = str(message.get("X-Failed-Recipients") or "")[:SIZE]
    named = ADDRESS.findall(f"{failed}\n{text}")
    return next(
        (one.lower() for one in named if one.lower() in written_to), ""
    ), messages


def _text(message):
    """The first text of a notice."""
    part = message.get_body(("plain",)) if hasattr(message, "get_body") else None
    try:
        return part.get_content()[:SIZE] if part is not None else ""
    except (LookupError, ValueError):
        return ""


def keep(claims, address):
    """Note that a letter about claims has not reached an address.

    :param address: of the client, maybe unknown
    """
    for claim in claims.sudo().with_user(SUPERUSER_ID):
        address = address or ""
        if claim.bounced_email == address and address:
            continue
        by_code(claim).bounced_email = address or claim.env._("unknown address")
        claim.message_post(
            body=claim.env._(
                "Our e-mail to %(address)s was returned: it could not be delivered.",
                address=claim.bounced_email,
            ),
            subtype_xmlid="mail.mt_note",
        )
        leave_todo(claim)


def leave_todo(claim):
    """Let a quality manager find another address; they may change it."""
    user = claim.quality_user_id.filtered("active")
    user = user or people.first_reader(claim.env, claim.company_id.id)
    if claim.state in ENDED or not user:
        return
    kind = claim.env.ref("mail.mail_activity_data_todo")
    claim = claim.with_context(lang=user.lang or claim.env.lang)
    claim.with_context(**QUIET).activity_schedule(
        activity_type_id=kind.id,
        user_id=user.id,
        summary=claim.env._(
            "Find another address: e-mail to %(address)s is returned",
            address=claim.bounced_email,
        ),
        date_deadline=claim.company_id._its_today(),
        automated=True,
    )


def forget(claim):
    """The client has been reached, or has written."""
    if claim.bounced_email:
        by_code(claim.sudo()).bounced_email = False
