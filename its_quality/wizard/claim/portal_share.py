from odoo import models
from odoo.exceptions import UserError


class PortalShare(models.TransientModel):
    """What is shared stays in the chatter, with a link that signs somebody up."""

    _inherit = "portal.share"

    def action_send_mail(self):
        if "its.claim" in self.mapped("res_model"):
            raise UserError(
                self.env._(
                    "A claim cannot be shared: only the client gets its link, in our "
                    "e-mails. Write to the client on the claim instead."
                )
            )
        return super().action_send_mail()
