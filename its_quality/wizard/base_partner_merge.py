from odoo import api, models


class MergePartnerAutomatic(models.TransientModel):
    """Merging contacts goes past the ORM, by SQL; what follows from the client has to
    be told to follow, above all the manager, by whom the record rules decide."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        self._its_leave_one_call(src_partners | dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _its_leave_one_call(self, partners):
        """Of two open calls of one cadence the first stays: the client becomes one."""
        calls = (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("its_client_id", "in", partners.ids),
                    ("its_cadence_id", "!=", False),
                ],
                order="date_deadline, id",
            )
        )
        for of_cadence in calls.grouped("its_cadence_id").values():
            of_cadence[1:]._its_close(self.env._("The client was merged with another."))

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
            firm._update_its_contacts()
        return result
