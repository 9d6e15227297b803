from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    its_daily_calls = fields.Integer(
        related="company_id.its_daily_calls", readonly=False
    )
    its_call_attempts = fields.Integer(
        related="company_id.its_call_attempts", readonly=False
    )
    its_escalation_days = fields.Integer(
        related="company_id.its_escalation_days", readonly=False
    )
