from odoo import models
from odoo.tools import formataddr


class ItsClaim(models.Model):
    """Answers to what is written about a claim go where claims are taken in."""

    _inherit = "its.claim"

    def _notify_get_reply_to(self, default=None, author_id=False):
        result = super()._notify_get_reply_to(default=default, author_id=author_id)
        for claim in self.sudo():
            team, company = claim.team_id, claim.company_id
            alias = team.alias_id.filtered("alias_name") or company.its_claim_alias_id
            if alias.alias_full_name and alias.alias_domain_id:
                result[claim.id] = formataddr((company.name, alias.alias_full_name))
        return result
