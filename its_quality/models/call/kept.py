"""Which clients are spoken with as often as the cadences promise: the one owner of that,
for coverage, lists and the signs of risk."""

from datetime import date, timedelta
from typing import NamedTuple

from odoo.tools import SQL

from ..base import days
from ..client.renewal import since_sql, used_sql
from ..client.retention import ALONE

# What cadences ask of a card, read once for all of them. All are clients.
OF_A_CARD = (
    SQL("res_partner.id"),
    SQL("res_partner.active"),
    SQL("TRUE AS its_client"),
    SQL("res_partner.its_call_consent"),
    SQL("res_partner.company_id"),
)


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
    moments = _moments(env, [day], purpose)
    if not moments:
        return SQL("SELECT NULL::int AS client_id, NULL::bool AS kept WHERE FALSE")
    return SQL(
        "SELECT client_id, NOT late_0 AS kept FROM (%s) AS told WHERE due_0",
        _told(env, moments, clients),
    )


def count_kept(env, days, team_id=None):
    """Count them as of several days at once: the database reads everything once.

    :param days: dates
    :param team_id: only those who used a service of this team on the day
    :return: a list of how many were reached in time and how many there are, by day
    """
    moments = _moments(env, days)
    if not moments:
        return [(0, 0) for _day in days]
    counts = [
        SQL(
            "count(*) FILTER (WHERE %s AND NOT %s), count(*) FILTER (WHERE %s)",
            *(SQL.identifier(f"{name}_{at}") for name in ("due", "late", "due")),
        )
        for at in range(len(days))
    ]
    told = _told(env, moments, (), team_id)
    [row] = env.execute_query(
        SQL("SELECT %s FROM (%s) AS told", SQL(", ").join(counts), told)
    )
    return list(zip(row[::2], row[1::2], strict=True))


class Moment(NamedTuple):
    """A cadence as of a day; ``at`` is the place of the day among those asked about."""

    at: int
    cadence: object
    day: date
    oldest: date


def asked(env, purpose=None):
    """Which periodic cadences are asked about: companies, and a purpose."""
    return tuple(sorted(env.companies.ids)), purpose


def _moments(env, days, purpose=None):
    # A cadence is not secret, but its form belongs to the administrator.
    cadences = env["its.cadence"].sudo()
    cadences = cadences.browse(cadences._periodic_ids(*asked(env, purpose)))
    return [
        Moment(at, cadence, known, oldest_day(cadence, known))
        for at, day in enumerate(days)
        for cadence in cadences
        for known in [day or cadence.company_id._its_today()]
    ]


def _told(env, moments, clients, team_id=None):
    """Of each client whom a cadence may concern, for each day, whether one does, and
    whether one that does was not kept: the columns ``due_0``, ``late_0``, ``due_1``, …
    """
    partners = env["res.partner"]._its_by_role()
    readable = partners._search([("its_client", "=", True), *clients])
    # Of one card the talks of one client are looked at.
    of_those = (
        SQL("partner_id IN (SELECT id FROM readable)") if clients else SQL("TRUE")
    )
    spans = [
        days.span(one.oldest, one.day, one.cadence.company_id._its_zone())
        for one in moments
    ]
    companies = tuple({one.cadence.company_id.id for one in moments})
    days_asked = [one.day for one in moments]
    # Who may read a client may know whether they were called, whatever about.
    return SQL(
        """
          WITH readable AS %(once)s (%(readable)s),
               bound AS (
                SELECT subscription.partner_id, %(since)s
                  FROM its_subscription AS subscription
                 WHERE subscription.company_id IN %(companies)s AND %(of_those)s
                   AND %(used)s
                 GROUP BY subscription.partner_id
                 LIMIT %(alone)s
               ),
               talk AS (
                SELECT partner_id, %(talked)s
                  FROM (%(talks)s) AS talks
                 GROUP BY partner_id
               )
        SELECT partner.id AS client_id, %(answers)s
          FROM bound
          JOIN readable AS partner ON partner.id = bound.partner_id
          LEFT JOIN talk ON talk.partner_id = bound.partner_id
        """,
        readable=readable.select(*OF_A_CARD),
        companies=companies,
        of_those=of_those,
        # Of all clients it is read once anyhow, and need not be kept.
        once=SQL("MATERIALIZED") if clients else SQL("NOT MATERIALIZED"),
        alone=ALONE,
        used=used_sql("subscription", min(days_asked), max(days_asked)),
        talks=SQL(" UNION ALL ").join(
            _talks(companies, of_those, *span) for span in _joined(spans)
        ),
        since=SQL(", ").join(_bound(moments, team_id)),
        talked=_columns("talked", map(_talked, moments, spans)),
        answers=SQL(", ").join(_answers(moments, team_id)),
    )


