from odoo import api, fields, models
from odoo.exceptions import ValidationError


class MailActivity(models.Model):
    """A call about a claim: it asks the client whether the claim is settled, and is the
    one to-do of the claim for that time. It is planned on the claim, not on the card.
    """

    _inherit = "mail.activity"

    its_claim_id = fields.Many2one(
        "its.claim",
        string="Claim",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
    )

    _its_one_call_of_claim = models.UniqueIndex(
        "(its_claim_id) WHERE active IS TRUE AND its_claim_id IS NOT NULL",
        "A call about this claim is planned already.",
    )

    @api.constrains("user_id", "its_claim_id")
    def _check_its_interviewer(self):
        for call in self.sudo().filtered(
            lambda call: call.active and call.its_claim_id
        ):
            user, claim = call.user_id, call.its_claim_id
            if user and not claim.with_user(user)._is_who("interviewer"):
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot ask about %(claim)s: choose a quality manager "
                        "who has not worked on it.",
                        user=user.name,
                        claim=claim.name,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("user_id"):
            for call in self.sudo().filtered("its_claim_id"):
                if call.active and call.its_claim_id.next_user_id != call.user_id:
                    call.its_claim_id.next_user_id = call.user_id
        return result

    def unlink(self):
        """A cancelled call stays in the archive; the client is asked all the same."""
        calls = self.filtered(lambda call: call.active and call.sudo().its_claim_id)
        if not calls:
            return super().unlink()
        calls.check_access("unlink")
        calls.sudo()._its_close(self.env._("The call was cancelled."))
        result = super(MailActivity, self - calls).unlink()
        calls.sudo().its_claim_id._ask_again()
        return result

    def _action_done(self, feedback=False, attachment_ids=None):
        claims = self.sudo().filtered("active").its_claim_id
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        claims._ask_again()
        return result

    def _its_interaction_values(self, outcome="reached"):
        values = super()._its_interaction_values(outcome)
        claim = self.its_claim_id
        if claim:
            contact = claim.contact_id
            if contact.commercial_partner_id == self.its_client_id:
                values["contact_id"] = contact.id
            values["company_id"] = claim.company_id.id
            if not values["subscription_id"]:
                values["service_id"] = claim.service_id.id
        return values

    def _its_heads(self, company):
        """A call about a claim is shown to an administrator: the head of the team may
        not ask whether his people have done well."""
        asking = self.filtered("its_claim_id")
        heads = super(MailActivity, self - asking)._its_heads(company)
        for call in asking.filtered(lambda c: c.its_claim_id.company_id == company):
            claim = call.its_claim_id
            others = claim._administrators() - claim.worker_ids - call.user_id
            above = claim._present_of(list(others), company)
            if above:
                heads[call] = above
        return heads

    def _its_leave_to_claims(self):
        """Take calls about claims from who leaves; the claim finds somebody else.

        :return: these calls
        """
        asking = self.filtered("its_claim_id")
        asking.with_context(mail_activity_quick_update=True).write({"user_id": False})
        return asking
