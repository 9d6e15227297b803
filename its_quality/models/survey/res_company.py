from odoo import fields, models


class ResCompany(models.Model):
    """How often clients are asked, and when those who do not answer are reminded."""

    _inherit = "res.company"

    its_remind_days = fields.Integer(
        "Working days to a reminder",
        default=2,
        help="Clients who have not answered a questionnaire or our question about a "
        "claim by then are reminded once, by e-mail. Zero: never.",
    )

    its_ask_days = fields.Integer(
        "Days between questionnaires",
        default=30,
        help="At most one questionnaire in so many days is offered or sent to a client "
        "by the cadences. Zero: as many as there are.",
    )

    its_keep_responses = fields.Integer(
        "Years that responses are kept",
        help="After so many years, responses lose their words and the person who gave "
        "them; their figures stay. Zero: never.",
    )

    _its_keep_responses_positive = models.Constraint(
        "CHECK (its_keep_responses >= 0)", "The number of years cannot be negative."
    )
    _its_ask_days_in_order = models.Constraint(
        "CHECK (its_ask_days BETWEEN 0 AND 366)",
        "The number of days between questionnaires must be between 0 and 366.",
    )
    _its_remind_days_positive = models.Constraint(
        "CHECK (its_remind_days >= 0)", "The number of days cannot be negative."
    )
