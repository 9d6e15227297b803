from odoo import api, fields, models

from ..base.readable import ReadableOne2many


class ItsService(models.Model):
    """Who subscribes to a service."""

    _inherit = "its.service"

    subscription_ids = ReadableOne2many("its.subscription", "service_id")
    subscription_count = fields.Integer(
        string="Subscriptions in force", compute="_compute_subscription_count"
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_subscription_count(self):
        counts = dict(
            self.env["its.subscription"]._read_group(
                [
                    ("service_id", "in", self.ids),
                    ("state", "in", ("active", "expiring")),
                ],
                ["service_id"],
                ["__count"],
            )
        )
        for service in self:
            service.subscription_count = counts.get(service, 0)

    def action_open_subscriptions(self):
        """Open the subscriptions to this service."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "its_quality.its_subscription_action"
        )
        action["domain"] = [("service_id", "=", self.id)]
        action["context"] = {"default_service_id": self.id}
        return action
