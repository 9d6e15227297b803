from odoo import api, fields, models

from ...tools.by_code import by_code
from ..base.groups import GROUP_ADMINISTRATOR


class ResCompany(models.Model):
    """How long claims may take, how clients are asked, and the address to which they
    write, whatever it is about."""

    _inherit = "res.company"

    its_claim_days_0 = fields.Integer("Working days: low priority", default=10)
    its_claim_days_1 = fields.Integer("Working days: normal priority", default=5)
    its_claim_days_2 = fields.Integer("Working days: high priority", default=3)
    its_claim_days_3 = fields.Integer("Working days: urgent", default=1)
    its_reopen_days = fields.Integer(
        "Days to reopen a claim",
        default=14,
        help="How long after closing the client can reopen a claim; after that a new "
        "claim is registered and linked to the old one.",
    )
    its_stall_days = fields.Integer(
        "Working days without movement",
        default=2,
        help="How long a claim may wait to be dispatched, assigned or verified before "
        "it is escalated.",
    )
    its_confirm_days = fields.Integer(
        "Working days to confirm",
        default=10,
        help="How long clients have to say whether they are satisfied, since the e-mail "
        "that asks them or, without one, since the last call; after that the claim is "
        "closed as not confirmed.",
    )
    its_confirm_calls = fields.Integer(
        "Calls before a claim is closed as not confirmed",
        default=3,
        help="How often the client has to be called in vain if no e-mail has asked them.",
    )
    its_wait_days = fields.Integer(
        "Working days to wait for a client",
        default=3,
        help="Proposed where the work has to wait for an answer of the client.",
    )

    its_undo_seconds = fields.Integer(
        "Seconds to undo a reopening",
        default=30,
        help="How long the e-mails about a reopened claim wait, so that none is sent if "
        "it was reopened by mistake and is put back.",
    )

    its_claim_ask = fields.Selection(
        [("call", "By a call from the quality manager"), ("mail", "By e-mail")],
        string="How to follow up with clients",
        default="call",
        required=True,
        help="Once the work on a claim is verified. Clients who do not answer the "
        "e-mail or have no address are called.",
    )

    its_keep_letters = fields.Integer(
        "Years that e-mails are kept",
        help="E-mails set aside are deleted after so many years, those about a claim so "
        "many years after it was closed. Zero: never.",
    )
    _its_keep_letters_positive = models.Constraint(
        "CHECK (its_keep_letters >= 0)", "The number of years cannot be negative."
    )

    its_claim_consent = fields.Text(
        "Consent to the processing of personal data",
        translate=True,
        help="What senders of the public form agree to; the exact text is kept with "
        "the claim. Leave empty to use the default text.",
    )

    its_claim_alias_id = fields.Many2one(
        "mail.alias", readonly=True, copy=False, ondelete="set null"
    )
    its_claim_alias = fields.Char(
        "E-mail for claims",
        compute="_compute_its_claim_alias",
        inverse="_inverse_its_claim_alias",
        help="The part before @. Every e-mail sent to this address becomes a claim.",
    )

    _its_claim_days_positive = models.Constraint(
        "CHECK (its_claim_days_0 >= 0 AND its_claim_days_1 >= 0 AND "
        "its_claim_days_2 >= 0 AND its_claim_days_3 >= 0 AND its_reopen_days >= 0 AND "
        "its_stall_days > 0 AND its_confirm_days > 0 AND its_confirm_calls > 0 "
        "AND its_wait_days > 0)",
        "The number of days cannot be negative, and there must be at least one day to "
        "move a claim, to confirm it and to wait for a client, and one call.",
    )

    _its_undo_seconds_positive = models.Constraint(
        "CHECK (its_undo_seconds BETWEEN 0 AND 3600)",
        "E-mails about a reopened claim wait for an hour at most: enter the seconds, or "
        "0 to send them at once.",
    )

    def _its_consent_text(self):
        """What senders of the public form agree to, in the language of the reader."""
        self.ensure_one()
        return self.its_claim_consent or self.env._(
            "I agree that %(company)s may process my name, phone number and e-mail "
            "address to answer this message. I can withdraw my consent at any time.",
            company=self.name,
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

    def _its_lacks(self):
        lacks = super()._its_lacks()
        others = self.sudo().search_count(
            [("its_claim_alias_id", "!=", False)], limit=1
        )
        if others and not self.its_claim_alias_id:
            lacks.append(
                (
                    self.env._(
                        "%(company)s has no e-mail address for claims, unlike your "
                        "other companies.",
                        company=self.name,
                    ),
                    "its_quality.its_settings_action",
                    GROUP_ADMINISTRATOR,
                )
            )
        return lacks

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
                # Who may write the setting may not write what follows of it.
                by_code(company).its_claim_alias_id = alias.create(
                    {
                        "alias_name": name,
                        "alias_model_id": model,
                        "alias_domain_id": company.alias_domain_id.id,
                        "alias_defaults": {"company_id": company.id},
                        "alias_contact": "everyone",
                    }
                )
