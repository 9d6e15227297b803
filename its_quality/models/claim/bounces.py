"""Letters of ours that have come back: it stands on the claim, and somebody has to find
another address."""

from odoo import SUPERUSER_ID

from ...tools.by_code import by_code
from . import people
from .rules import ENDED

QUIET = {"mail_activity_quick_update": True}
# So many parts of a notice are looked at.
PARTS = 50


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
    return not actions or "failed" in actions


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
