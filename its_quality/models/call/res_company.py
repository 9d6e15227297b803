from odoo import fields, models


class ResCompany(models.Model):
    """How many calls a day, and what comes of those that nobody answers or makes."""

    _inherit = "res.company"

    its_daily_calls = fields.Integer(
        string="Calls per day",
        default=25,
        help="How many planned calls a user gets per day, unless their own form says "
        "otherwise.",
    )
    its_call_attempts = fields.Integer(
        string="Unanswered attempts",
        default=3,
        help="After this many, the questionnaire is sent to the client by e-mail.",
    )
    its_escalation_days = fields.Integer(
        string="Escalate overdue calls after (working days)", default=3
    )
    its_digest_date = fields.Date(
        string="Morning e-mail sent on",
        readonly=True,
        copy=False,
        help="The last day on which the morning e-mails about calls were sent.",
    )

    _its_call_numbers_positive = models.Constraint(
        "CHECK (its_daily_calls > 0 AND its_call_attempts > 0 "
        "AND its_escalation_days >= 0)",
        "Calls per day and attempts must be at least 1, and the number of days cannot "
        "be negative.",
    )
