from odoo import models


class IrRule(models.Model):
    """Rows of a report are open to users who may read the records they are made of."""

    _inherit = "ir.rule"

    def _get_rules(self, model_name, mode="read"):
        told_by = getattr(self.env[model_name], "_its_rules_of", None)
        return super()._get_rules(told_by or model_name, mode=mode)
