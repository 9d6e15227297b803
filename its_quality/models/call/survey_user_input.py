from odoo import fields, models


class SurveyUserInput(models.Model):
    """The talks in which a questionnaire was filled."""

    _inherit = "survey.user_input"

    its_interaction_ids = fields.One2many(
        "its.interaction", "response_id", string="Interactions", readonly=True
    )
