"""Retention («закрепляемость») and prolongation of a period: the one owner of both.

Retention counts clients, each once: of those under contract on its first day, how many
are on its last one. Prolongation counts contracts: of those that ended in it, how many
are continued. Whose contract ran out so lately that it may still be continued is
undecided, and in neither; who cancelled has decided.
"""

from datetime import timedelta

from odoo.fields import Date, Domain
from odoo.tools import SQL, Query

from . import renewal


class Retention:
    """Who and what counts in a period, as conditions that a list can be opened with.

    :param env: whose records; the gap is that of its company
    :param first: a ``date``
    :param last: a ``date``; of a period that goes on, today counts
    :param scope: a condition on contracts, such as their team or their type: which
        contracts, and the clients of which contracts on the first day
    """

    def __init__(self, env, first, last, scope=()):
        self.env = env
        company = env.company
        self.first = first
        self.last = min(last, company._its_today())
        self._gap = timedelta(days=company.its_renewal_gap)
        self._scope = Domain(list(scope))

    # -------------------------------------------------------------------------
    # Clients
    # -------------------------------------------------------------------------

    def clients(self):
        """Those under contract on the first day; also those who are archived by now."""
        return Domain("its_subscription_ids", "any", self.covering()) & Domain(
            "active", "in", [True, False]
        )

    def covering(self):
        """The contracts that they are under on the first day."""
        day = Date.to_string(self.first)
        return (
            renewal.CONTRACTS
            & (Domain("date_start", "=", False) | Domain("date_start", "<=", day))
            & (Domain("covered_until", "=", False) | Domain("covered_until", ">=", day))
            & self._scope
        )

    def kept(self):
        return self.clients() & self._covered_on(self.last)

    def undecided(self):
        """Those of whom a contract ran out within the gap before the last day."""
        return self._gone() & self._ran_out()

    def lost(self):
        return self._gone() & ~self._ran_out()

    def _gone(self):
        return self.clients() & ~self._covered_on(self.last)

    def _covered_on(self, day):
        return Domain("its_covered_on", "=", Date.to_string(day))

    def _ran_out(self):
        return Domain("its_ran_out_on", "in", [str(day) for day in self.lately()])

    def lately(self):
        """The days on which a contract ended for it to be undecided."""
        days = range(max(self._gap.days, 0))
        return [self.last - timedelta(days=number) for number in days]

    def count_clients(self, partners):
        """Count them in one statement; see :func:`count_clients`.

        :return: a dict of ``kept``, ``lost`` and ``undecided``
        """
        [counts] = count_clients([self], partners)
        return counts

    # -------------------------------------------------------------------------
    # Contracts
    # -------------------------------------------------------------------------

    def ended(self):
        """Those that ended in the period, by their end or by a cancellation."""
        # What ends today is still in force.
        last = min(self.last, self.env.company._its_today() - timedelta(days=1))
        return renewal.ended_domain(self.first, last) & self._scope

    def continued(self):
        return self.ended() & renewal.CONTINUED

    def not_continued(self):
        return self._open_ones() & self._decided()

    def undecided_contracts(self):
        return self._open_ones() & ~self._decided()

    def _open_ones(self):
        return self.ended() & renewal.NOT_CONTINUED

    def _decided(self):
        day = Date.to_string(self.last - self._gap)
        return Domain("date_cancelled", "!=", False) | Domain("date_last", "<=", day)

    def count_contracts(self):
        """Count them as the reader may read them.

        :return: a dict of ``continued``, ``not_continued`` and ``undecided``
        """
        contracts = self.env["its.subscription"]
        query = contracts._search(self.ended())
        parts = {
            "continued": renewal.CONTINUED,
            "not_continued": renewal.NOT_CONTINUED & self._decided(),
            "undecided": renewal.NOT_CONTINUED & ~self._decided(),
        }
        counts = [
            SQL(
                "count(*) FILTER (WHERE %s)",
                part.optimize_full(contracts)._to_sql(contracts, query.table, query),
            )
            for part in parts.values()
        ]
        [row] = self.env.execute_query(query.select(*counts))
        return dict(zip(parts, row, strict=True))


