"""When a claim is late: the one owner of that, in Python, as a domain and in SQL.

Days are those of the company of the claim. What waits for the client is not late, and
what was handed over is not any more.
"""

from odoo.fields import Domain
from odoo.tools import SQL

# While the deadline is still to be kept.
AT_WORK = ("dispatched", "in_progress")


def is_kept(deadline, day):
    """Whether what is handed over on a day is on time; without a deadline it is."""
    return not deadline or day <= deadline


def is_overdue(claim, today):
    """Whether a claim is late.

    :param today: the ``date`` in the company of the claim
    """
    return (
        claim.state in AT_WORK
        and not claim.waiting_since
        and not is_kept(claim.date_deadline, today)
    )


def overdue_domain(today):
    """Claims that are late where it is ``today``; without a company they are of any."""
    return Domain(
        [
            ("state", "in", AT_WORK),
            ("waiting_since", "=", False),
            ("date_deadline", "<", today),
        ]
    )


def overdue_sql(claim, today):
    """Whether a claim is late, for a statement; never ``NULL``.

    :param claim: what the claim is called there
    :param today: an :class:`SQL` of the day it is where the claim belongs
    """
    return SQL(
        "(%(state)s IN %(at_work)s AND %(waiting)s IS NULL"
        " AND COALESCE(%(deadline)s < %(today)s, FALSE))",
        state=SQL.identifier(claim, "state"),
        at_work=AT_WORK,
        waiting=SQL.identifier(claim, "waiting_since"),
        deadline=SQL.identifier(claim, "date_deadline"),
        today=today,
    )


def search_domain(env, values):
    """Claims that are late, or those that are not, each where it belongs.

    :param values: some of ``True`` and ``False``
    """
    by_today = env["res.company"]._its_readable_companies()._its_by_today()
    late = Domain.OR(
        Domain("company_id", "in", companies.ids) & overdue_domain(today)
        for today, companies in by_today.items()
    )
    found = {True: late, False: ~late}
    return Domain.OR(found[bool(one)] for one in values)
