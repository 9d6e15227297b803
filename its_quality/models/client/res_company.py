from odoo import fields, models


class ResCompany(models.Model):
    """When subscriptions begin to count as expiring, and what continues them."""

    _inherit = "res.company"

    its_expiring_days = fields.Integer(
        string="Expiration warning (days)",
        default=30,
        help="How many days before its end date a subscription is shown as expiring.",
    )

    its_renewal_gap = fields.Integer(
        string="Gap before a renewal (days)",
        default=30,
        help="A contract that begins at most so many days after the end of another one "
        "of the client continues it. For as long it is not decided whether the client "
        "is lost.",
    )

    its_risk_seen_on = fields.Date(
        string="Signs of risk seen on",
        readonly=True,
        copy=False,
        help="The last day on which the clients were looked at.",
    )

    _its_renewal_gap_range = models.Constraint(
        "CHECK (its_renewal_gap BETWEEN 0 AND 366)",
        "The gap before a renewal is a number of days between 0 and 366.",
    )
    _its_expiring_days_positive = models.Constraint(
        "CHECK (its_expiring_days >= 0)",
        "The number of days before the end cannot be negative.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "its_expiring_days" in vals:
            self.env["its.subscription"].sudo()._update_states(companies=self)
        return result
