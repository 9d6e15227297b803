"""The least that a request can be that writes a row: what others are measured beside."""

from odoo import http
from odoo.http import request


class BareRoute(http.Controller):
    @http.route(
        "/its_bench/row",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    def insert(self):
        body = request.httprequest.get_data().decode()
        request.env.cr.execute("INSERT INTO its_bench_row (body) VALUES (%s)", [body])
        return request.make_json_response({"status": "taken"})
