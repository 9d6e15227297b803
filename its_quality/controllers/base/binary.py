import json
import unicodedata

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.web.controllers.binary import Binary, clean


class ItsBinary(Binary):
    @http.route()
    def upload_attachment(self, model, id, ufile, callback=None):
        """Take files as Odoo does, but say why one is refused, and leave nothing of it:
        Odoo would keep an attachment without its file, and say that something horrible
        has happened."""
        if callback:
            return super().upload_attachment(model, id, ufile, callback=callback)
        answers = []
        for file in request.httprequest.files.getlist("ufile"):
            name = file.filename
            if request.httprequest.user_agent.browser == "safari":
                # It expects names as it sends them.
                name = unicodedata.normalize("NFD", name)
            file.seek(0)
            values = {
                "name": name,
                "raw": file.read(),
                "res_model": model,
                "res_id": int(id),
            }
            try:
                with request.env.cr.savepoint():
                    attachment = request.env["ir.attachment"].create(values)
                    attachment._post_add_create()
            except UserError as refused:
                answers.append({"error": str(refused)})
            else:
                answers.append(
                    {
                        "filename": clean(name),
                        "mimetype": attachment.mimetype,
                        "id": attachment.id,
                        "size": attachment.file_size,
                    }
                )
        return json.dumps(answers)
