from odoo import api, fields, models
from odoo.tools import SQL

from .rules import ENDED


class ItsClientRisk(models.Model):
    _inherit = "its.client.risk"

    sign = fields.Selection(
        selection_add=[("claim", "Open claim")], ondelete={"claim": "cascade"}
    )

    @api.model
    def _signs(self, company, today):
        return {
            **super()._signs(company, today),
            "claim": SQL(
                "SELECT partner_id AS client_id FROM its_claim"
                " WHERE partner_id IS NOT NULL AND company_id = %s AND state NOT IN %s",
                company.id,
                tuple(ENDED),
            ),
        }
