from odoo import models


class MergePartnerAutomatic(models.TransientModel):
    """Merging cards is a way to change where the clients of claims are written to."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        partners = self.env["res.partner"].browse(partner_ids).exists()
        if len(set(partners.sudo().mapped("email_normalized"))) > 1:
            partners._check_address_of_claims()
        return super()._merge(partner_ids, dst_partner, extra_checks)
