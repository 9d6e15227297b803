"""When a planned call is due and when it is late: the one owner of that.

Days are those of the company that asks: a call may be about nothing that has one.
"""

from odoo.fields import Date

STATES = [("overdue", "Overdue"), ("today", "Today"), ("planned", "Planned")]


def days_late(call, today):
    """How many days a call is late; what is to be made today is not, nor what comes."""
    return max((today - call.date_deadline).days, 0)


def is_overdue(call, today):
    """Whether a call is late."""
    return days_late(call, today) > 0


def state_of(call, today):
    """A key of ``STATES``."""
    if is_overdue(call, today):
        return "overdue"
    return "today" if call.date_deadline == today else "planned"


def overdue_domain(today):
    """Calls that are late on a day."""
    return [("date_deadline", "<", Date.to_string(today))]


def today_domain(today):
    """Calls to be made on a day, no sooner and no later."""
    return [("date_deadline", "=", Date.to_string(today))]


def due_domain(today):
    """Calls to be made on a day, those that are late among them."""
    return [("date_deadline", "<=", Date.to_string(today))]


def planned_domain(today):
    """Calls that are not due yet."""
    return [("date_deadline", ">", Date.to_string(today))]


DOMAINS = {
    "overdue": overdue_domain,
    "today": today_domain,
    "planned": planned_domain,
}
