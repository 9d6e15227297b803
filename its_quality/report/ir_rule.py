from odoo import models

from ..models.client.ir_rule import BY_ROLE


class IrRule(models.Model):
    """Rows of a report are open to users who may read the records they are made of; of
    a client, if their role lets them: a report tells more than a card."""

    _inherit = "ir.rule"

    def _get_rules(self, model_name, mode="read"):
        told_by = getattr(self.env[model_name], "_its_rules_of", None)
        if told_by:
            by_role = self.with_context(**{BY_ROLE: True})
            return super(IrRule, by_role)._get_rules(told_by, mode=mode)
        return super()._get_rules(model_name, mode=mode)
