from odoo import api, fields, models


class ItsSubscriptionRenew(models.TransientModel):
    """Asks for period and numbers before a subscription is renewed; the next period of
    the same length is proposed."""

    _name = "its.subscription.renew"
    _description = "Renew a Subscription"

    subscription_id = fields.Many2one(
        "its.subscription", required=True, readonly=True, ondelete="cascade"
    )
    date_start = fields.Date(
        string="From",
        required=True,
        compute="_compute_proposal",
        store=True,
        precompute=True,
        readonly=False,
    )
    date_end = fields.Date(
        string="Until",
        help="The last day in force.",
        compute="_compute_proposal",
        store=True,
        precompute=True,
        readonly=False,
    )
    contract_number = fields.Char(
        compute="_compute_proposal", store=True, precompute=True, readonly=False
    )
    registration_number = fields.Char(
        compute="_compute_proposal", store=True, precompute=True, readonly=False
    )

    @api.depends("subscription_id")
    def _compute_proposal(self):
        for dialog in self:
            former = dialog.subscription_id
            dialog.contract_number = former.contract_number
            dialog.registration_number = former.registration_number
            today = (former.company_id or self.env.company)._its_today()
            dates = former.date_end and former._its_next_dates()
            dialog.update(dates or {"date_start": today, "date_end": False})

    def action_confirm(self):
        """Renew the subscription for the period that was entered.

        :raises UserError: when it cannot be renewed; see ``its.subscription``
        """
        self.ensure_one()
        self.subscription_id._do_renew(
            {
                "date_start": self.date_start,
                "date_end": self.date_end,
                "contract_number": self.contract_number,
                "registration_number": self.registration_number,
            }
        )
        return {"type": "ir.actions.act_window_close"}
