import re

from werkzeug.exceptions import MethodNotAllowed

from odoo import models
from odoo.http import request

# The address of one of these pages lets its reader act, or the page shows private
# data. A language code may come first.
OURS = re.compile(
    "(?:/[a-z]{2,3}(?:_[A-Za-z@]{2,10})?)?/(?:its|my/claims|survey|rate)(?:/|$)"
)
ANCESTORS = "frame-ancestors 'self'"


class IrHttp(models.AbstractModel):
    """Our public pages keep their addresses, and what they show, to themselves: none is
    sent to the next site, kept in a cache, or shown in a frame of another site."""

    _inherit = "ir.http"

    @classmethod
    def _match(cls, path):
        try:
            return super()._match(path)
        except MethodNotAllowed as error:
            # The only error that Odoo answers without asking `_handle_error`.
            response = error.get_response(request.httprequest.environ)
            cls._its_set_privacy_headers(response)
            error.error_response = response
            raise

    @classmethod
    def _post_dispatch(cls, response):
        super()._post_dispatch(response)
        cls._its_set_privacy_headers(response)

    @classmethod
    def _handle_error(cls, exception):
        response = super()._handle_error(exception)
        if not hasattr(response, "headers") and cls._its_is_ours():
            # The page of an error that is no response yet.
            response = response.get_response(request.httprequest.environ)
        cls._its_set_privacy_headers(response)
        return response

    @classmethod
    def _its_is_ours(cls):
        return bool(OURS.match(request.httprequest.path))

    @classmethod
    def _its_set_privacy_headers(cls, response):
        """Say so in the headers of an answer, if it is one of ours.

        :param response: whatever a controller has answered
        """
        headers = getattr(response, "headers", None)
        if headers is None or not cls._its_is_ours():
            return
        headers["Referrer-Policy"] = "no-referrer"
        if not headers.get("Content-Type", "").startswith("image/"):
            headers["Cache-Control"] = "no-store"
        policy = headers.get("Content-Security-Policy", "")
        if "frame-ancestors" not in policy:
            policy = f"{policy}; {ANCESTORS}" if policy else ANCESTORS
            headers["Content-Security-Policy"] = policy
        headers.setdefault("X-Frame-Options", "SAMEORIGIN")
