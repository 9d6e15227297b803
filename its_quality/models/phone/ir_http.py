from werkzeug.exceptions import RequestEntityTooLarge, abort

from odoo import api, models
from odoo.http import request

from ...tools.security_log import log_refusal

ADDRESS = "/its/phone/"


class IrHttp(models.AbstractModel):
    """What exchanges send is read before Odoo takes a form apart: a signature is made of
    the bytes, and too many of them are refused in words."""

    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        super()._pre_dispatch(rule, args)
        if not request.httprequest.path.startswith(ADDRESS):
            return
        try:
            request.httprequest.get_data(cache=True)
        except RequestEntityTooLarge:
            log_refusal("too_large", model="its.phone.connection")
            words = {"error": "The request is too large for an event."}
            abort(request.make_json_response(words, status=413))

    @api.private
    def session_info(self):
        """Whether a press on a number asks our exchange."""
        info = super().session_info()
        user = self.env.user
        if user._is_internal():
            info["its_phone"] = bool(user.sudo()._its_extension(self.env.companies))
        return info
