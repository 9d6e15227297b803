"""When a planned call is due and when it is late: the one owner of that.

A call that was postponed, since nobody answered or somebody put it off, stays late since
the day it was first due. Days are those of the company that asks: a call may be about
nothing that has one.
"""

from odoo.fields import Date

STATES = [("overdue", "Overdue"), ("today", "Today"), ("planned", "Planned")]


def since(call):
    """The day on which a call was first due."""
    return call.its_late_since or call.date_deadline


def kept_since(call, today, is_asked_for):
    """Since when a call counts as late that is postponed now.

    :param is_asked_for: whether the client has asked for another time
    :return: a ``date``, or ``False`` where it is not late
    """
    if call.its_late_since:
        return call.its_late_since
    is_late = (
        call.date_deadline < today if is_asked_for else call.date_deadline <= today
    )
    return is_late and call.date_deadline


def days_late(call, today):
    """How many days a call is late; what is to be made today is not, nor what comes."""
    return max((today - since(call)).days, 0)


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
    day = Date.to_string(today)
    return ["|", ("its_late_since", "<", day), ("date_deadline", "<", day)]


def today_domain(today):
    """Calls to be made on a day, no sooner and no later."""
    return [("date_deadline", "=", Date.to_string(today)), *_in_time_domain(today)]


def due_domain(today):
    """Calls to be made on a day, those that are late among them."""
    return [("date_deadline", "<=", Date.to_string(today))]


def planned_domain(today):
    """Calls that are not due yet."""
    return [("date_deadline", ">", Date.to_string(today)), *_in_time_domain(today)]


def _in_time_domain(today):
    day = Date.to_string(today)
    return ["|", ("its_late_since", "=", False), ("its_late_since", ">=", day)]


DOMAINS = {
    "overdue": overdue_domain,
    "today": today_domain,
    "planned": planned_domain,
}
