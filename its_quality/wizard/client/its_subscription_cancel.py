from odoo import fields, models
from odoo.exceptions import UserError


class ItsSubscriptionCancel(models.TransientModel):
    """Asks why and from when before a subscription is cancelled."""

    _name = "its.subscription.cancel"
    _description = "Cancel Subscriptions"

    subscription_ids = fields.Many2many(
        "its.subscription", string="Subscriptions", required=True
    )
    date_cancelled = fields.Date(
        string="Cancelled on",
        required=True,
        default=lambda self: self.env.company._its_today(),
        help="The first day on which the subscription is no longer in force.",
    )
    reason_id = fields.Many2one("its.cancellation.reason", required=True)
    note = fields.Text(string="What the client said")

    def action_confirm(self):
        """Cancel the chosen subscriptions, keeping the reason.

        :raises UserError: when one of them has been cancelled before
        """
        self.ensure_one()
        self.subscription_ids.check_access("write")
        again = self.subscription_ids.filtered("date_cancelled")
        if again:
            raise UserError(
                self.env._(
                    "%(names)s: already cancelled. Remove it from the list.",
                    names=", ".join(again.mapped("display_name")),
                )
            )
        self.subscription_ids.write(
            {
                "date_cancelled": self.date_cancelled,
                "cancellation_reason_id": self.reason_id.id,
                "cancellation_note": self.note,
            }
        )
        return {"type": "ir.actions.act_window_close"}