def _joined(spans):
    """The times that some spans cover, each once: a year apart, what lies between them
    is not read."""
    joined = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], last)
        else:
            joined.append([first, last])
    return joined


def _talks(companies, of_those, first, last):
    return SQL(
        """
        SELECT partner_id, company_id, purpose, date_start
          FROM its_interaction
         WHERE company_id IN %s AND %s AND outcome = 'reached'
           AND date_start >= %s AND date_start < %s
        """,
        companies,
        of_those,
        first,
        last,
    )


def _alike(moments):
    """One moment of all whose cadences are about the same on the same day: it is looked
    for once."""
    return {_about(one): one for one in moments}.values()


def _about(moment):
    cadence = moment.cadence
    services = cadence._service_ids() or cadence.service_kind
    return cadence.company_id.id, services, moment.day


def _columns(name, expressions):
    return SQL(", ").join(
        SQL("%s AS %s", expression, SQL.identifier(f"{name}_{number}"))
        for number, expression in enumerate(expressions)
    )


def _bound(moments, team_id):
    """What is wanted of the subscriptions of a client: since when they have what each
    cadence is about; of a team also whether they use a service of it, as of each day."""
    yield _columns("since", map(_since, _alike(moments)))
    if team_id:
        for at, day in {one.at: one.day for one in moments}.items():
            of_team = SQL("subscription.last_team_id = %s", team_id)
            of_team = SQL(
                "COALESCE(bool_or(%s AND %s), FALSE)",
                of_team,
                used_sql("subscription", day, day),
            )
            yield SQL("%s AS %s", of_team, SQL.identifier(f"of_team_{at}"))


def _since(moment):
    """Since when a client has had what the cadence is about, if they have it that day."""
    return SQL(
        "min(COALESCE(%s, '-infinity')) FILTER (WHERE %s AND %s)",
        since_sql("subscription"),
        moment.cadence._of_subscriptions(),
        used_sql("subscription", moment.day, moment.day),
    )


def _talked(moment, span):
    """Whether there was a talk within the period of the cadence."""
    cadence = moment.cadence
    return SQL(
        "bool_or(company_id = %s AND date_start >= %s AND date_start < %s AND %s)",
        cadence.company_id.id,
        *span,
        SQL("TRUE")
        if cadence.purpose == "constant"
        else SQL("purpose = %s", cadence.purpose),
    )


def _answers(moments, team_id):
    """Whether a cadence concerns a client as of each day, and whether one was not kept."""
    due, late = {}, {}
    places = {_about(one): place for place, one in enumerate(_alike(moments))}
    for number, one in enumerate(moments):
        parts = {
            "callable": one.cadence._is_callable(),
            "since": SQL.identifier("bound", f"since_{places[_about(one)]}"),
            "talked": SQL.identifier("talk", f"talked_{number}"),
            "oldest": one.oldest,
        }
        due.setdefault(one.at, []).append(
            SQL(
                "(%(callable)s AND COALESCE(%(since)s < %(oldest)s"
                " OR %(since)s IS NOT NULL AND %(talked)s, FALSE))",
                **parts,
            )
        )
        late.setdefault(one.at, []).append(
            SQL(
                "(%(callable)s AND COALESCE(%(since)s < %(oldest)s, FALSE)"
                " AND %(talked)s IS NOT TRUE)",
                **parts,
            )
        )
    for at in due:
        whose = SQL("bound.%s", SQL.identifier(f"of_team_{at}"))
        yield SQL(
            "%(whose)s AND (%(due)s) AS %(due_at)s, (%(late)s) AS %(late_at)s",
            whose=whose if team_id else SQL("TRUE"),
            due=SQL(" OR ").join(due[at]),
            due_at=SQL.identifier(f"due_{at}"),
            late=SQL(" OR ").join(late[at]),
            late_at=SQL.identifier(f"late_{at}"),
        )


def oldest_day(cadence, day):
    """The first day whose talk still keeps the cadence on a day."""
    # A month from the 28th of February is over before one from the 31st of March.
    oldest = day - (cadence._next_day(day) - day) - timedelta(days=3)
    while cadence._next_day(oldest) < day:
        oldest += timedelta(days=1)
    return oldest
