from odoo import fields, models


class ItsConnectSecret(models.TransientModel):
    """The dialog that shows a secret once."""

    _name = "its.connect.secret"
    _description = "Secret of 1C-Connect"

    connect_id = fields.Many2one("its.connect", required=True, ondelete="cascade")
    url = fields.Char(related="connect_id.url")
    secret = fields.Char(readonly=True, exportable=False)
