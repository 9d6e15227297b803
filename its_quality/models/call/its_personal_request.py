from odoo import api, models

from ..client.personal import Place


class ItsPersonalRequest(models.Model):
    """What was talked about with a person."""

    _inherit = "its.personal.request"

    @api.model
    def _its_places(self, person):
        return [
            *super()._its_places(person),
            Place(
                "its.interaction",
                [("contact_id", "=", person.id)],
                told=(
                    "date_start",
                    "channel",
                    "direction",
                    "purpose",
                    "outcome",
                    "user_id",
                    "summary",
                ),
                words=("summary",),
            ),
        ]
