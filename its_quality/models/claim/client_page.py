"""The page on which clients follow their claim, and its thread: what they read there,
and who posts under which name. The holder of the link speaks for the client, so those
who do the work never get it."""

from markupsafe import Markup

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import formataddr

from . import client_link, clock, undoing
from .rules import BEFORE_THE_END, ENDED
from .verdicts import UNCONFIRMED

# The ladder the client sees, of states.
STEPS = (
    ("registered", "dispatched"),
    ("in_progress", "verification"),
    ("follow_up",),
    ("closed",),
)
# What a column of ids can hold.
MAX_ID = 2**31 - 1


def of_client(claims, claim_id, token=None):
    """A claim as its client may open it: with the link of the claim, or logged in as
    somebody of the firm. There is no access of the portal to the model itself: every
    field that is not meant for clients would have to be closed one by one.

    :param claim_id: its id, whatever a stranger may have guessed
    :param token: of the link
    :return: the claim, as the superuser; nothing where they may not see it
    """
    if not claim_id or claim_id > MAX_ID:
        return claims.sudo().browse()
    claim = claims.sudo().browse(claim_id).exists()
    if client_link.is_living(claim, token):
        return claim
    return claim.filtered_domain(domain_of_client(claims.env))


def of_former_link(claims, claim_id, token):
    """A claim whose client may learn by a former link where it is, and how to
    answer; that link gives nothing else.

    :return: the claim, as the superuser; nothing where the link is not of this claim
    """
    claim = claims.sudo().browse(claim_id if claim_id <= MAX_ID else ()).exists()
    return claim if client_link.is_former(claim, token) else claim.browse()


def domain_of_client(env):
    """The claims of the firm the user belongs to, in the companies they have a login
    for and in the one whose client the firm is. Only portal users are clients."""
    user = env.user
    if not user._is_portal():
        return Domain.FALSE
    firm = user.partner_id.commercial_partner_id
    companies = user.company_ids | firm.company_id
    return Domain("partner_id", "=", firm.id) & Domain(
        "company_id", "in", companies.ids
    )


def domain_client_is_next():
    """Claims that wait for the client to act."""
    asked = Domain("state", "=", "in_progress") & Domain("waiting_since", "!=", False)
    return Domain("state", "=", "follow_up") | asked


def files_of_client(claim):
    """The files the client sent with the claim itself. Those of messages are with
    the messages; what colleagues attached is not for the client."""
    files = claim.env["ir.attachment"].search(
        [
            ("res_model", "=", claim._name),
            ("res_id", "=", claim.id),
            ("res_field", "=", False),
        ]
    )
    files = files.filtered(
        lambda file: file.create_uid.share or file.create_uid.id == SUPERUSER_ID
    )
    return files - claim.message_ids.attachment_ids


# -----------------------------------------------------------------------------
# What it says
# -----------------------------------------------------------------------------


def status(claim):
    """Where the claim is, in words for the client.

    :return: a phrase, and the end of the class of Bootstrap that colours it
    """
    if claim.state == "rejected" and claim.duplicate_of_id:
        return claim.env._("Merged"), "dark"
    if claim.waiting_since and claim.state not in ENDED:
        return claim.env._("Waiting for your answer"), "warning"
    return {
        "registered": (claim.env._("Received"), "info"),
        "dispatched": (claim.env._("Received"), "info"),
        "in_progress": (claim.env._("We are working on it"), "primary"),
        "verification": (claim.env._("We are working on it"), "primary"),
        "follow_up": (claim.env._("Please check"), "warning"),
        "closed": (
            (claim.env._("Closed without an answer"), "dark")
            if claim.satisfaction == UNCONFIRMED
            else (claim.env._("Settled"), "success")
        ),
        "rejected": (claim.env._("Declined"), "dark"),
    }[claim.state]


def hint(claim):
    """What happens now, and what the client can do: a sentence."""
    if claim.state not in ENDED and claim.waiting_since:
        return claim.env._(
            "We cannot continue without you. Please read our last message below and "
            "reply there."
        )
    received = claim.env._(
        "We received it. A quality manager will read it and pass it on to the right "
        "specialists."
    )
    in_work = claim.env._(
        "A specialist is working on it. If you have something to add, write below."
    )
    return {
        "registered": received,
        "dispatched": received,
        "in_progress": in_work,
        "verification": in_work,
        "follow_up": claim.env._("The work is done. You have the last word."),
    }.get(claim.state)


def steps(claim):
    """The ladder of the page: titles, whether each has been reached, and whether it is
    the last one that has."""
    titles = (
        claim.env._("Received"),
        claim.env._("In progress"),
        claim.env._("Your answer"),
        claim.env._("Settled"),
    )
    reached = next((n for n, states in enumerate(STEPS) if claim.state in states), -1)
    return [(title, n <= reached, n == reached) for n, title in enumerate(titles)]


# -----------------------------------------------------------------------------
# What the client says
# -----------------------------------------------------------------------------


def come_back(claim, words):
    """Reopen a closed claim because its client says that it is not settled.

    The caller has made sure that it is the client.

    :param words: what the client says
    :raises UserError: where it is too late, or nothing was said
    """
    claim = claim.sudo().with_user(SUPERUSER_ID)
    claim._lock_to_move()
    words = (words or "").strip()
    if not words:
        raise UserError(claim.env._("Please tell us what is wrong."))
    if claim.state in BEFORE_THE_END:
        raise UserError(claim.env._("We are already working on it again."))
    if claim.state != "closed" or not clock.may_be_reopened(claim):
        raise UserError(
            claim.env._(
                "This can no longer be reopened. Please send a new message and mention "
                "number %(number)s in it.",
                number=claim.name,
            )
        )
    claim._apply_transition("reopen_closed", words)
    # They have pressed a button to say so.
    undoing.forbid(claim)


def hears_client(claim):
    """Whether anybody reads what the client writes into the thread now."""
    return claim.state not in ENDED or (
        claim.state == "closed" and clock.may_be_reopened(claim)
    )


def is_from_client(claim, message):
    """Whether a message of the chatter is the client's. Users without the link and
    without access cannot post at all, so it is the client if it is not our staff."""
    # Letters are seen to by the gateway.
    if message.message_type != "comment" or message.subtype_id.internal:
        return False
    user, author = claim.env.user, message.author_id
    if user._is_internal() and user.id != SUPERUSER_ID:
        # Whatever author they give.
        return False
    users = author.with_context(active_test=False).user_ids
    staff = any(not user.share for user in users)
    return not staff and author != claim.env.ref("base.partner_root")


def sender_formatted(claim):
    """Name and address that the claim came with; nothing without an address."""
    address = claim.email_from
    return address and formataddr((claim.sender_name or address, address))


def leave_words(claim, words):
    """Post the client's comment on the verdict in the thread, so that the client and
    the staff find it there later; it notifies nobody again.

    :param words: plain text, maybe none
    """
    if not words:
        return
    user = claim.env.user
    person = claim.contact_id or claim.partner_id
    if user._is_portal():
        person = user.partner_id
    body = Markup("<p>%s</p>") % words
    claim.env["mail.message"].sudo().create(
        {
            "model": claim._name,
            "res_id": claim.id,
            "body": body.replace("\n", Markup("<br/>")),
            "message_type": "comment",
            "subtype_id": claim.env.ref("mail.mt_comment").id,
            "author_id": person.id,
            "email_from": person.email_formatted or sender_formatted(claim),
        }
    )
