from odoo.tests import freeze_time, tagged

from .common import NOW, ClaimCase


@tagged("post_install", "-at_install", "days")
class TestClaimDigest(ClaimCase):
    """Claims in the morning mail of whoever they wait for."""

    def mail(self, user):
        mails = self.env["its.cadence"]._digests(self.company)
        found = [mail for mail in mails if mail["email_to"] == user.email_formatted]
        self.assertLessEqual(len(found), 1)
        return found[0] if found else None

    @freeze_time(NOW)
    def test_claims_that_wait_for_him(self):
        late, waits, other = (
            self.claim_at("in_progress", subject=subject)
            for subject in ("Опоздавшая", "Обычная", "Чужая")
        )
        late.sudo().date_deadline = "2027-02-26"
        other.sudo().user_id = self.colleague
        mail = self.mail(self.worker)
        self.assertIn("claims: 2, overdue: 1", mail["subject"])
        body = str(mail["body_html"])
        self.assertLess(body.index("Опоздавшая"), body.index("Обычная"))
        self.assertNotIn("Чужая", body)
        self.assertIn(f"/odoo/claims/{waits.id}", body)
        self.assertNotIn("/odoo/call-desk", body, "he has no calls")

    @freeze_time(NOW)
    def test_a_call_about_a_claim_is_told_once(self):
        claim = self.claim_at("follow_up", subject="Опрос по ней")
        body = str(self.mail(self.quality_manager)["body_html"])
        self.assertNotIn("Опрос по ней", body)
        self.assertIn("Ask the client", body)
        self.client_team.its_call_consent = "refused"
        body = str(self.mail(self.quality_manager)["body_html"])
        self.assertEqual(body.count(f"/odoo/claims/{claim.id}"), 1)

    @freeze_time(NOW)
    def test_who_gets_none(self):
        """Absent, a day off, nothing to do."""
        self.claim_at("in_progress")
        self.assertIsNone(self.mail(self.other_head))
        with freeze_time("2027-03-06 09:00:00"):
            self.assertIsNone(self.mail(self.worker))
        self.worker.its_absent_until = "2027-03-02"
        self.assertIsNone(self.mail(self.worker))
