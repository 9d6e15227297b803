from odoo import fields, models


class ItsClaimMove(models.TransientModel):
    """The dialog that asks why, where a move needs words."""

    _name = "its.claim.move"
    _description = "Reason for a Move"

    claim_id = fields.Many2one("its.claim", required=True)
    transition = fields.Selection(
        [
            ("reject", "Reject"),
            ("rework", "Return for rework"),
            ("reopen", "Reopen"),
            ("reopen_closed", "Reopen"),
        ],
        required=True,
    )
    reason = fields.Text(required=True)

    def action_confirm(self):
        """Make the move, if the workflow allows it."""
        self.ensure_one()
        self.claim_id._apply_transition(self.transition, self.reason)
