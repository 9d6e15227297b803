from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ...models.claim.rules import STATES, WITHIN
from .common import NOW, WAY, ClaimCase

WORK = "in_progress"
# Who acts in each state, and so may take a claim from one stage of it to another.
MAY = {
    "registered": {"quality_manager", "administrator"},
    "dispatched": {"quality_manager", "administrator", "head", "deputy"},
    "in_progress": {"administrator", "head", "deputy", "worker"},
    "verification": {"administrator", "head", "deputy"},
    "follow_up": {"quality_manager", "administrator"},
    "closed": {"quality_manager", "administrator"},
    "rejected": {"quality_manager", "administrator"},
}
ROLES = (
    "client_manager",
    "quality_manager",
    "head",
    "deputy",
    "other_head",
    "worker",
    "employee",
    "portal",
    "administrator",
)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestClaimStages(ClaimCase):
    """A firm's own stages: more than one for a state."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee_worker = cls.create_user("its_worker_2", "its_quality.group_user")
        cls.stages = cls.env["its.claim.stage"]
        cls.second = {
            state: cls.stages.create(
                {"name": f"{title}: 2", "state": state, "sequence": 900}
            )
            for state, title in STATES
        }

    def step(self, claim, role):
        state = claim.sudo().state
        self.by(claim, role).write({"stage_id": self.second[state].id})

    def test_a_step_within_each_state(self):
        """It is written down and timed; where the claim stands it stays."""
        self.assertEqual(WITHIN.keys(), WAY.keys())
        for state in WAY:
            with self.subTest(state), self.undone():
                claim = self.claim_at(state).sudo()
                before = claim.movement_ids
                kept = ("state", "next_user_id", "date_closed", "date_deadline")
                values = [claim[name] for name in kept]
                todos = self.todos(claim)
                mails = self.env["mail.message"].search_count([])
                with freeze_time(fields.Datetime.now() + timedelta(hours=3)):
                    self.step(claim, "administrator")
                    now = fields.Datetime.now()
                movement = claim.movement_ids - before
                self.assertEqual(len(movement), 1)
                self.assertEqual(movement.from_stage_id, before[-1].to_stage_id)
                self.assertEqual(movement.to_stage_id, self.second[state])
                self.assertEqual((movement.from_state, movement.to_state), (state,) * 2)
                self.assertAlmostEqual(movement.hours, 3)
                self.assertFalse(movement.satisfaction)
                self.assertEqual(claim.date_stage, now)
                self.assertEqual([claim[name] for name in kept], values)
                self.assertEqual(self.todos(claim), todos)
                self.assertEqual(self.env["mail.message"].search_count([]), mails)

    def test_who_may(self):
        for state, may in MAY.items():
            claim = self.claim_at(state)
            for role in ROLES:
                with self.subTest(state=state, role=role), self.undone():
                    if role in may:
                        self.step(claim, role)
                    else:
                        with self.assertRaises(UserError):
                            self.step(claim, role)
                    moved = claim.sudo().stage_id == self.second[state]
                    self.assertEqual(moved, role in may)

    def test_the_way_on_from_a_second_stage(self):
        """Transitions are those of the state, and its time adds up."""
        claim = self.claim_at("in_progress")
        with freeze_time("2027-03-01 11:00:00"):
            self.step(claim, "worker")
        with freeze_time("2027-03-01 13:00:00"):
            self.fill(claim, "hand_over")
            self.go(claim, "hand_over")
        claim = claim.sudo()
        self.assertEqual(claim.state, "verification")
        self.assertEqual(claim.movement_ids[-1].from_stage_id, self.second[WORK])
        self.assertEqual(claim.movement_ids[-1].hours, 2)
        self.assertEqual(claim.duration_tracking[str(self.second[WORK].id)], 2 * 3600)

    def test_a_pause_goes_on(self):
        """What was waited at each stage is not the work of either."""
        claim = self.claim_at("in_progress")
        self.by(claim, "worker").action_wait()
        with freeze_time("2027-03-02 09:00:00"):
            self.step(claim, "worker")
            self.assertTrue(claim.sudo().waiting_since)
            self.assertEqual(claim.sudo().movement_ids[-1].working_hours, 0)
        with freeze_time("2027-03-03 09:00:00"):
            self.by(claim, "worker").action_resume()
            self.fill(claim, "hand_over")
            self.go(claim, "hand_over")
        self.assertEqual(claim.sudo().movement_ids[-1].working_hours, 0)

    def test_somebody_else_with_the_step(self):
        """Rows: the state, who steps, what is written with it, who then has the to-do, and
        is told."""
        rows = [
            ("in_progress", "head", {"user_id": self.employee_worker.id}, "worker2"),
            ("dispatched", "quality_manager", {"team_id": self.other_team.id}, "other"),
        ]
        whose = {"worker2": self.employee_worker, "other": self.other_head}
        for state, role, values, who in rows:
            with self.subTest(state):
                claim = self.claim_at(state)
                self.by(claim, role).write(
                    {"stage_id": self.second[state].id, **values}
                )
                claim, user = claim.sudo(), whose[who]
                self.assertEqual(claim.stage_id, self.second[state])
                self.assertEqual(claim.next_user_id, user)
                self.assertEqual(self.todos(claim).user_id, user)
                if state == "in_progress":
                    self.assertIn(user, claim.worker_ids)
                told = self.env["mail.message"].search(
                    [("model", "=", "its.claim"), ("res_id", "=", claim.id)]
                )
                self.assertIn(user.partner_id, told.partner_ids)

    def test_no_claim_goes_to_an_archived_stage(self):
        """Nobody would see it there: neither by a step nor by a transition."""
        for state in ("dispatched", "in_progress"):
            claim = self.claim_at("dispatched")
            self.fill(claim, "assign")
            self.second[state].active = False
            with self.assertRaisesRegex(UserError, "is archived"):
                self.by(claim, "head").write({"stage_id": self.second[state].id})

    def test_what_was_reopened_goes_back_to_its_stage(self):
        """Unless that was archived meanwhile."""
        for archived in (False, True):
            claim = self.claim_at("closed")
            self.step(claim, "quality_manager")
            self.go(claim, "reopen_closed")
            self.second["closed"].active = not archived
            self.by(claim, "quality_manager").action_restore()
            expected = self.stages._first_of("closed")
            expected = expected if archived else self.second["closed"]
            self.assertEqual(claim.sudo().stage_id, expected)

    def test_the_last_stage_of_a_state_stays(self):
        for state, _title in STATES:
            first = self.stages._first_of(state)
            with self.subTest(state), self.undone():
                others = self.stages.search([("state", "=", state)]) - first
                others.active = False
                other = "closed" if state != "closed" else "rejected"
                ways = (
                    lambda stage: stage.write({"active": False}),
                    lambda stage: stage.action_archive(),
                    lambda stage, other=other: stage.write({"state": other}),
                    lambda stage: stage.unlink(),
                )
                for number, way in enumerate(ways):
                    with (
                        self.subTest(way=number),
                        self.assertRaises(UserError) as refused,
                        self.undone(),
                    ):
                        way(first)
                    self.assertRegex(str(refused.exception), "stage")
                self.assertEqual(self.stages._first_of(state), first)

    def test_one_of_two_can_go(self):
        first = self.stages._first_of("verification")
        first.active = False
        claim = self.claim_at("verification")
        self.assertEqual(claim.sudo().stage_id, self.second["verification"])
        unused = self.second["closed"]
        unused.state = "rejected"
        unused.unlink()

    def test_history_needs_its_stages(self):
        """Neither what a stage means nor the stage itself is taken from its claims."""
        claim = self.claim_at("in_progress")
        self.step(claim, "worker")
        used = self.second[WORK]
        for way in (lambda: used.write({"state": "closed"}), used.unlink):
            with self.assertRaisesRegex(UserError, "history"), self.undone():
                way()
        used.active = False
        used.name = "Другое имя"
