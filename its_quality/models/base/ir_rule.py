from odoo import models

from .base import is_hidden


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _make_access_error(self, operation, records):
        """In developer mode, which anybody can switch on, Odoo shows the names of what
        it refuses to show."""
        error = super()._make_access_error(operation, records)
        user = self.env.user
        if not is_hidden(records._name) or user.has_group("base.group_system"):
            return error
        text = error.args[0]
        for record in records[:6].sudo():
            if record.display_name:
                text = text.replace(record.display_name, record._its_neutral_name())
        records.invalidate_recordset()
        error.args = (text,)
        return error
