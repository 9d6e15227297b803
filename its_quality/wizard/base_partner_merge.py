from odoo import api, models
from odoo.exceptions import AccessError

from ..tools.security_log import log_refusal


class MergePartnerAutomatic(models.TransientModel):
    """Merging contacts goes past the ORM, by SQL.

    What a client may have once only has to be made one before, and what follows from the
    client has to be told to follow, above all the manager, by whom the record rules
    decide.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """A client that is merged away is gone, with his manager and his history."""
        self._its_check_clients(partner_ids, dst_partner)
        return super()._merge(partner_ids, dst_partner, extra_checks)

    def _its_check_clients(self, partner_ids, dst_partner):
        """Refuse to merge clients, but for the administrator.

        :raises AccessError: naming one of them
        """
        user = self.env.user
        if self.env.su or user.has_group("its_quality.group_administrator"):
            return
        partners = self.env["res.partner"].browse(partner_ids).exists()
        if dst_partner and dst_partner in partners:
            partners -= dst_partner
        clients = partners.sudo().filtered("its_client")
        if clients:
            log_refusal(
                "client_taken", user.id, model=clients._name, record=clients[0].id
            )
            raise AccessError(
                self.env._(
                    "%(client)s is an ITS client: only the administrator of ITS quality "
                    "merges such a card with another.",
                    client=clients[0].with_env(self.env)._its_visible_name(),
                )
            )

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        self._its_join_calls(src_partners, dst_partner)
        self._its_leave_one_snapshot(src_partners, dst_partner)
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

    def _its_leave_one_snapshot(self, src_partners, dst_partner):
        """What a source last said of the client who stays is what counts."""
        partners = dst_partner | src_partners
        snapshots = (
            self.env["its.import.snapshot"]
            .sudo()
            .search([("partner_id", "in", partners.ids)])
        )
        for of_source in snapshots.grouped("source_id").values():
            first = of_source.filtered(lambda s: s.partner_id == dst_partner)
            (of_source - (first or of_source[:1])).unlink()

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
