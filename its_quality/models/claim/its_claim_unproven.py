from odoo import fields, models


class ItsClaim(models.Model):
    """Letters that are not of whom they say, as the server that took them in found out.
    They wait in the queue, and nobody is written to before a person has said whose they
    are."""

    _inherit = "its.claim"

    unproven = fields.Char(
        string="Not proven",
        readonly=True,
        copy=False,
        size=100,
        help="The check of the sender that the letter failed: it may be of somebody "
        "else.",
    )

    def _client_address(self):
        if self.unproven and not self.partner_id:
            return ""
        return super()._client_address()
