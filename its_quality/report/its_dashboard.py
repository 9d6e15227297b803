from datetime import timedelta

from odoo import api, models
from odoo.exceptions import AccessError

from ..models.base.groups import GROUP_QUALITY_MANAGER
from ..tools.given import takes
from .its_dashboard_scope import Scope

GROUPS = "its_quality.group_quality_manager,its_quality.group_head"
# How many days back from today.
PERIODS = {"month": 30, "quarter": 91, "year": 365}


class ItsDashboard(models.AbstractModel):
    """«Панель качества»: the state of service quality at a glance.

    The page asks once for all its numbers. They are counted as the user, so a head of a
    team sees those of its clients. The numbers are in :mod:`.its_dashboard_figures`,
    the charts in :mod:`.its_dashboard_charts`.
    """

    _name = "its.dashboard"
    _description = "Quality Dashboard"

    @api.model
    @api.readonly
    @takes(period=str, team_id=int)
    def get_figures(self, period="month", team_id=None):
        """Everything that the page shows.

        :param period: a key of ``PERIODS``: so many days, today included, which are
            compared with as many before
        :param team_id: the id of a team; all that the user may see by default
        :return: a dict of ``tiles``, ``charts`` and what the filters offer
        :raises AccessError: if the user is neither a quality manager nor a head, or
            asks for a team that is not theirs
        """
        self._check_role()
        teams = self._teams()
        if team_id and team_id not in teams.ids:
            raise AccessError(
                self.env._("This is not one of your teams. Choose another one.")
            )
        self.env.flush_all()
        scope = self._scope(period, team_id)
        return {
            "period": period if period in PERIODS else "month",
            "first": str(scope.first),
            "last": str(scope.last),
            "lacks": self.env.company._its_shown_lacks(),
            "team_id": team_id or False,
            "teams": [{"id": team.id, "name": team.name} for team in teams],
            "tiles": self._tiles(scope),
            "charts": {
                "scores": self._chart_scores(scope),
                "stages": self._chart_stages(scope),
                "problems": self._chart_problems(scope),
                "problem_services": self._chart_problem_services(scope),
                "services": self._chart_services(scope),
                "wishes": self._chart_wishes(scope),
            },
        }

    @api.model
    def _check_role(self):
        if not self.env.user.has_groups(GROUPS):
            raise AccessError(
                self.env._(
                    "The quality dashboard is for quality managers and heads of teams. "
                    "Ask an administrator for one of these roles."
                )
            )

    @api.model
    def _teams(self):
        """The teams that the user may choose: a head only their own."""
        domain = [("company_id", "in", self.env.companies.ids)]
        if not self.env.user.has_group(GROUP_QUALITY_MANAGER):
            uid = self.env.uid
            domain += ["|", ("head_id", "=", uid), ("deputy_id", "=", uid)]
        return self.env["its.team"].search(domain)

    @api.model
    def _scope(self, period, team_id):
        company = self.env.company
        today = company._its_today()
        days = PERIODS.get(period, PERIODS["month"])
        first = today - timedelta(days=days - 1)
        return Scope.of_days(company._its_zone(), first, today, team_id)

    @api.model
    def _numbers(self, scope):
        """Figures of a period, compared with the period before."""
        return {
            **self._overdue(scope),
            **self._coverage(scope),
            **self._talks(scope),
            **self._missed(scope),
            **self._answers(scope),
            **self._claims_open(scope),
            **self._claims_closed(scope),
            **self._retention(scope),
        }

    @api.model
    def _tiles(self, scope):
        """The tiles by name: a value, that of the time before where there is one, what
        else is shown, and what the tile opens."""
        now = {**self._numbers(scope), **self._today(scope), **self._to_renew(scope)}
        before = self._numbers(scope.before())
        closed = self._opens(
            "its_quality.its_claim_report_action", self._claims_closed_domain(scope)
        )
        calls = "its_quality.mail_activity_action_call"
        subscriptions = "its_quality.its_subscription_action"
        answers = "its_quality.its_survey_report_action"
        opens = {
            "overdue": self._opens(calls, self._overdue_domain(scope)),
            "today": self._opens(calls, self._today_domain(scope)),
            "coverage": self._opens(
                "its_quality.its_contact_report_action",
                [("cadence_state", "=", "late"), *scope.of_clients()],
            ),
            "interactions": self._opens(
                "its_quality.its_interaction_report_action", self._talks_domain(scope)
            ),
            "nps": self._opens(answers, self._answers_domain(scope, ["nps"])),
            "csat": self._opens(answers, self._answers_domain(scope, ["csat"])),
            "claims_open": self._opens(
                "its_quality.its_claim_report_action_responsible",
                self._claims_open_domain(scope),
            ),
            "claims_closed": closed,
            "hours": closed,
            "on_time": closed,
            "retention": self._opens(subscriptions, self._ended_domain(scope)),
            "to_renew": self._opens(subscriptions, self._to_renew_domain(scope)),
        }
        if self._has_telephone():
            opens["missed"] = self._opens(
                "its_quality.its_phone_call_action", self._missed_domain(scope)
            )
        notes = {
            "missed": "missed_waiting",
            "today": "today_done",
            "coverage": "late",
            "interactions": "reached",
            "nps": "nps_count",
            "csat": "csat_count",
            "retention": "ended",
            "to_renew": "prolongation",
        }
        return {
            name: {
                "value": now[name],
                "previous": before.get(name),
                "note": now.get(notes.get(name)),
                "opens": opened,
            }
            for name, opened in opens.items()
        }

    @api.model
    def _opens(self, action, domain):
        """A report, filtered as the number is; its own filters are left out."""
        return {"action": action, "domain": domain}
