from datetime import timedelta

from odoo import api, models
from odoo.exceptions import AccessError

from ..models.base.groups import GROUP_QUALITY_MANAGER
from ..tools import certainty
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
    @takes(period=str, team_id=int, service_id=int)
    def get_figures(self, period="month", team_id=None, service_id=None):
        """Everything that the page shows.

        :param period: a key of ``PERIODS``: so many days, today included, which are
            compared with as many before
        :param team_id: the id of a team; all that the user may see by default
        :param service_id: the id of a contract type, for retention and prolongation;
            all by default
        :return: a dict of ``tiles``, ``charts`` and what the filters offer
        :raises AccessError: if the user is neither a quality manager nor a head, or
            asks for a team that is not theirs
        """
        self._check_role()
        teams = self._teams()
        self._check_team(team_id, teams)
        self.env.flush_all()
        # Charts name others of them.
        types = self.env["its.service"].search_fetch([])
        types = types.filtered(lambda service: service.kind == "contract")
        scope = self._scope(period, team_id, service_id)
        return {
            "period": period if period in PERIODS else "month",
            "first": str(scope.first),
            "last": str(scope.last),
            "lacks": self.env.company._its_shown_lacks(),
            "team_id": team_id or False,
            "teams": [{"id": team.id, "name": team.name} for team in teams],
            "service_id": service_id or False,
            "services": [{"id": one.id, "name": one.name} for one in types],
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
    def _check_team(self, team_id, teams):
        if team_id and team_id not in teams.ids:
            raise AccessError(
                self.env._("This is not one of your teams. Choose another one.")
            )

    @api.model
    def _teams(self):
        """The teams that the user may choose: a head only their own."""
        domain = [("company_id", "in", self.env.companies.ids)]
        if not self.env.user.has_group(GROUP_QUALITY_MANAGER):
            uid = self.env.uid
            domain += ["|", ("head_id", "=", uid), ("deputy_id", "=", uid)]
        return self.env["its.team"].search_fetch(domain)

    @api.model
    def _scope(self, period, team_id, service_id=None):
        company = self.env.company
        today = company._its_today()
        days = PERIODS.get(period, PERIODS["month"])
        first = today - timedelta(days=days - 1)
        zone = company._its_zone()
        return Scope.of_days(zone, first, today, team_id, service_id)

    @api.model
    def _numbers(self, *scopes):
        """Figures of a period, and of the period before, which they are compared with.

        :return: a list of dictionaries
        """
        together = (
            self._coverages(*scopes),
            self._retentions(*scopes),
            self._claims_counted(*scopes),
        )
        return [
            {**coverage, **retention, **claims, **self._numbers_of(scope)}
            for scope, coverage, retention, claims in zip(
                scopes, *together, strict=True
            )
        ]

    @api.model
    def _numbers_of(self, scope):
        return {
            **self._overdue(scope),
            **self._talks(scope),
            **self._missed(scope),
            **self._answers(scope),
            **self._claims_open(scope),
            **self._claims_closed(scope),
            **self._prolongation(scope),
        }

    @api.model
    def _tiles(self, scope):
        """The tiles by name: a value, that of the time before where there is one, what
        else is shown, and what the tile opens."""
        now, before = self._numbers(scope, scope.before())
        now |= {
            **self._today(scope),
            **self._to_renew(scope),
        }
        closed = self._opens(
            "its_quality.its_claim_report_action", self._claims_closed_domain(scope)
        )
        calls = "its_quality.mail_activity_action_call"
        subscriptions = "its_quality.its_subscription_action"
        answers = "its_quality.its_survey_report_action"
        clients = "its_quality.its_client_action_retention"
        retained = self._retained(scope)
        lists = {
            "retention": self._lists(
                clients,
                now["clients"],
                {
                    "kept": retained.kept(),
                    "lost": retained.lost(),
                    "undecided": retained.undecided(),
                },
            ),
            "prolongation": self._lists(
                subscriptions,
                now["contracts"],
                {
                    "continued": retained.continued(),
                    "not_continued": retained.not_continued(),
                    "undecided": retained.undecided_contracts(),
                },
            ),
        }
        listed = scope.listed()
        opens = {
            "overdue": self._opens(calls, self._overdue_domain(listed)),
            "today": self._opens(calls, self._today_domain(listed)),
            "coverage": self._opens(
                "its_quality.its_contact_report_action",
                [
                    ("cadence_state", "=", "late"),
                    *listed.of_clients(first=scope.last),
                ],
            ),
            "interactions": self._opens(
                "its_quality.its_interaction_report_action", self._talks_domain(listed)
            ),
            "nps": self._opens(answers, self._answers_domain(listed, ["nps"])),
            "csat": self._opens(answers, self._answers_domain(listed, ["csat"])),
            "claims_open": self._opens(
                "its_quality.its_claim_report_action_responsible",
                self._claims_open_domain(listed),
            ),
            "claims_overdue": self._opens(
                "its_quality.its_claim_report_action_responsible",
                self._claims_overdue_domain(listed),
            ),
            "claims_opened": self._opens(
                "its_quality.its_claim_report_action",
                self._claims_opened_domain(listed),
            ),
            "claims_closed": self._opens(
                "its_quality.its_claim_report_action", self._claims_done_domain(listed)
            ),
            "hours": closed,
            "on_time": closed,
            "retention": self._opens(clients, list(retained.clients())),
            "prolongation": self._opens(subscriptions, list(retained.ended())),
            "to_renew": self._opens(subscriptions, self._to_renew_domain(listed)),
        }
        if self._has_telephone():
            opens["missed"] = self._opens(
                "its_quality.its_phone_call_action", self._missed_domain(listed)
            )
        notes = {
            "missed": "missed_waiting",
            "today": "today_done",
            "coverage": "late",
            # Who has handed over what was done has not done the rest on time.
            "on_time": "claims_overdue",
            "interactions": "reached",
            "to_renew": "renewed_early",
        }
        return {
            name: {
                **self._compared(name, now, before),
                "note": now.get(notes.get(name)),
                "opens": opened,
                "lists": lists.get(name, []),
            }
            for name, opened in opens.items()
        }

    @api.model
    def _lists(self, action, counts, domains):
        """The lists behind a tile, by name: how many there are in each, and what opens
        it."""
        return [
            {
                "name": name,
                "count": counts[name],
                "opens": self._opens(action, list(domain)),
            }
            for name, domain in domains.items()
        ]

    @api.model
    def _compared(self, name, now, before):
        """A number with its certainty, that of the time before, and whether they differ
        by more than chance.

        Where answers were given in several ways, also both at constant shares of the
        ways: a change that goes away there is one of the mix.
        """
        this, former = _judged(now[name]), _judged(before.get(name))
        found = {
            **this.as_shown(),
            "previous": former.as_shown()["value"],
            "significant": certainty.is_change(this, former),
        }
        ways = now.get(f"{name}_ways") or {}
        ways_before = before.get(f"{name}_ways") or {}
        if len(ways.keys() & ways_before.keys()) > 1:
            adjusted = certainty.at_constant_shares(ways, ways_before)
            found["adjusted"], found["adjusted_previous"] = (
                one.as_shown()["value"] for one in adjusted
            )
            found["significant"] &= certainty.is_change(*adjusted)
        return found

    @api.model
    def _opens(self, action, domain):
        """A report, filtered as the number is; its own filters are left out."""
        return {"action": action, "domain": domain}


def _judged(number):
    """A number as a figure; what is no share or mean is a count."""
    if isinstance(number, certainty.Figure):
        return number
    if number is None:
        return certainty.NOTHING
    if isinstance(number, float):
        # A share of which nobody has said of how many.
        return certainty.Figure(certainty.SHARE, number, 0, None, None, None)
    return certainty.of_count(number)
