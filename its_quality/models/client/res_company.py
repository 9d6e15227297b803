from odoo import fields, models


class ResCompany(models.Model):
    """When subscriptions begin to count as expiring."""

    _inherit = "res.company"

    its_expiring_days = fields.Integer(
        string="Expiration warning (days)",
        default=30,
        help="How many days before its end date a subscription is shown as expiring.",
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
