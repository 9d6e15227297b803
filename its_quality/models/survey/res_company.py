from odoo import fields, models


class ResCompany(models.Model):
    """When clients who do not answer are reminded."""

    _inherit = "res.company"

    its_remind_days = fields.Integer(
        "Working days to a reminder",
        default=2,
        help="Clients who have not answered a questionnaire or our question about a "
        "claim by then are reminded once, by e-mail. Zero: never.",
    )

    _its_remind_days_positive = models.Constraint(
        "CHECK (its_remind_days >= 0)", "The number of days cannot be negative."
    )
