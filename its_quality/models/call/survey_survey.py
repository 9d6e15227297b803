from odoo import models


class SurveySurvey(models.Model):
    """Cadences go on with the next version of their questionnaire."""

    _inherit = "survey.survey"

    def _its_replaced_by(self, new):
        result = super()._its_replaced_by(new)
        cadences = self.env["its.cadence"].sudo().with_context(active_test=False)
        cadences.search([("survey_id", "=", self.id)]).survey_id = new
        return result
