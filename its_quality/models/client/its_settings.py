from odoo import fields, models

from ..base import settings


class ItsSettings(models.TransientModel):
    """When subscriptions end, and who else sees the cards."""

    _inherit = "its.settings"

    its_expiring_days = settings.Integer(
        related="company_id.its_expiring_days", readonly=False
    )
    its_renewal_gap = settings.Integer(
        related="company_id.its_renewal_gap", readonly=False
    )
    its_contact_group_ids = fields.Many2many(
        "res.groups",
        string="Groups that see all contacts",
        compute="_compute_its_contact_group_ids",
        inverse="_inverse_its_contact_group_ids",
        domain=lambda self: [
            ("privilege_id", "!=", False),
            ("id", "not in", self.env["ir.rule"]._its_never_opened().ids),
        ],
    )
    its_opening_rules = fields.Char(
        string="Rules that show all contacts", compute="_compute_its_opening_rules"
    )

    def _compute_its_contact_group_ids(self):
        rule = self.env["ir.rule"]._its_of_other_apps().sudo()
        self.its_contact_group_ids = rule.groups.sudo(False)

    def _inverse_its_contact_group_ids(self):
        # Which groups may be named, the rule checks itself.
        rule = self.env["ir.rule"]._its_of_other_apps().sudo()
        for page in self:
            if rule and rule.groups != page.its_contact_group_ids:
                rule.groups = page.its_contact_group_ids

    def _compute_its_opening_rules(self):
        rules = self.env["ir.rule"].sudo()._its_opening_cards()
        self.its_opening_rules = ", ".join(
            rule.name or self.env._("rule %(number)s", number=rule.id) for rule in rules
        )
