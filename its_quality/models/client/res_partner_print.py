from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_its_print_report(self):
        """Ask which report to print about this client, or about the client of this
        contact person."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "its_quality.its_report_print_action"
        )
        client = self.commercial_partner_id[:1]
        if client.its_client:
            action["context"] = {"default_partner_id": client.id}
        return action
