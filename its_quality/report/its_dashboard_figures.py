from odoo import api, fields, models
from odoo.tools import SQL

from ..models.base.counting import count_all
from ..models.call.due import overdue_domain, today_domain
from ..models.claim.past import (
    closed_within_domain,
    closed_within_sql,
    open_at_sql,
    overdue_at_sql,
)
from ..models.claim.rules import ENDED
from ..models.client import renewal
from ..models.client.retention import Retention, count_clients
from ..tools import certainty

IN_FORCE = ("active", "expiring")


class ItsDashboard(models.AbstractModel):
    """The numbers of the dashboard and of the weekly mail.

    Each method returns some of them for a :class:`~.its_dashboard_scope.Scope`, as the
    user: a count as a number, a mean or a share as a ``certainty.Figure``. What is
    counted at a moment, such as overdue calls, is as of the end of the time. The
    conditions are also those of the report that a tile opens.
    """

    _inherit = "its.dashboard"

    # -------------------------------------------------------------------------
    # Calls and talks
    # -------------------------------------------------------------------------

    @api.model
    def _calls_domain(self, scope):
        return [
            ("its_client_id", "!=", False),
            ("its_client_id.company_id", "in", [False, *self.env.companies.ids]),
            *scope.of_facts("its_team_id", "its_client_id"),
        ]

    @api.model
    def _overdue_domain(self, scope):
        """Calls that were overdue on the last day of the time, as today: those of an
        earlier day that were not made before that day was over."""
        today = self.env.company._its_today()
        domain = self._calls_domain(scope)
        if scope.last >= today:
            return [*domain, *overdue_domain(today)]
        day = str(scope.last)
        return [
            *domain,
            *overdue_domain(scope.last),
            ("create_date", "<", fields.Datetime.to_string(scope.end)),
            ("active", "in", [True, False]),
            "|",
            ("active", "=", True),
            ("date_done", ">", day),
        ]

    @api.model
    def _overdue(self, scope):
        calls = self.env["mail.activity"]
        return {"overdue": calls.search_count(self._overdue_domain(scope))}

    @api.model
    def _today_domain(self, scope):
        today = self.env.company._its_today()
        return [*self._calls_domain(scope), *today_domain(today)]

    @api.model
    def _today(self, scope):
        today = str(self.env.company._its_today())
        calls = self.env["mail.activity"]
        done = [
            ("active", "=", False),
            ("date_done", "=", today),
            ("its_withdrawn", "=", False),
        ]
        return {
            "today": calls.search_count(self._today_domain(scope)),
            "today_done": calls.search_count([*self._calls_domain(scope), *done]),
        }

    @api.model
    def _coverages(self, *scopes):
        """The share of clients who were reached as often as their cadences promise, of
        times of one team, which are counted together, in their order; see
        ``its.cadence._kept_clients``."""
        days = [scope.last for scope in scopes]
        cadences = self.env["its.cadence"]
        for kept, every in cadences._count_kept(days, scopes[0].team_id):
            yield {"coverage": certainty.share(kept, every), "late": every - kept}

    @api.model
    def _talks_domain(self, scope):
        return [*scope.within("date_start"), *scope.of_facts()]

    @api.model
    def _talks(self, scope):
        [(count, reached)] = self.env["its.interaction.report"]._read_group(
            self._talks_domain(scope), [], ["__count", "reached_share:avg"]
        )
        return {"interactions": count, "reached": self._mean(reached, count)}

    @api.model
    def _has_telephone(self):
        """Whether calls are reported at all."""
        connections = self.env["its.phone.connection"].sudo()
        here = [("company_id", "in", self.env.companies.ids)]
        return bool(connections.search_count(here, limit=1))

    @api.model
    def _missed_domain(self, scope):
        return [
            ("state", "=", "missed"),
            *scope.within("date_start"),
            *scope.of_clients(),
        ]

    @api.model
    def _missed(self, scope):
        """Calls that nobody answered, and those whom nobody has spoken with since."""
        rows = self.env["its.phone.call"]._read_group(
            self._missed_domain(scope), ["callback_result"], ["__count"]
        )
        counts = dict(rows)
        return {
            "missed": sum(counts.values()),
            "missed_waiting": counts.get("waiting", 0),
        }

    # -------------------------------------------------------------------------
    # Answers
    # -------------------------------------------------------------------------

    @api.model
    def _answers_domain(self, scope, meanings=("nps", "csat")):
        return [
            ("meaning", "in", list(meanings)),
            *scope.within("date"),
            *scope.of_facts(),
        ]

    @api.model
    def _answers(self, scope):
        """NPS and CSAT, of all answers and by the way they were given («nps_ways»)."""
        names = ["nps", "csat"]
        report = self.env["its.survey.report"]
        parts = {
            way: of_way
            for way, _count, of_way in report._its_parts_by(
                self._answers_domain(scope), ["mode"], names
            )
        }
        every = {
            name: certainty.pooled(of_way[name] for of_way in parts.values())
            for name in names
        }
        ways = {way: report._its_judged(names, of) for way, of in parts.items()}
        return {
            **report._its_judged(names, every),
            **{
                f"{name}_ways": {way: figures[name] for way, figures in ways.items()}
                for name in names
            },
        }

    # -------------------------------------------------------------------------
    # Claims
    # -------------------------------------------------------------------------

    @api.model
    def _claims_open_domain(self, scope):
        """Claims that were on their way at the end of the time: what has been closed
        or opened again since, changes nothing of it."""
        if scope.last >= self.env.company._its_today():
            return [("state", "not in", list(ENDED)), *scope.of_team()]
        open_then = SQL("(SELECT id FROM (%s) AS told)", open_at_sql(scope.end))
        return [("claim_id", "in", open_then), *scope.of_team()]

    @api.model
    def _claims_open(self, scope):
        """Those on their way, and the late ones among them, in one pass."""
        report = self.env["its.claim.report"]
        if scope.last >= self.env.company._its_today():
            [counts] = report._read_group(
                self._claims_open_domain(scope), [], ["__count", "is_overdue:sum"]
            )
        else:
            readable = report._search(scope.of_team())
            [counts] = self.env.execute_query(
                SQL(
                    "SELECT count(*), count(*) FILTER (WHERE is_overdue)"
                    " FROM (%s) AS told WHERE id IN %s",
                    open_at_sql(scope.end),
                    readable.subselect(SQL.identifier(readable.table, "claim_id")),
                )
            )
        return dict(
            zip(
                ("claims_open", "claims_overdue"), (n or 0 for n in counts), strict=True
            )
        )

    @api.model
    def _claims_overdue_domain(self, scope):
        """Claims that were late at the end of the time, as now: their movements tell."""
        if scope.last >= self.env.company._its_today():
            return [("is_overdue", "=", 1), *scope.of_team()]
        return [("claim_id", "in", overdue_at_sql(scope.end)), *scope.of_team()]

    @api.model
    def _claims_opened_domain(self, scope):
        return [*scope.within("date_registered"), *scope.of_team()]

    @api.model
    def _claims_counts(self, scope):
        return next(self._claims_counted(scope))

    @api.model
    def _claims_counted(self, *scopes):
        """How many claims came in and how many were closed in several times, which are
        counted together, in their order."""
        claims = self.env["its.claim.report"]
        names = ("claims_opened", "claims_closed")
        domains = [
            domain
            for scope in scopes
            for domain in (
                self._claims_opened_domain(scope),
                [
                    ("claim_id", "in", closed_within_sql(scope.start, scope.end)),
                    *scope.of_team(),
                ],
            )
        ]
        counts = count_all(self.env, *((claims, domain) for domain in domains))
        for of_scope in zip(counts[::2], counts[1::2], strict=True):
            yield dict(zip(names, of_scope, strict=True))

    @api.model
    def _claims_done_domain(self, scope):
        """Claims that were closed in the time, opened again since or not."""
        return [
            ("claim_id", "any", closed_within_domain(scope.start, scope.end)),
            *scope.of_team(),
        ]

    @api.model
    def _claims_closed_domain(self, scope):
        return [
            ("state", "=", "closed"),
            *scope.within("date_closed"),
            *scope.of_team(),
        ]

    @api.model
    def _claims_closed(self, scope):
        names = ["working_hours", "on_time_share"]
        report = self.env["its.claim.report"]
        found = report._its_figures(self._claims_closed_domain(scope), names)
        return {
            "hours": found["working_hours"],
            "on_time": found["on_time_share"],
        }

    # -------------------------------------------------------------------------
    # Subscriptions
    # -------------------------------------------------------------------------

    @api.model
    def _retained(self, scope):
        """Who and what counts in the time; see :mod:`..models.client.retention`."""
        return Retention(self.env, scope.first, scope.last, scope.of_contracts())

    @api.model
    def _retention(self, scope):
        """«Закрепляемость»: of the clients under contract on the first day, the share
        that is under contract on the last one."""
        return next(self._retentions(scope))

    @api.model
    def _retentions(self, *scopes):
        """That of several times, which are counted together, in their order."""
        partners = self.env["res.partner"]._its_by_role()
        for counts in count_clients(map(self._retained, scopes), partners):
            decided = counts["kept"] + counts["lost"]
            yield {
                "retention": certainty.share(counts["kept"], decided),
                "clients": counts,
            }

    @api.model
    def _prolongation(self, scope):
        """«Пролонгация»: of the contracts that ended, the share that is continued."""
        counts = self._retained(scope).count_contracts()
        decided = counts["continued"] + counts["not_continued"]
        return {
            "prolongation": certainty.share(counts["continued"], decided),
            "contracts": counts,
        }

    @api.model
    def _ending_domain(self, scope):
        today = self.env.company._its_today()
        until = fields.Date.add(today, days=self.env.company.its_expiring_days)
        ending = renewal.ending_domain(today, until)
        return [*ending, *scope.of_contracts()]

    @api.model
    def _to_renew_domain(self, scope):
        return [
            *self._ending_domain(scope),
            *renewal.NOT_CONTINUED,
            ("date_cancelled", "=", False),
        ]

    @api.model
    def _to_renew(self, scope):
        """Contracts that end soon and wait for a renewal, and how many of those that
        end have been renewed already."""
        contracts = self.env["its.subscription"]
        renewed = [*self._ending_domain(scope), *renewal.CONTINUED]
        domains = self._to_renew_domain(scope), renewed
        counts = count_all(self.env, *((contracts, domain) for domain in domains))
        return dict(zip(("to_renew", "renewed_early"), counts, strict=True))

    # -------------------------------------------------------------------------
    # Helpers
    # -------------------------------------------------------------------------

    @api.model
    def _mean(self, value, count):
        return round(value, 1) if count else None
