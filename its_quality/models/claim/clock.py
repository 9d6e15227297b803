"""The clock of a claim: deadlines in working days, hours of work, and pauses while
waiting for the client."""

from datetime import timedelta

from odoo import fields

from ...tools.by_code import by_code
from ..base.working_days import WorkingDays


def calendar(claim):
    return claim.team_id.resource_calendar_id or claim.company_id.resource_calendar_id


def working_hours(claim, start, end):
    if end <= start:
        return 0
    working = calendar(claim)
    if not working:
        return 0
    return working.get_work_hours_count(start, end)


def default_deadline(claim):
    """The day by which the team should be done: working days by priority."""
    company = claim.company_id
    count = company[f"its_claim_days_{claim.priority}"]
    today = company._its_today()
    return WorkingDays(calendar(claim), today).after(today, count)


def may_be_reopened(claim):
    """Whether the client may still come back to a closed claim."""
    days = timedelta(days=claim.company_id.its_reopen_days)
    return bool(claim.date_closed) and fields.Datetime.now() <= claim.date_closed + days


def day_of(claim, moment):
    """The day that a moment, in UTC, belongs to where the company works."""
    return claim.company_id._its_day_of(moment)


def pause(claims):
    """Stop the clock until the client has answered."""
    for claim in claims.sudo():
        if not claim.waiting_since:
            by_code(claim).write({"waiting_since": fields.Datetime.now()})


def resume(claims, now=None):
    """Resume the clock; the deadline moves by the days spent waiting."""
    now = now or fields.Datetime.now()
    for claim in claims.sudo().filtered("waiting_since"):
        since = claim.waiting_since
        first, last = day_of(claim, since), day_of(claim, now)
        days = WorkingDays(calendar(claim), first)
        waited = sum(
            first + timedelta(days=n) in days for n in range((last - first).days)
        )
        values = {
            "waiting_since": False,
            "waited_hours": claim.waited_hours + working_hours(claim, since, now),
        }
        if claim.date_deadline and waited:
            values["date_deadline"] = days.after(claim.date_deadline, waited)
        by_code(claim).write(values)
