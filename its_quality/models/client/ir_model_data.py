from odoo import api, models

from .ir_rule import RULE
from .other_apps import USER_GROUPS

AWAITED = frozenset((RULE, *USER_GROUPS))


class IrModelData(models.Model):
    """Apps come before us or after us; either way their users get all contacts once. An
    update of an app does not bring back what an administrator has taken off."""

    _inherit = "ir.model.data"

    @api.model
    def _update_xmlids(self, data_list, update=False):
        awaited = AWAITED & {data["xml_id"] for data in data_list}
        new = {
            name for name in awaited if not self.env.ref(name, raise_if_not_found=False)
        }
        result = super()._update_xmlids(data_list, update=update)
        if new:
            self.env["ir.rule"]._its_add_apps(new)
        return result
