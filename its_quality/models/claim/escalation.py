"""Late or stalled claims are escalated to a superior; what no client has confirmed is
closed."""

from odoo import fields
from odoo.tools import split_every

from ...tools.by_code import by_code
from . import asking, clock, deadline, effects, notifying, people
from .rules import ENDED
from .verdicts import UNCONFIRMED
from .watched import to_watch

BATCH = 200


def watch_all(claims):
    """Every night: to-dos follow absences, late claims are escalated, and what no
    client has confirmed is closed."""
    cron = claims.env["ir.cron"]
    claims = claims.sudo()
    for company in claims.env["res.company"].search([]):  # pylint: disable=no-search-all
        for ids in split_every(BATCH, to_watch(claims, company).ids):
            batch = claims.browse(ids).try_lock_for_update()
            watch(batch.filtered(lambda claim: claim.state not in ENDED), company)
            cron._commit_progress(len(batch))


def watch(claims, company):
    today, now = company._its_today(), fields.Datetime.now()
    unconfirmed = claims.filtered(lambda claim: is_unconfirmed(claim, today))
    close_unconfirmed(unconfirmed)
    rest = claims - unconfirmed
    away = people.absences(rest)
    effects.after_absences(
        rest.filtered(
            lambda claim: claim.next_user_id != people.next_user(claim, away[company])
        )
    )
    asking.remind(rest, today)
    for claim in rest:
        if claim.waiting_since:
            look_after(claim)
        elif is_newly_overdue(claim, now):
            by_code(claim).escalated_deadline = claim.deadline_at
            escalate(claim, today)
        elif is_newly_stalled(claim):
            # Its deadline, which may be kept yet, is another matter.
            escalate(claim, today)


def is_newly_overdue(claim, now):
    """Whether the claim is late, and nobody has been told of this deadline."""
    late = deadline.is_overdue(claim, now)
    return late and claim.escalated_deadline != claim.deadline_at


def is_newly_stalled(claim):
    """Whether the claim is without movement longer than the company allows, and nobody
    has been told since it moved. Waiting for the client does not count, nor does asking
    them, unless nobody does it."""
    if claim.escalated_on or claim.waiting_since or not claim.date_stage:
        return False
    allowed = claim.company_id.its_stall_days
    if claim.state == "in_progress" and claim.date_deadline:
        # It has the time it was given.
        return False
    if claim.state == "follow_up":
        if claim.asked_on or claim.tries:
            return False
        allowed = claim.company_id.its_confirm_days
    return is_after(claim, clock.day_of(claim, claim.date_stage), allowed)


def is_after(claim, since, count):
    """Whether so many working days of the team have passed since a day."""
    today = clock.today(claim)
    if (today - since).days < count:
        return False
    return clock.working_days(claim, since).after(since, count) <= today


def escalate(claim, today):
    """Notify the superior of the person the claim waits for: once for each deadline, and
    once for each stage."""
    by_code(claim).escalated_on = today
    notifying.notify(claim, "escalated")


def look_after(claim):
    """Where the client has not answered by the day agreed, remind whoever works on the
    claim; days later, tell those above and the quality manager."""
    until = claim.waiting_until or clock.day_of(claim, claim.waiting_since)
    if clock.today(claim) < until or claim.waiting_told == "above":
        return
    if is_after(claim, until, claim.company_id.its_stall_days):
        by_code(claim).waiting_told = "above"
        notifying.notify(claim, "waits_long")
    elif not claim.waiting_told:
        by_code(claim).waiting_told = "next"
        notifying.notify(claim, "waits")


def is_unconfirmed(claim, today):
    """Whether the client has not answered within the days allowed."""
    if claim.state != "follow_up":
        return False
    day = asking.day_unconfirmed(claim)
    if not day or today < day:
        return False
    if claim.answer_words:
        # They have answered; somebody has to read it.
        return False
    # A client who asked to be called back has answered.
    call = people.open_call(claim)
    return not (call.its_call_at and call.date_deadline >= today)


def close_unconfirmed(claims):
    """Close what nobody confirmed; it is counted separately."""
    for claim in claims:
        by_code(claim).write(
            {"satisfaction": UNCONFIRMED, "satisfaction_via": "nobody"}
        )
        claim._apply_transition("close")
