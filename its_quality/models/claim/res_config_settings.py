from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    its_claim_ask = fields.Selection(related="company_id.its_claim_ask", readonly=False)
    its_claim_days_0 = fields.Integer(
        related="company_id.its_claim_days_0", readonly=False
    )
    its_claim_days_1 = fields.Integer(
        related="company_id.its_claim_days_1", readonly=False
    )
    its_claim_days_2 = fields.Integer(
        related="company_id.its_claim_days_2", readonly=False
    )
    its_claim_days_3 = fields.Integer(
        related="company_id.its_claim_days_3", readonly=False
    )
    its_reopen_days = fields.Integer(
        related="company_id.its_reopen_days", readonly=False
    )
    its_stall_days = fields.Integer(related="company_id.its_stall_days", readonly=False)
    its_undo_seconds = fields.Integer(
        related="company_id.its_undo_seconds", readonly=False
    )
    its_confirm_days = fields.Integer(
        related="company_id.its_confirm_days", readonly=False
    )
    its_confirm_calls = fields.Integer(
        related="company_id.its_confirm_calls", readonly=False
    )
    its_wait_days = fields.Integer(related="company_id.its_wait_days", readonly=False)
    its_remind_days = fields.Integer(
        related="company_id.its_remind_days", readonly=False
    )
    its_claim_alias = fields.Char(related="company_id.its_claim_alias", readonly=False)
    its_claim_consent = fields.Text(
        related="company_id.its_claim_consent", readonly=False
    )
