from odoo import models

from ..base import settings


class ItsSettings(models.TransientModel):
    """How long claims may take, and how clients write to us."""

    _inherit = "its.settings"

    its_claim_ask = settings.Selection(
        related="company_id.its_claim_ask", readonly=False
    )
    its_claim_days_0 = settings.Integer(
        related="company_id.its_claim_days_0", readonly=False
    )
    its_claim_days_1 = settings.Integer(
        related="company_id.its_claim_days_1", readonly=False
    )
    its_claim_days_2 = settings.Integer(
        related="company_id.its_claim_days_2", readonly=False
    )
    its_claim_days_3 = settings.Integer(
        related="company_id.its_claim_days_3", readonly=False
    )
    its_reopen_days = settings.Integer(
        related="company_id.its_reopen_days", readonly=False
    )
    its_stall_days = settings.Integer(
        related="company_id.its_stall_days", readonly=False
    )
    its_undo_seconds = settings.Integer(
        related="company_id.its_undo_seconds", readonly=False
    )
    its_confirm_days = settings.Integer(
        related="company_id.its_confirm_days", readonly=False
    )
    its_confirm_calls = settings.Integer(
        related="company_id.its_confirm_calls", readonly=False
    )
    its_wait_days = settings.Integer(related="company_id.its_wait_days", readonly=False)
    its_remind_days = settings.Integer(
        related="company_id.its_remind_days", readonly=False
    )
    its_keep_letters = settings.Integer(
        related="company_id.its_keep_letters", readonly=False
    )
    its_claim_alias = settings.Char(
        related="company_id.its_claim_alias", readonly=False
    )
    its_claim_consent = settings.Text(
        related="company_id.its_claim_consent", readonly=False
    )
    alias_domain_id = settings.Many2one(
        related="company_id.alias_domain_id", readonly=False
    )
