from odoo import models

from ..base import settings


class ItsSettings(models.TransientModel):
    """How calls are planned."""

    _inherit = "its.settings"

    its_daily_calls = settings.Integer(
        related="company_id.its_daily_calls", readonly=False
    )
    its_call_attempts = settings.Integer(
        related="company_id.its_call_attempts", readonly=False
    )
    its_escalation_days = settings.Integer(
        related="company_id.its_escalation_days", readonly=False
    )
    its_days_apart = settings.Integer(
        related="company_id.its_days_apart", readonly=False
    )
    its_ahead_days = settings.Integer(
        related="company_id.its_ahead_days", readonly=False
    )
    its_started_days = settings.Integer(
        related="company_id.its_started_days", readonly=False
    )
    its_desk_minutes = settings.Integer(
        related="company_id.its_desk_minutes", readonly=False
    )
    its_morning_hour = settings.Integer(
        related="company_id.its_morning_hour", readonly=False
    )
    its_ask_days = settings.Integer(related="company_id.its_ask_days", readonly=False)
    its_silence_first = settings.Integer(
        related="company_id.its_silence_first", readonly=False
    )
    its_silence_second = settings.Integer(
        related="company_id.its_silence_second", readonly=False
    )
    its_silence_third = settings.Integer(
        related="company_id.its_silence_third", readonly=False
    )
