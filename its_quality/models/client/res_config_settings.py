from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    its_expiring_days = fields.Integer(
        related="company_id.its_expiring_days", readonly=False
    )
    its_renewal_gap = fields.Integer(
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
        self.its_contact_group_ids = self.env["ir.rule"]._its_of_other_apps().groups

    def _inverse_its_contact_group_ids(self):
        rule = self.env["ir.rule"]._its_of_other_apps()
        for settings in self:
            if rule and rule.groups != settings.its_contact_group_ids:
                rule.groups = settings.its_contact_group_ids

    def _compute_its_opening_rules(self):
        names = [
            rule.name or self.env._("rule %(number)s", number=rule.id)
            for rule in self.env["ir.rule"]._its_opening_cards()
        ]
        self.its_opening_rules = ", ".join(names)
