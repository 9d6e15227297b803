from odoo import api, models


class IrAttachment(models.Model):
    """Files of imports are not searched by their words."""

    _inherit = "ir.attachment"

    @api.model
    def _index(self, bin_data, file_type, checksum=None):
        # Odoo keeps every word of a text in the database; of an exchange file that is
        # as much again as the file.
        if self.env.context.get("its_no_index"):
            return None
        return super()._index(bin_data, file_type, checksum=checksum)
