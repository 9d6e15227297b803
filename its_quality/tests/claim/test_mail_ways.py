from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ...models.claim import escalation, notifying
from .common import GATEWAY, NOW, EmailCase

CLIENT = "chief@klever.example.com"
DISPOSITION = "message/disposition-notification"
DSN = """\
From: postmaster@mx.example.com
To: bounce@its.example.org
Subject: Undelivered
Message-Id: <dsn-{number}@mx.example.com>
In-Reply-To: {message_id}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

no such user
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; {address}
Action: {action}
Status: 5.1.1

--b
Content-Type: message/rfc822

From: quality@its.example.org
To: {address}
Subject: x
Message-Id: {message_id}

x
--b--
"""


# As Exim and Mail.ru write them: nothing but a text.
TEXT_NOTICE = """\
From: Mailer-Daemon@mx.example.com
To: bounce@its.example.org
Subject: {subject}
Message-Id: <text-{number}@mx.example.com>
{headers}Auto-Submitted: auto-replied
Content-Type: text/plain; charset=utf-8

{words}

  {address}

Return-path: <bounce@its.example.org>
Message-Id: {message_id}
"""
FOR_EVER = "A message could not be delivered. This is a permanent error."
STILL = "The message has not yet been delivered."


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestMailWays(EmailCase):
    """Where letters go beside the claim that they begin or answer, and ours, too."""

    def letters_of(self, claims):
        return self.env["mail.mail"].search([("res_id", "in", claims.ids)])

    def to_client(self, claim):
        return self.letters_of(claim).filtered(lambda mail: mail.email_to == CLIENT)

    # -------------------------------------------------------------------------
    # Which claim
    # -------------------------------------------------------------------------

    def test_the_second_answer_joins_the_first(self):
        """What began long after a claim was closed goes on in one claim."""
        claim = self.claim_at("closed")
        with freeze_time("2027-05-03 09:00:00"):
            new = self.receive(subject=f"Re: {claim.name}")
            self.assertEqual(new.origin_id, claim)
            self.assertFalse(self.receive(subject=f"Re: {claim.name}", body="Опять"))
            self.assertIn("Опять", new.message_ids.mapped("body")[0])
            self.go(new, "reject")
            third = self.receive(subject=f"Re: {claim.name}")
            self.assertEqual(third.origin_id, new)

    def test_another_matter_is_split_off(self):
        claim = self.claim_at("in_progress", contact_id=self.person.id)
        by_manager = self.by(claim, "quality_manager")
        self.assertFalse(by_manager.can_split)
        with self.assertRaisesRegex(UserError, "has written nothing"):
            by_manager.action_split_off()
        self.receive(subject=f"Re: {claim.name}", body="<p>Раз</p>")
        self.receive(subject=f"Re: {claim.name}", body="<p>А ещё касса сломалась</p>")
        by_manager = self.by(claim, "quality_manager")
        self.assertTrue(by_manager.can_split)
        action = by_manager.action_split_off()
        new = self.env["its.claim"].browse(action["res_id"])
        self.assertEqual(new.state, "registered")
        self.assertEqual(new.description, "А ещё касса сломалась")
        self.assertEqual(new.partner_id, claim.sudo().partner_id)
        self.assertEqual(new.contact_id, self.person)
        self.assertEqual(new.channel, "email")
        bodies = "".join(claim.sudo().message_ids.mapped("body"))
        self.assertNotIn("<p>А ещё касса сломалась</p>", bodies)
        self.assertIn("Раз", bodies)
        self.assertIn("касса сломалась", "".join(new.message_ids.mapped("body")))
        self.assertIn("log.txt", new.message_ids.attachment_ids.mapped("name"))
        self.assertIn(new.name, bodies)

    def test_what_another_matter_is_called(self):
        """Rows: the subject of the letter, and of the new claim: it has no number, by which
        answers would come to the old one."""
        claim = self.claim_at("in_progress", subject="Касса")
        for subject, expected in (
            (f"Re: {claim.name}", "Ещё отчёт не уходит"),
            (f"RE: [#{claim.name}] Касса", "Ещё отчёт не уходит"),
            (f"Отв: Re[2]: {claim.name}: Касса", "Ещё отчёт не уходит"),
            (f"{claim.name} и новый вопрос", "и новый вопрос"),
            (f"Отчёт, см. также {claim.name}", "Отчёт, см. также"),
        ):
            with self.subTest(subject), self.undone():
                body = "<p>Ещё отчёт не уходит</p><p>С утра</p>"
                self.receive(subject=subject, body=body)
                action = self.by(claim, "quality_manager").action_split_off()
                new = self.env["its.claim"].browse(action["res_id"])
                self.assertEqual(new.subject, expected)

    def test_another_matter_is_no_answer(self):
        """What was answered before it counts again; rows: the letters about a claim whose
        client is asked, the answer once the last one was split off, and its verdict."""
        thanks = "Да, всё работает, спасибо"
        table = [
            (("А ещё касса",), False, False),
            ((thanks, "А ещё касса"), thanks, "5"),
            (("Посмотрим завтра", "А ещё касса"), "Посмотрим завтра", False),
        ]
        for letters, answer, verdict in table:
            with self.subTest(letters), self.undone():
                claim = self.claim_at("verification", contact_id=self.person.id)
                self.receive(subject=f"Re: {claim.name}", body="<p>Когда?</p>")
                with freeze_time("2027-03-02 09:00:00"):
                    self.go(claim, "verify")
                    for body in letters:
                        self.receive(subject=f"Re: {claim.name}", body=body)
                    self.by(claim, "quality_manager").action_split_off()
                    claim = claim.sudo()
                    self.assertEqual(claim.answer_words, answer)
                    self.assertEqual(claim.answer_verdict, verdict)

    def test_who_may_split_off(self):
        claim = self.claim_at("in_progress")
        self.receive(subject=f"Re: {claim.name}")
        for role in ("worker", "head", "client_manager", "employee"):
            with self.subTest(role), self.assertRaises(UserError):
                self.by(claim, role).action_split_off()
        claim.sudo().worker_ids |= self.quality_manager
        with self.assertRaises(AccessError):
            self.by(claim, "quality_manager").action_split_off()

    def test_several_teams_get_one_claim(self):
        self.other_team.alias_name = "other"
        self.other_head.notification_type = "inbox"
        claim = self.receive(
            to="team@its.example.org, other@its.example.org, quality@its.example.org"
        )
        self.assertEqual(len(claim), 1)
        other = (self.team | self.other_team) - claim.team_id
        self.assertEqual(len(other), 1)
        told = claim.message_ids.notification_ids.res_partner_id
        messages = self.env["mail.message"].search(
            [("res_id", "=", claim.id), ("model", "=", "its.claim")]
        )
        told |= messages.notification_ids.res_partner_id
        self.assertIn(other.head_id.partner_id, told)
        self.assertTrue(any(other.name in body for body in messages.mapped("body")))

    # -------------------------------------------------------------------------
    # Our letters
    # -------------------------------------------------------------------------

    def test_people_in_copy(self):
        """Kept, and written to once a quality manager agrees: without the link."""
        self.worker.email = "worker@elsewhere.example.com"
        claim = self.receive(
            headers="Cc: Бух <buh@klever.example.com>, worker@elsewhere.example.com,"
            " no-reply@x.example.com\n"
        )
        self.assertEqual(claim.cc, "buh@klever.example.com")
        self.receive(
            subject=f"Re: {claim.name}", headers="Cc: zam@klever.example.com\n"
        )
        self.assertEqual(claim.cc, "buh@klever.example.com, zam@klever.example.com")
        self.assertFalse(
            self.letters_of(claim).filtered(
                lambda mail: "buh@" in (mail.email_to or "")
            )
        )
        with self.assertRaises(AccessError):
            self.by(claim, "client_manager").cc_agreed = True
        self.by(claim, "quality_manager").cc_agreed = True
        before = self.letters_of(claim)
        notifying.send_question(claim)
        letters = self.letters_of(claim) - before
        self.assertEqual(len(letters), 2)
        copy = letters.filtered(lambda mail: "buh@" in mail.email_to)
        self.assertNotIn(claim.access_token, copy.body_html)
        self.assertNotIn("access_token", copy.body_html)
        self.assertIn(claim.access_token, (letters - copy).body_html)
        self.assertIn(claim.name, copy.body_html)

    def test_people_in_copy_answer(self):
        claim = self.claim_at("in_progress")
        claim.sudo().cc = "auditor@elsewhere.example.com"
        letter = {
            "sender": "auditor@elsewhere.example.com",
            "subject": f"Re: {claim.name}",
        }
        self.assertEqual(len(self.receive(**letter)), 1)
        claim.sudo().cc_agreed = True
        self.assertFalse(self.receive(**letter))

    def test_a_letter_that_came_back(self):
        claim = self.receive()
        letter = self.letters_of(claim).filtered("email_to")
        before = self.todos(claim)
        for number in range(2):
            self.return_notice(letter, number)
        self.assertEqual(claim.bounced_email, CLIENT)
        todo = self.todos(claim) - before
        self.assertEqual(len(todo), 1)
        self.assertIn(CLIENT, todo.summary)
        self.assertTrue(todo.user_id.has_group("its_quality.group_quality_manager"))
        bodies = "".join(claim.message_ids.mapped("body"))
        self.assertEqual(bodies.count("was returned"), 1)
        self.receive(subject=f"Re: {claim.name}")
        self.assertFalse(claim.bounced_email, "They have written.")

    def return_notice(self, letter, number, action="failed", raw=DSN):
        """What a mail server writes about a letter of ours."""
        raw = raw.format(
            number=number, message_id=letter.message_id, address=CLIENT, action=action
        )
        self.env.flush_all()
        with mute_logger(GATEWAY):
            self.env["mail.thread"].message_process(None, raw)
        self.env.invalidate_all()

    def test_what_has_not_come_back(self):
        """It takes longer, has arrived, or was read."""
        receipt = DSN.replace("message/delivery-status", DISPOSITION).replace(
            "Action: {action}\nStatus: 5.1.1", "Disposition: manual/displayed"
        )
        claim = self.claim_at("in_progress", contact_id=self.person.id)
        message = self.by(claim, "worker").message_post(
            body="Готово?",
            partner_ids=self.person.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual(message.sudo().notification_ids.res_partner_id, self.person)
        before = self.todos(claim)
        for number, (action, raw) in enumerate(
            [
                ("delayed", DSN),
                ("delivered", DSN),
                ("relayed", DSN),
                ("", receipt),
            ]
        ):
            with self.subTest(action):
                self.return_notice(message.sudo(), number, action, raw)
                self.assertFalse(claim.sudo().bounced_email)
                self.assertEqual(self.todos(claim), before)
        self.return_notice(message.sudo(), "x", "failed")
        self.assertEqual(claim.sudo().bounced_email, CLIENT)

    def test_notices_that_are_texts(self):
        """Rows: subject, headers, what is said, whether it has come back."""
        claim = self.receive()
        letter = self.to_client(claim)
        known = f"References: {letter.message_id}\n"
        for number, (subject, headers, words, failed) in enumerate(
            (
                (
                    "Mail delivery failed",
                    f"X-Failed-Recipients: {CLIENT}\n",
                    FOR_EVER,
                    True,
                ),
                ("Mail failure.", known, "Не может быть доставлено", True),
                ("Warning: message 1a delayed 24 hours", known, STILL, False),
                ("Задержка доставки", known, "Попробуем ещё", False),
                ("Mail failure.", known, STILL, False),
            )
        ):
            with self.subTest(subject, words=words), self.undone():
                notice = TEXT_NOTICE.replace("{subject}", subject)
                notice = notice.replace("{headers}", headers).replace("{words}", words)
                self.return_notice(letter, number, raw=notice)
                self.assertEqual(claim.bounced_email, CLIENT if failed else False)

    def test_a_letter_that_is_refused_at_once(self):
        claim = self.receive()
        letter = self.to_client(claim)
        letter._postprocess_sent_message([], [], failure_type="mail_smtp")
        self.assertFalse(claim.bounced_email, "The server was down.")
        self.letters_of(claim)._postprocess_sent_message(
            [], [], failure_type="mail_email_invalid"
        )
        self.assertEqual(claim.bounced_email, CLIENT)

    # -------------------------------------------------------------------------
    # The first answer
    # -------------------------------------------------------------------------

    def test_the_first_answer(self):
        """A person's words; neither the acknowledgment nor a note."""
        self.team.its_answer_hours = 2
        claim = self.receive(to="team@its.example.org")
        self.assertFalse(claim.first_answer_on)
        worked = 0
        for moment, subtype, body in (
            ("2027-03-01 10:00:00", "mail.mt_note", "Спросить Петра"),
            ("2027-03-01 12:00:00", "mail.mt_comment", "Смотрим"),
            ("2027-03-02 12:00:00", "mail.mt_comment", "Готово"),
        ):
            with freeze_time(moment):
                self.by(claim, "quality_manager").message_post(
                    body=body, message_type="comment", subtype_xmlid=subtype
                )
                self.env.flush_all()
                worked = worked or claim.first_answer_hours
        self.assertEqual(str(claim.first_answer_on), "2027-03-01 12:00:00")
        self.assertEqual(claim.first_answer_hours, worked)
        start = claim.date_registered
        calendar = self.team.resource_calendar_id or self.company.resource_calendar_id
        hours = calendar.get_work_hours_count(start, claim.first_answer_on)
        self.assertAlmostEqual(claim.first_answer_hours, hours)
        late = "yes" if hours <= 2 else "no"
        self.assertEqual(claim.first_answer_in_time, late)
        row = self.env["its.claim.report"].browse(claim.id)
        self.assertAlmostEqual(row.first_answer_hours, hours)
        self.assertEqual(row.first_answer_share, 100 if late == "yes" else 0)

    def test_a_call_is_answered_at_once(self):
        claim = self.create_claim(channel="phone")
        self.by(claim, "quality_manager").message_post(
            body="Смотрим", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertFalse(claim.sudo().first_answer_on)

    # -------------------------------------------------------------------------
    # Reminders
    # -------------------------------------------------------------------------

    def test_one_reminder(self):
        """After two working days, once, with the same link; none if they have
        answered, or where the firm wants none."""
        self.company.its_claim_ask = "mail"
        for days, wrote, count in ((2, False, 1), (0, False, 0), (2, True, 0)):
            with self.subTest(days, wrote=wrote), self.undone():
                self.company.its_remind_days = days
                claim = self.claim_at("follow_up", contact_id=self.person.id).sudo()
                token = claim.access_token
                asked = self.to_client(claim)
                if wrote:
                    self.receive(subject=f"Re: {claim.name}", body="Проверяем")
                for day in ("2027-03-02", "2027-03-03", "2027-03-04"):
                    with freeze_time(f"{day} 09:00:00"):
                        escalation.watch(claim, self.company)
                    if day == "2027-03-02":
                        self.assertEqual(self.to_client(claim), asked)
                letters = self.to_client(claim) - asked
                self.assertEqual(len(letters), count)
                for letter in letters:
                    self.assertIn(token, letter.body_html)

    def test_no_reminder_after_the_verdict(self):
        self.company.its_claim_ask = "mail"
        claim = self.claim_at("follow_up", contact_id=self.person.id).sudo()
        claim._record_client_verdict("5")
        before = self.to_client(claim)
        with freeze_time("2027-03-04 09:00:00"):
            escalation.watch(claim, self.company)
        self.assertEqual(self.to_client(claim), before)
