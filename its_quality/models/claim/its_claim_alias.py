from odoo import api, fields, models
from odoo.tools import formataddr


class ResCompany(models.Model):
    """The address to which clients write, whatever it is about."""

    _inherit = "res.company"

    its_claim_alias_id = fields.Many2one(
        "mail.alias", readonly=True, copy=False, ondelete="set null"
    )
    its_claim_alias = fields.Char(
        "E-mail for claims",
        compute="_compute_its_claim_alias",
        inverse="_inverse_its_claim_alias",
        help="The part before @. Whatever is written to this address becomes a claim.",
    )

    @api.depends("its_claim_alias_id.alias_name")
    def _compute_its_claim_alias(self):
        for company in self:
            company.its_claim_alias = company.its_claim_alias_id.sudo().alias_name

    def write(self, vals):
        result = super().write(vals)
        if "alias_domain_id" in vals:
            for company in self.sudo():
                company.its_claim_alias_id.alias_domain_id = company.alias_domain_id
        return result

    def _inverse_its_claim_alias(self):
        model = self.env["ir.model"]._get_id("its.claim")
        for company in self:
            name = (company.its_claim_alias or "").strip()
            alias = company.its_claim_alias_id.sudo()
            if not name:
                alias.unlink()
            elif alias:
                alias.alias_name = name
            else:
                company.its_claim_alias_id = alias.create(
                    {
                        "alias_name": name,
                        "alias_model_id": model,
                        "alias_domain_id": company.alias_domain_id.id,
                        "alias_defaults": {"company_id": company.id},
                        "alias_contact": "everyone",
                    }
                )


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
