from odoo import fields, models

from .rules import BY_STATES, ENDED


class ItsClaim(models.Model):
    """What a step of a claim brings about: a movement, dates, counters, the to-do of
    whoever is next."""

    _inherit = "its.claim"

    def _note_of_client(self, former):
        """What the client said when the claim left the stage at which he is asked."""
        if former != "follow_up":
            return False
        return "1" if self.state == "in_progress" else self.satisfaction

    def _standing(self):
        """Where a claim stands before it moves."""
        return (self.stage_id, self.date_stage, self.user_id, self.waited_hours)

    def _after_move(self, before, reason):
        """Movement, dates, counters and the to-do of whoever is next."""
        now = fields.Datetime.now()
        self._resume(now)
        self._leave_movements(before, reason)
        for claim in self:
            former = before[claim][0].state
            values = {"date_stage": now, "waited_hours": 0, "escalated_on": False}
            if claim._is_asked_anew(former):
                values["asking"] = claim.asking + 1
            if claim.state == "dispatched":
                values["quality_user_id"] = self.env.uid
                if not claim.date_deadline:
                    values["date_deadline"] = claim._default_deadline()
            elif claim.state == "in_progress":
                values["worker_ids"] = [(4, claim.user_id.id)] if claim.user_id else []
                values.update(
                    satisfaction=False, satisfaction_via=False, date_closed=False
                )
                if former == "verification":
                    values["rework_count"] = claim.rework_count + 1
                elif former in ("follow_up", "closed"):
                    values["reopen_count"] = claim.reopen_count + 1
            elif claim.state == "verification":
                day = claim.company_id._its_today()
                values["on_time"] = (
                    not claim.date_deadline or day <= claim.date_deadline
                )
                values["worker_ids"] = [(4, self.env.uid)]
            elif claim.state in ENDED:
                values["date_closed"] = now
            super(ItsClaim, claim).write(values)
        self._schedule_next()
        for claim in self.filtered(lambda c: c.state == "closed" and c.partner_id):
            self.env["its.cadence"]._plan_after_claim(
                claim.partner_id,
                claim.company_id,
                subscription=claim.subscription_id,
            )
        for claim in self:
            claim._tell(BY_STATES[before[claim][0].state, claim.state].name)
        self.filtered(lambda claim: claim.state == "follow_up")._ask_client()

    def _after_reassigned(self, former):
        """Hand the to-do over, and tell whoever has got the claim now.

        :param former: for each claim, who was responsible and who was next
        """
        for claim, (user, _waited_for) in zip(self, former, strict=True):
            workers = (claim.user_id | user) - claim.worker_ids
            if workers and claim.state == "in_progress":
                super(ItsClaim, claim).write(
                    {"worker_ids": [(4, worker.id) for worker in workers]}
                )
        self._schedule_next()
        for claim, (user, waited_for) in zip(self, former, strict=True):
            if user and user != claim.user_id:
                claim.message_unsubscribe(user.partner_id.ids)
            if claim.next_user_id != waited_for:
                if claim.state == "in_progress":
                    claim._tell("assign")
                elif claim.state == "dispatched":
                    claim._tell("dispatch")

    def _leave_movements(self, before, reason):
        """Append the step just made; see ``its.claim.movement``."""
        now = fields.Datetime.now()
        values = []
        for claim in self.sudo():
            stage, since, user, waited = before.get(
                claim, (self.env["its.claim.stage"], now, claim.user_id, 0)
            )
            values.append(
                {
                    "claim_id": claim.id,
                    "from_stage_id": stage.id,
                    "from_state": stage.state,
                    "to_stage_id": claim.stage_id.id,
                    "to_state": claim.state,
                    "date": now,
                    "user_id": self.env.uid,
                    "responsible_id": user.id,
                    "hours": (now - since).total_seconds() / 3600,
                    "working_hours": max(
                        claim._working_hours(since, now) - claim.waited_hours, 0
                    ),
                    "satisfaction": claim._note_of_client(stage.state),
                    "reason": reason or False,
                }
            )
        self.env["its.claim.movement"].sudo().create(values)
