from odoo import fields, models


class MailActivity(models.Model):
    """What a task or a planned call has to do with a response."""

    _inherit = "mail.activity"

    its_response_id = fields.Many2one(
        "survey.user_input",
        string="Response",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
