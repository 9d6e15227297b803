from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    its_expiring_days = fields.Integer(
        related="company_id.its_expiring_days", readonly=False
    )
