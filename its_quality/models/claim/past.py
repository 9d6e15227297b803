"""What was true of claims at a moment of the past, told from their movements: the one
owner of that. Movements are never changed, so neither is what they tell.
"""

from odoo import fields
from odoo.tools import SQL

from .deadline import AT_WORK
from .rules import ENDED

# What is counted of a time is read from these indexes, without the rest of the claims.
BY_REGISTRATION = "(date_registered) INCLUDE (id, company_id, team_id)"
# A partial index would be of no use to the report, which groups by sets.
BY_CLOSING = (
    "(date_closed) INCLUDE (id, state, date_registered, deadline_at, waiting_since, "
    "company_id, team_id, problem_id, problem_service_id, working_hours, on_time, "
    "rework_count, reopen_count)"
)


def open_at_sql(moment):
    """The claims that were on their way at a moment, and whether they were late then.

    A claim is where the last movement before the moment had put it; without any it is
    registered until it is closed. It was late if it was at work, and the deadline with
    which it left that stage, or that it still has, had passed. One that has been moved
    meanwhile is not broken: whoever had to keep it was given longer.

    :param moment: in UTC
    :return: a statement with the columns ``id`` and ``is_overdue``
    """
    return SQL(
        """
        SELECT claim.id,
               COALESCE(last.to_state IN %(at_work)s AND
                   CASE WHEN next.id IS NOT NULL THEN next.deadline_at <= %(moment)s
                        ELSE claim.deadline_at <= %(moment)s
                             AND COALESCE(claim.waiting_since >= %(moment)s, TRUE) END,
                   FALSE) AS is_overdue
          FROM (
                SELECT id, deadline_at, waiting_since FROM its_claim
                 WHERE state NOT IN %(ended)s AND date_registered < %(moment)s
                 UNION ALL
                -- What has ended since before the moment was not opened again after it.
                SELECT id, deadline_at, waiting_since FROM its_claim
                 WHERE state IN %(ended)s AND date_registered < %(moment)s
                   AND date_closed >= %(moment)s
          ) AS claim
          LEFT JOIN LATERAL (
                SELECT movement.to_state FROM its_claim_movement AS movement
                 WHERE movement.claim_id = claim.id AND movement.date < %(moment)s
                 ORDER BY movement.date DESC, movement.id DESC
                 LIMIT 1
          ) AS last ON TRUE
          LEFT JOIN LATERAL (
                SELECT movement.id, movement.deadline_at
                  FROM its_claim_movement AS movement
                 WHERE last.to_state IN %(at_work)s
                   AND movement.claim_id = claim.id AND movement.date >= %(moment)s
                 ORDER BY movement.date, movement.id
                 LIMIT 1
          ) AS next ON TRUE
         WHERE COALESCE(last.to_state, 'registered') NOT IN %(ended)s
        """,
        moment=moment,
        ended=tuple(ENDED),
        at_work=AT_WORK,
    )


def overdue_at_sql(moment):
    """The ids of claims that were late at a moment.

    :return: a subquery
    """
    return SQL("(SELECT id FROM (%s) AS told WHERE is_overdue)", open_at_sql(moment))


def closed_within_sql(start, end):
    """The ids of claims that were closed in a time, as :func:`closed_within_domain`
    without asking who may read the movements: whoever may read the claim.

    :return: a subquery
    """
    return SQL(
        """(
        SELECT claim_id FROM its_claim_movement
         WHERE to_state = 'closed' AND date >= %s AND date < %s
        )""",
        start,
        end,
    )


def closed_within_domain(start, end):
    """Claims that were closed in a time, opened again since or not.

    :param start: a moment in UTC
    :param end: another one, excluded
    """
    closing = [
        ("to_state", "=", "closed"),
        ("date", ">=", fields.Datetime.to_string(start)),
        ("date", "<", fields.Datetime.to_string(end)),
    ]
    return [("movement_ids", "any", closing)]
