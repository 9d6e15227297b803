"""The client has the last word: they are asked, and their answer closes or reopens the
claim.

They are asked by a planned call of a quality manager, which is the only to-do of the
claim for that time, or by e-mail; those who do not answer the e-mail are called.
"""

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...tools.by_code import by_code
from ..base.days import ONE_DAY
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
        {
            "client_comment": False,
            "asked_on": False,
            "reminded_on": False,
            "tries": 0,
            "tried_on": False,
            "declined": False,
        }
    )
    for claim in claims:
        if claim.company_id.its_claim_ask == "mail" or not may_be_called(claim):
            ask_by_mail(claim)


def may_be_called(claim):
    """Whether the client has a phone, and has not asked not to be called."""
    client = claim.partner_id
    phones = [client.phone, *client.child_ids.mapped("phone")]
    return client.its_call_consent != "refused" and any(phones)


def note_try(claim):
    """Count a call about the result that nobody has answered."""
    claim = claim.sudo()
    today = claim.company_id._its_today()
    by_code(claim).write({"tries": claim.tries + 1, "tried_on": today})


def note_refusal(claim):
    """Remember that the client was reached and has refused to say anything."""
    by_code(claim.sudo()).declined = True


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


def refusals_of_word(claim, transition, given=None):
    """Why a claim may not be closed with the recorded verdict of the client.

    :param given: values that are written together with the move
    """
    if transition.name != "close":
        return []
    said = {"satisfaction": claim.satisfaction, "client_comment": claim.client_comment}
    said.update(given or {})
    if reopens(said["satisfaction"]):
        return [
            claim.env._(
                "The client is not satisfied, so the claim is not closed: press "
                "«Not satisfied: reopen»."
            )
        ]
    if said["satisfaction"] != UNCONFIRMED:
        return []
    refusals = refusals_of_unconfirmed(claim)
    if not (said["client_comment"] or "").strip() and not claim.env.su:
        refusals.append(
            claim.env._(
                "Say in the comment why the client has not confirmed: whom you "
                "tried to reach, and when."
            )
        )
    return refusals


def refusals_of_unconfirmed(claim):
    """Why a claim may not be closed as not confirmed: nobody has asked the client, or
    they still have time to answer.

    Enough calls in vain, a client who refuses to talk, and one who cannot be reached at
    all let a person close it at once, and say why; the night waits for the days.

    :return: sentences; an empty list where it may
    """
    claim, env = claim.sudo(), claim.env
    company = claim.company_id
    if claim.declined or claim.tries >= company.its_confirm_calls:
        return []
    day = day_unconfirmed(claim)
    if day and company._its_today() < day:
        return [
            env._(
                "The client was asked by e-mail on %(day)s and has until %(last)s to "
                "answer. Wait for it, or call them.",
                day=format_date(env, claim.asked_on),
                last=format_date(env, day - ONE_DAY),
            )
        ]
    if day or not (may_be_called(claim) or notifying.client_address(claim)):
        return []
    return [
        env._(
            "The client has not been asked enough: the claim is closed as not confirmed "
            "after an e-mail or %(needed)s unanswered calls; there were %(count)s.",
            needed=company.its_confirm_calls,
            count=claim.tries,
        )
    ]


def day_unconfirmed(claim):
    """The first day on which the silence of the client counts as an answer: working
    days after the letter or, without one, after the last of enough calls.

    :return: a ``date``; ``None`` while nobody has asked the client
    """
    company = claim.company_id.sudo()
    since = claim.asked_on
    if not since and claim.tries >= company.its_confirm_calls:
        since = claim.tried_on
    if not since:
        return None
    working = WorkingDays(company.resource_calendar_id, since)
    return working.after(since, company.its_confirm_days) + ONE_DAY


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
