from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

REPORTS = [
    ("interactions", "Interactions with Clients"),
    ("survey", "Survey Analysis"),
    ("movements", "Movements of Claims"),
    ("responsible", "Responsible for Claims"),
    ("results", "Results of Claims"),
    ("contacts", "Last Contacts with Clients"),
    ("renewals", "Renewals"),
    ("managers", "Assessment of Managers"),
]
# How far back a report looks by default; the others show the current state.
PERIODS = {
    "interactions": relativedelta(days=30),
    "movements": relativedelta(days=30),
    "survey": relativedelta(months=12),
    "results": relativedelta(months=12),
    "renewals": relativedelta(months=12),
    "managers": relativedelta(months=3),
}


class ItsReportPrint(models.TransientModel):
    """The dialog that asks what to print: a report, its period and whom it is about, or
    the rows selected in the list of a report."""

    _name = "its.report.print"
    _description = "Print a Report"

    report = fields.Selection(REPORTS, required=True, default="interactions")
    has_period = fields.Boolean(compute="_compute_has_period")
    date_from = fields.Date(
        string="From", compute="_compute_date_from", store=True, readonly=False
    )
    date_to = fields.Date(
        string="Until", compute="_compute_date_to", store=True, readonly=False
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        domain="[('its_client', '=', True),"
        " '|', ('parent_id', '=', False), ('is_company', '=', True)]",
    )
    team_id = fields.Many2one("its.team")
    service_id = fields.Many2one("its.service")
    survey_id = fields.Many2one(
        "survey.survey",
        string="Questionnaire",
        domain="[('survey_type', '=', 'its')]",
    )
    row_ids = fields.Json(help="IDs of the rows selected in the list of the report.")
    row_count = fields.Integer(string="Selected rows", compute="_compute_row_count")

    @api.depends("report")
    def _compute_has_period(self):
        for dialog in self:
            dialog.has_period = dialog.report in PERIODS

    @api.depends("report")
    def _compute_date_from(self):
        today = self.env.company._its_today()
        for dialog in self:
            dialog.date_from = dialog.has_period and today - PERIODS[dialog.report]

    @api.depends("report")
    def _compute_date_to(self):
        today = self.env.company._its_today()
        for dialog in self:
            dialog.date_to = dialog.has_period and today

    @api.depends("row_ids")
    def _compute_row_count(self):
        for dialog in self:
            dialog.row_count = len(dialog._selected_ids())

    @api.depends("report", "date_from", "date_to", "row_ids")
    def _compute_display_name(self):
        for dialog in self:
            parts = [dialog._title()]
            if not dialog.row_count and dialog.has_period:
                parts.append(dialog._period())
            dialog.display_name = " ".join(filter(None, parts))

    def action_print(self):
        """Print the report as PDF.

        :raises UserError: when the period ends before it begins
        """
        self.ensure_one()
        if self.date_from and self.date_to and self.date_from > self.date_to:
            raise UserError(
                self.env._(
                    "The period ends before it begins. Correct one of the dates."
                )
            )
        report = self.env.ref(f"its_quality.its_report_print_{self.report}")
        action = report.report_action(self)
        if action["type"] == "ir.actions.report":
            action["close_on_report_download"] = True
        return action

    def _title(self):
        """The name of the report in the language of the reader."""
        names = dict(self._fields["report"]._description_selection(self.env))
        return names.get(self.report, "")

    def _period(self):
        """The period in words.

        :return: a text, empty if there is neither a first nor a last day
        """
        first = self.date_from and format_date(self.env, self.date_from)
        last = self.date_to and format_date(self.env, self.date_to)
        if first and last:
            return f"{first} – {last}"
        if first:
            return self.env._("from %(day)s", day=first)
        return last and self.env._("until %(day)s", day=last) or ""

    def _selected_ids(self):
        """The ids of the selected rows; anything else that was sent is dropped."""
        self.ensure_one()
        return [row for row in self.row_ids or [] if isinstance(row, int)]
