from odoo import api, fields, models
from odoo.tools import SQL

from ..models.call.due import due_domain, overdue_domain, today_domain
from ..models.claim.rules import ENDED
from ..models.client import renewal

RENEW_DAYS = 30
IN_FORCE = ("active", "expiring")


class ItsDashboard(models.AbstractModel):
    """The numbers of the dashboard and of the weekly mail.

    Each method returns some of them for a :class:`~.its_dashboard_scope.Scope`, as the
    user; a mean of nothing is ``None``. What is counted at a moment, such as overdue
    calls, is as of the end of the time. The conditions are also those of the report
    that a tile opens.
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
            *scope.of_clients("its_client_id"),
        ]

    @api.model
    def _overdue_domain(self, scope):
        """Calls that were overdue at the end of the time, closed since or not."""
        today = self.env.company._its_today()
        domain = self._calls_domain(scope)
        if scope.last >= today:
            return [*domain, *overdue_domain(today)]
        day = str(scope.last)
        return [
            *domain,
            *due_domain(scope.last),
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
    def _coverage(self, scope):
        """The share of clients who were reached as often as their cadences promise;
        see ``its.cadence._kept_clients``."""
        clients = scope.of_team()
        clients = [("its_subscription_ids", "any", clients)] if clients else []
        rows = self.env["its.cadence"]._kept_clients(scope.last, clients)
        [(kept, every)] = self.env.execute_query(
            SQL("SELECT count(*) FILTER (WHERE kept), count(*) FROM (%s) AS c", rows)
        )
        return {"coverage": self._share(kept, every), "late": every - kept}

    @api.model
    def _talks_domain(self, scope):
        return [*scope.within("date_start"), *scope.of_clients()]

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
            *scope.of_clients(),
        ]

    @api.model
    def _answers(self, scope):
        names = ["nps:avg", "nps:count", "csat:avg", "csat:count"]
        [(nps, nps_count, csat, csat_count)] = self.env[
            "its.survey.report"
        ]._read_group(self._answers_domain(scope), [], names)
        return {
            "nps": self._mean(nps, nps_count),
            "nps_count": nps_count,
            "csat": self._mean(csat, csat_count),
            "csat_count": csat_count,
        }

    # -------------------------------------------------------------------------
    # Claims
    # -------------------------------------------------------------------------

    @api.model
    def _claims_open_domain(self, scope):
        """Claims that were on their way at the end of the time."""
        if scope.last >= self.env.company._its_today():
            return [("state", "not in", list(ENDED)), *scope.of_team()]
        end = fields.Datetime.to_string(scope.end)
        return [
            ("date_registered", "<", end),
            "|",
            ("state", "not in", list(ENDED)),
            ("date_closed", ">=", end),
            *scope.of_team(),
        ]

    @api.model
    def _claims_open(self, scope):
        claims = self.env["its.claim.report"]
        return {"claims_open": claims.search_count(self._claims_open_domain(scope))}

    @api.model
    def _claims_closed_domain(self, scope):
        return [
            ("state", "=", "closed"),
            *scope.within("date_closed"),
            *scope.of_team(),
        ]

    @api.model
    def _claims_closed(self, scope):
        names = ["__count", "working_hours:avg", "on_time_share:avg"]
        [(count, hours, on_time)] = self.env["its.claim.report"]._read_group(
            self._claims_closed_domain(scope), [], names
        )
        return {
            "claims_closed": count,
            "hours": self._mean(hours, count),
            "on_time": self._mean(on_time, count),
        }

    # -------------------------------------------------------------------------
    # Subscriptions
    # -------------------------------------------------------------------------

    @api.model
    def _ended_domain(self, scope):
        ended = renewal.ended_domain(scope.first, scope.last)
        return list(ended & fields.Domain(scope.of_team()))

    @api.model
    def _retention(self, scope):
        """«Закрепляемость»: of what ended in the time, the share that was continued."""
        groups = dict(
            self.env["its.subscription"]._read_group(
                self._ended_domain(scope), ["is_renewed"], ["__count"]
            )
        )
        ended = sum(groups.values())
        return {"retention": self._share(groups.get(True, 0), ended), "ended": ended}

    @api.model
    def _ending_domain(self, scope):
        today = self.env.company._its_today()
        ending = renewal.ending_domain(today, fields.Date.add(today, days=RENEW_DAYS))
        return [*ending, *scope.of_team()]

    @api.model
    def _to_renew_domain(self, scope):
        return [*self._ending_domain(scope), *renewal.NOT_CONTINUED]

    @api.model
    def _to_renew(self, scope):
        """What ends within a month and waits for a renewal, and the share that has been
        renewed before its end («пролонгация»)."""
        groups = dict(
            self.env["its.subscription"]._read_group(
                self._ending_domain(scope), ["is_renewed"], ["__count"]
            )
        )
        renewed = groups.pop(True, 0)
        waiting = sum(groups.values())
        return {
            "to_renew": waiting,
            "prolongation": self._share(renewed, renewed + waiting),
        }

    # -------------------------------------------------------------------------
    # Helpers
    # -------------------------------------------------------------------------

    @api.model
    def _share(self, part, whole):
        return round(100 * part / whole, 1) if whole else None

    @api.model
    def _mean(self, value, count):
        return round(value, 1) if count else None
