from odoo import models

from . import effects
from .rules import ENDED


class ItsTeam(models.Model):
    """A team that claims go to: by its address, whatever is written to which becomes a
    claim of the team; their to-dos follow its head."""

    _name = "its.team"
    _inherit = ["its.team", "mail.alias.mixin.optional"]

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("its.claim")
        if self.id:
            values["alias_defaults"] = {
                "team_id": self.id,
                "company_id": self.company_id.id,
            }
        values["alias_contact"] = "everyone"
        return values

    def write(self, vals):
        result = super().write(vals)
        if "company_id" in vals:
            for team in self.filtered("alias_id"):
                defaults = team._alias_get_creation_values()["alias_defaults"]
                team.alias_id.sudo().alias_defaults = defaults
        if {"head_id", "deputy_id"} & vals.keys():
            claims = self.env["its.claim"].sudo()
            effects.after_absences(
                claims.search([("team_id", "in", self.ids), ("state", "not in", ENDED)])
            )
        return result
