from odoo import api, models
from odoo.fields import Domain

from ..client.personal import Place
from .numbers import keys_of


class ItsPersonalRequest(models.Model):
    """The calls of a person: that they were stays, from which number and what was
    recorded goes."""

    _inherit = "its.personal.request"

    @api.model
    def _its_phone_keys(self, person):
        return [*super()._its_phone_keys(person), *keys_of(person.phone)]

    @api.model
    def _its_places(self, person):
        calls = Domain("contact_id", "=", person.id)
        refs = self.env["its.phone.call"].sudo().search(calls)
        events = Domain.OR(
            [
                [
                    ("connection_id", "=", connection.id),
                    ("call_ref", "in", some.mapped("call_ref")),
                ]
                for connection, some in refs.grouped("connection_id").items()
                if connection
            ]
        )
        return [
            *super()._its_places(person),
            Place(
                "its.phone.call",
                calls,
                told=(
                    "date_start",
                    "direction",
                    "number",
                    "user_id",
                    "seconds",
                    "state",
                    "told",
                ),
                emptied=("number", "key", "recording"),
            ),
            Place("its.phone.event", events, emptied=("number", "recording", "data")),
        ]
