from odoo import api, fields, models
from odoo.exceptions import AccessError

from . import settings


class ItsSettings(models.TransientModel):
    """The settings of a company for ITS quality, on a page of our own: Odoo's are for
    the administrators of Odoo alone."""

    _name = "its.settings"
    _description = "Settings of ITS quality"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    resource_calendar_id = settings.Many2one(
        related="company_id.resource_calendar_id",
        string="Working hours",
        readonly=False,
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
    )
    tz = settings.Selection(
        related="company_id.resource_calendar_id.tz",
        string="Time zone",
        readonly=False,
    )

    @api.constrains("company_id")
    def _check_page_company(self):
        for page in self:
            if page.company_id not in self.env.companies:
                raise AccessError(
                    self.env._(
                        "These are the settings of another company. Switch to it first."
                    )
                )

    @api.model
    def _its_open(self):
        """The page of the company that the user works in.

        :return: an action
        """
        company = self.env.company
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Settings of %(company)s", company=company.name),
            "res_model": self._name,
            "res_id": self.create({"company_id": company.id}).id,
            "view_mode": "form",
            "target": "current",
        }
