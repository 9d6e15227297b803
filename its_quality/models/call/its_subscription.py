from odoo import api, models

# What a call about a subscription, or to its client, is planned for.
REASONS = frozenset(
    {
        "company_id",
        "date_cancelled",
        "date_end",
        "date_start",
        "partner_id",
        "previous_id",
        "service_id",
    }
)


class ItsSubscription(models.Model):
    """Renewed, cancelled or deleted, it takes its calls along at once: nobody is to be
    called about it in the meantime."""

    _inherit = "its.subscription"

    @api.model_create_multi
    def create(self, vals_list):
        subscriptions = super().create(vals_list)
        subscriptions.filtered("continues_id")._its_withdraw_calls()
        return subscriptions

    def write(self, vals):
        clients = self.partner_id
        result = super().write(vals)
        if "partner_id" in vals:
            # Calls planned by hand stay with the client, but are about it no longer.
            calls = self.env["mail.activity"].sudo()
            calls.search(
                [
                    ("its_subscription_id", "in", self.ids),
                    ("its_client_id", "not in", self.partner_id.ids),
                ]
            ).its_subscription_id = False
        if REASONS & vals.keys():
            self._its_withdraw_calls(clients)
        return result

    def unlink(self):
        clients = self.partner_id
        result = super().unlink()
        self._its_withdraw_calls(clients)
        return result

    def _its_withdraw_calls(self, clients=None):
        """Withdraw the calls that there is no longer a reason for.

        :param clients: whose; those of the subscriptions by default
        """
        clients = self.partner_id if clients is None else clients
        clients = clients.exists()
        if clients:
            self.env["its.cadence"].sudo()._cancel_pointless(clients)
