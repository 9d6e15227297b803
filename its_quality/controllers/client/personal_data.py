import io
import json
import zipfile

from odoo import http
from odoo.http import content_disposition, request


class PersonalData(http.Controller):
    @http.route(
        "/its_quality/personal_data/<int:request_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def hand_out(self, request_id):
        """All that is kept about a person, in one file: a page to read, the same for
        programs, and the files.

        :param request_id: id of the record that it is handed out, by whoever asks
        """
        requests = request.env["its.personal.request"]
        record = requests.search(
            [
                ("id", "=", request_id),
                ("kind", "=", "export"),
                ("user_id", "=", request.env.uid),
            ]
        )
        person = request.env["res.partner"].browse(record.card_ref).exists()
        if not record or not person:
            raise request.not_found()
        requests._its_check_may(person)
        data = requests._its_data(person)
        page = request.env["ir.qweb"]._render(
            "its_quality.its_personal_data_page", {"data": data, "record": record}
        )
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("data.html", f"<!DOCTYPE html>{page}")
            archive.writestr(
                "data.json", json.dumps(data, ensure_ascii=False, indent=1)
            )
            # A file of two records is there once.
            for name, raw in dict(requests._its_files(person)).items():
                archive.writestr(f"files/{name}", raw)
        name = f"personal-data-{person.id}.zip"
        return request.make_response(
            content.getvalue(),
            [
                ("Content-Type", "application/zip"),
                ("Content-Disposition", content_disposition(name)),
                ("Cache-Control", "no-store"),
            ],
        )
