from odoo import fields, models

from . import effects
from .rules import ENDED


class ItsTeam(models.Model):
    """A team that claims go to: by its address, whatever is written to which becomes a
    claim of the team; their to-dos follow its head."""

    _name = "its.team"
    _inherit = ["its.team", "mail.alias.mixin.optional"]

    its_answer_hours = fields.Float(
        string="Goal: hours to the first answer",
        default=8,
        help="Working hours within which clients should get a first answer. Zero: no "
        "goal.",
    )

    _its_answer_hours_positive = models.Constraint(
        "CHECK (its_answer_hours >= 0)", "The number of hours cannot be negative."
    )

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
