from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...tools.by_code import by_code
from . import asking, people

# What would take the to-do away from the next person.
FIXED_FIELDS = frozenset(
    {"active", "activity_type_id", "res_id", "res_model_id", "user_id"}
)
# What would put it out of sight.
PLAN_FIELDS = frozenset({"date_deadline", "note", "summary"})
QUIET = {"mail_activity_quick_update": True}


class MailActivity(models.Model):
    """The to-do of a claim belongs to the workflow: only moving the claim closes it.

    While the client is asked it is a planned call, on the claim and not on the card.
    That one may be put off, given to another who may ask, or closed after a talk; until
    the client has said something there will be another.
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

    its_closed_claim_id = fields.Many2one(
        "its.claim",
        string="After the claim",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The closed claim that this call follows.",
    )

    _its_one_call_of_claim = models.UniqueIndex(
        "(its_claim_id) WHERE active IS TRUE AND its_claim_id IS NOT NULL",
        "A call about this claim is already planned.",
    )

    @api.constrains("user_id", "its_claim_id")
    def _check_its_interviewer(self):
        for call in self.sudo().filtered(
            lambda call: call.active and call.its_claim_id
        ):
            user, claim = call.user_id, call.its_claim_id
            if user and not people.is_who(claim.with_user(user), "interviewer"):
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot ask about %(claim)s: choose a quality manager "
                        "who has not worked on it.",
                        user=user.name,
                        claim=claim._its_visible_name(),
                    )
                )

    def _compute_can_write(self):
        """What would be refused is not offered: the workflow closes its own to-dos, and
        the call about a claim is for who may ask."""
        super()._compute_can_write()
        if self.env.su:
            return
        closed = self._its_of_claims()
        for call in self.sudo().filtered("its_claim_id"):
            claim = call.its_claim_id.with_env(self.env)
            if not people.is_who(claim, "interviewer"):
                closed |= call.with_env(self.env)
        closed.can_write = False

    def _its_of_claims(self):
        # Asked of the to-dos of all applications: this costs no query.
        known = self.env["ir.model.data"]._xmlid_to_res_id
        kind = known("its_quality.mail_activity_type_claim")
        return self.filtered(
            lambda activity: (
                activity.res_model == "its.claim"
                and activity.activity_type_id.id == kind
            )
        )

    def _its_check_claims(self):
        """Refuse what only the workflow of claims may do.

        :raises UserError: saying what to do instead
        """
        if self.env.su:
            return
        todo = self._its_of_claims()[:1]
        if todo:
            raise UserError(
                self.env._(
                    "%(todo)s: this to-do is closed automatically when the claim moves "
                    "on. Use the button on the claim, or ask for someone else to be "
                    "made responsible.",
                    todo=todo._its_visible_name(),
                )
            )

    def _its_check_planners(self):
        """Refuse to plan the to-do of a claim for the next person: only they and those
        who accept claims may.

        :raises UserError: saying what to do instead
        """
        if self.env.su:
            return
        for todo in self.sudo()._its_of_claims():
            claim = self.env["its.claim"].browse(todo.res_id)
            if todo.user_id != self.env.user and not people.is_who(claim, "quality"):
                todo.with_env(self.env)._its_check_claims()

    def _its_check_askers(self):
        """Keep those who worked on a claim from changing what others have planned on it,
        and those who may not ask from changing the call about it.

        :raises AccessError: saying why
        """
        if self.env.su:
            return
        for claim in self.sudo().its_claim_id.with_env(self.env):
            if not people.is_who(claim, "interviewer"):
                raise AccessError(people.wrong_interviewer_message(claim))
        others = self.sudo().filtered(
            lambda activity: (
                activity.res_model == "its.claim" and activity.user_id != self.env.user
            )
        )
        claims = self.env["its.claim"].browse(others.mapped("res_id")).exists()
        people.check_not_worked_on(claims, self.env._("other people's to-dos on it"))

    # -------------------------------------------------------------------------
    # CRUD
    # -------------------------------------------------------------------------

    def write(self, vals):
        closed = self.browse().sudo()
        self._its_check_askers()
        if PLAN_FIELDS & vals.keys():
            self._its_check_planners()
        if FIXED_FIELDS & vals.keys():
            self._its_check_claims()
            if vals.get("active") is False:
                closed = self.sudo().filtered(lambda c: c.active and c.its_claim_id)
        result = super().write(vals)
        asking.ask_again(closed.its_claim_id)
        if vals.get("user_id"):
            for call in self.sudo().filtered("its_claim_id"):
                if call.active and call.its_claim_id.next_user_id != call.user_id:
                    by_code(call.its_claim_id).next_user_id = call.user_id
        return result

    def unlink(self):
        """A cancelled call stays in the archive; the client is asked all the same."""
        self._its_check_claims()
        self._its_check_askers()
        calls = self.filtered(lambda call: call.active and call.sudo().its_claim_id)
        if not calls:
            return super().unlink()
        calls.check_access("unlink")
        calls.sudo()._its_close(self.env._("The call was cancelled."))
        return super(MailActivity, self - calls).unlink()

    def _action_done(self, feedback=False, attachment_ids=None):
        self._its_check_claims()
        self._its_check_askers()
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)

    # -------------------------------------------------------------------------
    # Calls about claims
    # -------------------------------------------------------------------------

    @api.model
    def _its_kept_fields(self):
        return super()._its_kept_fields() | {"its_claim_id", "its_closed_claim_id"}

    @api.model
    def _its_subject_fields(self):
        return [*super()._its_subject_fields(), "its_claim_id"]

    def _its_client_called_elsewhere(self):
        return self.its_claim_id.partner_id or super()._its_client_called_elsewhere()

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
        not ask whether their own people have done well."""
        asking = self.filtered("its_claim_id")
        heads = super(MailActivity, self - asking)._its_heads(company)
        for call in asking.filtered(lambda c: c.its_claim_id.company_id == company):
            claim = call.its_claim_id
            others = people.administrators(claim) - claim.worker_ids - call.user_id
            above = people.present_of(list(others), company)
            if above:
                heads[call] = above
        return heads

    def _its_release_calls(self):
        """Calls about claims: the claim finds somebody else."""
        asking = self.filtered("its_claim_id")
        asking.with_context(**QUIET).write({"user_id": False})
        return asking | super(MailActivity, self - asking)._its_release_calls()
