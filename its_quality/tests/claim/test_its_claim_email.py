from ast import literal_eval

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import NOW, EmailCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestItsClaimEmail(EmailCase):
    def test_whose_letter_it_is(self):
        """Rows: sender, the client, the person."""
        table = [
            ("chief@klever.example.com", self.client_team, self.person),
            ("CHIEF@Klever.example.com", self.client_team, self.person),
            ("info@klever.example.com", self.client_team, False),
            ("other@klever.example.com", self.client_team, False),
            ("somebody@mail.ru", False, False),
            ("somebody@elsewhere.example.com", False, False),
        ]
        self.client_own.email = "romashka@mail.ru"
        for sender, client, person in table:
            with self.subTest(sender):
                claim = self.receive(sender=f"Кто-то <{sender}>")
                self.assertEqual(len(claim), 1)
                self.assertEqual(claim.partner_id, client or claim.partner_id.browse())
                self.assertEqual(claim.contact_id, person or claim.contact_id.browse())
                self.assertEqual(claim.channel, "email")
                self.assertFalse(claim.author_id)
                self.assertEqual(claim.sender_name, "Кто-то")
                self.assertEqual(claim.subject, "Не работает")
                self.assertIn("открывается", claim.description)
                self.assertNotIn("<", claim.description)
                self.assertIn(
                    "log.txt", claim.message_ids.attachment_ids.mapped("name")
                )

    def test_two_clients_with_one_domain(self):
        self.client_own.email = "a@holding.example.com"
        self.client_colleague.email = "b@holding.example.com"
        claim = self.receive(sender="c@holding.example.com")
        self.assertFalse(claim.partner_id)

    def test_the_team_follows_from_the_address(self):
        claim = self.receive(to="team@its.example.org")
        self.assertEqual(claim.team_id, self.team)
        claim = self.receive(to="quality@its.example.org")
        self.assertFalse(claim.team_id)
        claim = self.receive(to="quality@its.example.org, team@its.example.org")
        self.assertEqual(claim.team_id, self.team)
        self.assertEqual(len(claim), 1)

    def test_no_subject_and_a_very_long_one(self):
        self.assertEqual(self.receive(subject="").subject, "No subject")
        self.assertEqual(len(self.receive(subject="x" * 900).subject), 200)

    def test_scripts_are_no_words(self):
        claim = self.receive(body="<script>alert(1)</script><p>=HYPERLINK(1)</p>")
        self.assertIn("=HYPERLINK", claim.description)
        self.assertNotIn("<script", claim.message_ids[0].body)

    def test_robots_are_not_listened_to(self):
        """Rows: headers, sender, return path."""
        plain = ("chief@klever.example.com", "<chief@klever.example.com>")
        table = [
            ("Auto-Submitted: auto-replied\n", *plain),
            ("Auto-Submitted: auto-generated\n", *plain),
            ("X-Autoreply: yes\n", *plain),
            ("X-Autorespond: out of office\n", *plain),
            ("Precedence: bulk\n", *plain),
            ("Precedence: auto_reply\n", *plain),
            ("X-Failed-Recipients: x@example.com\n", *plain),
            ("", "chief@klever.example.com", "<>"),
            ("", "MAILER-DAEMON@klever.example.com", "<>"),
        ]
        waiting = self.claim_at("in_progress")
        self.by(waiting, "worker").action_wait()
        for headers, sender, return_path in table:
            with self.subTest(headers, return_path=return_path):
                self.assertFalse(
                    self.receive(
                        sender=sender, headers=headers, return_path=return_path
                    )
                )
                self.assertFalse(
                    self.receive(
                        sender=sender,
                        headers=headers + self.reply_headers(waiting),
                        return_path=return_path,
                    )
                )
        self.assertTrue(waiting.sudo().waiting_since)
        self.assertEqual(self.receive(headers="Auto-Submitted: no\n").channel, "email")

    def test_an_answer_goes_to_the_same_claim(self):
        """By what it answers, or by the number in its subject."""
        claim = self.receive()
        for title, headers in (
            ("Re: что-то", self.reply_headers(claim)),
            (f"Ещё раз про {claim.name}", ""),
        ):
            with self.subTest(title):
                count = len(claim.message_ids)
                self.assertFalse(self.receive(subject=title, headers=headers))
                self.assertEqual(len(claim.message_ids), count + 1)
                self.assertEqual(
                    claim.message_ids[0].subtype_id, self.env.ref("mail.mt_comment")
                )

    def test_an_answer_to_our_letter(self):
        """Also by somebody whom nobody knows."""
        for sender in ("chief@klever.example.com", "x@unknown.example.com"):
            claim = self.receive(sender=sender)
            letter = self.env["mail.mail"].search(
                [("res_id", "=", claim.id), ("email_to", "=", sender)]
            )
            self.assertEqual(letter.model, "its.claim")
            headers = f"In-Reply-To: {letter.message_id}\n"
            self.assertFalse(self.receive(sender=sender, headers=headers))

    def test_an_answer_starts_the_clock(self):
        claim = self.claim_at("in_progress")
        self.by(claim, "worker").action_wait()
        self.assertFalse(self.receive(subject=f"Re: {claim.name}"))
        self.assertFalse(claim.sudo().waiting_since)

    def test_an_answer_of_a_stranger(self):
        """Whoever has got the letter or guessed the number speaks for himself."""
        self.client_own.email = "boss@romashka.example.com"
        claim = self.claim_at("closed")
        for sender in ("boss@romashka.example.com", "who@nobody.example.com"):
            for headers in ("", self.reply_headers(claim)):
                with self.subTest(sender, headers=headers):
                    count = len(claim.sudo().message_ids)
                    new = self.receive(
                        sender=sender, subject=f"Re: {claim.name}", headers=headers
                    )
                    self.assertEqual(len(new), 1)
                    self.assertNotEqual(new.partner_id, claim.sudo().partner_id)
                    self.assertFalse(new.origin_id)
                    self.assertEqual(claim.sudo().state, "closed")
                    self.assertEqual(len(claim.sudo().message_ids), count)

    def test_an_answer_to_a_closed_claim(self):
        """Rows: the day, whether the claim is opened again; the other is linked."""
        for day, reopened in (("2027-03-14", True), ("2027-03-16", False)):
            with self.subTest(day), self.undone():
                claim = self.claim_at("closed")
                with freeze_time(f"{day} 09:00:00"):
                    new = self.receive(subject=f"Re: {claim.name}", body="Опять")
                claim = claim.sudo()
                self.assertEqual(claim.state, "in_progress" if reopened else "closed")
                self.assertEqual(len(new), 0 if reopened else 1)
                if reopened:
                    self.assertEqual(claim.movement_ids[-1].reason, "Опять")
                else:
                    self.assertEqual(new.origin_id, claim)
                    self.assertEqual(new.partner_id, claim.partner_id)
                    self.assertEqual(new.team_id, claim.team_id)

    def test_staff_reopens_nothing_by_mail(self):
        claim = self.claim_at("closed")
        self.receive(
            sender="its_worker@example.com",
            subject=f"Re: {claim.name}",
            headers=self.reply_headers(claim),
        )
        self.assertEqual(claim.sudo().state, "closed")

    def test_an_answer_to_a_duplicate(self):
        claim = self.create_claim()
        self.by(claim, "quality_manager").duplicate_of_id = self.main_claim
        self.by(claim, "quality_manager").action_merge()
        count = len(self.main_claim.sudo().message_ids)
        self.assertFalse(self.receive(subject=f"Re: {claim.name}"))
        self.assertEqual(len(self.main_claim.sudo().message_ids), count + 1)

    def test_an_answer_to_a_rejected_claim(self):
        claim = self.claim_at("rejected")
        new = self.receive(subject=f"Re: {claim.name}")
        self.assertEqual(new.origin_id, claim)
        self.assertEqual(claim.sudo().state, "rejected")

    def test_two_companies(self):
        self.other_company.alias_domain_id = self.env.company.alias_domain_id
        self.other_company.its_claim_alias = "vyatka"
        self.client_abroad.email = "a@landysh.example.com"
        claim = self.receive(
            sender="a@landysh.example.com", to="vyatka@its.example.org"
        )
        self.assertEqual(claim.company_id, self.other_company)
        self.assertEqual(claim.partner_id, self.client_abroad)
        claim = self.receive(sender="a@landysh.example.com")
        self.assertEqual(claim.company_id, self.company)
        self.assertFalse(claim.partner_id)

    # -------------------------------------------------------------------------
    # The queue
    # -------------------------------------------------------------------------

    def test_one_click_links_all_of_a_sender(self):
        values = {"partner_id": False, "email_from": "chief@klever.example.com"}
        claims = self.env["its.claim"]
        for subject in ("Раз", "Два"):
            claims |= self.env["its.claim"]._register_from_outside(
                "form", self.company, {**values, "subject": subject}
            )
        self.assertEqual(claims.suggested_partner_id, self.client_team)
        self.assertFalse(claims.partner_id)
        queue = self.env.ref("its_quality.its_claim_action_queue")
        found = self.env["its.claim"].search(literal_eval(queue.domain))
        self.assertTrue(claims <= found)
        self.by(claims[:1], "quality_manager").action_link_suggested()
        self.assertEqual(claims.partner_id, self.client_team)
        self.assertEqual(claims.contact_id, self.person)

    def test_who_may_link(self):
        claim = self.env["its.claim"]._register_from_outside(
            "form",
            self.company,
            {"subject": "Раз", "email_from": "chief@klever.example.com"},
        )
        for role in ("client_manager", "head", "worker", "employee", "portal"):
            for method in ("action_link_suggested", "action_create_client"):
                with (
                    self.subTest(role, method=method),
                    self.undone(),
                    self.assertRaises(AccessError),
                ):
                    getattr(self.by(claim, role), method)()

    def test_nobody_to_link_to(self):
        claim = self.receive(sender="x@unknown.example.com")
        with self.assertRaisesRegex(UserError, "nothing points to a client"):
            self.by(claim, "quality_manager").action_link_suggested()
        action = self.by(claim, "quality_manager").action_create_client()
        client = claim.sudo().partner_id
        self.assertTrue(client.its_client)
        self.assertEqual(client.email, "x@unknown.example.com")
        self.assertEqual(action["res_id"], client.id)
