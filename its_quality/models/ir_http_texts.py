from odoo import models
from odoo.http import request

from ..tools.texts import keepable_in


class IrHttp(models.AbstractModel):
    """What comes by a page or a call has no characters that the database does not take:
    in values and in what is searched for alike, whoever asks for it then."""

    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        request.params = keepable_in(request.params)
        return super()._dispatch(endpoint)
