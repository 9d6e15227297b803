"""How soon a client gets the first answer that a person has written: in working hours,
beside the goal of the team. The acknowledgment with the number is no answer."""

from odoo import fields

from ...tools.by_code import by_code
from . import clock
from .mail_rules import FROM_OUTSIDE


def mark(claims, now=None):
    """Note that clients have been answered, if they have not been before."""
    now = now or fields.Datetime.now()
    for claim in claims.sudo():
        # Whoever called was answered at once.
        if claim.first_answer_on or claim.channel not in FROM_OUTSIDE:
            continue
        hours = clock.working_hours(claim, claim.date_registered, now)
        goal = claim.team_id.its_answer_hours
        in_time = "yes" if hours <= goal else "no"
        by_code(claim).write(
            {
                "first_answer_on": now,
                "first_answer_hours": hours,
                "first_answer_in_time": in_time if goal else False,
            }
        )


def is_answer(claim, message):
    """Whether a message of the chatter is one of ours to the client."""
    if message.message_type != "comment" or message.subtype_id.internal:
        return False
    if not message.subtype_id:
        return False
    user = claim.env.user
    return user._is_internal() and not claim.env.su
