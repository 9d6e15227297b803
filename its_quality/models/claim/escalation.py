"""Late or stalled claims are escalated to a superior; what no client has confirmed is
closed."""

from datetime import timedelta

from ...tools.by_code import by_code
from ..base.working_days import WorkingDays
from . import asking, clock, deadline, notifying, people, todo
from .rules import ENDED
from .verdicts import UNCONFIRMED

BATCH = 200


def watch_all(claims):
    """Every night: to-dos follow absences, late claims are escalated, and what no
    client has confirmed is closed."""
    cron = claims.env["ir.cron"]
    for company in claims.env["res.company"].search([]):  # pylint: disable=no-search-all
        for batch in open_claims(claims, company):
            batch = batch.try_lock_for_update()
            watch(batch, company)
            cron._commit_progress(len(batch))


def open_claims(claims, company):
    """The open claims of a company, in batches."""
    last = 0
    while True:
        claims = claims.sudo().search(
            [
                ("company_id", "=", company.id),
                ("state", "not in", ENDED),
                ("id", ">", last),
            ],
            order="id",
            limit=BATCH,
        )
        if not claims:
            return
        last = claims[-1].id
        yield claims


def watch(claims, company):
    today = company._its_today()
    unconfirmed = claims.filtered(lambda claim: is_unconfirmed(claim, today))
    close_unconfirmed(unconfirmed)
    rest = claims - unconfirmed
    todo.schedule(
        rest.filtered(lambda claim: claim.next_user_id != people.next_user(claim))
    )
    asking.remind(rest, today)
    for claim in rest.filtered(lambda claim: not claim.escalated_on):
        if deadline.is_overdue(claim, today) or is_stalled(claim, today):
            escalate(claim, today)


def is_stalled(claim, today):
    """Whether the claim is without movement longer than the company allows; waiting
    for or asking the client does not count."""
    if claim.waiting_since or claim.state == "follow_up" or not claim.date_stage:
        return False
    if claim.state == "in_progress" and claim.date_deadline:
        # It has the time it was given.
        return False
    since = clock.day_of(claim, claim.date_stage)
    if (today - since) < timedelta(days=claim.company_id.its_stall_days):
        return False
    days = WorkingDays(clock.calendar(claim), since)
    return days.after(since, claim.company_id.its_stall_days) <= today


def escalate(claim, today):
    """Notify the superior of the person the claim waits for, once per stage."""
    by_code(claim).write({"escalated_on": today})
    notifying.notify(claim, "escalated")


def is_unconfirmed(claim, today):
    """Whether the client has not answered within the days allowed."""
    if claim.state != "follow_up" or not claim.date_stage:
        return False
    since = clock.day_of(claim, claim.date_stage)
    if (today - since).days <= claim.company_id.its_confirm_days:
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
