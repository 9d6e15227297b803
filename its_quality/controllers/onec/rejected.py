from odoo import http
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ItsImport(http.Controller):
    @http.route(
        "/its_quality/import/<int:job_id>/rejected",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def rejected_rows(self, job_id):
        """Give the rejected rows of an import back as a workbook.

        :param job_id: id of the ``its.import``; the reader's rights apply
        """
        job = request.env["its.import"].search([("id", "=", job_id)])
        if not job:
            raise request.not_found()
        name, content = job._rejected_workbook()
        return request.make_response(
            content,
            headers=[
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(name)),
            ],
        )
