from odoo import fields, models


class ItsConnectSecret(models.AbstractModel):
    """The dialog that shows a secret once. It has no table, so that the secret is
    nowhere but on the screen."""

    _name = "its.connect.secret"
    _description = "1C-Connect Secret"

    # The web client asks for it, as it does for every form.
    id = fields.Id()
    url = fields.Char(string="Address for 1C-Connect", readonly=True)
    secret = fields.Char(readonly=True)
