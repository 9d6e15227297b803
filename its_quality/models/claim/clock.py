"""The clock of a claim: working time in the calendar and the time zone of its team, and
pauses while waiting for the client."""

from datetime import timedelta

from odoo import fields

from ...tools.by_code import by_code
from ..base import days
from ..base.working_days import WorkingDays, after_work, working_time

SECOND = timedelta(seconds=1)


def calendar(claim):
    team_has = claim.team_id._its_calendar_id()
    calendar_id = team_has or claim.company_id._its_calendar_id()
    return claim.env["resource.calendar"].browse(calendar_id)


def zone(claim):
    """The name of the time zone in which the team works."""
    working = calendar(claim)
    return working._its_zone() if working else claim.company_id._its_zone()


def today(claim):
    """The ``date`` it is where the team works."""
    return days.today(zone(claim))


def day_of(claim, moment):
    """The day that a moment, in UTC, belongs to where the team works."""
    return days.day_of(moment, zone(claim))


def working_hours(claim, start, end):
    """How long the team works between two moments, in UTC."""
    time = working_time(calendar(claim), start, end, zone(claim))
    return time.total_seconds() / 3600


def working_days(claim, first):
    """The working days of the team, from a day on."""
    return WorkingDays(calendar(claim), first)


def working_day_instead(claim, day):
    """The next working day of the team, where a day is a day off.

    :return: a ``date``; ``None`` where somebody works on the day, or never does
    """
    following = working_days(claim, day).after(day, 0)
    return following if following != day else None


def default_deadline(claim, since=None):
    """The day by which the team should be done: working days by priority.

    :param since: the day from which they count; today
    """
    count = claim.company_id[f"its_claim_days_{claim.priority}"]
    since = since or today(claim)
    return working_days(claim, since).after(since, count)


def may_be_reopened(claim):
    """Whether the client may still come back to a closed claim."""
    allowed = timedelta(days=claim.company_id.its_reopen_days)
    closed = claim.date_closed
    return bool(closed) and fields.Datetime.now() <= closed + allowed


# -----------------------------------------------------------------------------
# Deadlines
# -----------------------------------------------------------------------------


def end_of(claim, day):
    """The moment, in UTC, when a day is over where the team works."""
    return days.midnight(day + days.ONE_DAY, zone(claim))


def deadline_values(claim, day):
    """What to write where a claim gets a day as its deadline: it lasts until the day is
    over."""
    return {"date_deadline": day, "deadline_at": end_of(claim, day)}


def moved_deadline(claim, since, now):
    """What to write where a claim has waited: its deadline moves by the working time
    that the team has had meanwhile. One that had passed before stays where it was.

    A deadline at the end of a day's work lasts until the day is over.
    """
    deadline = claim.deadline_at
    if not deadline or deadline <= since:
        return {}
    working, where = calendar(claim), zone(claim)
    waited = working_time(working, since, now, where)
    if not waited:
        return {}
    moment = after_work(working, deadline, waited, where)
    day = days.day_of(moment - SECOND, where)
    if working_time(working, moment, end_of(claim, day), where) < SECOND:
        return deadline_values(claim, day)
    return {"date_deadline": day, "deadline_at": moment}


# -----------------------------------------------------------------------------
# Pauses
# -----------------------------------------------------------------------------


def default_until(claim):
    """The working day until which a claim waits for its client, unless told otherwise."""
    day = today(claim)
    return working_days(claim, day).after(day, claim.company_id.its_wait_days)


def pause(claims, until=None):
    """Stop the clock until the client has answered.

    :param until: the day on which somebody is to look after it
    """
    for claim in claims.sudo():
        if not claim.waiting_since:
            by_code(claim).write(
                {
                    "waiting_since": fields.Datetime.now(),
                    "waiting_until": until or default_until(claim),
                    "waiting_told": False,
                }
            )


def resume(claims, now=None):
    """Resume the clock; the deadline moves by the working time spent waiting."""
    for claim in claims.sudo().filtered("waiting_since"):
        by_code(claim).write(
            {
                **account(claim, now or fields.Datetime.now()),
                "waiting_since": False,
                "waiting_until": False,
                "waiting_told": False,
            }
        )


def account(claim, now):
    """What to write for the time that a claim has been waiting for until now."""
    since = claim.waiting_since
    waited = working_hours(claim, since, now)
    return {
        "waited_hours": claim.waited_hours + waited,
        **moved_deadline(claim, since, now),
    }
