from odoo import models

from ..base.readable import ReadableOne2many


class SurveyUserInput(models.Model):
    """The talks in which a questionnaire was filled."""

    _inherit = "survey.user_input"

    its_interaction_ids = ReadableOne2many(
        "its.interaction", "response_id", string="Interactions", readonly=True
    )
