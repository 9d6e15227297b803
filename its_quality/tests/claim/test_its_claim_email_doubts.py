import base64
import re
from email.message import EmailMessage
from urllib.parse import quote

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ...models.claim import notifying
from ..common import QUIET
from .common import GATEWAY, NOW, EmailCase

KLEVER = "chief@klever.example.com"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestItsClaimEmailDoubts(EmailCase):
    """Letters that quote our secrets, come from whoever has two firms, from robots that
    do not say so, from colleagues, or are no proper letters."""

    def asked(self):
        """A claim whose client has just been asked, and the body of that letter."""
        claim = self.claim_at("follow_up", contact_id=self.person.id).sudo()
        notifying.send_question(claim)
        letter = self.env["mail.mail"].search([("res_id", "=", claim.id)], limit=1)
        self.assertIn(claim.access_token, letter.body_html)
        return claim, letter.body_html

    def seen_by_staff(self, claims):
        """All that colleagues can read of claims."""
        words = []
        for claim in claims.sudo():
            words += [claim.subject, claim.description, claim.reason]
            words += claim.movement_ids.mapped("reason")
            words += claim.message_ids.mapped("body")
            for file in claim.message_ids.attachment_ids:
                words.append(file.raw.decode("utf-8", "replace"))
                words.append(self._inside(file.raw))
        return "\n".join(str(word or "") for word in words)

    def _inside(self, raw):
        """What is in the parts of a letter that are base64, and in theirs."""
        parts = re.findall(rb"(?:[A-Za-z0-9+/]{60,}\r?\n)+[A-Za-z0-9+/=]*", raw)
        inside = b"\n".join(base64.b64decode(part + b"==") for part in parts)
        deeper = self._inside(inside) if inside else ""
        return inside.decode("utf-8", "replace") + deeper

    # -------------------------------------------------------------------------
    # What a letter of ours says to the client alone
    # -------------------------------------------------------------------------

    def test_quoted_links_are_hidden(self):
        """Answered under our letter, forwarded to a stranger, through a filter that
        rewrites links, or cut into lines: whoever does the work gets no link."""
        claim, body = self.asked()
        token = claim.access_token
        link = f"https://its.example.org/my/claims/{claim.id}?access_token={token}"
        bodies = {
            "html": f"<p>Да</p><blockquote>{body}</blockquote>",
            "safelinks": f"<p>Да</p><a href='https://safe.example.com/?u={quote(link, safe='')}'>x</a>",
            "twice": f"<p>Да</p><a href='https://safe.example.com/?u={quote(quote(link, safe=''), safe='')}'>x</a>",
            "lines": f"<pre>&gt; {link[:-20]}\n&gt; {link[-20:]}</pre>",
            "wbr": f"<p>{link[:-10]}<wbr/>{link[-10:]}</p>",
            "bare": f"<p>my/claims/{claim.id} {token.upper()}</p>",
        }
        for sender in (KLEVER, "x@unknown.example.com"):
            for title, quoted in bodies.items():
                with self.subTest(title, sender=sender):
                    new = self.receive(
                        sender=sender,
                        subject=f"Re: {claim.name}",
                        headers=self.reply_headers(claim),
                        body=quoted,
                    )
                    seen = self.seen_by_staff(claim | new)
                    seen = re.sub(r"<[^<>]*>|[\s>]|&gt;", "", seen).lower()
                    self.assertNotIn(token, seen)
                    self.assertNotIn(token[-10:], seen)

    def test_hidden_links_also_as_reason(self):
        claim, body = self.asked()
        self.go(claim, "reopen")
        self.fill(claim, "hand_over")
        for name in ("hand_over", "verify"):
            self.go(claim, name)
        self.fill(claim, "close")
        self.go(claim, "close")
        self.receive(
            subject=f"Re: {claim.name}",
            body=f"<p>Опять не печатает</p><blockquote>{body}</blockquote>",
        )
        self.assertEqual(claim.state, "in_progress")
        self.assertEqual(claim.movement_ids[-1].reason, "Опять не печатает")
        self.assertNotIn(claim.access_token, self.seen_by_staff(claim))

    def test_hidden_links_in_forwarded_files(self):
        claim, body = self.asked()
        inner = EmailMessage()
        inner["Subject"] = "Все ли в порядке?"
        inner["From"] = "quality@its.example.org"
        for encoding in ("base64", "quoted-printable"):
            with self.subTest(encoding):
                inner.set_content(body, subtype="html", cte=encoding)
                letter = EmailMessage()
                letter["From"] = KLEVER
                letter["To"] = "quality@its.example.org"
                letter["Subject"] = f"Fwd: {claim.name}"
                letter["Message-Id"] = f"<fwd-{encoding}@client.example.com>"
                letter.set_content("См. вложение")
                letter.add_attachment(inner)
                letter.add_attachment(
                    inner.as_bytes(), "application", "octet-stream", filename="a.eml"
                )
                letter.add_attachment(body, subtype="html", filename="a.html")
                with mute_logger(GATEWAY):
                    self.env["mail.thread"].message_process(
                        None, letter.as_bytes(), save_original=True
                    )
                self.assertGreaterEqual(len(claim.message_ids[0].attachment_ids), 4)
                seen = self.seen_by_staff(claim).replace("=\r\n", "").replace("=\n", "")
                self.assertFalse(claim.access_token in seen)
                self.assertIn("xxxxx", seen)

    def test_the_words_stay(self):
        claim = self.receive(
            body='<p>Смотрите <a href="https://1c.example.com/a?token=5">здесь</a>: 0-0</p>'
            '<img src="data:image/png;base64,iVBORw0KGgo="/>'
        )
        self.assertIn("Смотрите здесь", claim.description)
        self.assertIn("https://1c.example.com/a?token=5", claim.description)
        self.assertNotIn("base64", claim.description)

    # -------------------------------------------------------------------------
    # Whose claim it is
    # -------------------------------------------------------------------------

    def test_a_bookkeeper_of_two_firms(self):
        """She is nobody when she writes first, but her answers are hers."""
        both = {"name": "Бухгалтер", "email": "buh@mail.ru"}
        person = self.env["res.partner"].create(
            {**both, "parent_id": self.client_team.id}
        )
        self.env["res.partner"].create({**both, "parent_id": self.client_own.id})
        claim = self.claim_at("closed", contact_id=person.id)
        self.assertFalse(
            self.receive(sender="buh@mail.ru", subject=f"Re: {claim.name}")
        )
        self.assertEqual(claim.sudo().state, "in_progress")
        other = self.claim_at("in_progress")
        self.by(other, "worker").action_wait()
        self.assertFalse(
            self.receive(sender="buh@mail.ru", subject=f"Re: {other.name}")
        )
        self.assertFalse(other.sudo().waiting_since)
        self.assertFalse(self.receive(sender="buh@mail.ru").partner_id)

    def test_a_new_claim_stays_with_the_client_of_the_old_one(self):
        """Also where the address has become somebody else's."""
        claim = self.create_claim(email_from="buh@mail.ru")
        self.go(claim, "reject")
        self.env["res.partner"].create(
            {"name": "Бух", "email": "buh@mail.ru", "parent_id": self.client_own.id}
        )
        new = self.receive(sender="buh@mail.ru", subject=f"Re: {claim.name}")
        self.assertEqual(new.origin_id, claim)
        self.assertEqual(new.partner_id, self.client_team)

    def test_a_duplicate_of_somebody_elses(self):
        """Words of one client never get into the claim of another."""
        main = self.create_claim()
        claim = self.create_claim()
        claim.sudo().duplicate_of_id = main
        self.by(claim, "quality_manager").action_merge()
        main.sudo().partner_id = self.client_own
        count = len(main.sudo().message_ids)
        new = self.receive(subject=f"Re: {claim.name}")
        self.assertEqual(new.origin_id, claim)
        self.assertEqual(len(main.sudo().message_ids), count)

    def test_numbers_of_another_shape(self):
        """The firm may change the sequence; two companies may use the same numbers."""
        sequence = self.env.ref("its_quality.ir_sequence_claim")
        sequence.prefix = "РК/%(year)s-"
        claim = self.create_claim()
        self.assertTrue(claim.name.startswith("РК/2027-"))
        for subject in (f"Re: {claim.name}", f"{claim.name}: опять", f"({claim.name})"):
            with self.subTest(subject):
                self.assertFalse(self.receive(subject=subject))
        other = self.create_claim(
            self.env.user,
            company_id=self.other_company.id,
            partner_id=self.client_abroad.id,
            team_id=False,
        )
        other.sudo().name = claim.name
        other.sudo().priority = "3"
        self.client_team.email = "a@klever.example.com"
        self.env.company.its_claim_alias_id.sudo().alias_defaults = "{}"
        self.assertFalse(self.receive(subject=f"Re: {claim.name}"))

    def test_a_colleague_without_access(self):
        """An employee who knows the message cannot write into the claim."""
        claim = self.claim_at("in_progress")
        headers = self.reply_headers(claim)
        count = len(claim.sudo().message_ids)
        new = self.receive(sender="its_employee@example.com", headers=headers)
        self.assertEqual(len(new), 1)
        self.assertEqual(len(claim.sudo().message_ids), count)
        self.assertFalse(self.receive(sender="its_worker@example.com", headers=headers))
        self.assertEqual(len(claim.sudo().message_ids), count + 1)

    # -------------------------------------------------------------------------
    # Robots, and what is no proper letter
    # -------------------------------------------------------------------------

    def test_bounces_without_a_return_path(self):
        for sender in (
            "MAILER-DAEMON@mx.example.com",
            "Mailer-Daemon <mailer-daemon@x>",
        ):
            with self.subTest(sender):
                self.assertFalse(self.receive(sender=sender))
        claim = self.receive()
        report = self.env["mail.mail"].search([("res_id", "=", claim.id)], limit=1)
        letter = (
            "From: postmaster@mx.example.com\nTo: quality@its.example.org\n"
            "Subject: Undelivered\nMessage-Id: <dsn@mx.example.com>\n"
            f"In-Reply-To: {report.message_id}\nMIME-Version: 1.0\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n'
            "\n--b\nContent-Type: text/plain\n\nno such user\n--b\n"
            "Content-Type: message/delivery-status\n\n"
            "Reporting-MTA: dns; mx.example.com\n\nFinal-Recipient: rfc822; x@y.z\n"
            "Action: failed\nStatus: 5.1.1\n\n--b--\n"
        )
        count, claims = len(claim.message_ids), len(self.claims())
        with mute_logger(GATEWAY):
            self.env["mail.thread"].message_process(None, letter)
        self.env.invalidate_all()
        self.assertEqual(len(claim.message_ids), count)
        self.assertFalse(claim.bounced_email, "It was a letter to a colleague.")
        self.assertEqual(len(self.claims()), claims)

    def test_our_own_letters_come_back(self):
        """Whoever gives our address as his own gets nothing into a circle."""
        claim = self.receive(sender="quality@its.example.org")
        letters = self.env["mail.mail"].search(
            [("res_id", "in", claim.ids), ("email_to", "=", claim.email_from)]
        )
        self.assertTrue(letters)
        for letter in letters:
            [sent] = letter._prepare_outgoing_list()
            headers = "".join(
                f"{name}: {value}\n" for name, value in sent["headers"].items()
            )
            self.assertIn("Auto-Submitted", headers)
            self.assertFalse(
                self.receive(sender="quality@its.example.org", headers=headers)
            )

    def test_a_robot_that_does_not_say_so(self):
        """Each of our letters brings a new one: it ends soon, and by itself."""
        sender = "answers@unknown.example.com"
        written = 0
        for _turn in range(15):
            claim = self.receive(sender=sender, subject="Ваше письмо получено")
            letters = self.env["mail.mail"].search([("res_id", "in", claim.ids)])
            letters = letters.filtered(lambda mail: mail.email_to == sender)
            if not letters:
                break
            written += 1
        self.assertEqual(written, 10)
        self.assertTrue(claim, "The claim itself is kept.")
        with freeze_time("2027-03-01 12:00:00"):
            claim = self.receive(sender=sender)
        letters = self.env["mail.mail"].search([("res_id", "in", claim.ids)])
        self.assertIn(sender, letters.mapped("email_to"))

    def test_a_group_of_addresses_is_no_robot(self):
        """quality@ may be a mailing group that passes letters on."""
        claim = self.receive(headers="Precedence: list\nList-Id: <q.its.example.org>\n")
        self.assertEqual(claim.partner_id, self.client_team)

    def test_what_is_no_proper_letter(self):
        """Headers and bodies as machines of others make them."""
        for title, letter in {
            "no sender": b"To: quality@its.example.org\nSubject: x\n\nwords",
            "nul": b"From: a@b.example.com\nTo: quality@its.example.org\n"
            b"Subject: =?utf-8?b?AGEAYg==?=\nMessage-Id: <n@x>\n\nwo\0rds",
            "surrogates": b"From: \xff\xfe <a@b.example.com>\nMessage-Id: <s@x>\n"
            b"To: quality@its.example.org\nSubject: \xff\xfe\xd0\n\n\xff\xd0",
            "long name": b"From: " + b"x" * 900 + b" <a@b.example.com>\n"
            b"To: quality@its.example.org\nMessage-Id: <l@x>\n\nwords",
            "empty": b"From: a@b.example.com\nTo: quality@its.example.org\n"
            b"Message-Id: <e@x>\n\n",
        }.items():
            with self.subTest(title), mute_logger(GATEWAY):
                before = self.claims()
                self.env["mail.thread"].message_process(None, letter)
                claim = self.claims() - before
                self.assertEqual(len(claim), 1)
                self.env.flush_all()

    # -------------------------------------------------------------------------
    # Colleagues
    # -------------------------------------------------------------------------

    def test_each_colleague_is_told_once(self):
        """As in real life, where whoever is responsible follows the claim."""
        claim = self.claim_at("dispatched")
        self.env = self.env(
            context={k: v for k, v in self.env.context.items() if k not in QUIET}
        )
        claim = claim.with_env(self.env(user=claim.env.user))
        self.fill(claim, "assign")
        self.go(claim, "assign")
        self.assertIn(self.worker.partner_id, claim.sudo().message_partner_ids)
        last = self.env["mail.message"].search([], order="id desc", limit=1).id
        self.receive(subject=f"Re: {claim.name}", body="<p>Когда уже?</p>")
        messages = self.env["mail.message"].search([("id", ">", last)])
        told = messages.notification_ids.res_partner_id
        self.assertEqual(told, self.worker.partner_id)
        self.assertEqual(len(messages.notification_ids), 1)
        self.assertIn("Когда уже?", messages.notification_ids.mail_message_id.body)

    def test_whoever_is_next_reads_the_words(self):
        claim = self.receive(sender="x@unknown.example.com")
        last = self.env["mail.message"].search([], order="id desc", limit=1).id
        self.receive(
            sender="x@unknown.example.com",
            subject=f"Re: {claim.name}",
            body="<p>Когда уже?</p>",
        )
        messages = self.env["mail.message"].search([("id", ">", last)])
        notice = messages.notification_ids.mail_message_id
        self.assertEqual(
            messages.notification_ids.res_partner_id, claim.next_user_id.partner_id
        )
        self.assertIn("Когда уже?", notice.body)

    # -------------------------------------------------------------------------
    # The queue
    # -------------------------------------------------------------------------

    def test_others_of_the_sender_follow(self):
        """Linked by hand, the others are one press away; a new client gets them all."""
        sender = "x@unknown.example.com"
        first, second = (self.receive(sender=sender) for _turn in range(2))
        stranger = self.receive(sender="y@unknown.example.com")
        with self.undone():
            self.by(first, "quality_manager").partner_id = self.client_team
            self.assertEqual(second.suggested_partner_id, self.client_team)
            self.assertFalse(second.partner_id)
        self.by(first, "quality_manager").action_create_client()
        self.assertTrue(first.sudo().partner_id)
        self.assertEqual(second.sudo().partner_id, first.sudo().partner_id)
        self.assertFalse(stranger.partner_id or stranger.suggested_partner_id)

    def test_the_addresses_follow_the_domain(self):
        domain = self.env["mail.alias.domain"].create({"name": "new.example.org"})
        self.env.company.alias_domain_id = domain
        alias = self.env.company.its_claim_alias_id.sudo()
        self.assertEqual(alias.alias_full_name, "quality@new.example.org")
