"""The client has the last word: they are asked, and their answer closes or reopens the
claim.

They are asked by a planned call of a quality manager, which is the only to-do of the
claim for that time, or by e-mail; those who do not answer the e-mail are called.
"""

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError

from ...tools.by_code import by_code
from ..base.working_days import WorkingDays
from ..survey import reminding
from . import clock, notifying, people, todo
from .rules import BY_NAME
from .verdicts import UNCONFIRMED, reopens


def ask(claims):
    """Ask the client whether all is well now, as soon as the work is verified.

    The call is planned already, see :mod:`.todo`; a letter puts it off.
    """
    claims = claims.sudo()
    by_code(claims).write(
        {"client_comment": False, "asked_on": False, "reminded_on": False}
    )
    for claim in claims:
        client = claim.partner_id
        phones = [client.phone, *client.child_ids.mapped("phone")]
        if (
            claim.company_id.its_claim_ask == "mail"
            or client.its_call_consent == "refused"
            or not any(phones)
        ):
            ask_by_mail(claim)


def ask_by_mail(claim):
    """Let the client answer by one click, and give them time to do it.

    :return: whether a letter has gone
    """
    claim = claim.sudo()
    if not notifying.send_question(claim):
        return False
    by_code(claim).asked_on = claim.company_id._its_today()
    call = people.open_call(claim).with_context(**todo.QUIET_CALL)
    if call:
        call.write({"date_deadline": todo.day_to_ask(claim)})
    return True


def remind(claims, today):
    """Write once more to clients who have not answered the letter that asked them; it
    has the same link.

    :param today: of the company of the claims
    """
    for claim in claims.sudo():
        wrote = claim.client_wrote_on
        if (
            claim.state == "follow_up"
            and not claim.reminded_on
            and reminding.is_time(claim.company_id, claim.asked_on, today)
            and not (wrote and clock.day_of(claim, wrote) >= claim.asked_on)
        ):
            by_code(claim).reminded_on = today
            notifying.send_question(claim)


def ask_again(claims):
    """Plan another call where the last one was closed without a result, for the
    next working day."""
    claims = claims.sudo().filtered(
        lambda claim: todo.is_asked_by_call(claim) and not people.open_call(claim)
    )
    todo.leave(claims)
    for claim in claims:
        company = claim.company_id
        today = company._its_today()
        days = WorkingDays(company.resource_calendar_id, today)
        call = people.open_call(claim).with_context(**todo.QUIET_CALL)
        call.date_deadline = todo.day_to_ask(claim, days.after(today, 1))


# -----------------------------------------------------------------------------
# The verdict
# -----------------------------------------------------------------------------


def refusals_of_word(claim, transition):
    """Why a claim may not be closed with the recorded verdict of the client."""
    if transition.name != "close":
        return []
    if reopens(claim.satisfaction):
        return [
            claim.env._(
                "The client is not satisfied, so the claim is not closed: press "
                "«Not satisfied: reopen»."
            )
        ]
    unexplained = not (claim.client_comment or "").strip()
    if claim.satisfaction == UNCONFIRMED and unexplained and not claim.env.su:
        return [
            claim.env._(
                "Say in the comment why the client has not confirmed: whom you "
                "tried to reach, and when."
            )
        ]
    return []


def record_verdict_in_call(claim, satisfaction, comment=None):
    """Record what the client says while the user talks to them.

    :param satisfaction: a key of ``SATISFACTION``
    :param comment: the client's words, needed where they are not satisfied
    :raises UserError: where the user may not ask, or the claim has moved on
    """
    claim.check_access("read")
    way = BY_NAME["reopen" if reopens(satisfaction) else "close"]
    comment = (comment or "").strip()
    claim._lock_to_move()
    if claim.state not in way.sources:
        raise UserError("\n".join([f"{claim.name}:", claim._wrong_state_message(way)]))
    if not people.is_who(claim, "interviewer"):
        raise UserError(people.wrong_interviewer_message(claim))
    if reopens(satisfaction) and not comment:
        raise UserError(
            claim.env._(
                "Write down what the client is not satisfied with: the person who "
                "works on %(claim)s next needs to know.",
                claim=claim.name,
            )
        )
    claim.write({"satisfaction": satisfaction, "client_comment": comment or False})
    claim._apply_transition(way.name, comment)


def record_client_verdict(claim, satisfaction, comment=None):
    """Record what the client says on their page, once.

    The caller has made sure that it is the client.

    :param satisfaction: a key of ``VERDICTS``
    :param comment: the client's words
    :raises UserError: where the client is not being asked, or has already answered
    """
    # The defaults of the caller's context do not apply.
    claim = claim.sudo().with_user(SUPERUSER_ID)
    claim._lock_to_move()
    if claim.state == "closed" and claim.satisfaction == UNCONFIRMED:
        raise UserError(claim.env._("This claim is already closed."))
    if claim.state != "follow_up":
        raise UserError(
            claim.env._("You have already answered, or the work is not finished yet.")
        )
    comment = (comment or "").strip()
    by_code(claim).write(
        {
            "satisfaction": satisfaction,
            "satisfaction_via": "page",
            "client_comment": comment or False,
        }
    )
    if reopens(satisfaction):
        claim._apply_transition(
            "reopen", comment or claim.env._("The client is not satisfied.")
        )
    else:
        claim._apply_transition("close")
