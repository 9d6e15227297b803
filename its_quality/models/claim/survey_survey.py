from odoo import fields, models


class SurveySurvey(models.Model):
    """Whether low scores of a questionnaire open claims."""

    _inherit = "survey.survey"

    its_low_opens_claim = fields.Boolean(
        string="A low score opens a claim",
        help="The claim contains the answers. Otherwise the quality manager gets a "
        "task and decides.",
    )
