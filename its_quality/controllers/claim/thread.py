"""What clients write and upload under a claim."""

from werkzeug.exceptions import NotFound, abort

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request, serialize_exception

from odoo.addons.mail.controllers.attachment import AttachmentController
from odoo.addons.mail.controllers.thread import ThreadController

from ...models.base.ir_attachment import FileNotSaved
from ...models.claim import uploads
from ...models.claim.uploads import MAX_FILE_SIZE
from .limits import may_client, too_much


class ClaimThread(ThreadController):
    def _its_firm(self, claim_id, **access):
        """The client of a claim that somebody writes to.

        :param access: the link that they have
        :raises NotFound: where they may not write there; it is not counted for the firm
        """
        claim = self._get_thread_with_access_for_post("its.claim", claim_id, **access)
        if not claim:
            raise NotFound
        return claim.sudo().partner_id

    @http.route()
    def mail_message_post(
        self, thread_model, thread_id, post_data, context=None, **kwargs
    ):
        """Clients write so often an hour. What was typed stays in the page, which shows
        the sentence."""
        if thread_model == "its.claim" and not may_client(
            "message", self._its_firm(thread_id, **kwargs)
        ):
            refused = serialize_exception(UserError(too_much()))
            error = {"code": 429, "message": "Odoo Server Error", "data": refused}
            answer = {
                "jsonrpc": "2.0",
                "id": request.dispatcher.request_id,
                "error": error,
            }
            # The one way to a status of one's own.
            abort(request.make_json_response(answer, status=429))
        return super().mail_message_post(
            thread_model, thread_id, post_data, context=context, **kwargs
        )


class ClaimAttachment(AttachmentController):
    @http.route()
    def mail_attachment_upload(
        self, ufile, thread_id, thread_model, is_pending=False, **kwargs
    ):
        """Files of clients in the thread of a claim are as limited as in the forms. The
        page shows the sentence of an answer that is a success."""
        if thread_model == "its.claim" and not request.env.user._is_internal():
            if not may_client("file", self._its_firm(thread_id, **kwargs)):
                return request.make_json_response({"error": too_much()})
            ufile.seek(0)
            content = ufile.read(MAX_FILE_SIZE + 1)
            ufile.seek(0)
            problems = uploads.check_files(request.env, [(ufile.filename, content)])
            if problems:
                return request.make_json_response({"error": "\n".join(problems)})
        try:
            with request.env.cr.savepoint():
                return super().mail_attachment_upload(
                    ufile, thread_id, thread_model, is_pending=is_pending, **kwargs
                )
        except FileNotSaved as refused:
            return request.make_json_response({"error": str(refused)})
