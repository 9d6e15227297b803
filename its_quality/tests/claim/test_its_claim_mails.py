from odoo.tests import freeze_time, tagged

from ...models.claim import escalation, ir_qweb, notifying, people
from ...models.claim.mail_rules import FROM_OUTSIDE, MAILS
from .common import NOW, WHO, ClaimCase

# Where a claim has to be for each event, and what makes it happen.
EVENTS = {
    "reject": ("registered", "reject"),
    "dispatch": ("registered", "dispatch"),
    "assign": ("dispatched", "assign"),
    "hand_over": ("in_progress", "hand_over"),
    "rework": ("verification", "rework"),
    "verify": ("verification", "verify"),
    "close": ("follow_up", "close"),
    "reopen": ("follow_up", "reopen"),
    "reopen_closed": ("closed", "reopen_closed"),
    "restore_closed": ("closed", "restore_closed"),
    "restore_asked": ("follow_up", "restore_asked"),
    "merge": ("in_progress", "merge"),
}
UNDONE = ("restore_closed", "restore_asked")
CHANNELS = ("phone", "form", "portal", "email", "connect", "survey")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestItsClaimMails(ClaimCase):
    """The table of mails: who really gets which, at each event and in each channel."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.contact_of(cls.client_team)
        cls.person.email = "chief@klever.example.com"
        # Who has a phone is called, not written to.
        cls.person.phone = "+7 8332 12-00-01"
        (cls.head | cls.worker | cls.quality_manager).notification_type = "email"

    def take(self):
        """What was written since the last time.

        :return: mails to the client, and users who were written to
        """
        self.env.flush_all()
        # What waits until the time to undo it is over.
        self.env["mail.message.schedule"].search([])._send_notifications()
        mails = self.env["mail.mail"].search([("id", ">", self.last)])
        messages = self.env["mail.message"].search([("id", ">", self.last_message)])
        notified = messages.notification_ids.res_partner_id
        self.mark()
        users = notified.user_ids | self.env["res.users"]
        self.assertFalse(notified.filtered(lambda partner: not partner.user_ids))
        return mails.filtered("email_to"), users

    def test_letters_are_rendered_as_odoo_does(self):
        """Compiled once for each text: all templates, in both languages, and one that was
        edited."""
        self.env["res.lang"]._activate_lang("ru_RU")
        claims = self.create_claim(contact_id=self.person.id).sudo()
        claims += self.create_claim(sender_name="Пётр <b>").sudo()
        templates = self.env["mail.template"].search([("model", "=", "its.claim")])
        self.assertGreaterEqual(len(templates), 6)
        for template in templates:
            for lang in ("en_US", "ru_RU"):
                one = template.with_context(lang=lang)
                for change in ("", "<p>Ещё: <t t-out='object.name'/></p>"):
                    with self.subTest(template.name, lang=lang, change=change):
                        one.body_html = f"{one.body_html}{change}"
                        expected = one._render_field("body_html", claims.ids)
                        self.assertEqual(ir_qweb.bodies(one, claims), expected)
        one.body_html = "<p>Без номера</p>"
        expected = one._render_field("body_html", claims.ids)
        self.assertEqual(ir_qweb.bodies(one, claims), expected)

    def mark(self):
        latest = {"order": "id desc", "limit": 1}
        self.last = self.env["mail.mail"].search([], **latest).id or 0
        self.last_message = self.env["mail.message"].search([], **latest).id or 0

    def leave(self):
        """Let what waits until it cannot be undone leave."""
        self.env["mail.message.schedule"].search([])._send_notifications()
        waiting = self.env["mail.mail"].search([("scheduled_date", "!=", False)])
        waiting.state = "sent"

    def expected_staff(self, mail, claim, actor):
        meant = {
            "next": claim.next_user_id,
            "responsible": claim.user_id,
            "head": self.head,
            "above": people.superior(claim),
            "quality": self.quality_manager,
        }
        users = self.env["res.users"]
        for who in mail.staff:
            users |= meant[who]
        return users - actor

    def check(self, mail, claim, actor):
        letters, users = self.take()
        self.assertEqual(len(letters), 1 if mail.client else 0)
        for letter in letters:
            self.assertEqual(letter.email_to, "chief@klever.example.com")
            self.assertIn(claim.name, letter.subject)
            self.assertIn("auto-generated", letter.headers)
            self.assertNotIn("СЕКРЕТ", letter.body_html)
        told = not mail.channels or claim.channel in mail.channels
        expected = self.expected_staff(mail, claim, actor) if told else users.browse()
        self.assertEqual(users, expected)

    def test_registered(self):
        [mail] = [mail for mail in MAILS if mail.event == "registered"]
        for channel in CHANNELS:
            with self.subTest(channel):
                self.mark()
                if channel in FROM_OUTSIDE:
                    claim = self.env["its.claim"]._register_from_outside(
                        channel, self.company, {"subject": "Сбой"}, contact=self.person
                    )
                else:
                    claim = self.create_claim(
                        channel=channel, contact_id=self.person.id
                    )
                self.check(mail, claim.sudo(), self.env.user)

    def test_every_move(self):
        for mail in MAILS:
            if mail.event not in EVENTS:
                continue
            state, way = EVENTS[mail.event]
            for channel in ("phone", "email"):
                with self.subTest(mail.event, channel=channel):
                    values = {"channel": channel, "contact_id": self.person.id}
                    if way in UNDONE:
                        claim = self.claim_before(way, **values)
                        self.leave()
                    else:
                        claim = self.claim_at(state, **values)
                    self.fill(claim, way)
                    claim.sudo().root_cause = "СЕКРЕТ"
                    self.mark()
                    self.go(claim, way)
                    self.check(mail, claim.sudo(), getattr(self, WHO[way]))

    def test_other_events(self):
        """What the night and the client bring about."""
        events = {mail.event: mail for mail in MAILS}
        claim = self.claim_at("in_progress", contact_id=self.person.id).sudo()
        # Who follows the claim gets what the client writes itself, not news of it.
        claim.message_unsubscribe(claim.message_partner_ids.ids)
        # Nobody is told what they have done themselves.
        claim = self.env["its.claim"].browse(claim.id)
        for event in ("answered", "escalated", "unattended", "waits", "waits_long"):
            with self.subTest(event):
                self.mark()
                notifying.notify(claim, event)
                self.check(events[event], claim, self.env.user)
        claim = self.claim_at("follow_up", contact_id=self.person.id).sudo()
        with self.subTest("ask"):
            self.mark()
            self.assertTrue(notifying.send_question(claim))
            self.check(events["ask"], claim, self.env.user)
        with self.subTest("unconfirmed"):
            claim.tries = 3
            self.mark()
            escalation.close_unconfirmed(claim)
            self.check(events["unconfirmed"], claim, self.env.user)

    def test_every_row_is_tested(self):
        events = {mail.event for mail in MAILS}
        others = {"registered", "answered", "ask", "unconfirmed"}
        others |= {"escalated", "unattended", "waits", "waits_long"}
        # Beside the event of the claim: see the tests of letters.
        others.add("also_written")
        self.assertEqual(events, EVENTS.keys() | others)

    def test_whoever_gets_it_instead_is_told(self):
        """Another responsible person while it is worked on, another team before."""
        events = {mail.event: mail for mail in MAILS}
        claim = self.claim_at("in_progress", contact_id=self.person.id)
        self.mark()
        self.by(claim, "head").user_id = self.colleague
        self.check(events["assign"], claim.sudo(), self.head)
        self.by(claim, "head").user_id = self.head
        self.assertFalse(self.take()[1], "He knows what he has done himself.")
        claim = self.claim_at("dispatched", contact_id=self.person.id)
        self.mark()
        self.by(claim, "quality_manager").team_id = self.other_team
        self.assertEqual(claim.sudo().next_user_id, self.other_head)
        self.check(events["dispatch"], claim.sudo(), self.quality_manager)

    def test_who_is_not_responsible_any_more_hears_nothing(self):
        claim = self.claim_at("in_progress").sudo()
        claim.message_subscribe(self.worker.partner_id.ids)
        self.by(claim, "head").user_id = self.colleague
        self.assertNotIn(self.worker.partner_id, claim.message_partner_ids)

    def test_a_duplicate_is_not_declined(self):
        """Whoever wrote twice learns under which number work goes on."""
        claim = self.create_claim(contact_id=self.person.id)
        self.by(claim, "quality_manager").duplicate_of_id = self.main_claim
        self.mark()
        self.by(claim, "quality_manager").action_merge()
        letters, _users = self.take()
        self.assertEqual(len(letters), 1)
        self.assertIn(self.main_claim.name, letters.subject)

    def test_letters_do_not_wait_for_the_hour(self):
        """However many there are, the queue is asked for once."""
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action")
        self.env.cr.precommit.data.pop("its_quality.letters", None)
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        for _turn in range(3):
            self.create_claim(contact_id=self.person.id)
        found = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertEqual(len(found - triggers), 1)

    def test_many_without_an_address_cost_nothing_here(self):
        """As many queries for fifty as for five."""
        self.person.email = self.client_team.email = False

        def register(count):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            claims = self.env["its.claim"].with_user(self.quality_manager)
            claims = claims.create(
                [
                    {"subject": f"№ {n}", "partner_id": self.client_team.id}
                    for n in range(count)
                ]
            )
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            notifying.notify(claims.sudo(), "registered")
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        register(5)
        self.assertEqual(register(5), register(50))

    def test_the_link_is_the_clients_alone(self):
        """It is in the letter, and in nothing that colleagues can read."""
        claim = self.claim_at("follow_up", contact_id=self.person.id).sudo()
        self.mark()
        notifying.send_question(claim)
        letters, _users = self.take()
        token = claim.access_token
        self.assertIn(token, letters.body_html)
        for rating in (1, 3, 5):
            self.assertIn(f"rating={rating}", letters.body_html)
        self.assertTrue(claim.message_ids)
        for message in claim.message_ids:
            self.assertNotIn(token, message.body)
        template = self.env.ref("its_quality.mail_template_claim_ask")
        for role in ("worker", "head"):
            with self.subTest(role):
                claims = self.by(claim, role).sudo(False)
                values = {
                    "mail_template_id": template.id,
                    "resource_ref": f"its.claim,{claim.id}",
                }
                preview = claims.env["mail.template.preview"].create(values)
                self.assertIn(claim.name, preview.body_html or preview.error_msg)
                self.assertNotIn(token, f"{preview.body_html} {preview.error_msg}")
                composer = claims.env["mail.compose.message"].create(
                    {
                        "model": "its.claim",
                        "res_ids": repr(claim.ids),
                        "template_id": template.id,
                    }
                )
                self.assertIn(claim.name, composer.body)
                self.assertNotIn(token, composer.body)

    def test_the_clients_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        template = self.env.ref("its_quality.mail_template_claim_registered")
        template.with_context(lang="ru_RU").subject = "Обращение {{ object.name }}"
        self.person.lang = "ru_RU"
        self.mark()
        self.create_claim(contact_id=self.person.id)
        letters, _users = self.take()
        self.assertTrue(letters.subject.startswith("Обращение RC-"))

    def test_no_address_no_letter(self):
        self.person.email = self.client_team.email = False
        self.mark()
        claim = self.create_claim(contact_id=self.person.id).sudo()
        self.assertFalse(notifying.send_question(claim))
        self.assertFalse(self.take()[0])

    def test_a_note_reaches_no_client(self):
        claim = self.claim_at("in_progress", contact_id=self.person.id)
        self.mark()
        self.by(claim, "worker").message_post(
            body="СЕКРЕТ", subtype_xmlid="mail.mt_note"
        )
        letters, _users = self.take()
        self.assertFalse(letters)
