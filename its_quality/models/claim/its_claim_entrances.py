from odoo import api, models


class ItsClaim(models.Model):
    """What of Odoo's is no entrance here: the server alone makes links of a client."""

    _inherit = "its.claim"

    @api.private
    def get_portal_url(
        self,
        suffix=None,
        report_type=None,
        download=None,
        query_string=None,
        anchor=None,
    ):
        return super().get_portal_url(
            suffix=suffix,
            report_type=report_type,
            download=download,
            query_string=query_string,
            anchor=anchor,
        )
