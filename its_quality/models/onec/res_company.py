from odoo import fields, models


class ResCompany(models.Model):
    """How long files from 1C are kept."""

    _inherit = "res.company"

    its_keep_imports = fields.Integer(
        "Years that imports are kept",
        help="Files from 1C and what their rows said are deleted after so many years. "
        "Zero: never.",
    )

    _its_keep_imports_positive = models.Constraint(
        "CHECK (its_keep_imports >= 0)", "The number of years cannot be negative."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    its_keep_letters = fields.Integer(
        related="company_id.its_keep_letters", readonly=False
    )
    its_keep_responses = fields.Integer(
        related="company_id.its_keep_responses", readonly=False
    )
    its_keep_imports = fields.Integer(
        related="company_id.its_keep_imports", readonly=False
    )
