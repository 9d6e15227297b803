from odoo import api, fields, models
from odoo.tools import SQL


class ItsClientRisk(models.Model):
    _inherit = "its.client.risk"

    sign = fields.Selection(
        selection_add=[("silence", "No contact")], ondelete={"silence": "cascade"}
    )

    @api.model
    def _signs(self, company, today):
        """A cadence of regular contact concerns the client, and was not kept."""
        clients = self.env["its.cadence"]._kept_clients(today, purpose="constant")
        return {
            **super()._signs(company, today),
            "silence": SQL(
                "SELECT client_id FROM (%s) AS client WHERE NOT kept", clients
            ),
        }
