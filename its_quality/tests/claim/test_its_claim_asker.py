from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from ...models.claim import asking, escalation
from .common import AskingCase


@tagged("post_install", "-at_install", "days")
class TestClaimAsker(AskingCase):
    """Who asks the client, and whose call it is."""

    def test_nobody_who_worked_on_it_asks(self):
        """The quality manager who dispatched it has worked on it himself."""
        claim = self.create_claim()
        self.go(claim, "dispatch")
        self.by(claim, "head").write({"user_id": self.quality_manager.id})
        self.go(claim, "assign")
        values = {
            "problem_id": self.problem.id,
            "problem_service_id": self.contract.id,
            "justified": "yes",
            "action_taken": "Отправили повторно",
        }
        self.by(claim, "quality_manager").write(values)
        self.go(claim, "hand_over", "quality_manager")
        self.go(claim, "verify")
        call = self.call(claim)
        self.assertEqual(call.user_id, self.second)
        with self.assertRaisesRegex(AccessError, "worked on"):
            self.desk().open_call(call.id)
        with self.assertRaisesRegex(ValidationError, "has not worked"):
            call.user_id = self.quality_manager
        self.second.its_deputy_id = self.quality_manager
        self.second.its_absent_from = "2027-03-01"
        self.assertEqual(self.queue(), [])
        with self.assertRaisesRegex(UserError, "worked on"):
            asking.record_verdict_in_call(self.by(claim, "quality_manager"), "5")

    def test_where_everybody_has_worked_on_it(self):
        claim = self.claim_at("verification")
        quality = self.env.ref("its_quality.group_quality_manager").all_user_ids
        claim.sudo().worker_ids = [fields.Command.link(user.id) for user in quality]
        self.go(claim, "verify")
        todo = self.todos(claim)
        self.assertEqual(len(todo), 1)
        self.assertFalse(todo.its_claim_id)
        self.assertIn("who has not worked on it", todo.summary)

    def test_who_may_not_take_the_call(self):
        claim = self.claim_at("follow_up")
        call = self.call(claim)
        for role in ("client_manager", "colleague", "head", "worker", "employee"):
            for method, arguments in (
                ("open_call", ()),
                ("finish_call", ("reached", {"satisfaction": "5"})),
                ("register_claim", ()),
            ):
                with (
                    self.subTest(role, method=method),
                    self.assertRaises(AccessError),
                ):
                    getattr(self.desk(self[role]), method)(call.id, *arguments)
        self.assertEqual(claim.sudo().state, "follow_up")

    def test_who_sees_the_call(self):
        call = self.call(self.claim_at("follow_up"))
        for role, sees in (
            ("quality_manager", True),
            ("second", True),
            ("head", True),
            ("other_head", False),
            ("client_manager", False),
            ("employee", False),
        ):
            with self.subTest(role):
                self.env.invalidate_all()
                found = self.env["mail.activity"].with_user(self[role])
                self.assertEqual(bool(found.search([("id", "=", call.id)])), sees)

    def test_the_call_follows_people(self):
        """Absence, leaving, and what was done by then stays with the call."""
        claim = self.claim_at("follow_up")
        call = self.call(claim)
        self.finish(claim, "no_answer")
        self.quality_manager.its_absent_until = "2027-03-10"
        self.assertEqual(self.call(claim), call)
        self.assertEqual(call.user_id, self.second)
        self.assertEqual(claim.sudo().next_user_id, self.second)
        self.assertEqual(call.its_attempts, 1)
        self.quality_manager.its_absent_until = False
        self.second.action_archive()
        self.assertEqual(self.call(claim), call)
        self.assertEqual(call.user_id, self.quality_manager)
        self.assertEqual(call.its_attempts, 1)

    def test_given_to_a_colleague(self):
        claim = self.claim_at("follow_up")
        call = self.call(claim)
        call.with_user(self.quality_manager).user_id = self.second
        self.assertEqual(claim.sudo().next_user_id, self.second)
        escalation.watch(claim.sudo(), self.company)
        self.assertEqual(self.call(claim).user_id, self.second)
        with self.assertRaises(ValidationError):
            call.user_id = self.client_manager

    def test_overdue_calls_come_to_the_administrator(self):
        claim = self.claim_at("follow_up")
        call = self.call(claim)
        with freeze_time("2027-03-08 09:00:00"):
            self.env["its.cadence"]._escalate_overdue()
        above = call.its_escalated_id
        self.assertTrue(above.has_group("its_quality.group_administrator"))
        self.assertNotIn(above, claim.sudo().worker_ids)

    def test_another_client(self):
        claim = self.claim_at("follow_up")
        call = self.call(claim)
        self.by(claim, "quality_manager").write(
            {"partner_id": self.client_own.id, "contact_id": False}
        )
        self.assertEqual(self.call(claim), call)
        self.assertEqual(call.its_client_id, self.client_own)
        self.assertFalse(self.client_team.its_next_contact)
        self.assertEqual(self.client_own.its_next_contact, call.date_deadline)

    def test_nothing_of_the_call_is_set_by_hand(self):
        claim = self.claim_at("registered")
        with self.assertRaisesRegex(UserError, "cannot be set manually"):
            self.env["mail.activity"].with_user(self.quality_manager).create(
                {
                    "res_model_id": self.env["ir.model"]._get_id("its.claim"),
                    "res_id": claim.id,
                    "its_claim_id": claim.id,
                }
            )
