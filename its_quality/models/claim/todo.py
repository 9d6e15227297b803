from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..base.groups import GROUP_ADMINISTRATOR, GROUP_QUALITY_MANAGER
from .rules import ENDED, TRANSITIONS

QUIET = {"mail_activity_quick_update": True, "its_to_open_pages": True}
# The first quality manager who is there. Half an absence is one without end or beginning.
PRESENT = """
    SELECT users.id
      FROM res_users AS users
     WHERE users.active AND NOT users.share
       AND EXISTS (
            SELECT FROM res_company_users_rel AS employed
             WHERE employed.user_id = users.id AND employed.cid = %(company)s)
       AND EXISTS (
            SELECT FROM res_groups_users_rel AS role
             WHERE role.uid = users.id AND role.gid IN %(quality)s)
       AND NOT EXISTS (
            SELECT FROM res_groups_users_rel AS role
             WHERE role.uid = users.id AND role.gid IN %(administrators)s)
       AND (COALESCE(its_absent_from, its_absent_until) IS NULL
            OR its_absent_from > %(today)s OR its_absent_until < %(today)s)
     ORDER BY users.id
     LIMIT 1
"""


class ItsClaim(models.Model):
    """Whoever is next: one to-do a claim, and the buttons he may press."""

    _inherit = "its.claim"

    can_dispatch = fields.Boolean(compute="_compute_can")
    can_reject = fields.Boolean(compute="_compute_can")
    can_assign = fields.Boolean(compute="_compute_can")
    can_hand_over = fields.Boolean(compute="_compute_can")
    can_verify = fields.Boolean(compute="_compute_can")
    can_rework = fields.Boolean(compute="_compute_can")
    can_close = fields.Boolean(compute="_compute_can")
    can_reopen = fields.Boolean(compute="_compute_can")
    can_reopen_closed = fields.Boolean(compute="_compute_can")
    can_merge = fields.Boolean(compute="_compute_can")
    can_wait = fields.Boolean(compute="_compute_can")
    can_describe = fields.Boolean(compute="_compute_can")
    can_address = fields.Boolean(compute="_compute_can")
    can_place = fields.Boolean(compute="_compute_can")
    can_appoint = fields.Boolean(compute="_compute_can")
    can_find_out = fields.Boolean(compute="_compute_can")

    @api.depends("state", "team_id", "user_id", "worker_ids", "date_closed")
    @api.depends_context("uid")
    def _compute_can(self):
        """What the reader may do now, but for what he has yet to fill in."""
        for claim in self:
            # What is typed into the form gives no rights before it is saved.
            stored = claim._origin
            for transition in TRANSITIONS:
                may = bool(stored) and stored._may_go(transition)
                claim[f"can_{transition.name}"] = may
            claim.can_wait = stored.state == "in_progress" and (
                stored._is_who("responsible") or stored._is_who("head")
            )
            claim.can_describe = not stored or stored._may_edit("subject")
            claim.can_address = not stored or stored._may_edit("partner_id")
            claim.can_place = not stored or stored._may_edit("team_id")
            claim.can_appoint = bool(stored) and stored._may_edit("user_id")
            claim.can_find_out = bool(stored) and stored._may_edit("problem_id")

    def _may_go(self, transition):
        return (
            self.state in transition.sources
            and self._is_who(transition.who)
            and not self._has_worked(transition)
            and (transition.name != "reopen_closed" or self._may_be_reopened())
        )

    # -------------------------------------------------------------------------
    # The to-do
    # -------------------------------------------------------------------------

    def _schedule_next(self):
        """Leave exactly one to-do, for whoever has to act now; none at the end."""
        claims = self.sudo()
        by_user = {}
        for claim in claims:
            user = claim._next_user()
            if claim.next_user_id != user:
                by_user.setdefault(user, self.browse().sudo())
                by_user[user] |= claim
        for user, waiting in by_user.items():
            super(ItsClaim, waiting).write({"next_user_id": user.id})
        kind = self.env.ref("its_quality.mail_activity_type_claim")
        self.env["mail.activity"].sudo().with_context(**QUIET).search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", kind.id),
            ]
        ).unlink()
        (claims - claims._keep_calls())._leave_todos()

    def _leave_todos(self):
        """Write the to-do of whoever is next; see ``_schedule_next``."""
        waiting = self.filtered("next_user_id")
        self.env["mail.activity"].sudo().with_context(**QUIET).create(
            [claim._todo_values() for claim in waiting]
        )
        asked = waiting.filtered(lambda claim: claim._is_asked_by_call())
        asked.partner_id._update_its_contacts()

    def _todo_values(self):
        """The to-do of whoever is next; while the client is asked it is a call."""
        self.ensure_one()
        user = self.next_user_id
        known = self.env["ir.model.data"]._xmlid_to_res_id
        values = {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            # As Odoo computes both, but afterwards, by another query.
            "res_name": self.display_name,
            "user_tz": user.tz,
            "activity_type_id": known("its_quality.mail_activity_type_claim"),
            "user_id": user.id,
            "summary": self.with_context(lang=user.lang)._next_step(),
            "date_deadline": self._next_day(),
            "automated": True,
        }
        if self._is_asked_by_call():
            values.update(self._call_values())
        return values

    def _next_user(self):
        """Who has to act now, and is there to act."""
        self.ensure_one()
        if self.state in ENDED:
            return self.env["res.users"]
        team = self.team_id
        heads = [team.head_id, team.deputy_id]
        quality = self.env["res.users"]._its_quality_managers(self.company_id)
        if self.state == "follow_up":
            # Somebody who can do nothing but find another has it where all have worked.
            persons = self._interviewers() or [self.quality_user_id, *quality]
        elif self.state == "registered":
            persons = [self.quality_user_id, *quality]
        elif self.state == "in_progress":
            persons = [self.user_id, *heads]
        else:
            persons = [*heads, *quality]
        if self.state == "verification":
            others = [user for user in persons if user not in self.worker_ids]
            persons = others or persons
        return self._present_of(persons, self.company_id)

    @api.model
    def _first_reader(self, company_id):
        """Who dispatches a claim that was just registered: as ``_next_user`` would say,
        by one query where some quality manager is there: it is asked for each claim."""
        company = self.env["res.company"].sudo().browse(company_id)
        users = self.env["res.users"].sudo()
        users.flush_model()
        implying = self.env["res.groups"]._get_group_definitions().get_subset_ids

        def having(role):
            group_id = self.env["ir.model.data"]._xmlid_to_res_id(role)
            return (group_id, *implying([group_id]))

        found = self.env.execute_query(
            SQL(
                PRESENT,
                company=company.id,
                quality=having(GROUP_QUALITY_MANAGER),
                administrators=having(GROUP_ADMINISTRATOR),
                today=company._its_today(),
            )
        )
        present = users.browse(found[0] if found else ())
        if present:
            return present
        quality = self.env["res.users"]._its_quality_managers(company)
        return self._present_of(list(quality), company)

    @api.model
    def _present_of(self, persons, company):
        """The first who is there; else the first who still works in the firm."""
        today = company._its_today()
        working = [user for user in persons if user and user.active]
        present = (user for user in working if not user._its_is_absent(today))
        return next(present, None) or next(iter(working), self.env["res.users"])

    def _next_step(self):
        """What has to be done now, as a phrase."""
        steps = {
            "registered": self.env._("Accept and dispatch"),
            "dispatched": self.env._("Assign"),
            "in_progress": self.env._("Work on it"),
            "verification": self.env._("Verify"),
            "follow_up": self.env._("Ask the client"),
        }
        if self.state == "follow_up" and self.next_user_id in self.worker_ids:
            return self.env._(
                "Find a quality manager who has not worked on it: the client has to be "
                "asked"
            )
        return steps[self.state]

    def _next_day(self):
        if self.state == "follow_up":
            return self._day_to_ask()
        today = self.company_id._its_today()
        if self.state == "in_progress" and self.date_deadline:
            return max(self.date_deadline, today)
        return today

    # -------------------------------------------------------------------------
    # Actions
    # -------------------------------------------------------------------------

    def action_dispatch(self):
        """Accept the claim and give it to its team."""
        self._go("dispatch")

    def action_assign(self):
        """Hand the claim to the responsible person chosen on the form."""
        self._go("assign")

    def action_hand_over(self):
        """Say that the work is done."""
        self._go("hand_over")

    def action_verify(self):
        """Accept the work."""
        self._go("verify")

    def action_close(self):
        """End the claim with what the client says."""
        self._go("close")

    def action_ask_reason(self):
        """Open the dialog that asks for the reason of a move; the context names it."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Say why"),
            "res_model": "its.claim.move",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_claim_id": self.id,
                "default_transition": self.env.context.get("its_transition"),
            },
        }

    def action_wait(self):
        """Stop the clock: the client has to answer first."""
        for claim in self:
            claim.check_access("read")
            if not claim.can_wait:
                claim._refuse_waiting()
            claim._pause()

    def action_resume(self):
        """Let the clock run again."""
        for claim in self:
            claim.check_access("read")
            if not claim.can_wait:
                claim._refuse_waiting()
            claim._resume()

    def _refuse_waiting(self):
        raise UserError(
            self.env._(
                "Only the responsible person or the head stops the clock, and only "
                "while the claim is in progress."
            )
        )
