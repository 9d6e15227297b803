"""Where claims are registered by hand from, and where they show: the client's card, the
call desk, a response with a low score."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from .its_claim_stage import ENDED
from .res_partner import GROUP_USER


def claim_form(env, **defaults):
    """An action that opens the form of a new claim."""
    return {
        "type": "ir.actions.act_window",
        "name": env._("Register a claim"),
        "res_model": "its.claim",
        "view_mode": "form",
        "context": {f"default_{name}": value for name, value in defaults.items()},
    }


class ResPartner(models.Model):
    _inherit = "res.partner"

    its_claim_ids = fields.One2many(
        "its.claim", "partner_id", string="Claims", groups=GROUP_USER
    )
    its_claim_count = fields.Integer(
        string="Number of claims",
        compute="_compute_its_claim_count",
        groups=GROUP_USER,
    )
    its_open_claim_count = fields.Integer(
        string="Open claims", compute="_compute_its_claim_count", groups=GROUP_USER
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_its_claim_count(self):
        groups = self.env["its.claim"]._read_group(
            [("partner_id", "in", self.ids)], ["partner_id", "state"], ["__count"]
        )
        counts = {partner: [0, 0] for partner in self}
        for partner, state, count in groups:
            counts[partner][0] += count
            counts[partner][1] += count if state not in ENDED else 0
        for partner in self:
            partner.its_claim_count, partner.its_open_claim_count = counts[partner]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_claims(self):
        """Not even claims of other companies that the user does not see."""
        claims = self.env["its.claim"].sudo()
        claims = claims.search([("partner_id", "in", self.ids)], limit=1)
        if claims:
            raise UserError(
                self.env._(
                    "%(client)s has claims, so archive the card instead of deleting it.",
                    client=claims.partner_id.display_name,
                )
            )

    def _its_risk_reasons(self):
        reasons = super()._its_risk_reasons()
        if self.its_open_claim_count:
            reasons.append(
                self.env._("open claims: %(count)s", count=self.its_open_claim_count)
            )
        return reasons

    def action_open_its_claims(self):
        """Open the claims of this client."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "its_quality.its_claim_action"
        )
        firm = self.commercial_partner_id
        action["domain"] = [("partner_id", "=", firm.id)]
        action["context"] = {"default_partner_id": firm.id}
        return action

    def action_register_its_claim(self):
        """Register a claim of this client."""
        self.ensure_one()
        firm = self.commercial_partner_id
        contact = self if self != firm else self.browse()
        return claim_form(self.env, partner_id=firm.id, contact_id=contact.id)


class ItsCallDesk(models.AbstractModel):
    _inherit = "its.call.desk"

    def _claims(self, client):
        claims = self.env["its.claim"].search(
            [("partner_id", "=", client.id), ("state", "not in", ENDED)]
        )
        return [
            {"id": claim.id, "name": claim.display_name, "stage": claim.stage_id.name}
            for claim in claims
        ]


class SurveyUserInput(models.Model):
    _inherit = "survey.user_input"

    def action_its_register_claim(self):
        """Register a claim with the answers of this response."""
        self.ensure_one()
        self.check_access("read")
        response = self.sudo()
        return claim_form(
            self.env,
            partner_id=response.its_client_id.id,
            contact_id=response.its_contact_id.id,
            service_id=response.its_service_id.id,
            channel="survey",
            subject=self.env._(
                "Low score %(score)s %%: %(title)s",
                score=round(response.its_score),
                title=response.survey_id.title,
            ),
            description=html2plaintext(response._its_answers_html()),
        )
