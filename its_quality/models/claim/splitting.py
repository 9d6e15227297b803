"""What a client has written about another matter, under a claim, becomes a claim of its
own."""

import re
import textwrap

from odoo import SUPERUSER_ID, fields
from odoo.exceptions import UserError

from ...tools.by_code import by_code
from . import answers, people, sender
from .letter_words import words_of

SUBJECT_SIZE, FIRST_LINE = 200, 80
# What programs put before the subject that is answered.
ANSWER = re.compile(
    r"(?:\s{0,9}(?:re|aw|отв|ответ|ha)(?:\[\d{1,2}\])?\s?:)+", re.IGNORECASE
)


def last_words(claim):
    """The last message that the client has written about a claim, but what it began
    with."""
    messages = claim.sudo().message_ids.filtered(
        lambda message: (
            message.message_type in ("email", "comment")
            and not message.subtype_id.internal
            and not any(not user.share for user in message.author_id.user_ids)
        )
    )
    messages = messages.sorted("id")
    began = claim.channel == "email" and messages[:1]
    return (messages - began if began else messages)[-1:]


def has_written(claim):
    """Note that the client has written about a claim that was there already."""
    by_code(claim.sudo()).client_wrote_on = fields.Datetime.now()


def may_split(claim):
    """Whether the user may split off something of a claim, and there is something."""
    return (
        bool(claim)
        and people.is_who(claim, "quality")
        and not people.has_worked_on(claim)
        and bool(claim.client_wrote_on)
    )


def subject_of(message, claim, words):
    """What a message is about that came under another claim: neither the number nor the
    subject of that one, by which answers would find it.

    :param words: of the message
    """
    subject = ANSWER.sub("", message.subject or "")
    number = re.compile(
        rf"[\[(#\s]{{0,9}}{re.escape(claim.name)}[\])\s:.,-]{{0,9}}", re.IGNORECASE
    )
    subject = " ".join(number.sub(" ", subject).split())
    if not subject or subject.casefold() == claim.subject.casefold():
        lines = (line.strip() for line in words.splitlines())
        first = next(filter(None, lines), "") or claim.subject
        subject = textwrap.shorten(first, FIRST_LINE, placeholder="…")
    return subject[:SUBJECT_SIZE]


def split_off(claim):
    """Register the last message of the client as a claim of its own, as a quality
    manager.

    :return: the new claim
    :raises UserError: where there is none
    """
    claim.check_access("read")
    if not people.is_who(claim, "quality"):
        raise UserError(claim.env._("Only a quality manager can do this."))
    people.check_not_worked_on(claim, claim.env._("what the client has written"))
    message = last_words(claim)
    if not message:
        raise UserError(
            claim.env._(
                "The client has written nothing about %(claim)s since it was "
                "registered.",
                claim=claim.name,
            )
        )
    old = claim.sudo()
    words = words_of(message.body, quoted=False)
    new = sender.register(
        old.with_context(its_unanswered=None),
        "email" if message.message_type == "email" else old.channel,
        old.company_id,
        {
            "subject": subject_of(message, old, words),
            "description": words,
            "email_from": old.email_from,
            "sender_name": old.sender_name,
            "sender_phone": old.sender_phone,
        },
        contact=old.contact_id or old.partner_id,
    )
    files = message.attachment_ids.filtered(
        lambda file: file.res_model == old._name and file.res_id == old.id
    )
    files.write({"res_id": new.id})
    message.write({"res_id": new.id})
    for one, other in ((old, new), (new, old)):
        one.with_user(SUPERUSER_ID).message_post(
            body=(
                claim.env._(
                    "%(user)s has split off what the client wrote: %(claim)s.",
                    user=claim.env.user.name,
                    claim=other.display_name,
                )
            ),
            subtype_xmlid="mail.mt_note",
        )
    before = last_words(old)
    if not before:
        by_code(old).client_wrote_on = False
    answers.hear_anew(old, before)
    return new.with_env(claim.env)
