from odoo import api, models


class MergePartnerAutomatic(models.TransientModel):
    """Merging contacts goes past the ORM, by SQL; what follows from the client has to
    be told to follow, above all the manager, by whom the record rules decide."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_values(self, src_partners, dst_partner):
        result = super()._update_values(src_partners, dst_partner)
        firm = dst_partner.sudo()
        subscriptions = firm.env["its.subscription"].search(
            [("partner_id", "=", firm.id)]
        )
        self.env.add_to_compute(subscriptions._fields["user_id"], subscriptions)
        if firm.its_client:
            firm._follow_manager_of_contacts()
        return result
