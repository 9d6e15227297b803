from odoo import api, models


class MergePartnerAutomatic(models.TransientModel):
    """Merging contacts goes past the ORM, by SQL.

    What a client may have once only has to be made one before, and what follows from the
    client has to be told to follow, above all the manager, by whom the record rules
    decide.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        self._its_join_calls(src_partners, dst_partner)
        self._its_join_snapshots(src_partners, dst_partner)
        self._its_fold_subscriptions(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _its_join_calls(self, src_partners, dst_partner):
        """Of the open calls of one cadence the first stays. Closed ones come along, too:
        Odoo would leave them, and delete them with the partner."""
        calls = self.env["mail.activity"].sudo()
        clients = ("its_client_id", "in", (src_partners | dst_partner).ids)
        of_cadences = calls.search(
            [clients, ("its_cadence_id", "!=", False)], order="date_deadline, id"
        )
        for of_cadence in of_cadences.grouped("its_cadence_id").values():
            of_cadence[1:]._its_close(self.env._("The client was merged with another."))
        closed = calls.search([clients, ("active", "=", False)])
        closed.filtered(lambda call: call.res_id in src_partners.ids).write(
            {"res_id": dst_partner.id}
        )

    def _its_join_snapshots(self, src_partners, dst_partner):
        """All contractors that led to one of the cards lead to the one that stays. Of
        those of one source one writes it: the one that has written it before."""
        partners = dst_partner | src_partners
        snapshots = (
            self.env["its.import.snapshot"]
            .sudo()
            .search([("partner_id", "in", partners.ids)])
        )
        snapshots = snapshots.filtered("is_leading")
        for of_source in snapshots.grouped("source_id").values():
            own = of_source.filtered(lambda s: s.partner_id == dst_partner)
            leading = own or of_source[:1]
            others = of_source - leading
            for other in others:
                leading.subscriptions = {
                    **(other.subscriptions or {}),
                    **(leading.subscriptions or {}),
                }
            others.write({"is_leading": False, "data": False, "subscriptions": False})
        snapshots.flush_recordset()

    def _its_fold_subscriptions(self, src_partners, dst_partner):
        """Make one of subscriptions that say the same, with what was linked to each."""
        subscriptions = (
            self.env["its.subscription"]
            .sudo()
            .search([("partner_id", "in", (dst_partner | src_partners).ids)])
        )
        kept = {}
        # The one of the client who stays before the others; of a chain of renewals the
        # last link first, so that no link is left with two renewals.
        for subscription in subscriptions.sorted(
            lambda s: (s.partner_id == dst_partner, str(s.date_start or "")),
            reverse=True,
        ):
            key = subscription._its_identity()
            if key not in kept:
                kept[key] = subscription
                continue
            model = subscription._name
            self._update_foreign_keys_generic(model, subscription, kept[key])
            self._update_reference_fields_generic(model, subscription, kept[key])
            self.env.invalidate_all()
            subscription.unlink()

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
