from odoo import api, models

# What the reason of a call follows from.
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
    """A renewal or a cancellation takes the calls about it along at once: nobody asks a
    client in the afternoon about what was signed in the morning."""

    _inherit = "its.subscription"

    @api.model_create_multi
    def create(self, vals_list):
        subscriptions = super().create(vals_list)
        subscriptions.partner_id._withdraw_pointless_calls()
        return subscriptions

    def write(self, vals):
        clients = self.partner_id if REASONS & vals.keys() else None
        result = super().write(vals)
        if clients is not None:
            (clients | self.partner_id)._withdraw_pointless_calls()
        return result

    def unlink(self):
        clients = self.partner_id
        result = super().unlink()
        clients.exists()._withdraw_pointless_calls()
        return result
