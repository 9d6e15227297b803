from odoo import fields, models


class ItsCancellationReason(models.Model):
    """Why a client gave up a subscription: the answer retention is judged by."""

    _name = "its.cancellation.reason"
    _description = "Reason for Cancellation"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    any_day = fields.Boolean(
        string="On any day",
        help="Says why a cancellation may lie outside the period of the subscription, "
        "such as one that was entered by mistake.",
    )
