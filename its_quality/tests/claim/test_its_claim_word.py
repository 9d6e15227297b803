from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ...models.claim import asking, escalation
from .common import NOW, AskingCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestClaimWord(AskingCase):
    """On the form of the claim, without the desk."""

    def test_how_we_know(self):
        claim = self.by(self.claim_at("follow_up"), "quality_manager")
        claim.satisfaction = "3"
        self.assertEqual(claim.satisfaction_via, "talk")
        claim.satisfaction = False
        self.assertFalse(claim.satisfaction_via)

    def test_what_may_be_closed(self):
        """Rows: mark, comment, the sentence."""
        table = [
            ("5", False, None),
            ("3", False, None),
            ("1", "Плохо", "is not closed: press"),
            ("none", False, "why the client has not confirmed"),
            ("none", "Звонили трижды", None),
        ]
        for mark, comment, sentence in table:
            with self.subTest(mark, comment=comment), self.undone():
                claim = self.by(self.claim_at("follow_up"), "quality_manager")
                claim.sudo().tries = 3
                claim.write({"satisfaction": mark, "client_comment": comment})
                if not sentence:
                    claim._apply_transition("close")
                    self.assertEqual(claim.state, "closed")
                    continue
                with self.assertRaisesRegex(UserError, sentence):
                    claim._apply_transition("close")
                self.assertEqual(claim.state, "follow_up")

    def test_the_mark_of_a_reopened_claim_stays_in_the_movement(self):
        claim = self.by(self.claim_at("follow_up"), "quality_manager")
        claim.satisfaction = "1"
        wizard = self.env["its.claim.move"].with_user(self.quality_manager)
        action = claim.with_context(its_transition="reopen").action_ask_reason()
        wizard = wizard.browse(action["res_id"])
        wizard.reason = "Не то"
        wizard.action_confirm()
        self.assertEqual(claim.state, "in_progress")
        self.assertFalse(claim.satisfaction)
        movement = claim.sudo().movement_ids[-1]
        self.assertEqual((movement.satisfaction, movement.reason), ("1", "Не то"))

    def test_who_wants_to_be_called_back_is_not_closed(self):
        claim = self.claim_at("follow_up")
        asking.ask_by_mail(claim)
        self.finish(claim, "call_back", call_at="2027-03-20 12:00:00")
        for day, state in (("2027-03-19", "follow_up"), ("2027-03-21", "closed")):
            with freeze_time(f"{day} 09:00:00"):
                escalation.watch(claim.sudo(), self.company)
                self.assertEqual(claim.sudo().state, state)

    def test_a_worker_does_not_put_the_question_off(self):
        call = self.call(self.claim_at("follow_up"))
        for role in ("worker", "head"):
            record = self.by(call, role)
            for way, attempt in {
                "done": lambda call: call.action_feedback("Готово"),
                "cancelled": lambda call: call.unlink(),
                "archived": lambda call: call.write({"active": False}),
                "given away": lambda call: call.write({"user_id": self.second.id}),
            }.items():
                with (
                    self.subTest(way, role=role),
                    self.undone(),
                    self.assertRaises(AccessError),
                ):
                    attempt(record)
        self.assertTrue(call.active)

    def test_who_was_asked_in_vain_has_not_confirmed(self):
        claim = self.claim_at("follow_up")
        asking.ask_by_mail(claim)
        call = self.call(claim)
        with freeze_time("2027-03-20 09:00:00"):
            escalation.watch(claim.sudo(), self.company)
        self.assertEqual(claim.sudo().state, "closed")
        self.assertEqual(claim.sudo().satisfaction_via, "nobody")
        self.assertFalse(call.active)
