from odoo import api, models

from ..client.personal import Place


class ItsPersonalRequest(models.Model):
    """Who writes through 1С-Коннект."""

    _inherit = "its.personal.request"

    @api.model
    def _its_places(self, person):
        return [
            *super()._its_places(person),
            Place(
                "its.connect.contact",
                [("partner_id", "=", person.id)],
                told=("name",),
                emptied=("name", "partner_id"),
            ),
        ]
