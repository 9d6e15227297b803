from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.letter_addresses import addresses_of
from ..base.groups import GROUP_USER
from ..base.readable import ReadableOne2many
from . import asking, clock, numbers, people, todo
from .intake import claim_form
from .rules import BEFORE_THE_END, ENDED

WITHOUT = "its_without_signup"


class ResPartner(models.Model):
    """The claims of a client: on the card, in the risk, and what of the card they
    protect: the card itself, and the address that the client is written to."""

    _inherit = "res.partner"

    its_claim_ids = ReadableOne2many(
        "its.claim", "partner_id", string="Claims", groups=GROUP_USER
    )
    its_claim_count = fields.Integer(
        string="Number of claims",
        compute="_compute_its_claim_count",
        groups=GROUP_USER,
    )
    its_open_claim_ids = fields.Many2many(
        "its.claim",
        string="Open claims",
        compute="_compute_its_open_claim_ids",
        groups=GROUP_USER,
        exportable=False,
    )

    _its_by_address = models.Index(
        "(email_normalized) WHERE email_normalized IS NOT NULL"
    )
    _its_by_phone = models.Index("(phone_sanitized) WHERE phone_sanitized IS NOT NULL")
    _its_several_addresses = models.Index(
        "(id) WHERE (length(email) - length(replace(email, '@', ''))) > 1"
    )
    _its_by_domain = models.Index(
        "(split_part(email_normalized, '@', 2)) WHERE email_normalized IS NOT NULL"
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_its_claim_count(self):
        counts = dict(
            self.env["its.claim"]._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.its_claim_count = counts.get(partner._origin, 0)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_its_open_claim_ids(self):
        claims = self.env["its.claim"].search_fetch(
            [("partner_id", "in", self._origin.ids), ("state", "not in", ENDED)]
        )
        claims = claims.grouped("partner_id")
        for partner in self:
            partner.its_open_claim_ids = claims.get(partner._origin)

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
        if self.its_open_claim_ids:
            reasons["claim"] = self.env._(
                "open claims: %(count)s", count=len(self.its_open_claim_ids)
            )
        return reasons

    def write(self, vals):
        if "email" in vals and not self.env.su:
            # The same address written otherwise changes nothing.
            given = vals["email"] or ""
            addresses = addresses_of(given)
            self.filtered(
                lambda partner: (
                    given != (partner.sudo().email or "")
                    and (
                        not addresses or addresses != addresses_of(partner.sudo().email)
                    )
                )
            )._check_address_of_claims()
        result = super().write(vals)
        if "its_call_consent" in vals:
            # Clients who must not be called are asked by mail, or not at all.
            asked = self.env["its.claim"].sudo()
            asked = asked.search(
                [("partner_id", "in", self.ids), ("state", "=", "follow_up")]
            )
            todo.schedule(asked)
            if vals["its_call_consent"] == "refused":
                for claim in asked.filtered(lambda claim: not claim.asked_on):
                    asking.ask_by_mail(claim)
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

    @api.model
    def _its_ways_to_find(self, text):
        """A client is found by the number of a claim of theirs that the user may see."""
        found = super()._its_ways_to_find(text)
        if not text or not text[-1:].isdecimal():
            return found
        claims = numbers.find(self.env["its.claim"].sudo(), text)
        claims = claims.with_user(self.env.user).sudo(False)._filtered_access("read")
        firms = claims.sudo().partner_id.ids
        return [*found, SQL("SELECT unnest(%s)", firms)] if firms else found

    # -------------------------------------------------------------------------
    # What claims protect
    # -------------------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_except_address_of_claims(self):
        self._check_address_of_claims()

    def _check_address_of_claims(self):
        """Refuse those who work on claims to change where their clients are written to.

        :raises AccessError: naming the claims
        """
        if self.env.su or not self:
            return
        claims = self.env["its.claim"].sudo()
        claims = claims.search(
            [
                "|",
                ("partner_id", "in", self.ids),
                ("contact_id", "in", self.ids),
                "|",
                ("user_id", "=", self.env.uid),
                ("worker_ids", "in", self.env.uid),
                ("state", "!=", "rejected"),
            ]
        ).filtered(
            lambda claim: claim.state in BEFORE_THE_END or clock.may_be_reopened(claim)
        )
        people.check_not_worked_on(
            claims.with_env(self.env), self.env._("the client's e-mail")
        )

    @api.private
    def signup_get_auth_param(self):
        """As Odoo; closed to calls from outside, which could sign up as a client.

        :return: ``{id of a partner: {name of a parameter: value}}``
        """
        partners = self
        if self.env.context.get(WITHOUT):
            partners = self.filtered(lambda partner: partner.sudo().user_ids)
        return super(ResPartner, partners).signup_get_auth_param()
