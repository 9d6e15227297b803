from odoo import fields, models


class ResCompany(models.Model):
    """How many calls a day, and what comes of those that nobody answers or makes."""

    _inherit = "res.company"

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
