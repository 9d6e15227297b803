from odoo import fields, models


class ItsClaimWait(models.TransientModel):
    """The dialog that asks until when a claim waits for its client."""

    _name = "its.claim.wait"
    _description = "Wait for the Client"

    claim_id = fields.Many2one("its.claim", required=True)
    until = fields.Date(
        string="Wait until",
        required=True,
        help="On this day whoever works on the claim is reminded.",
    )

    def action_confirm(self):
        """Pause the deadline, if the user may."""
        self.ensure_one()
        return self.claim_id.action_wait(self.until)
