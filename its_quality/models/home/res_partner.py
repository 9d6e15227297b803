from odoo import api, fields, models

from ..base.groups import GROUP_USER
from .timeline import Timeline


class ResPartner(models.Model):
    """A contact that Odoo has already may become a client of ITS; of a client the card
    tells what has happened."""

    _inherit = "res.partner"

    its_timeline = fields.Html(
        string="What has happened",
        compute="_compute_its_timeline",
        sanitize=False,
        exportable=False,
        groups=GROUP_USER,
    )

    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_its_timeline(self):
        for partner in self:
            client = partner._origin
            partner.its_timeline = client.its_client and Timeline(client).html()

    def action_its_make_clients(self):
        """Ask how to make clients of these contacts.

        :return: an action that opens a dialog
        """
        making = self.env["its.client.making"]
        making.check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Make clients of ITS"),
            "res_model": making._name,
            "res_id": making._its_of_contacts(self).id,
            "views": [
                (self.env.ref("its_quality.its_client_making_view_form").id, "form")
            ],
            "target": "new",
        }

    def _phone_format_number(
        self, number, country, force_format="E164", raise_exception=False
    ):
        """An extension is called as the reader calls it."""
        found = super()._phone_format_number(
            number, country, force_format=force_format, raise_exception=raise_exception
        )
        if found and (self.env.lang or "").startswith("ru"):
            found = found.replace(" ext. ", " доб. ")
        return found
