from odoo import models

from .its_claim_stage import ENDED


class ItsTeam(models.Model):
    """The to-dos of a team's claims follow its head."""

    _inherit = "its.team"

    def write(self, vals):
        result = super().write(vals)
        if {"head_id", "deputy_id"} & vals.keys():
            claims = self.env["its.claim"].sudo()
            claims.search(
                [("team_id", "in", self.ids), ("state", "not in", ENDED)]
            )._schedule_next()
        return result
