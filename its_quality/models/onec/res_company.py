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
