from odoo import api, fields, models

from ..base.readable import ReadableOne2many


class ItsTeam(models.Model):
    """The clients who subscribe to the services of a team."""

    _inherit = "its.team"

    subscription_ids = ReadableOne2many("its.subscription", "team_id")
    client_count = fields.Integer(string="Clients", compute="_compute_client_count")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_client_count(self):
        counts = dict(
            self.env["its.subscription"]._read_group(
                [("team_id", "in", self.ids), ("state", "in", ("active", "expiring"))],
                ["team_id"],
                ["partner_id:count_distinct"],
            )
        )
        for team in self:
            team.client_count = counts.get(team, 0)

    def action_open_clients(self):
        """Open the clients who subscribe to a service of the team."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "its_quality.its_client_action"
        )
        action["domain"] = [
            ("its_client", "=", True),
            ("its_subscription_ids.team_id", "=", self.id),
        ]
        return action
