from odoo import models


class SurveySurvey(models.Model):
    """Cadences go on with the next version of their questionnaire, and a link remembers
    by which of them it was sent."""

    _inherit = "survey.survey"

    def _its_send_link(self, client, *, cadence=None, **arguments):
        response = super()._its_send_link(client, cadence=cadence, **arguments)
        # What it was asked for is what the answer is a contact for.
        response.sudo().its_cadence_id = cadence
        return response

    def _its_replaced_by(self, new):
        result = super()._its_replaced_by(new)
        cadences = self.env["its.cadence"].sudo().with_context(active_test=False)
        cadences.search([("survey_id", "=", self.id)]).survey_id = new
        return result
