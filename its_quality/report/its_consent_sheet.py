from odoo import api, models


class ItsConsentSheet(models.AbstractModel):
    """The consents of a client on paper: to what, when, by which words."""

    _name = "report.its_quality.its_consent_sheet"
    _description = "Consents on Paper"

    @api.model
    def _get_report_values(self, docids, data=None):  # pylint: disable=unused-argument
        clients = self.env["res.partner"].browse(docids)
        clients._its_by_role().check_access("read")
        requests = self.env["its.personal.request"]
        return {
            "doc_ids": docids,
            "doc_model": "res.partner",
            "docs": clients,
            "consents": {
                client.id: requests._its_consents(client) for client in clients
            },
        }
