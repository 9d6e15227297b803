from odoo import api, models
from odoo.fields import Command


class ResGroups(models.Model):
    _inherit = "res.groups"

    @api.constrains("rule_groups")
    def _check_its_other_apps(self):
        # The form of a group has its rules, too.
        self.env["ir.rule"]._its_of_other_apps()._check_its_other_apps()

    @api.ondelete(at_uninstall=True)
    def _unlink_from_other_apps(self):
        # Odoo deletes no group that a rule names; an app takes its groups along.
        rule = self.env["ir.rule"]._its_of_other_apps().sudo()
        gone = rule.groups & self.sudo()
        if gone:
            rule.write({"groups": [Command.unlink(group.id) for group in gone]})
