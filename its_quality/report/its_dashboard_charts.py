from collections import Counter
from dataclasses import replace

from odoo import api, fields, models

from ..models.base import days
from ..models.base.counting import count_by
from ..models.claim.rules import ENDED
from .its_dashboard_figures import IN_FORCE

MONTHS = 12
# More bars than that nobody reads.
MOST = 6
# Older than so many days, and not older than so many.
AGES = (
    ("three", None, 3),
    ("week", 3, 7),
    ("month", 7, 30),
    ("longer", 30, None),
)
SUBSCRIPTIONS = "its_quality.its_subscription_action"
TALKS = "its_quality.its_interaction_report_action"
CLAIMS = "its_quality.its_claim_report_action"
CLAIMS_OPEN = "its_quality.its_claim_report_action_responsible"


class ItsDashboard(models.AbstractModel):
    """The charts of the dashboard.

    A chart is its labels and series of numbers; a series says which report it opens,
    and by which further condition each of its points.
    """

    _inherit = "its.dashboard"

    @api.model
    def _series(self, name, data, action, domain, points):
        return {
            "name": name,
            "data": data,
            "opens": self._opens(action, domain),
            "points": points,
        }

    @api.model
    def _chart_scores(self, scope):
        """NPS and CSAT by month, where the company works, over a year."""
        first = scope.last.replace(day=1)
        months = [
            fields.Date.subtract(first, months=n) for n in reversed(range(MONTHS))
        ]
        starts = [
            days.midnight(month, scope.zone)
            for month in (*months, fields.Date.add(first, months=1))
        ]
        texts = [fields.Datetime.to_string(start) for start in starts]
        year = replace(scope, start=starts[0])
        answers = [
            ("meaning", "in", ["nps", "csat"]),
            ("date", ">=", texts[0]),
            ("date", "<", texts[-1]),
        ]
        names = ["nps:avg", "nps:count", "csat:avg", "csat:count"]
        groups = (
            self.env["its.survey.report"]
            .with_context(tz=scope.zone)
            ._read_group([*answers, *year.of_facts()], ["date:month"], names)
        )
        by_month = {month.date(): numbers for month, *numbers in groups}
        nothing = (None, 0, None, 0)
        rows = [by_month.get(month, nothing) for month in months]
        points = [
            [("date", ">=", texts[n]), ("date", "<", texts[n + 1])]
            for n in range(MONTHS)
        ]
        action = "its_quality.its_survey_report_action"
        return {
            "labels": [str(month) for month in months],
            "series": [
                self._series(
                    name,
                    [self._mean(row[at], row[at + 1]) for row in rows],
                    action,
                    [*answers, *year.listed().of_facts()],
                    [[("meaning", "=", name), *point] for point in points],
                )
                for at, name in ((0, "nps"), (2, "csat"))
            ],
        }

    @api.model
    def _chart_stages(self, scope):
        """Open claims, by stage and age."""
        now = fields.Datetime.now()
        domain = [("state", "not in", list(ENDED)), *scope.of_team()]
        ages = {}
        for age, older, up_to in AGES:
            ages[age] = [
                ("date_registered", operator, fields.Datetime.to_string(moment))
                for operator, moment in (
                    ("<", older and fields.Datetime.subtract(now, days=older)),
                    (">=", up_to and fields.Datetime.subtract(now, days=up_to)),
                )
                if moment
            ]
        claims = self.env["its.claim.report"]
        found = count_by(claims, "stage_id", *([*domain, *ages[age]] for age in ages))
        counts = dict(zip(ages, found, strict=True))
        stages = self.env["its.claim.stage"].browse(set().union(*found))
        stages = stages.sorted(lambda stage: (stage.sequence, stage.id))
        return {
            "labels": stages.mapped("name"),
            "series": [
                self._series(
                    age,
                    [counts[age].get(stage.id, 0) for stage in stages],
                    CLAIMS_OPEN,
                    domain,
                    [[("stage_id", "=", stage.id), *ages[age]] for stage in stages],
                )
                for age, _older, _up_to in AGES
            ],
        }

    @api.model
    def _chart_problems(self, scope):
        return self._chart_top("problem_id", scope)

    @api.model
    def _chart_problem_services(self, scope):
        return self._chart_top("problem_service_id", scope)

    @api.model
    def _chart_top(self, name, scope):
        """What the claims closed in the time were about most often."""
        domain = [*self._claims_closed_domain(scope), (name, "!=", False)]
        groups = self.env["its.claim.report"]._read_group(
            domain, [name], ["__count"], order=f"__count DESC, {name}", limit=MOST
        )
        return {
            "labels": [record.display_name for record, _count in groups],
            "series": [
                self._series(
                    "claims",
                    [count for _record, count in groups],
                    CLAIMS,
                    domain,
                    [[(name, "=", record.id)] for record, _count in groups],
                )
            ]
            if groups
            else [],
        }

    @api.model
    def _chart_services(self, scope):
        """What clients use most, and how often they were spoken with about it."""
        domain = [("state", "in", list(IN_FORCE)), *scope.of_team()]
        # Sorted here: the database would join the services to each subscription.
        counts = dict(
            self.env["its.subscription"]._read_group(
                domain, ["service_id"], ["__count"], order="__count"
            )
        )
        services = sorted(
            self.env["its.service"].union(*counts).sorted(),
            key=lambda one: -counts[one],
        )[:MOST]
        groups = [(service, counts[service]) for service in services]
        ids = [service.id for service in services]
        about_these = [*self._talks_domain(scope), ("service_id", "in", ids)]
        talks = dict(
            self.env["its.interaction.report"]._read_group(
                about_these, ["service_id"], ["__count"]
            )
        )
        points = [[("service_id", "=", service.id)] for service in services]
        return {
            "labels": [service.code or service.name for service in services],
            "series": [
                self._series(
                    "subscriptions",
                    [count for _service, count in groups],
                    SUBSCRIPTIONS,
                    domain,
                    points,
                ),
                self._series(
                    "talks",
                    [talks.get(service, 0) for service in services],
                    TALKS,
                    self._talks_domain(scope.listed()),
                    points,
                ),
            ]
            if groups
            else [],
        }

    @api.model
    def _chart_wishes(self, scope):
        """What clients wished for most in the time, in talks and in claims."""
        sources = (
            (
                "talks",
                "its.interaction",
                "its_quality.its_interaction_action",
                lambda scope: [*scope.within("date_start"), *scope.of_facts()],
            ),
            (
                "claims",
                "its.claim",
                "its_quality.its_claim_action",
                lambda scope: [*scope.within("date_registered"), *scope.of_team()],
            ),
        )
        wished = ("wish_ids", "!=", False)
        counts = {
            name: Counter(
                dict(
                    self.env[model]._read_group(
                        [*domain_of(scope), wished], ["wish_ids"], ["__count"]
                    )
                )
            )
            for name, model, _action, domain_of in sources
        }
        total = sum(counts.values(), Counter())
        wishes = sorted(total, key=lambda wish: (-total[wish], wish.name))[:MOST]
        return {
            "labels": [wish.name for wish in wishes],
            "series": [
                self._series(
                    name,
                    [counts[name][wish] for wish in wishes],
                    action,
                    [*domain_of(scope.listed()), wished],
                    [[("wish_ids", "in", wish.ids)] for wish in wishes],
                )
                for name, _model, action, domain_of in sources
            ]
            if wishes
            else [],
        }
