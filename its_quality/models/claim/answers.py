"""What clients answer by a letter: words that a person reads, with a verdict proposed where
they only say that all is well. Nothing is closed by them alone."""

from odoo.exceptions import UserError

from ...tools.by_code import by_code
from ...tools.thanks import is_thanks
from . import needs
from .letter_words import words_of
from .rules import BY_NAME
from .verdicts import HAPPY, reopens


def only_thanks(claim, words):
    """Whether a client says nothing but thanks, or that all is well now."""
    claim = claim.sudo()
    team = claim.team_id
    staff = claim.user_id | claim.quality_user_id | team.head_id | team.deputy_id
    names = [*staff.mapped("name"), claim.sender_name, claim.contact_id.name]
    return is_thanks(words, " ".join(filter(None, names)))


def hear(claim, words):
    """Keep what the client has written while they are asked, or their thanks after it was
    closed.

    :param words: as plain text
    """
    settled = only_thanks(claim, words)
    if words and (claim.state == "follow_up" or claim.state == "closed" and settled):
        by_code(claim.sudo()).write(
            {"answer_words": words, "answer_verdict": HAPPY if settled else False}
        )


def hear_anew(claim, message):
    """Take another message for the answer: the last one was about another matter.

    :param message: what the client has written before that, maybe nothing, or before
        they were asked
    """
    claim = claim.sudo()
    by_code(claim).write({"answer_words": False, "answer_verdict": False})
    if message and message.date >= claim.date_stage:
        hear(claim, words_of(message.body, quoted=False))


def accept(claim):
    """Record what the client has answered by e-mail, and close the claim with it.

    :raises UserError: where there is no such answer, or the user may not ask
    """
    way = BY_NAME["close"]
    claim._lock_to_move()
    needs.check_hindrances(claim, way)
    if not claim.answer_verdict or reopens(claim.answer_verdict):
        raise UserError(
            claim.env._(
                "%(claim)s: the client has not answered by e-mail. Press «Close» and "
                "choose what they say.",
                claim=claim.name,
            )
        )
    by_code(claim).write(
        {
            "satisfaction": claim.answer_verdict,
            "satisfaction_via": "mail",
            "client_comment": claim.answer_words,
        }
    )
    claim._apply_transition("close")
