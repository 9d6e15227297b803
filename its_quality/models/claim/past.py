"""What was true of claims at a moment of the past, told from their movements: the one
owner of that. Movements are never changed, so neither is what they tell.
"""

from odoo import fields
from odoo.tools import SQL

from .deadline import AT_WORK
from .rules import ENDED


def _last_movement(moment):
    """What had put a claim where it stood at a moment."""
    return SQL(
        """
        SELECT movement.to_state FROM its_claim_movement AS movement
         WHERE movement.claim_id = claim.id AND movement.date < %s
         ORDER BY movement.date DESC, movement.id DESC
         LIMIT 1
        """,
        moment,
    )


def open_at_sql(moment):
    """The ids of claims that were on their way at a moment.

    A claim is where the last movement before the moment had put it; without any it is
    registered until it is closed.

    :param moment: in UTC
    :return: a subquery
    """
    return SQL(
        """(
        SELECT claim.id
          FROM its_claim AS claim
          LEFT JOIN LATERAL (%(last)s) AS last ON TRUE
         WHERE claim.date_registered < %(moment)s
           -- What has ended since before the moment was not opened again after it.
           AND (claim.state NOT IN %(ended)s OR claim.date_closed >= %(moment)s)
           AND COALESCE(last.to_state, 'registered') NOT IN %(ended)s
        )""",
        moment=moment,
        last=_last_movement(moment),
        ended=tuple(ENDED),
    )


def overdue_at_sql(moment):
    """The ids of claims that were late at a moment: they were at work, and the deadline
    with which they left that stage, or that they still have, had passed. One that has
    been moved meanwhile is not broken: whoever had to keep it was given longer.

    :param moment: in UTC
    :return: a subquery
    """
    return SQL(
        """(
        SELECT claim.id
          FROM its_claim AS claim
         CROSS JOIN LATERAL (%(last)s) AS last
          LEFT JOIN LATERAL (
                SELECT movement.id, movement.deadline_at
                  FROM its_claim_movement AS movement
                 WHERE movement.claim_id = claim.id AND movement.date >= %(moment)s
                 ORDER BY movement.date, movement.id
                 LIMIT 1
          ) AS next ON TRUE
         WHERE claim.date_registered < %(moment)s
           AND (claim.state NOT IN %(ended)s OR claim.date_closed >= %(moment)s)
           AND last.to_state IN %(at_work)s
           AND CASE WHEN next.id IS NOT NULL THEN next.deadline_at <= %(moment)s
                    ELSE claim.deadline_at <= %(moment)s
                         AND COALESCE(claim.waiting_since >= %(moment)s, TRUE) END
        )""",
        moment=moment,
        last=_last_movement(moment),
        ended=tuple(ENDED),
        at_work=AT_WORK,
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
