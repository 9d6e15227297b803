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
    its_days_apart = fields.Integer(related="company_id.its_days_apart", readonly=False)
    its_ahead_days = fields.Integer(related="company_id.its_ahead_days", readonly=False)
    its_started_days = fields.Integer(
        related="company_id.its_started_days", readonly=False
    )
    its_desk_minutes = fields.Integer(
        related="company_id.its_desk_minutes", readonly=False
    )
    its_morning_hour = fields.Integer(
        related="company_id.its_morning_hour", readonly=False
    )
    its_ask_days = fields.Integer(related="company_id.its_ask_days", readonly=False)
