"""What continues what: the one owner of that, in Python, as a domain and in SQL.

A subscription is continued by the one that was chained to it: by «Renew», by a user, or
by an import; it continues where another was chained to it, and begins where it was
chained to none. ``is_renewed`` of a subscription keeps the answer for lists, filters
and reports.
"""

from odoo.fields import Date, Domain
from odoo.tools import SQL

# A contract that begins so many days after the end of another may still prolong it.
LONGEST_GAP = 60

CONTINUED = Domain("is_renewed", "=", True)
NOT_CONTINUED = ~CONTINUED
# Somebody has to see to it.
TO_RENEW = Domain("state", "=", "expiring") & NOT_CONTINUED


def is_continued(subscription):
    """Whether another subscription was chained to this one."""
    return bool(subscription.next_ids)


def is_to_renew(subscription):
    """Whether a subscription ends soon, and nothing continues it."""
    return subscription.state == "expiring" and not subscription.is_renewed


def continued_sql(subscription):
    """Whether a subscription is continued, for a statement; never ``NULL``.

    :param subscription: what the subscription is called there
    """
    return SQL("(%s IS TRUE)", SQL.identifier(subscription, "is_renewed"))


def chained_sql(subscription_id):
    """The same by the chain itself, for who asks before ``is_renewed`` is computed.

    :param subscription_id: an :class:`SQL` of the id of a subscription
    """
    return SQL(
        "EXISTS (SELECT FROM its_subscription renewal WHERE renewal.previous_id = %s)",
        subscription_id,
    )


def begins_sql(subscription):
    """Whether a subscription continues none, for a statement.

    :param subscription: what the subscription is called there
    """
    return SQL("(%s IS NULL)", SQL.identifier(subscription, "previous_id"))


def since_sql(subscription):
    """The day since which a client has what a subscription is about: the beginning of
    its chain, for a statement. ``NULL`` where no day of the chain is known.

    :param subscription: what the subscription is called there
    """
    return SQL(
        """
        CASE WHEN %(previous)s IS NULL THEN %(start)s ELSE (
            WITH RECURSIVE chain AS (
                SELECT former.id, former.previous_id, former.date_start
                  FROM its_subscription AS former
                 WHERE former.id = %(previous)s
                 UNION
                SELECT former.id, former.previous_id, former.date_start
                  FROM chain JOIN its_subscription AS former
                    ON former.id = chain.previous_id
            )
            SELECT LEAST(min(date_start), %(start)s) FROM chain
        ) END
        """,
        previous=SQL.identifier(subscription, "previous_id"),
        start=SQL.identifier(subscription, "date_start"),
    )


def follows(former_end, start, gap=None):
    """Whether what starts on a day may continue what ended on another.

    :param gap: at most so many days after; however long after by default
    """
    if not former_end or not start or former_end >= start:
        return False
    return gap is None or (start - former_end).days <= gap


def follows_sql(former_end, start, gap):
    """The same for a statement, which may be ``NULL`` where a day is missing."""
    return SQL(
        "(%(former_end)s < %(start)s AND %(start)s <= %(former_end)s + %(gap)s)",
        former_end=former_end,
        start=start,
        gap=gap,
    )


def ended_domain(first, last):
    """Subscriptions that ended on one of these days: whose last day has passed, or that
    were cancelled. What of it is continued was retained («закрепляемость»)."""
    within = [("date_end", ">=", Date.to_string(first))]
    within.append(("date_end", "<=", Date.to_string(last)))
    ran_out = Domain("state", "=", "expired") & Domain(within)
    within = [("date_cancelled", ">=", Date.to_string(first))]
    within.append(("date_cancelled", "<=", Date.to_string(last)))
    return ran_out | (Domain("state", "=", "cancelled") & Domain(within))


def ending_domain(first, last):
    """Subscriptions in force that end on one of these days. What of it is continued
    was prolonged («пролонгация»)."""
    return Domain(
        [
            ("state", "in", ("active", "expiring")),
            ("date_cancelled", "=", False),
            ("date_end", ">=", Date.to_string(first)),
            ("date_end", "<=", Date.to_string(last)),
        ]
    )
