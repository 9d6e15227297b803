from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..base.readable import ReadableOne2many
from .intake import claim_form


class SurveyUserInput(models.Model):
    """A low score becomes a claim: by itself, or by one click in the task it makes."""

    _inherit = "survey.user_input"

    its_claim_ids = ReadableOne2many("its.claim", "response_id", string="Claims")
    its_claim_id = fields.Many2one(
        "its.claim", string="Claim", compute="_compute_its_claim_id"
    )

    @api.depends("its_claim_ids")
    @api.depends_context("uid")
    def _compute_its_claim_id(self):
        """The claim with these answers, for who may see it."""
        claims = self.env["its.claim"].search([("response_id", "in", self.ids)])
        by_response = {claim.response_id.id: claim for claim in claims}
        for response in self:
            response.its_claim_id = by_response.get(response.id, claims.browse())

    def action_its_register_claim(self):
        """Register a claim with the answers of this response, or open the one there is.

        :return: an action
        """
        self.ensure_one()
        self.check_access("read")
        if self.its_claim_id:
            return self.action_its_open_claim()
        return claim_form(self.env, response_id=self.id)

    def action_its_open_claim(self):
        """Open the claim that came of this response."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "its.claim",
            "view_mode": "form",
            "res_id": self.its_claim_id.id,
        }

    def _its_take_back_followup(self):
        if self.sudo().its_claim_ids:
            raise UserError(
                self.env._(
                    "A claim has been registered from these answers, so this cannot be "
                    "undone. Reject the claim first, or correct the interaction itself."
                )
            )
        return super()._its_take_back_followup()

    def _its_claim_values(self):
        """What a claim takes over from a response."""
        self.ensure_one()
        client, service = self.its_client_id, self.its_service_id
        contact, subscription = self.its_contact_id, self.its_subscription_id
        if contact.commercial_partner_id != client:
            # Has gone to another firm since.
            contact = contact.browse()
        if subscription.partner_id != client:
            subscription = subscription.browse()
        service = service or subscription.service_id
        company = self.company_id or self.env.company
        team = service.team_ids.filtered(
            lambda team: team.active and team.company_id == company
        )
        return {
            "partner_id": client.id,
            "contact_id": contact.id,
            "subscription_id": subscription.id,
            "service_id": service.id,
            "team_id": team[:1].id,
            "company_id": company.id,
            "channel": "survey",
            "response_id": self.id,
            "subject": self._its_low_score_summary()
            if self.its_is_low
            else self.survey_id.title,
            "description": self._its_answers_text(),
        }

    def _its_answers_text(self):
        """The answers as plain text, a question a line."""
        self.ensure_one()
        lines = self.user_input_line_ids.filtered(lambda line: not line.skipped)
        texts = [
            f"{question.title.rstrip()} – {', '.join(answers.mapped('its_answer'))}"
            for question, answers in lines.grouped("question_id").items()
        ]
        who = self.its_contact_id.name
        return "\n".join([f"{who}:", *texts] if who else texts)

    def _its_auto_followup(self):
        if self.survey_id.its_low_opens_claim:
            return self._its_open_claim()
        return super()._its_auto_followup()

    def _its_open_claim(self):
        """Register the claim of a low score; nobody is its author.

        :return: the claim
        """
        self.ensure_one()
        claims = self.env["its.claim"].with_company(self.company_id)
        response = self.with_context(lang=self._its_quality_manager().lang)
        return claims.create({**response._its_claim_values(), "author_id": False})

    def _its_followup_note(self):
        """Where to register the claim, and why."""
        self.ensure_one()
        link = Markup('<p><a href="%s">%s</a></p>') % (
            f"/odoo/its-responses/{self.id}/register-claim/new",
            self.env._("Register a claim"),
        )
        return link + super()._its_followup_note()

    def _its_end_proposal(self):
        """Close the tasks that proposed the claims there are now."""
        todos = self.env["mail.activity"].search(
            [
                ("its_response_id", "in", self.ids),
                ("its_client_id", "=", False),
                ("activity_category", "!=", "phonecall"),
            ]
        )
        for todo in todos:
            todo.action_feedback(
                feedback=self.env._(
                    "Registered: %(claim)s",
                    claim=todo.its_response_id.its_claim_ids[:1].display_name,
                )
            )
