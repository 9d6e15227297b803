from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.claim import linking, people

NAMES = ("name", "vat", "person", "email", "phone")
PREVIEW = {"compute": "_compute_preview", "store": True, "readonly": False}


class ItsClaimSender(models.TransientModel):
    """The dialog in which a person says who an unknown sender is: a client there is, or
    a new one, whose card is shown before it is created."""

    _name = "its.claim.sender"
    _description = "Who Has Written"

    claim_id = fields.Many2one("its.claim", required=True, readonly=True)
    mode = fields.Selection(
        [("choose", "Choose a client"), ("new", "New client")],
        required=True,
        default="choose",
    )
    proposed_ids = fields.Many2many(
        related="claim_id.proposed_ids", string="Who it may be"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        domain="[('its_client', '=', True),"
        " '|', ('parent_id', '=', False), ('is_company', '=', True)]",
    )
    name = fields.Char(string="Name of the firm", **PREVIEW)
    vat = fields.Char(string="INN", size=12, **PREVIEW)
    person = fields.Char(string="Contact person", **PREVIEW)
    email = fields.Char(string="E-mail", **PREVIEW)
    phone = fields.Char(**PREVIEW)

    @api.depends("claim_id", "mode")
    def _compute_preview(self):
        """What is known of the sender, split; it may be changed."""
        for dialog in self:
            known = {}
            if dialog.mode == "new" and dialog.claim_id:
                known = linking.split_sender(dialog.claim_id)
            for name in NAMES:
                dialog[name] = known.get(name) or False

    def action_choose(self):
        """Link the claim to the chosen client."""
        self.ensure_one()
        claim = self._claim()
        if not self.partner_id:
            raise UserError(self.env._("Choose the client."))
        linking.link(claim, self.partner_id)
        return True

    def action_create(self):
        """Create the client as shown, and link whatever waits from the sender."""
        self.ensure_one()
        claim = self._claim()
        linking.create(claim, {name: self[name] for name in NAMES})
        return True

    def _claim(self):
        """The claim, if the user may say whose it is."""
        claim = self.claim_id
        claim.check_access("write")
        if not people.is_who(claim, "quality"):
            raise UserError(self.env._("Only a quality manager can do this."))
        return claim