def count_clients(retentions, partners):
    """Count the clients of several periods: the database reads the contracts once.

    :param retentions: a list of :class:`Retention`
    :param partners: an ``res.partner`` with the rules and the context of the reader
    :return: a list of dicts of ``kept``, ``lost`` and ``undecided``
    """
    retentions = list(retentions)
    env = partners.env
    contracts = env["its.subscription"]
    contracts.flush_model()
    query = Query(env, "contract", SQL.identifier(contracts._table))

    def told(domain, model):
        return domain.optimize_full(model)._to_sql(model, "contract", query)

    # Who was a client of the reader is told by the contracts that they may read; what
    # has become of them, by all.
    own = SQL("TRUE")
    if not env.su:
        rule = env["ir.rule"]._compute_domain(contracts._name, "read")
        own = told(rule, contracts.sudo())
    columns, counts = [], []
    for number, period in enumerate(retentions):
        was, kept, ran_out = (
            SQL.identifier(f"{name}_{number}") for name in ("was", "kept", "ran_out")
        )
        for name, condition in (
            (was, SQL("%s AND %s", own, told(period.covering(), contracts))),
            (kept, _covers([period.last])),
            (ran_out, _ran_out(period.lately())),
        ):
            columns.append(SQL("COALESCE(bool_or(%s), FALSE) AS %s", condition, name))
        for condition in (
            SQL("%s AND %s", was, kept),
            SQL("%s AND NOT %s AND NOT %s", was, kept, ran_out),
            SQL("%s AND NOT %s AND %s", was, kept, ran_out),
        ):
            counts.append(SQL("count(*) FILTER (WHERE %s)", condition))
    readable = partners._search([("active", "in", [True, False])])
    [row] = env.execute_query(
        SQL(
            """
            SELECT %(counts)s
              FROM (
                    SELECT contract.partner_id, %(columns)s
                      FROM %(contracts)s
                     WHERE contract.service_kind = 'contract'
                       AND contract.company_id IN %(companies)s
                       -- What was over before is of none of the periods.
                       AND COALESCE(contract.covered_until, 'infinity') >= %(first)s
                     GROUP BY contract.partner_id
                   ) AS told
             WHERE partner_id IN %(readable)s
            """,
            counts=SQL(", ").join(counts),
            columns=SQL(", ").join(columns),
            contracts=query.from_clause,
            companies=tuple(env.companies.ids),
            first=min(
                day
                for period in retentions
                for day in (period.first, period.last, *period.lately())
            ),
            readable=readable.subselect(),
        )
    )
    return [
        dict(zip(("kept", "lost", "undecided"), row[at : at + 3], strict=True))
        for at in range(0, len(row), 3)
    ]


def outcome_sql(contract, today, gap):
    """What has become of a contract with a last day, for a statement.

    :param contract: what the contract is called there
    :param today: a ``date``
    :param gap: for how many days it stays undecided
    """
    return SQL(
        """
        CASE WHEN %(continued)s THEN 'continued'
             WHEN %(cancelled)s IS NOT NULL THEN 'refused'
             WHEN %(last)s >= %(today)s THEN 'to_renew'
             WHEN %(last)s > %(decided)s THEN 'undecided'
             ELSE 'lapsed'
        END
        """,
        **_parts_sql(contract, today, gap),
    )


def prolonged_sql(contract, today, gap):
    """100 for a contract that ended and is continued, 0 for one that is not, ``NULL``
    for one that is not decided yet: its mean is the prolongation."""
    return SQL(
        """
        CASE WHEN %(last)s >= %(today)s THEN NULL
             WHEN %(continued)s THEN 100.0
             WHEN %(cancelled)s IS NULL AND %(last)s > %(decided)s THEN NULL
             ELSE 0.0
        END
        """,
        **_parts_sql(contract, today, gap),
    )


def _parts_sql(contract, today, gap):
    return {
        "continued": renewal.continued_sql(contract),
        "cancelled": SQL.identifier(contract, "date_cancelled"),
        "last": SQL.identifier(contract, "date_last"),
        "today": today,
        "decided": today - timedelta(days=gap),
    }


def covered_sql(env, partner_id, days):
    """Whether a client is under contract on one of these days, for a statement. It is
    told of every client whom the reader may read, whatever contracts they see.

    :param partner_id: an :class:`SQL` of the client's id
    :param days: dates
    """
    return _contract_sql(env, partner_id, _covers(days))


def ran_out_sql(env, partner_id, days):
    """Whether a contract of a client ran out on one of these days: it was neither
    continued nor cancelled. Told as in :func:`covered_sql`."""
    return _contract_sql(env, partner_id, _ran_out(days))


def _covers(days):
    """Whether a contract covers one of these days."""
    return SQL(
        "(COALESCE(contract.covered_until >= contract.date_start, TRUE) AND (%s))",
        _any(
            SQL(
                "(COALESCE(contract.date_start, '-infinity') <= %s"
                " AND COALESCE(contract.covered_until, 'infinity') >= %s)",
                last,
                first,
            )
            for first, last in _spans(days)
        ),
    )


def _ran_out(days):
    """Whether a contract ran out on one of these days."""
    return SQL(
        "(contract.date_cancelled IS NULL AND NOT %s AND (%s))",
        renewal.continued_sql("contract"),
        _any(
            SQL("contract.date_last BETWEEN %s AND %s", first, last)
            for first, last in _spans(days)
        ),
    )


def _any(conditions):
    return SQL(" OR ").join([*conditions, SQL("FALSE")])


def _contract_sql(env, partner_id, condition):
    env["its.subscription"].flush_model()
    return SQL(
        """
        %s IN (
            SELECT contract.partner_id FROM its_subscription AS contract
             WHERE contract.service_kind = 'contract' AND contract.company_id IN %s
               AND %s
        )
        """,
        partner_id,
        tuple(env.companies.ids),
        condition,
    )


def _spans(days):
    """Days that follow one another, as pairs of the first and the last of them."""
    spans = []
    for day in sorted(days):
        if spans and (day - spans[-1][1]).days <= 1:
            spans[-1][1] = day
        else:
            spans.append([day, day])
    return spans
