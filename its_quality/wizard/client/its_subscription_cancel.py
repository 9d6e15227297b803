from odoo import api, fields, models
from odoo.exceptions import UserError


class ItsSubscriptionCancel(models.TransientModel):
    """Asks why and from when before a subscription is cancelled, and what becomes of
    its renewal."""

    _name = "its.subscription.cancel"
    _description = "Cancel Subscriptions"

    subscription_ids = fields.Many2many(
        "its.subscription", string="Subscriptions", required=True
    )
    date_cancelled = fields.Date(
        string="Cancelled on",
        required=True,
        default=lambda self: self.env.company._its_today(),
        help="The first day on which the subscription is no longer in force. What "
        "begins later is cancelled as of its first day: it never begins.",
    )
    reason_id = fields.Many2one("its.cancellation.reason", required=True)
    note = fields.Text(string="What the client said")
    renewal_ids = fields.Many2many(
        "its.subscription", string="Renewed by", compute="_compute_renewal_ids"
    )
    renewals = fields.Selection(
        [
            ("cancel", "Cancel the renewal, too"),
            ("keep", "Leave the renewal in force"),
        ],
        string="Renewal",
        required=True,
        default="cancel",
    )

    @api.depends("subscription_ids")
    def _compute_renewal_ids(self):
        for dialog in self:
            dialog.renewal_ids = dialog._its_renewals()

    def _its_renewals(self):
        """What continues the chosen ones and is not cancelled, however often renewed."""
        found = self.env["its.subscription"]
        chosen = self.subscription_ids._origin
        following = chosen.continued_ids
        while following:
            found |= following
            following = following.continued_ids - found
        return (found - chosen).filtered(lambda one: not one.date_cancelled)

    def action_confirm(self):
        """Cancel the chosen subscriptions, keeping the reason; and their renewals, if
        that was chosen.

        :raises UserError: when one of them has been cancelled before
        """
        self.ensure_one()
        cancelled = self.subscription_ids
        if self.renewals == "cancel":
            cancelled |= self._its_renewals()
        cancelled.check_access("write")
        again = self.subscription_ids.filtered("date_cancelled")
        if again:
            raise UserError(
                self.env._(
                    "%(names)s: already cancelled. Remove it from the list.",
                    names=", ".join(again.mapped("display_name")),
                )
            )
        of_days = cancelled.grouped(
            lambda one: max(self.date_cancelled, one.date_start or self.date_cancelled)
        )
        for day, subscriptions in of_days.items():
            subscriptions.write(
                {
                    "date_cancelled": day,
                    "cancellation_reason_id": self.reason_id.id,
                    "cancellation_note": self.note,
                }
            )
        return {"type": "ir.actions.act_window_close"}
