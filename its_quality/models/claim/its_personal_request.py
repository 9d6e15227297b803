from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize_all

from ..client.personal import Place
from .rules import ENDED

BATCH = 500
# What a person has said or written about a claim; what we found out stays.
WORDS = (
    "subject",
    "description",
    "client_comment",
    "answer_words",
    "sender_name",
    "reason",
)
SENDER = ("sender_phone", "email_from", "cc", "bounced_email", "sender_inn", "unproven")


class ItsPersonalRequest(models.Model):
    """The claims and the letters of a person."""

    _inherit = "its.personal.request"

    @api.model
    def _its_places(self, person):
        claims = self._its_claims_of(person)
        ids = self.env["its.claim"].sudo().search(claims).ids
        mails = email_normalize_all(person.email or "")
        written = Domain("author_id", "=", person.id) | (
            Domain("model", "=", "its.claim")
            & Domain("res_id", "in", ids)
            & Domain("message_type", "=", "email")
        )
        letters = Domain.OR([Domain("sender", "ilike", mail)] for mail in mails)
        return [
            *super()._its_places(person),
            Place(
                "its.claim",
                claims,
                told=(
                    "name",
                    "date_registered",
                    "channel",
                    *WORDS,
                    *SENDER[:2],
                    "consent_date",
                    "consent_text",
                ),
                words=WORDS,
                emptied=(*SENDER, "before_reopening"),
                files=True,
            ),
            Place(
                "its.claim.movement",
                [("claim_id", "in", ids), ("reason", "!=", False)],
                told=("date", "reason"),
                words=("reason",),
            ),
            Place(
                "mail.message",
                written,
                told=("date", "subject", "email_from", "body"),
                words=("subject", "body"),
                emptied=("email_from", "reply_to"),
                files=True,
            ),
            Place(
                "its.letter",
                letters,
                told=("date", "sender", "subject", "words"),
                files=True,
                whole=True,
            ),
        ]

    @api.model
    def _its_claims_of(self, person):
        """The claims that a person has made, or is spoken with about."""
        domain = Domain("contact_id", "=", person.id)
        firm = person.commercial_partner_id
        for mail in email_normalize_all(person.email or ""):
            domain |= Domain("email_from", "ilike", mail) & Domain(
                "partner_id", "in", (firm.id, False)
            )
        return domain | Domain("partner_id", "=", person.id)

    @api.model
    def _its_why_not(self, person):
        reasons = super()._its_why_not(person)
        claims = (
            self.env["its.claim"]
            .sudo()
            .search(
                Domain(self._its_claims_of(person)) & Domain("state", "not in", ENDED)
            )
        )
        if claims:
            reasons.append(
                self.env._(
                    "Claims of %(name)s are still open: %(numbers)s. Close them, or "
                    "give them another contact person.",
                    name=person.name,
                    numbers=", ".join(claims.mapped("name")),
                )
            )
        return reasons

    @api.model
    def _its_filed(self, person):
        claims = self.env["its.claim"].search(
            [("partner_id", "=", person.commercial_partner_id.id)]
        )
        messages = self.env["mail.message"].search(
            [("model", "=", "its.claim"), ("res_id", "in", claims.ids)]
        )
        return [*super()._its_filed(person), claims, messages]

    @api.model
    def _its_consents(self, client):
        claims = self.env["its.claim"].search(
            [("partner_id", "child_of", client.ids), ("consent_date", "!=", False)],
            order="id desc",
        )
        return [
            *super()._its_consents(client),
            *(
                {
                    "whose": claim.sender_name or claim.partner_id.name,
                    "kind": self.env._("Processing of personal data"),
                    "answer": self.env._("Agreed"),
                    "date": claim.consent_date.date(),
                    "source": self.env._("Website form, claim %s", claim.name),
                    "words": claim.consent_text,
                    "written": claim.consent_date,
                    "user": "",
                }
                for claim in claims
            ),
        ]

    @api.model
    def _its_forget(self, company):
        count = super()._its_forget(company)
        since = self._its_kept_since(company, company.its_keep_letters)
        if not since:
            return count
        old = self.env["its.letter"].with_context(active_test=False)
        old = old.search(
            [("company_id", "=", company.id), ("date", "<", since)], limit=BATCH
        )
        count += len(old)
        old.unlink()
        return count + self._its_forget_mails(company, since)

    @api.model
    def _its_forget_mails(self, company, since):
        """Empty the e-mails about claims that were closed before a day."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT message.id
                  FROM mail_message AS message
                  JOIN its_claim AS claim
                    ON message.model = 'its.claim' AND message.res_id = claim.id
                 WHERE claim.company_id = %s AND claim.state IN %s
                   AND COALESCE(claim.date_closed, claim.date_stage) < %s
                   AND message.message_type = 'email' AND message.body <> ''
                 LIMIT %s
                """,
                company.id,
                tuple(ENDED),
                since,
                BATCH,
            )
        )
        messages = self.env["mail.message"].browse([number for [number] in rows])
        if messages:
            self._attachments(messages).unlink()
            self.env.cr.execute(
                SQL(
                    "UPDATE mail_message SET body = '', subject = NULL,"
                    " email_from = NULL, reply_to = NULL WHERE id IN %s",
                    tuple(messages.ids),
                )
            )
            messages.invalidate_recordset(flush=False)
        return len(messages)
