from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.tools import formatLang

from ..tools.certainty import Figure
from .its_dashboard import GROUPS
from .its_dashboard_scope import Scope

MENU = "its_quality.its_quality_menu"
# Each is called «kpi_its_…»: the method and the name of its number on the dashboard, and
# what it opens.
KPIS = {
    "interactions": ("_talks", "interactions", "its_interaction_report_action"),
    "nps": ("_answers", "nps", "its_survey_report_action"),
    "csat": ("_answers", "csat", "its_survey_report_action"),
    "claims_closed": ("_claims_counts", "claims_closed", "its_claim_report_action"),
    "on_time": ("_claims_closed", "on_time", "its_claim_report_action"),
    "retention": ("_retention", "retention", "its_renewal_report_action"),
    "prolongation": ("_prolongation", "prolongation", "its_renewal_report_action"),
    "overdue_calls": ("_overdue", "overdue", "mail_activity_action_call"),
}
# Means and shares, which differ by points and may have no value.
MEANS = ("nps", "csat", "on_time", "retention", "prolongation")


class DigestDigest(models.Model):
    """The figures of the dashboard, mailed to who asked for them."""

    _inherit = "digest.digest"

    kpi_its_interactions = fields.Boolean("Interactions with Clients")
    kpi_its_interactions_value = fields.Integer(
        compute="_compute_kpi_its_interactions_value"
    )
    kpi_its_nps = fields.Boolean("NPS")
    kpi_its_nps_value = fields.Float(compute="_compute_kpi_its_nps_value")
    kpi_its_csat = fields.Boolean("CSAT (%)")
    kpi_its_csat_value = fields.Float(compute="_compute_kpi_its_csat_value")
    kpi_its_claims_closed = fields.Boolean("Closed Claims")
    kpi_its_claims_closed_value = fields.Integer(
        compute="_compute_kpi_its_claims_closed_value"
    )
    kpi_its_on_time = fields.Boolean("Claims Handled on Time (%)")
    kpi_its_on_time_value = fields.Float(compute="_compute_kpi_its_on_time_value")
    kpi_its_retention = fields.Boolean("Retention of Clients (%)")
    kpi_its_retention_value = fields.Float(compute="_compute_kpi_its_retention_value")
    kpi_its_prolongation = fields.Boolean("Prolongation of Contracts (%)")
    kpi_its_prolongation_value = fields.Float(
        compute="_compute_kpi_its_prolongation_value"
    )
    kpi_its_overdue_calls = fields.Boolean("Overdue Calls")
    kpi_its_overdue_calls_value = fields.Integer(
        compute="_compute_kpi_its_overdue_calls_value"
    )

    # Each figure by itself: Odoo asks for one after another, of a different time each.

    def _compute_kpi_its_interactions_value(self):
        self._its_compute_kpi("interactions")

    def _compute_kpi_its_nps_value(self):
        self._its_compute_kpi("nps")

    def _compute_kpi_its_csat_value(self):
        self._its_compute_kpi("csat")

    def _compute_kpi_its_claims_closed_value(self):
        self._its_compute_kpi("claims_closed")

    def _compute_kpi_its_on_time_value(self):
        self._its_compute_kpi("on_time")

    def _compute_kpi_its_retention_value(self):
        self._its_compute_kpi("retention")

    def _compute_kpi_its_prolongation_value(self):
        self._its_compute_kpi("prolongation")

    def _compute_kpi_its_overdue_calls_value(self):
        self._its_compute_kpi("overdue_calls")

    def _its_compute_kpi(self, name):
        for digest in self:
            digest[f"kpi_its_{name}_value"] = digest._its_number(name) or 0

    def _its_number(self, name):
        """A number of the dashboard, of the digest's company and as the user.

        :raises AccessError: for who may not see the dashboard, or the company; the mail
            leaves it out
        """
        self.ensure_one()
        user = self.env.user
        company = self.company_id or self.env.company
        if not user.has_groups(GROUPS):
            raise AccessError(
                self.env._("This user has no access to the figures of service quality.")
            )
        self.env.flush_all()
        dashboard = self.env["its.dashboard"].with_context(
            allowed_company_ids=company.ids
        )
        method, figure, _action = KPIS[name]
        number = getattr(dashboard, method)(self._its_scope(company))[figure]
        return number.as_shown()["value"] if isinstance(number, Figure) else number

    def _its_scope(self, company):
        """The time the mail asks about; on the form it is the last week."""
        start, end, _companies = self._get_kpi_compute_parameters()
        end = fields.Datetime.to_datetime(end) or fields.Datetime.now()
        start = fields.Datetime.to_datetime(start) or fields.Datetime.subtract(
            end, weeks=1
        )
        return Scope(company._its_zone(), start, end)

    def _compute_kpis(self, company, user):
        """A mean of nothing is empty, and means differ by points; that more calls are
        overdue is not shown as a gain."""
        kpis = super()._compute_kpis(company, user)
        frames = self._compute_timeframes(company)
        for kpi in kpis:
            name = kpi["kpi_name"].removeprefix("kpi_its_")
            for number, (_label, (current, previous)) in enumerate(frames, 1):
                column = kpi[f"kpi_col{number}"]
                if kpi["kpi_name"] == "kpi_its_overdue_calls":
                    column["margin"] = 0.0
                elif kpi["kpi_name"].startswith("kpi_its_") and name in MEANS:
                    value = self._its_mean(name, current, company, user)
                    before = self._its_mean(name, previous, company, user)
                    column["value"] = (
                        "–" if value is None else formatLang(self.env, value, digits=1)
                    )
                    known = value is not None and before is not None
                    column["margin"] = round(value - before, 1) if known else 0.0
        return kpis

    def _its_mean(self, name, frame, company, user):
        start, end = frame
        digest = (
            self.with_context(start_datetime=start, end_datetime=end)
            .with_user(user)
            .with_company(company)
        )
        return digest._its_number(name)

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu_id = self.env.ref(MENU).id
        for name, (_method, _figure, action) in KPIS.items():
            actions[f"kpi_its_{name}"] = f"its_quality.{action}?menu_id={menu_id}"
        return actions
