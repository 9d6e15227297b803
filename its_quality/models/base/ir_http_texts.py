from werkzeug.exceptions import abort

from odoo import models
from odoo.http import request

from ...tools.texts import keepable_in
from .ir_attachment import FileNotSaved


class IrHttp(models.AbstractModel):
    """What comes by a page or a call has no characters that the database does not take:
    in values and in search terms alike, whoever the user is. Files for which there is
    no room are reported before they are requested."""

    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        super()._pre_dispatch(rule, args)
        if request.httprequest.mimetype == "multipart/form-data":
            try:
                with request.env["ir.attachment"]._reporting_file_errors():
                    # To look is to have them all put aside, in the temporary folder.
                    request.httprequest.files.keys()
            except FileNotSaved as refused:
                # No page can be asked: what was typed has not come either.
                headers = [("Content-Type", "text/plain; charset=utf-8")]
                status = FileNotSaved.http_status
                abort(request.make_response(str(refused), headers, status=status))

    @classmethod
    def _dispatch(cls, endpoint):
        request.params = keepable_in(request.params)
        return super()._dispatch(endpoint)
