"""When a claim is late: the one owner of that, in Python, as a domain and in SQL; and
which deadlines may be set.

A deadline is a moment of working time where the team works. One that is a day lasts until
that day is over. What waits for the client is not late, and what was handed over is not
any more.
"""

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from . import clock

# While the deadline is still to be kept.
AT_WORK = ("dispatched", "in_progress")


def is_kept(deadline, now):
    """Whether what is handed over at a moment is on time; without a deadline it is."""
    return not deadline or now < deadline


def is_overdue(claim, now):
    """Whether a claim is late at a moment."""
    return (
        claim.state in AT_WORK
        and not claim.waiting_since
        and not is_kept(claim.deadline_at, now)
    )


def overdue_domain(now):
    """Claims that are late at a moment."""
    return Domain(
        [
            ("state", "in", AT_WORK),
            ("waiting_since", "=", False),
            ("deadline_at", "<=", now),
        ]
    )


def overdue_sql(claim, now):
    """Whether a claim is late, for a statement; never ``NULL``.

    :param claim: what the claim is called there
    :param now: a moment, in UTC
    """
    return SQL(
        "(%(state)s IN %(at_work)s AND %(waiting)s IS NULL"
        " AND COALESCE(%(deadline)s <= %(now)s, FALSE))",
        state=SQL.identifier(claim, "state"),
        at_work=AT_WORK,
        waiting=SQL.identifier(claim, "waiting_since"),
        deadline=SQL.identifier(claim, "deadline_at"),
        now=now,
    )


def search_domain(values):
    """Claims that are late, or those that are not.

    :param values: some of ``True`` and ``False``
    """
    late = overdue_domain(fields.Datetime.now())
    found = {True: late, False: ~late}
    return Domain.OR(found[bool(one)] for one in values)


# -----------------------------------------------------------------------------
# Which deadlines may be set
# -----------------------------------------------------------------------------


def check(claims, vals):
    """Refuse deadlines that nobody can keep, and moving one without saying why.

    :param vals: what somebody writes, with the deadline
    :raises UserError: with every reason at once
    """
    day = fields.Date.to_date(vals["date_deadline"])
    for claim in claims.sudo():
        if day == claim.date_deadline:
            continue
        refusals = refusals_of_day(claim, day) if day else []
        moving = claim.state == "in_progress"
        if moving and not day:
            refusals.append(claim.env._("A claim in progress needs a deadline."))
        elif moving and not (vals.get("deadline_reason") or "").strip():
            refusals.append(
                claim.env._(
                    "Say why the deadline is moved: the reason is kept with the claim."
                )
            )
        if refusals:
            raise UserError("\n".join([f"{claim.name}:", *refusals]))


def refusals_of_day(claim, day):
    """Why a day cannot be the deadline: it has passed, or nobody works then.

    :return: sentences
    """
    env, today = claim.env, clock.today(claim)
    if day < today:
        return [
            env._(
                "The deadline %(day)s is in the past. Choose a working day from today "
                "on.",
                day=format_date(env, day),
            )
        ]
    return refusals_of_day_off(claim, day)


def refusals_of_day_off(claim, day):
    """Why nothing of a claim is put on a day: nobody works then.

    :return: sentences
    """
    instead = clock.working_day_instead(claim, day)
    if not instead:
        return []
    return [
        claim.env._(
            "%(day)s is a day off. The next working day is %(next)s.",
            day=format_date(claim.env, day),
            next=format_date(claim.env, instead),
        )
    ]


def propose(claims, former):
    """Propose another deadline where the priority has changed. Before somebody works on
    the claim the usual deadline is replaced; one that was promised or chosen stays until
    the head of the team decides.

    :param former: the priority of each before; none where it was not written
    """
    for claim, priority in zip(claims.sudo(), former, strict=False):
        if claim.priority == priority or claim.state not in AT_WORK:
            continue
        today = clock.today(claim)
        if claim.state == "dispatched" and claim.date_stage:
            since = clock.day_of(claim, claim.date_stage)
            count = claim.company_id[f"its_claim_days_{priority}"]
            usual = clock.working_days(claim, since).after(since, count)
            if claim.date_deadline == usual:
                day = max(clock.default_deadline(claim, since), today)
                day = clock.working_days(claim, today).after(day, 0)
                claim.write(clock.deadline_values(claim, day))
                continue
        day = clock.default_deadline(claim)
        claim.proposed_deadline = day if day != claim.date_deadline else False
