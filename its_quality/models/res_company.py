from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    its_expiring_days = fields.Integer(
        string="Warn of the end (days)",
        default=30,
        help="How many days before its end a subscription is shown as expiring.",
    )

    _its_expiring_days_positive = models.Constraint(
        "CHECK (its_expiring_days >= 0)",
        "The number of days before the end cannot be negative.",
    )

    def _its_today(self):
        """The current date where the company works.

        Its working calendar carries the time zone; a firm in Vladivostok must not
        see a contract as valid for seven hours after it has ended.

        :return: a ``date``
        """
        zone = self.resource_calendar_id.tz or self.partner_id.tz or "UTC"
        return fields.Date.context_today(self.with_context(tz=zone))

    def write(self, vals):
        result = super().write(vals)
        if "its_expiring_days" in vals:
            self.env["its.subscription"].sudo()._update_states(companies=self)
        return result
