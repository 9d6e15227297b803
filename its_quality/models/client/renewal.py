"""Who asks what continues what: in Python, as a domain and in SQL.

The answer is kept in fields of the subscription, which :mod:`.continuation` fills for a
whole client at once: ``continues_id``, ``is_renewed``, ``client_since``, the last day
in force and the day until which the client is covered.
"""

from odoo.fields import Date, Domain
from odoo.tools import SQL, format_date

CONTINUED = Domain("is_renewed", "=", True)
NOT_CONTINUED = ~CONTINUED
# Somebody has to see to it.
TO_RENEW = (
    Domain("state", "=", "expiring")
    & NOT_CONTINUED
    & Domain("date_cancelled", "=", False)
)
CONTRACTS = Domain("service_kind", "=", "contract")
# Contracts in force, and those that will continue one, also after a gap.
AGREED = CONTRACTS & (
    Domain("state", "in", ("active", "expiring"))
    | Domain("state", "=", "upcoming") & Domain("continues_id", "!=", False)
)


def is_to_renew(subscription):
    """Whether a subscription ends soon, and nothing continues it; what is cancelled as
    of a later day is not renewed."""
    return (
        subscription.state == "expiring"
        and not subscription.is_renewed
        and not subscription.date_cancelled
    )


def renewed_words(subscription):
    """Until when a subscription is renewed: what is said instead of its own end
    wherever that is told of; empty where nothing continues it."""
    following = subscription.is_renewed and subscription.continued_ids[:1]
    if not following:
        return ""
    env = subscription.env
    if not following.date_end:
        return env._("renewed")
    return env._("renewed until %(day)s", day=format_date(env, following.date_end))


def until_words(subscription):
    """What is said of the end of a subscription beside its name, which has its period:
    that it is near, or until when it is renewed; empty where it is neither."""
    if not is_to_renew(subscription):
        return renewed_words(subscription)
    env = subscription.env
    return env._("until %(date)s", date=format_date(env, subscription.date_end))


def continued_sql(subscription):
    """Whether a subscription is continued, for a statement; never ``NULL``.

    :param subscription: what the subscription is called there
    """
    return SQL("(%s IS TRUE)", SQL.identifier(subscription, "is_renewed"))


def begins_sql(subscription):
    """Whether a subscription continues none, for a statement.

    :param subscription: what the subscription is called there
    """
    return SQL("(%s IS NULL)", SQL.identifier(subscription, "continues_id"))


def since_sql(subscription):
    """The day since which a client has what a subscription is about: the beginning of
    its chain, for a statement. ``NULL`` where no day of the chain is known.

    :param subscription: what the subscription is called there
    """
    return SQL.identifier(subscription, "client_since")


def used_domain(first, last):
    """Subscriptions in force on one of these days."""
    first, last = Date.to_string(first), Date.to_string(last)
    return (
        (Domain("date_start", "=", False) | Domain("date_start", "<=", last))
        & (Domain("date_end", "=", False) | Domain("date_end", ">=", first))
        & (Domain("date_cancelled", "=", False) | Domain("date_cancelled", ">", first))
    )


def used_sql(subscription, first, last):
    """The same for a statement.

    :param subscription: what the subscription is called there
    """
    return SQL(
        """
        (COALESCE(%(start)s, '-infinity') <= %(last)s
         AND COALESCE(%(end)s, 'infinity') >= %(first)s
         AND COALESCE(%(cancelled)s, 'infinity') > %(first)s)
        """,
        start=SQL.identifier(subscription, "date_start"),
        end=SQL.identifier(subscription, "date_end"),
        cancelled=SQL.identifier(subscription, "date_cancelled"),
        first=first,
        last=last,
    )


def ended_domain(first, last):
    """Contracts whose last day in force is one of these days; one that was cancelled
    before it began is none of them."""
    return (
        CONTRACTS
        & Domain("date_last", ">=", Date.to_string(first))
        & Domain("date_last", "<=", Date.to_string(last))
    )


def ending_domain(first, last):
    """Contracts in force that end on one of these days."""
    return (
        CONTRACTS
        & Domain("state", "in", ("active", "expiring"))
        & Domain("date_last", ">=", Date.to_string(first))
        & Domain("date_last", "<=", Date.to_string(last))
    )
