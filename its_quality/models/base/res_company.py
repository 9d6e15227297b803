from odoo import api, fields, models, tools


class ResCompany(models.Model):
    _inherit = "res.company"

    its_expiring_days = fields.Integer(
        string="Warn of the end (days)",
        default=30,
        help="How many days before its end a subscription is shown as expiring.",
    )

    its_daily_calls = fields.Integer(
        string="Calls a day",
        default=25,
        help="How many planned calls a person is given a day, unless his own form "
        "says otherwise.",
    )
    its_call_attempts = fields.Integer(
        string="Attempts without answer",
        default=3,
        help="After so many the questionnaire goes to the client by e-mail.",
    )
    its_escalation_days = fields.Integer(
        string="Overdue calls to the head after (working days)", default=3
    )
    its_digest_date = fields.Date(
        string="Morning mail sent on",
        readonly=True,
        copy=False,
        help="The last morning on which people were written to about their calls.",
    )

    _its_call_numbers_positive = models.Constraint(
        "CHECK (its_daily_calls > 0 AND its_call_attempts > 0 "
        "AND its_escalation_days >= 0)",
        "At least one call a day and one attempt are needed, and no negative number "
        "of days.",
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
        return fields.Date.context_today(self.with_context(tz=self._its_zone()))

    def _its_zone(self):
        """The name of the time zone in which the company works."""
        calendar_id = self._its_calendar_id()
        calendar = self.env["resource.calendar"].browse(calendar_id)
        return calendar._its_zone() if calendar else self.partner_id.tz or "UTC"

    @tools.ormcache("self.id")
    def _its_calendar_id(self):
        return self.sudo().resource_calendar_id.id

    @api.private
    def cache_invalidation_fields(self):
        return super().cache_invalidation_fields() | {"resource_calendar_id"}

    def write(self, vals):
        result = super().write(vals)
        if "its_expiring_days" in vals:
            self.env["its.subscription"].sudo()._update_states(companies=self)
        return result
