from odoo import models


class ItsCallDesk(models.AbstractModel):
    """Who has reached nobody comes first."""

    _inherit = "its.call.desk"

    def _queue_fields(self):
        return [*super()._queue_fields(), "its_phone_key"]

    def _urgency(self, call):
        return not call.its_phone_key, *super()._urgency(call)

    def _queue_row(self, call, today, labels):
        row = super()._queue_row(call, today, labels)
        row["missed"] = bool(call.its_phone_key)
        return row
