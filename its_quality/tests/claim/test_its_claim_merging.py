from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from ...models.claim.mail_rules import FROM_OUTSIDE
from .common import NOW, ClaimCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestItsClaimMerging(ClaimCase):
    """Work continues only where somebody works, and for the same client."""

    def merge(self, claim):
        return self.by(claim, "quality_manager").action_merge()

    def dialog(self, action):
        return (
            self.env["its.claim.move"]
            .with_user(self.quality_manager)
            .browse(action["res_id"])
        )

    def test_into_which_claims(self):
        """Rows: whose the other claim is, where it is, when, what is said. By the button
        and by a write alike, from each way that leads there."""
        rejected = self.env["its.claim.stage"]._first_of("rejected")
        late = "2027-04-20 09:00:00"
        table = [
            (self.client_team, "registered", NOW, ""),
            (self.client_team, "in_progress", NOW, ""),
            (self.client_team, "follow_up", NOW, ""),
            (self.client_own, "in_progress", NOW, "same client"),
            (self.client_team, "rejected", NOW, "Nobody works"),
            (self.client_team, "closed", late, "Nobody works"),
            (self.client_team, "closed", NOW, "is closed: reopen it"),
        ]
        for state in ("registered", "in_progress"):
            for client, main_state, moment, said in table:
                main = self.claim_at(main_state, partner_id=client.id)
                claim = self.claim_at(state, description="Опять")
                claim.sudo().duplicate_of_id = main
                values = {"stage_id": rejected.id, "reason": "Дубль"}
                for way, attempt in {
                    "write": lambda claim=claim, v=values: self.by(
                        claim, "quality_manager"
                    ).write(v),
                    "one write": lambda claim=claim, v=values, main=main: self.by(
                        claim, "quality_manager"
                    ).write({**v, "duplicate_of_id": main.id}),
                    "button": lambda claim=claim: self.merge(claim),
                }.items():
                    with (
                        self.subTest(way, state=state, main=main_state, said=said),
                        self.undone(),
                        freeze_time(moment),
                    ):
                        if way == "one write":
                            claim.sudo().duplicate_of_id = False
                        offered = way == "button" and "reopen" in said
                        if said and not offered:
                            with self.assertRaisesRegex(UserError, said):
                                attempt()
                            continue
                        action = attempt()
                        expected = state if offered else "rejected"
                        self.assertEqual(claim.sudo().state, expected)
                        if offered:
                            self.assertTrue(self.dialog(action).is_reopening)
                            continue
                        # Nothing the client said is lost, whichever way it was.
                        notes = main.sudo().message_ids
                        notes = [m for m in notes if claim.sudo().name in m.body]
                        self.assertEqual(len(notes), 1)
                        self.assertIn("Опять", notes[0].body)

    def test_a_claim_of_nobody_yet(self):
        """Whose client is not known is not merged: its words would be shown to one."""
        claim = self.create_claim(partner_id=False)
        claim.sudo().duplicate_of_id = self.main_claim
        with self.assertRaisesRegex(UserError, "same client"):
            self.merge(claim)

    def test_a_closed_one_is_reopened_for_it(self):
        main = self.claim_at("closed")
        claim = self.claim_at("dispatched", description="Опять то же")
        claim.sudo().duplicate_of_id = main
        self.dialog(self.merge(claim)).action_confirm()
        self.assertEqual(claim.sudo().state, "rejected")
        self.assertEqual(main.sudo().state, "in_progress")
        self.assertIn(claim.sudo().name, main.sudo().movement_ids[-1].reason)
        self.assertIn("Опять то же", main.sudo().message_ids[0].body)

    def test_the_other_one_is_asked_for(self):
        claim = self.claim_at("in_progress")
        form = Form(self.dialog(self.merge(claim)))
        form.duplicate_of_id = self.main_claim
        self.assertFalse(form.is_reopening)
        form.save().action_confirm()
        self.assertEqual(claim.sudo().state, "rejected")
        self.assertEqual(claim.sudo().duplicate_of_id, self.main_claim)

    def test_who_worked_on_it_gets_no_dialog(self):
        claim = self.claim_at("in_progress")
        claim.sudo().worker_ids += self.quality_manager
        with self.assertRaisesRegex(UserError, "yourself"):
            self.merge(claim)

    # -------------------------------------------------------------------------
    # Duplicating
    # -------------------------------------------------------------------------

    def test_a_duplicate_sends_nothing(self):
        """Neither to the client, whichever way the first one came, nor to the staff."""
        self.client_team.email = "info@klever.example.com"
        self.quality_manager.notification_type = "email"
        for channel in (*FROM_OUTSIDE, "phone"):
            claim = self.create_claim(
                channel=channel, email_from="info@klever.example.com"
            )
            self.env.flush_all()
            of_mails = [("email_to", "!=", False)], {"order": "id desc", "limit": 1}
            before = self.env["mail.mail"].search(of_mails[0], **of_mails[1])
            told = self.env["mail.notification"].search_count([])
            with self.subTest(channel):
                self.assertTrue(before)
                copied = self.by(claim, "quality_manager").copy()
                self.env.flush_all()
                self.assertEqual(
                    self.env["mail.mail"].search(of_mails[0], **of_mails[1]), before
                )
                self.assertEqual(self.env["mail.notification"].search_count([]), told)
                self.assertEqual(copied.state, "registered")
                self.assertEqual(len(self.todos(copied)), 1)

    def test_what_is_registered_with_a_duplicate_in_the_context(self):
        """No request silences the letters about a claim."""
        self.client_team.email = "info@klever.example.com"
        claims = self.env["its.claim"].with_user(self.quality_manager)
        claim = claims.with_context(its_copied=True).create(
            {"subject": "Сбой", "partner_id": self.client_team.id}
        )
        self.env.flush_all()
        self.assertTrue(
            self.env["mail.mail"].search(
                [("model", "=", "its.claim"), ("res_id", "=", claim.id)]
            )
        )
