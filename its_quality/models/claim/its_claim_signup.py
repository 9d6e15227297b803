"""Odoo notes on a client's card, whenever it writes about a record to anybody, that he
may sign up. So two people who write at once, or one who saves the card meanwhile, would
undo each other's claims: nothing that comes from outside writes to the card."""

from odoo import models

WITHOUT = "its_without_signup"


class ItsClaim(models.Model):
    _inherit = "its.claim"

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        # Whoever has the link of a claim needs no login; logins are given by hand.
        claim = self.with_context(**{WITHOUT: True})
        return super(ItsClaim, claim)._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
