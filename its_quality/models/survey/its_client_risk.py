from odoo import api, fields, models
from odoo.tools import SQL


class ItsClientRisk(models.Model):
    _inherit = "its.client.risk"

    sign = fields.Selection(
        selection_add=[("score", "Low score")], ondelete={"score": "cascade"}
    )

    @api.model
    def _signs(self, company, today):
        """What the client has answered last is a low score."""
        return {
            **super()._signs(company, today),
            "score": SQL(
                """
                SELECT its_client_id AS client_id FROM (
                    SELECT DISTINCT ON (its_client_id) its_client_id, its_is_low
                      FROM survey_user_input
                     WHERE its_client_id IS NOT NULL AND company_id = %s
                       AND state = 'done' AND test_entry IS NOT TRUE AND its_has_score
                     ORDER BY its_client_id, end_datetime DESC, id DESC
                ) AS last WHERE its_is_low
                """,
                company.id,
            ),
        }
