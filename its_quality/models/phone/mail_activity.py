from odoo import api, fields, models


class MailActivity(models.Model):
    """A call back: somebody has called, and reached nobody."""

    _inherit = "mail.activity"

    its_phone_key = fields.Char(
        string="Missed number",
        readonly=True,
        copy=False,
        help="The last ten digits of the number that was missed.",
    )

    @api.model
    def _its_kept_fields(self):
        return super()._its_kept_fields() | {"its_phone_key"}
