from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..models.base import days
from ..tools import control
from ..tools.given import takes

MONTHS = 24


class ItsClaimControl(models.AbstractModel):
    """«Контрольные карты»: claims per 100 contracts, and the share of late ones, month
    by month over two years; which month is unlike the others by more than chance.

    For quality managers and heads, as the dashboard is, and of what they may read. The
    judgement is in :mod:`~odoo.addons.its_quality.tools.control`.
    """

    _name = "its.claim.control"
    _description = "Control Charts of Claims"

    @api.model
    @api.readonly
    @takes(team_id=int, problem_id=int)
    def get_charts(self, team_id=None, problem_id=None):
        """Everything that the page shows.

        :param team_id: the id of a team; all that the user may see by default
        :param problem_id: the id of a problem; its parts are included
        :return: a dict of ``charts`` and what the filters offer
        :raises AccessError: if the user is neither a quality manager nor a head, or
            asks for a team that is not theirs
        """
        dashboard = self.env["its.dashboard"]
        dashboard._check_role()
        teams = dashboard._teams()
        dashboard._check_team(team_id, teams)
        self.env.flush_all()
        starts = self._months()
        claims = [("team_id", "=", team_id)] if team_id else []
        if problem_id:
            claims.append(("problem_id", "child_of", problem_id))
        problems = self.env["its.claim.problem"].search([("active", "=", True)])
        return {
            "teams": [{"id": team.id, "name": team.name} for team in teams],
            "problems": [{"id": one.id, "name": one.display_name} for one in problems],
            "charts": [
                self._chart_claims(starts, claims, team_id),
                self._chart_late(starts, claims),
            ],
        }

    @api.model
    def _months(self):
        """When each month begins where the company works, and when the last one ends.
        The current month is not over, so it tells nothing yet."""
        first = self.env.company._its_today().replace(day=1)
        return [fields.Date.subtract(first, months=n) for n in range(MONTHS, -1, -1)]

    @api.model
    def _chart_claims(self, starts, claims, team_id):
        """Claims by the month in which they were registered, per 100 contracts that
        were in force in the middle of it."""
        counts = self._by_month(starts, claims, "date_registered", [])
        exposures = self._count_contracts(
            [start + timedelta(days=14) for start in starts[:-1]], team_id
        )
        chart = control.u_chart([count for count, *_rest in counts], exposures)
        return self._shown("claims", chart, starts, "date_registered", claims)

    @api.model
    def _count_contracts(self, all_days, team_id):
        """How many contracts were in force on each day: one query for all of them."""
        contracts = self.env["its.subscription"]
        counts = (
            SQL(
                "(SELECT COUNT(*) FROM (%s) AS found)",
                contracts._search(self._contracts_domain(day, team_id)).select(),
            )
            for day in all_days
        )
        [row] = self.env.execute_query(SQL("SELECT %s", SQL(", ").join(counts)))
        return list(row)

    @api.model
    def _contracts_domain(self, day, team_id):
        domain = [
            ("service_id.kind", "=", "contract"),
            "|",
            ("date_start", "=", False),
            ("date_start", "<=", day),
            "|",
            ("date_end", "=", False),
            ("date_end", ">=", day),
            "|",
            ("date_cancelled", "=", False),
            ("date_cancelled", ">", day),
        ]
        return [*domain, ("team_id", "=", team_id)] if team_id else domain

    @api.model
    def _chart_late(self, starts, claims):
        """The share of late ones of the claims closed in each month."""
        domain = [*claims, ("state", "=", "closed")]
        found = self._by_month(
            starts, domain, "date_closed", ["on_time_share:count", "on_time_share:avg"]
        )
        wholes = [row[1] or 0 for row in found]
        hits = [
            round(whole * (100 - row[2]) / 100) if whole else 0
            for whole, row in zip(wholes, found, strict=True)
        ]
        chart = control.p_chart(hits, wholes)
        return self._shown("late", chart, starts, "date_closed", domain)

    @api.model
    def _by_month(self, starts, domain, name, figures):
        """The number of claims of each month, and further figures of them."""
        zone = self.env.company._its_zone()
        since, until = (days.midnight(day, zone) for day in (starts[0], starts[-1]))
        groups = (
            self.env["its.claim.report"]
            .with_context(tz=zone)
            ._read_group(
                [*domain, (name, ">=", since), (name, "<", until)],
                [f"{name}:month"],
                ["__count", *figures],
            )
        )
        found = {month.date(): numbers for month, *numbers in groups}
        return [found.get(start, [0] * (1 + len(figures))) for start in starts[:-1]]

    @api.model
    def _shown(self, name, chart, starts, field, domain):
        """A chart as the page draws it, and what each of its points opens."""
        zone = self.env.company._its_zone()

        def rows(point):
            bounds = (starts[point.first], starts[point.last + 1])
            texts = [
                fields.Datetime.to_string(days.midnight(day, zone)) for day in bounds
            ]
            return [*domain, (field, ">=", texts[0]), (field, "<", texts[1])]

        return {
            "name": name,
            "middle": None if chart.middle is None else round(chart.middle, 1),
            "points": [
                {
                    "first": str(starts[point.first]),
                    "last": str(starts[point.last]),
                    "value": round(point.value, 1),
                    "low": round(point.low, 1),
                    "high": round(point.high, 1),
                    "signal": point.signal,
                    "domain": rows(point),
                }
                for point in chart.points
            ],
        }
