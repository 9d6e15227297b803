"""What the measures of the reports are made of, for a statement: the one owner of each.

A share is a mean of 0 and 100; ``NULL`` is in no mean. All are ``float8``: the database
takes a mean of them several times faster than of exact numbers.
"""

from odoo.tools import SQL

from ..models.claim.rules import ENDED
from ..models.claim.verdicts import HAPPY, UNCONFIRMED

HANDED_OVER = ("verification", "follow_up", "closed")


def share_sql(condition):
    """100 where a condition holds, 0 where it does not or is not known."""
    return SQL("CASE WHEN %s THEN 100.0::float8 ELSE 0.0::float8 END", condition)


def where_sql(condition, value):
    """A value where a condition holds; nothing is known elsewhere."""
    return SQL("CASE WHEN %s THEN %s END", condition, value)


def score_sql(response):
    """The satisfaction that a response has come to.

    :param response: what the response is called there
    """
    return where_sql(
        SQL("%s", SQL.identifier(response, "its_has_score")),
        SQL.identifier(response, "its_score"),
    )


def nps_sql(response):
    """100, 0 or −100 of a response in which the client has told it."""
    return where_sql(
        SQL("%s IS NOT NULL", SQL.identifier(response, "its_nps_class")),
        SQL.identifier(response, "its_nps_points"),
    )


def claim_sql(claim, now):
    """The measures of a claim, by name.

    :param claim: what the claim is called there
    :param now: a moment, in UTC
    """

    def of(name):
        return SQL.identifier(claim, name)

    def passed(since, until, seconds):
        return SQL("date_part('epoch', %s - %s) / %s", until, since, seconds)

    on_its_way = SQL("%s NOT IN %s", of("state"), tuple(ENDED))
    closed = SQL("%s = 'closed'", of("state"))
    # Neither of the counts has a number until it happens for the first time.
    handed_over = SQL(
        "(%s IN %s OR COALESCE(%s, 0) + COALESCE(%s, 0) > 0)",
        of("state"),
        HANDED_OVER,
        of("rework_count"),
        of("reopen_count"),
    )
    has_said = SQL("%s AND %s != %s", closed, of("satisfaction"), UNCONFIRMED)
    answered = SQL("%s IN ('yes', 'no')", of("first_answer_in_time"))
    moment = SQL("%s::timestamp", now)
    return {
        "days_at_stage": where_sql(on_its_way, passed(of("date_stage"), moment, 86400)),
        "age_days": where_sql(on_its_way, passed(of("date_registered"), moment, 86400)),
        "hours": where_sql(
            closed, passed(of("date_registered"), of("date_closed"), 3600)
        ),
        "working_hours": where_sql(closed, SQL("COALESCE(%s, 0)", of("working_hours"))),
        "first_answer_hours": where_sql(
            SQL("%s IS NOT NULL", of("first_answer_on")), of("first_answer_hours")
        ),
        "first_answer_share": where_sql(
            answered, share_sql(SQL("%s = 'yes'", of("first_answer_in_time")))
        ),
        "on_time_share": where_sql(handed_over, share_sql(of("on_time"))),
        "on_time_first_share": where_sql(handed_over, share_sql(of("on_time_first"))),
        "rework_share": where_sql(closed, share_sql(SQL("%s > 0", of("rework_count")))),
        "reopen_share": where_sql(closed, share_sql(SQL("%s > 0", of("reopen_count")))),
        "satisfied_share": where_sql(
            has_said, share_sql(SQL("%s = %s", of("satisfaction"), HAPPY))
        ),
        "unconfirmed_share": where_sql(
            closed, share_sql(SQL("%s = %s", of("satisfaction"), UNCONFIRMED))
        ),
    }
