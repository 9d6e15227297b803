"""Which clients are spoken with as often as the cadences promise: the one owner of that,
for coverage, lists and the signs of risk."""

from datetime import timedelta

from odoo.tools import SQL

from ..base import days
from ..client.renewal import since_sql

# What is asked of a card: read once for all cadences.
OF_A_CARD = ("id", "active", "its_client", "its_call_consent", "company_id")


def kept_clients(env, day=None, clients=(), purpose=None):
    """Clients with a periodic cadence, and whether they were reached in time.

    A client counts if on that day they had a subscription in force that a periodic
    cadence of their company is about, may be called, and has had it for as long as
    the period or was reached within it. They were reached in time if of each such
    cadence the last talk («reached», for a control one of its purpose) is not older
    than the period. Only clients whom the user may read by
    their role count.

    :param day: the ``date`` as of which to compute; today by default
    :param clients: a further condition on them, a domain of ``res.partner``
    :param purpose: only by cadences of this purpose
    :return: a statement with the columns ``client_id`` and ``kept``
    """
    partners = env["res.partner"]._its_by_role()
    readable = partners._search([("its_client", "=", True), *clients])
    # A cadence is not secret, but its form belongs to the administrator.
    cadences = (
        env["its.cadence"]
        .sudo()
        .search(
            [
                ("trigger", "=", "periodic"),
                ("company_id", "in", env.companies.ids),
                *([("purpose", "=", purpose)] if purpose else []),
            ]
        )
    )
    parts = [
        _of_one(cadence, day or cadence.company_id._its_today()) for cadence in cadences
    ]
    if not parts:
        return SQL("SELECT NULL::int AS client_id, NULL::bool AS kept WHERE FALSE")
    return SQL(
        """
          WITH readable AS MATERIALIZED (%s)
        SELECT client_id, bool_and(kept) AS kept
          FROM (%s) AS of_cadence
         GROUP BY client_id
        """,
        readable.select(*(SQL.identifier("res_partner", name) for name in OF_A_CARD)),
        SQL(" UNION ALL ").join(parts),
    )


def _of_one(cadence, day):
    oldest = oldest_day(cadence, day)
    since, until = days.span(oldest, day, cadence.company_id._its_zone())
    # Who may read a client may know whether they were called, whatever about.
    return SQL(
        """
        SELECT client_id, kept FROM (
            SELECT partner.id AS client_id, bound.started,
                   talk.partner_id IS NOT NULL AS kept
              FROM (
                    SELECT subscription.partner_id,
                           min(COALESCE(%(begins)s, '-infinity')) AS started
                      FROM its_subscription AS subscription
                     WHERE %(about)s
                       AND COALESCE(subscription.date_start, '-infinity') <= %(day)s
                       AND COALESCE(subscription.date_end, 'infinity') >= %(day)s
                       AND COALESCE(subscription.date_cancelled, 'infinity') > %(day)s
                       -- Of one card the talks of one client are looked at.
                       AND subscription.partner_id IN (SELECT id FROM readable)
                     GROUP BY subscription.partner_id
                   ) AS bound
              JOIN readable AS partner ON partner.id = bound.partner_id
              LEFT JOIN (
                    SELECT DISTINCT partner_id
                      FROM its_interaction
                     WHERE company_id = %(company)s AND outcome = 'reached'
                       AND date_start >= %(since)s AND date_start < %(until)s
                       AND %(purpose)s
                       AND partner_id IN (SELECT id FROM readable)
                   ) AS talk ON talk.partner_id = partner.id
             WHERE %(callable)s
        ) AS client
         WHERE kept OR started < %(oldest)s
        """,
        begins=since_sql("subscription"),
        company=cadence.company_id.id,
        since=since,
        until=until,
        purpose=SQL("TRUE")
        if cadence.purpose == "constant"
        else SQL("purpose = %s", cadence.purpose),
        about=cadence._of_subscriptions(),
        callable=cadence._is_callable(),
        day=day,
        oldest=oldest,
    )


def oldest_day(cadence, day):
    """The first day whose talk still keeps the cadence on a day."""
    # A month from the 28th of February is over before one from the 31st of March.
    oldest = day - (cadence._next_day(day) - day) - timedelta(days=3)
    while cadence._next_day(oldest) < day:
        oldest += timedelta(days=1)
    return oldest
