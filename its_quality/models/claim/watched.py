"""Which open claims the night has something to do with: few of them, so that an hour in
which nothing has changed costs nothing.

These conditions let through whatever :mod:`.escalation` would act on, and some more: they
count days where it counts working days. It looks at each that they let through.
"""

from datetime import timedelta

from odoo import fields
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.days import ONE_DAY
from . import deadline, people
from .rules import ENDED

# Whose turn it is follows from these alone, besides who is there that day.
TURN = """
    SELECT min(turn.id), array_agg(turn.id)
      FROM (
            SELECT claim.id, claim.state, claim.team_id, claim.user_id,
                   claim.quality_user_id, claim.next_user_id,
                   call.user_id AS caller_id,
                   ARRAY(SELECT worker.user_id FROM its_claim_worker_rel AS worker
                          WHERE worker.claim_id = claim.id ORDER BY 1) AS workers
              FROM its_claim AS claim
              LEFT JOIN mail_activity AS call
                ON call.its_claim_id = claim.id AND call.active
             WHERE claim.company_id = %(company)s AND claim.state NOT IN %(ended)s
           ) AS turn
     GROUP BY state, team_id, user_id, quality_user_id, next_user_id, caller_id, workers
"""


def to_watch(claims, company):
    """The open claims of a company that something may have to be done about now.

    :param claims: the model, as the superuser
    :return: claims, in the order of their ids
    """
    claims.env.flush_all()
    found = claims.search(_in_time(company, fields.Datetime.now()))
    return (found | _in_turn(claims, company)).sorted("id")


def _in_turn(claims, company):
    """Claims that wait for somebody else than they should, since people go away and come
    back: asked once of all that are alike."""
    rows = claims.env.execute_query(SQL(TURN, company=company.id, ended=tuple(ENDED)))
    ids = dict(rows)
    first = claims.browse(ids)
    absence = people.absences(first)
    return claims.browse(
        claim_id
        for claim in first
        if claim.next_user_id != people.next_user(claim, absence[company])
        for claim_id in ids[claim.id]
    )


def _in_time(company, now):
    """Claims whose time has come: to be late, to be stalled, to be reminded of or to be
    closed without an answer."""
    # Where a team works, it may be tomorrow.
    today = company._its_today() + ONE_DAY
    return Domain(
        [("company_id", "=", company.id), ("state", "not in", ENDED)]
    ) & Domain.OR(
        (
            _newly_overdue(now),
            _stalled(company, today),
            _waiting(today),
            _asked(company, today),
        )
    )


def _newly_overdue(now):
    told = SQL(
        "(SELECT id FROM its_claim WHERE state IN %s AND escalated_deadline = deadline_at)",
        deadline.AT_WORK,
    )
    return deadline.overdue_domain(now) & Domain("id", "not in", told)


def _stalled(company, today):
    allowed = min(company.its_stall_days, company.its_confirm_days)
    still = ("date_stage", "<", str(today - timedelta(days=allowed - 1)))
    return Domain(
        [
            ("escalated_on", "=", False),
            ("waiting_since", "=", False),
            "|",
            ("state", "!=", "in_progress"),
            ("date_deadline", "=", False),
            "|",
            ("state", "!=", "follow_up"),
            "&",
            ("asked_on", "=", False),
            ("tries", "in", [0, False]),
            still,
        ]
    )


def _waiting(today):
    """Those whose client has not answered by the day agreed."""
    return Domain(
        [
            ("waiting_since", "!=", False),
            ("waiting_told", "!=", "above"),
            "|",
            ("waiting_until", "=", False),
            ("waiting_until", "<=", str(today)),
        ]
    )


def _asked(company, today):
    """Those whose client was asked long enough ago for a reminder or for the silence to
    count."""

    def long_ago(name, count):
        return Domain(name, "<=", str(today - timedelta(days=count)))

    silent = long_ago("asked_on", company.its_confirm_days) | long_ago(
        "tried_on", company.its_confirm_days
    )
    reminded = Domain("reminded_on", "=", False) & long_ago(
        "asked_on", company.its_remind_days
    )
    if not company.its_remind_days:
        reminded = Domain.FALSE
    return Domain("state", "=", "follow_up") & (silent | reminded)
