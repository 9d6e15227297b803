"""Where claims are registered by hand from, and where they show: the client's card, the
call desk, a response with a low score."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..base.groups import GROUP_USER
from .its_claim_stage import ENDED


def claim_form(env, **defaults):
    """An action that opens the short form of a new claim in a dialog."""
    view = env.ref("its_quality.its_claim_view_form_quick")
    return {
        "type": "ir.actions.act_window",
        "name": env._("Register a claim"),
        "res_model": "its.claim",
        "view_mode": "form",
        "views": [(view.id, "form")],
        "target": "new",
        "context": {f"default_{name}": value for name, value in defaults.items()},
    }


class ItsClaim(models.Model):
    _inherit = "its.claim"

    response_id = fields.Many2one(
        "survey.user_input",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The questionnaire whose low score this claim came of.",
    )

    _response_uniq = models.UniqueIndex(
        "(response_id) WHERE response_id IS NOT NULL",
        "A claim with the answers of this response is registered already.",
    )

    @api.model
    def default_get(self, fields):  # pylint: disable=redefined-outer-name
        values = super().default_get(fields)
        response = self.env["survey.user_input"].browse(
            self.env.context.get("default_response_id")
        )
        if response.exists():
            response.check_access("read")
            for name, value in response.sudo()._its_claim_values().items():
                if name in fields and f"default_{name}" not in self.env.context:
                    values[name] = value
        return values

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Propose what the claim is about where the client has one thing only."""
        firm = self.partner_id
        if self.contact_id.commercial_partner_id != firm:
            self.contact_id = False
        if self.subscription_id.partner_id != firm:
            self.subscription_id = False
        if firm and not self.subscription_id and not self.service_id:
            in_force = firm.its_subscription_ids.filtered(
                lambda s: (
                    s.state in ("active", "expiring")
                    and s.company_id == self.company_id
                )
            )
            if len(in_force) == 1:
                self.subscription_id = in_force

    @api.constrains("response_id", "partner_id")
    def _check_response(self):
        for claim in self.sudo().filtered("response_id"):
            if claim.response_id.its_client_id != claim.partner_id:
                raise ValidationError(
                    self.env._(
                        "The answers are of %(client)s, so the claim has to be, too.",
                        client=claim.response_id.its_client_id._its_visible_name(),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        ids = [vals["response_id"] for vals in vals_list if vals.get("response_id")]
        if ids:
            self._check_new_responses(ids)
        claims = super().create(vals_list)
        claims.response_id.sudo()._its_end_proposal()
        return claims

    def _check_new_responses(self, response_ids):
        """Whoever registers a claim with answers may read them, and is the first.

        :raises UserError: naming the claim there is
        """
        self.env["survey.user_input"].browse(response_ids).check_access("read")
        former = self.sudo().search([("response_id", "in", response_ids)], limit=1)
        if former:
            raise UserError(
                self.env._(
                    "The answers are in a claim already: %(claim)s. Go on with that one.",
                    claim=former.with_env(self.env)._its_visible_name(),
                )
            )

    def action_tell_registered(self):
        """Say under which number the claim just saved is known, and close the dialog."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("The claim is registered"),
                "message": "%s",
                "links": [
                    {"label": self.display_name, "url": f"/odoo/claims/{self.id}"}
                ],
                "next": {"type": "ir.actions.act_window_close"},
            },
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
                    client=claims.partner_id._its_visible_name(),
                )
            )

    def _its_risk_reasons(self):
        reasons = super()._its_risk_reasons()
        if self.its_open_claim_count:
            reasons.append(
                self.env._("open claims: %(count)s", count=self.its_open_claim_count)
            )
        return reasons

    def write(self, vals):
        result = super().write(vals)
        if "its_call_consent" in vals:
            # Whoever must not be called is asked by mail, or not at all.
            asked = self.env["its.claim"].sudo()
            asked = asked.search(
                [("partner_id", "in", self.ids), ("state", "=", "follow_up")]
            )
            asked._schedule_next()
            if vals["its_call_consent"] == "refused":
                for claim in asked.filtered(lambda claim: not claim.asked_on):
                    claim._ask_by_mail()
        return result

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


class SurveySurvey(models.Model):
    _inherit = "survey.survey"

    its_low_opens_claim = fields.Boolean(
        string="A low score opens a claim",
        help="With the answers in it. Otherwise the quality manager gets a task, and "
        "decides.",
    )


class SurveyUserInput(models.Model):
    """A low score becomes a claim: by itself, or by one click in the task it makes."""

    _inherit = "survey.user_input"

    its_claim_ids = fields.One2many("its.claim", "response_id", string="Claims")
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
            "subject": self.env._(
                "Low score %(score)s %%: %(title)s",
                score=round(self.its_score),
                title=self.survey_id.title,
            )
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

    def _its_followed_by_itself(self):
        if self.survey_id.its_low_opens_claim:
            return self._its_open_claim()
        return super()._its_followed_by_itself()

    def _its_open_claim(self):
        """Register the claim of a low score; nobody is its author.

        :return: the claim
        """
        self.ensure_one()
        claims = self.env["its.claim"].with_company(self.company_id)
        response = self.with_context(lang=self._its_quality_manager().lang)
        return claims.create({**response._its_claim_values(), "author_id": False})

    def _its_proposal(self):
        """Where to register the claim, and why."""
        self.ensure_one()
        link = Markup('<p><a href="%s">%s</a></p>') % (
            f"/odoo/its-responses/{self.id}/register-claim/new",
            self.env._("Register a claim"),
        )
        return link + super()._its_proposal()

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
