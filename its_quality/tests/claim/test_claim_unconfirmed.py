from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ...models.claim import asking, escalation
from ...models.claim.verdicts import UNCONFIRMED
from .common import NOW, AskingCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestClaimUnconfirmed(AskingCase):
    """Closed as not confirmed is only what somebody has asked about."""

    def close(self, claim):
        claim = self.by(claim, "quality_manager")
        claim.write({"satisfaction": UNCONFIRMED, "client_comment": "Звонили"})
        claim._apply_transition("close")

    def watch(self, claim, day):
        with freeze_time(f"{day} 09:00:00"):
            escalation.watch(claim.sudo(), self.company)
        return claim.sudo().state

    def test_nobody_has_asked(self):
        """Neither the night nor a person closes it; somebody above is told instead."""
        claim = self.claim_at("follow_up")
        with self.assertRaisesRegex(UserError, "3 unanswered calls; there were 0"):
            self.close(claim)
        self.assertEqual(self.watch(claim, "2027-03-12"), "follow_up")
        self.assertFalse(claim.sudo().escalated_on)
        self.assertEqual(self.watch(claim, "2027-03-15"), "follow_up")
        self.assertEqual(str(claim.sudo().escalated_on), "2027-03-15")
        self.assertEqual(self.watch(claim, "2028-03-15"), "follow_up")

    def test_after_calls(self):
        """By a person after enough of them, by the night days after the last."""
        self.client_team.email = False
        self.company.its_confirm_calls = 2
        claim = self.claim_at("follow_up")
        self.finish(claim, "no_answer")
        with self.assertRaisesRegex(UserError, "there were 1"), self.undone():
            self.close(claim)
        with freeze_time("2027-03-03 09:00:00"):
            self.finish(claim, "no_answer")
        with self.undone():
            self.close(claim)
            self.assertEqual(claim.sudo().state, "closed")
        # Ten working days after the third of March.
        self.assertEqual(self.watch(claim, "2027-03-17"), "follow_up")
        self.assertEqual(self.watch(claim, "2027-03-18"), "closed")

    def test_after_a_letter(self):
        self.company.write({"its_claim_ask": "mail", "its_confirm_days": 3})
        claim = self.claim_at("follow_up")
        with self.assertRaisesRegex(UserError, "until 03/04/2027"), self.undone():
            self.close(claim)
        with freeze_time("2027-03-05 09:00:00"), self.undone():
            self.close(claim)
            self.assertEqual(claim.sudo().state, "closed")
        self.assertEqual(self.watch(claim, "2027-03-04"), "follow_up")
        self.assertEqual(self.watch(claim, "2027-03-05"), "closed")
        self.assertEqual(claim.sudo().satisfaction_via, "nobody")

    def test_working_days(self):
        """A letter of Thursday evening, and a holiday."""
        self.company.write({"its_claim_ask": "mail", "its_confirm_days": 2})
        self.env["resource.calendar.leaves"].create(
            {
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": "2027-03-07 12:00:00",
                "date_to": "2027-03-09 12:00:00",
            }
        )
        with freeze_time("2027-03-04 12:00:00"):
            claim = self.claim_at("follow_up")
        day = asking.day_unconfirmed(claim.sudo())
        working = self.company.resource_calendar_id
        left, date = 2, self.date("2027-03-04")
        while left:
            date += asking.ONE_DAY
            left -= working._its_is_working(date)
        self.assertEqual(day, date + asking.ONE_DAY)

    def test_who_refuses_to_talk(self):
        claim = self.claim_at("follow_up")
        self.finish(claim, "refused")
        self.assertEqual(claim.sudo().satisfaction, UNCONFIRMED)

    def test_who_cannot_be_reached_at_all(self):
        """A person may say so; the night never does."""
        self.client_team.write({"phone": False, "email": False})
        claim = self.claim_at("follow_up")
        self.assertEqual(self.watch(claim, "2027-05-01"), "follow_up")
        self.close(claim)
        self.assertEqual(claim.sudo().state, "closed")

    def test_asked_anew(self):
        """What was tried before a claim was reopened does not count."""
        claim = self.claim_at("follow_up")
        claim.sudo().write({"tries": 5, "tried_on": "2027-03-01", "declined": True})
        self.go(claim, "reopen")
        self.fill(claim, "hand_over")
        self.go(claim, "hand_over")
        self.go(claim, "verify")
        claim = claim.sudo()
        self.assertEqual(
            (claim.tries, claim.tried_on, claim.declined), (0, False, False)
        )
