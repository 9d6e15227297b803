from datetime import timedelta
from email.message import EmailMessage
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import freeze_time, tagged
from odoo.tools import html2plaintext, mute_logger

from ...models.claim import incoming
from ...models.claim.incoming import STRANGER_DAILY, ItsClaim
from ...tools.letter_repair import TooNested
from ...tools.security_log import log_refusal
from .common import NOW
from .test_its_claim_email import GATEWAY, EmailCase

TO = b"To: quality@its.example.org\n"
FROM = b"From: chief@klever.example.com\n"
HEAD = FROM + TO + b"Subject: x\nMessage-Id: <%d@t>\n"
RUSSIAN = "Здравствуйте! Не открывается отчёт, помогите"
LABELS = (
    *("cp-1251", "koi8_r ", "windows1251", "x-unknown", "utf8mb4", "us-ascii"),
    *(
        "utf-8",
        "iso-8859-1",
        "",
        "hex",
        "unknown-8bit",
        "cp 1251",
        "\u043a\u043e\u0438",
    ),
)
# Of an encoding, the labels under which it is no longer certain what was meant.
CLAIMED = {
    "koi8_r": ("cp-1251", "windows1251", "cp 1251"),
    "cp1251": ("koi8_r ",),
}


class GatewayCase(EmailCase):
    """Letters as bytes, and what there is after them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry_enter_test_mode_cls()

    def deliver(self, raw, model=None, failing=None):
        """Bring a letter as a mail server does.

        :param failing: the error, where Odoo cannot take it in
        :return: the claims, and the letters set aside
        """
        claims, letters = self.claims(), self.letters()
        self.env.flush_all()
        self.env.invalidate_all()
        with mute_logger(GATEWAY):
            if failing:
                # Odoo's assertRaises would undo what outlives the failure.
                failed = False
                try:
                    self.env["mail.thread"].message_process(model, raw)
                except failing:
                    failed = True
                self.assertTrue(failed, "It has been taken in.")
            else:
                self.env["mail.thread"].message_process(model, raw)
        self.env.flush_all()
        self.env.invalidate_all()
        return self.claims() - claims, self.letters() - letters

    def letters(self):
        return self.env["its.letter"].with_context(active_test=False).search([])

    def other_address(self):
        """An address of another company, in the same domain."""
        self.other_company.alias_domain_id = self.env.company.alias_domain_id
        self.other_company.its_claim_alias = "vyatka"
        return "vyatka@its.example.org"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestItsLetterGateway(GatewayCase):
    """Whatever comes as a letter ends as a claim, or among those set aside."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Odoo takes whoever writes twenty letters for a robot.
        cls.env["mail.gateway.allowed"].create({"email": "chief@klever.example.com"})

    # -------------------------------------------------------------------------
    # Words
    # -------------------------------------------------------------------------

    def test_whatever_the_label_says(self):
        """Every way to write Russian under every label: in the text, the subject, the
        sender's name, and the name and content of a file."""
        number = 0
        for encoding in ("utf-8", "cp1251", "koi8_r"):
            for label in LABELS:
                if label in CLAIMED.get(encoding, ()):
                    continue
                number += 1
                with self.subTest(encoding, label=label):
                    words, name = RUSSIAN.encode(encoding), label.encode()
                    raw = (
                        b"From: %s <%d@klever.example.com>\n" % (words[:12], number)
                        + TO
                        + b"Subject: %s\nMessage-Id: <%d@l>\n" % (words, number)
                        + b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n'
                        + b'Content-Type: text/plain; charset="%s"\n\n' % name
                        + words
                        + b'\n--b\nContent-Type: text/plain; charset="%s"\n' % name
                        + b'Content-Disposition: attachment; filename="%s.txt"\n\n'
                        % words
                        + words
                        + b"\n--b--\n"
                    )
                    claim, _letters = self.deliver(raw)
                    self.assertEqual(claim.subject, RUSSIAN)
                    self.assertEqual(claim.description, RUSSIAN)
                    [file] = claim.message_ids.attachment_ids
                    self.assertEqual(file.name, f"{RUSSIAN}.txt")
                    self.assertEqual(file.raw.rstrip(b"\n"), words)

    def test_words_of_headers(self):
        """Rows: a subject as it is written, as it is read."""
        whole = "0J/RgNC40LLQtdGC"
        table = (
            (b"=?utf-8?B?0J/RgNC40LLQtdGC?=", "Привет"),
            (b"=?cp-1251?B?z/Do4uXy?=", "Привет"),
            (b"=?windows1251?Q?=CF=F0=E8=E2=E5=F2?=", "Привет"),
            (b"=?x-unknown?B?z/Do4uXy?=", "Привет"),
            (b"=?utf-8?B?z/Do4uXy?=", "Привет"),
            # A letter cut between two words.
            (b"=?utf-8?B?0J/RgNC40LI=?= =?utf-8?B?0LXRgg==?=", "Привет"),
            (b"=?utf-8?B?0J/RgNA=?=\n =?utf-8?B?uNCy0LXRgg==?=", "Привет"),
            (b"=?utf-8?B?%s" % whole.encode(), f"=?utf-8?B?{whole}"),
            (b"=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
            ("Привет".encode(), "Привет"),
            ("Привет".encode("cp1251"), "Привет"),
            (b"a\x00b\x01c", "abc"),
            (b"=?utf-8?b?AGEAYg==?=", "ab"),
        )
        for number, (written, expected) in enumerate(table):
            with self.subTest(written):
                claim, _letters = self.deliver(
                    FROM
                    + TO
                    + b"Subject: %s\nMessage-Id: <%d@s>\n\nx" % (written, number)
                )
                self.assertEqual(claim.subject, expected)

    def test_files(self):
        """Rows: the headers of a part, its content, the name and content kept."""
        table = (
            (b'Content-Disposition: attachment; filename="a\x00b.pdf"', "ab.pdf"),
            (b'Content-Disposition: attachment; filename="../../x\x01.txt"', "x.txt"),
            (b"Content-Disposition: attachment; filename*=cp-1251''%E0.doc", "а.doc"),
            (b"Content-Type: font/woff; name=a.woff", "a.woff"),
            (b"Content-Type: */*; name=a.bin", "a.bin"),
            (b"Content-Type: binary/octet-stream; name=b.bin", "b.bin"),
            (b"Content-Disposition: attachment", "attachment"),
            (
                b'Content-Type: image/png; name="i\x00.png"\nContent-Id: <\x00i>',
                "i.png",
            ),
        )
        for number, (headers, name) in enumerate(table):
            with self.subTest(headers):
                raw = HEAD % number + (
                    b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n'
                    b'Content-Type: text/html\n\n<p>words <img src="cid:i"/></p>\n--b\n'
                    + headers
                    + b"\nContent-Transfer-Encoding: base64\n\nAAEC/w==\n--b--\n"
                )
                claim, _letters = self.deliver(raw)
                self.assertIn("words", claim.description)
                [file] = claim.message_ids.attachment_ids
                self.assertEqual(file.name, name)
                self.assertEqual(file.raw, b"\x00\x01\x02\xff")

    def test_letters_of_any_shape(self):
        """Rows: headers and body after those of any letter, and words of the claim."""
        nested = b"".join(
            b'--b%d\nContent-Type: multipart/mixed; boundary="b%d"\n\n' % (n, n + 1)
            for n in range(60)
        )
        table = (
            (b"", b"\x00wo\x00rds\x0b", "words"),
            (b"Content-Type: multipart/mixed\n", b"words", "words"),
            (b'Content-Type: multipart/mixed; boundary="n"\n', b"words", "words"),
            (b"Content-Type: ;\n", b"words", "words"),
            (b"Content-Type: text/plain; charset\n", b"words", "words"),
            (b"Content-Type: text/html\n", b"<!-- -->", ""),
            (b"Content-Type: text/html\n", b"<p>words\x00", "words"),
            (b"Content-Transfer-Encoding: base-64\n", b"d29yZHM=", "words"),
            (b"Content-Transfer-Encoding: 8-bit\n", b"words", "words"),
            (b"Date: yesterday\n", b"words", "words"),
            (b"Date: Mon, 1 Jan 0001 00:00:00 +0000\n", b"words", "words"),
            (b"Date: Fri, 31 Dec 9999 23:59:59 -1200\n", b"words", "words"),
            (b'Cc: "<\n', b"words", "words"),
            (b"References: <\x00> <>\n", b"words", "words"),
            (b"In-Reply-To: <[]>\n", b"words", "words"),
            (b"Reply-To: @\n", b"words", "words"),
            (
                b'Content-Type: multipart/mixed; boundary="b0"\n',
                nested + b"--b60\n\nwords\n",
                "words",
            ),
            (b"X-Long: %s\n" % (b"x" * 2_000_000), b"words", "words"),
            (b"References: %s\n" % (b"<a@b> " * 200_000), b"words", "words"),
            (b"Cc: %s\n" % (b'"<,' * 300_000), b"words", "words"),
            (b"Cc: %s\n" % (b"(" * 300_000), b"words", "words"),
            (b"Content-Type: text/plain; %s\n" % (b"a=b;" * 90_000), b"words", "words"),
            (b"".join(b"X-%d: 1\n" % n for n in range(20_000)), b"words", ""),
        )
        for number, (headers, body, words) in enumerate(table):
            with self.subTest(headers[:60]):
                claim, _letters = self.deliver(HEAD % number + headers + b"\n" + body)
                self.assertEqual(len(claim), 1)
                self.assertIn(words, claim.description or "")
                self.assertEqual(claim.partner_id, self.client_team)

    def test_the_thread_shows_what_was_written(self):
        """As it looked, without its tags."""
        for number, (kind, body) in enumerate(
            (("plain", "a < b"), ("html", "<p>a &lt; <b>b</b></p>"))
        ):
            claim, _letters = self.deliver(
                HEAD % number + f"Content-Type: text/{kind}\n\n{body}".encode()
            )
            [message] = claim.message_ids.filtered(
                lambda one: one.message_type == "email"
            )
            self.assertEqual(html2plaintext(message.body).replace("*", ""), "a < b")
            self.assertIn("a &lt; ", message.body)

    def test_ids_of_any_shape(self):
        """Without an id, with a broken one, and with the same as another letter."""
        for number, header in enumerate(
            (b"", b"Message-Id: <\n", b"Message-Id: <[]>\n", b"Message-Id: <\x00>\n")
        ):
            with self.subTest(header):
                claim, _letters = self.deliver(
                    FROM + TO + b"Subject: %d\n" % number + header + b"\nwords"
                )
                self.assertEqual(len(claim), 1)
        first, second = (
            FROM + TO + b"Message-Id: <same@site>\nSubject: %s\n\nwords" % subject
            for subject in (b"one", b"two")
        )
        for raw, count in ((first, 1), (first, 0), (second, 1), (second, 0)):
            claims, letters = self.deliver(raw)
            self.assertEqual(len(claims), count)
            self.assertFalse(letters)

    # -------------------------------------------------------------------------
    # Whom it is for
    # -------------------------------------------------------------------------

    def test_to_two_companies(self):
        """Each gets a claim, in whatever header it is addressed, and once."""
        other = self.other_address().encode()
        both = {self.company, self.other_company}
        table = (
            b"To: quality@its.example.org, %s\n" % other,
            b"To: quality@its.example.org\nCc: %s\n" % other,
            b"To: %s\nDelivered-To: quality@its.example.org\n" % other,
            b"To: team@its.example.org, quality@its.example.org, %s\n" % other,
        )
        for number, to in enumerate(table):
            with self.subTest(to):
                raw = FROM + to + b"Subject: x\nMessage-Id: <%d@t>\n\nwords" % number
                claims, letters = self.deliver(raw)
                self.assertEqual(len(claims), 2)
                self.assertEqual(set(claims.company_id), both)
                self.assertFalse(letters)
                self.assertFalse(self.deliver(raw)[0])

    def test_to_two_companies_one_by_one(self):
        """The server brings it twice, and each time it says whom for."""
        other = self.other_address().encode()
        raw = FROM + b"To: undisclosed-recipients:;\nMessage-Id: <u@t>\nSubject: x\n"
        for to, company in (
            (b"quality@its.example.org", self.company),
            (other, self.other_company),
        ):
            claim, _letters = self.deliver(
                b"Delivered-To: %s\n" % to + raw + b"\nwords"
            )
            self.assertEqual(claim.company_id, company)
            again, letters = self.deliver(b"Delivered-To: %s\n" % to + raw + b"\nwords")
            self.assertFalse(again or letters)

    def test_an_answer_that_is_to_another_company_too(self):
        other = self.other_address()
        claim = self.receive()
        new = self.receive(
            to=f"quality@its.example.org, {other}",
            subject="Re: и вам",
            headers=self.reply_headers(claim),
        )
        self.assertEqual(new.company_id, self.other_company)
        self.assertEqual(
            len(claim.message_ids.filtered(lambda m: "и вам" in (m.subject or ""))), 1
        )

    def test_a_stranger_answers_another_company(self):
        """His claim is of the company that he has written to."""
        other = self.other_address()
        claim = self.receive(to=other)
        self.assertEqual(claim.company_id, self.other_company)
        new = self.receive(
            sender="x@unknown.example.com", to=other, headers=self.reply_headers(claim)
        )
        self.assertEqual(new.company_id, self.other_company)

    # -------------------------------------------------------------------------
    # What is set aside
    # -------------------------------------------------------------------------

    def test_what_becomes_no_claim_is_kept(self):
        """Rows: sender, recipient and headers; why it is kept, nothing where it is not
        for us."""
        plain = (b"chief@klever.example.com", b"quality@its.example.org")
        self.env["mail.alias.domain"].search([]).write(
            {"catchall_alias": "catchall", "bounce_alias": "bounce"}
        )
        table = (
            (*plain, b"Precedence: bulk\n", "bulk"),
            (*plain, b"Precedence: junk\n", "bulk"),
            (*plain, b"Precedence: auto_reply\n", "robot"),
            (*plain, b"Auto-Submitted: auto-replied\n", "robot"),
            (*plain, b"X-Autoreply: yes\n", "robot"),
            (*plain, b"Return-Path: <>\n", "robot"),
            (b"MAILER-DAEMON@mx.example.com", plain[1], b"", "bounce"),
            (
                *plain,
                b"References: <1-loop-detection-bounce-email@its.example.org>\n",
                "loop",
            ),
            (b"chief@klever.example.com", b"nobody@elsewhere.example.net", b"", None),
        )
        for number, (sender, to, headers, reason) in enumerate(table):
            with self.subTest(headers, sender=sender, to=to):
                raw = (
                    b"From: %s\nTo: %s\nSubject: Topic\nMessage-Id: <%d@a>\n"
                    % (sender, to, number)
                    + headers
                    + b"\nwords"
                )
                claims, letters = self.deliver(
                    raw, failing=None if reason else ValueError
                )
                self.assertFalse(claims)
                self.assertEqual(letters.mapped("reason"), [reason] if reason else [])
                if letters:
                    self.assertEqual(letters.company_id, self.company)
                    self.assertEqual(letters.subject, "Topic")
                    self.assertIn(sender.decode(), letters.sender)
                    self.assertEqual(letters.words, "words")
                    self.assertEqual(letters._raw(), raw)
                    self.assertFalse(self.deliver(raw)[1], "Kept once.")

    def test_astray(self):
        """To a name that nobody has, to the address that answers go to, or to nobody:
        for whoever has an address at this domain."""
        self.env["mail.alias.domain"].search([]).catchall_alias = "catchall"
        table = (
            (b"To: qualiti@its.example.org\n", ValueError),
            (b"To: undisclosed-recipients:;\n", ValueError),
            (b"To: catchall@its.example.org, a@b.example.net\n", None),
        )
        for number, (to, failing) in enumerate(table):
            with self.subTest(to):
                raw = FROM + to + b"Subject: x\nMessage-Id: <%d@q>\n\nwords" % number
                claims, letters = self.deliver(raw, failing=failing)
                self.assertFalse(claims)
                self.assertEqual(len(letters), 1)

    def test_what_fails_is_kept(self):
        """Whatever goes wrong at whatever step, the letter outlives the transaction."""
        steps = (
            (ItsClaim, "message_new"),
            (ItsClaim, "_route_mail"),
            (ItsClaim, "_clean_letter"),
            (type(self.env["mail.thread"]), "message_parse"),
        )
        for number, (place, name) in enumerate(steps):
            with (
                self.subTest(name),
                patch.object(place, name, side_effect=KeyError("made up")),
            ):
                claims, letters = self.deliver(
                    HEAD % number + b"\nwords", failing=KeyError
                )
                self.assertFalse(claims)
                self.assertEqual(letters.reason, "failed")
                self.assertIn("made up", letters.detail)
                self.assertEqual(letters.words.strip(), "words")

    def test_what_nothing_reads_is_kept(self):
        deep = b"".join(
            b'--b%d\nContent-Type: multipart/mixed; boundary="b%d"\n\n' % (n, n + 1)
            for n in range(2_000)
        )
        claims, letters = self.deliver(
            HEAD % 1 + b'Content-Type: multipart/mixed; boundary="b0"\n\n' + deep,
            failing=TooNested,
        )
        self.assertFalse(claims)
        self.assertEqual(letters.reason, "failed")
        claim = self.press(letters)
        self.assertEqual(claim.subject, "x")
        self.assertFalse(claim.partner_id)
        self.assertEqual(claim.email_from, "chief@klever.example.com")

    def test_too_many_letters(self):
        """Odoo stops at twenty within two hours; the others are kept, and nobody is
        written to about them."""
        self.env["mail.gateway.allowed"].search([]).unlink()
        reasons = []
        for number in range(23):
            mails = self.env["mail.mail"].search_count([])
            claims, letters = self.deliver(HEAD % number + b"\nwords")
            reasons += letters.mapped("reason")
            self.assertEqual(len(claims) + len(letters), 1)
            if letters:
                self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertGreaterEqual(reasons.count("flood"), 2)
        self.assertEqual(self.press(letters).partner_id, self.client_team)

    def press(self, letter):
        """Make a claim of a letter, as whoever may."""
        action = self.by(letter, "quality_manager").action_make_claim()
        return self.env["its.claim"].browse(action["res_id"])

    def test_one_press_makes_a_claim(self):
        claims, letter = self.deliver(HEAD % 1 + b"Precedence: bulk\n\nwords")
        claim = self.press(letter)
        self.assertFalse(self.acknowledgments("chief@klever.example.com"))
        self.assertEqual(claim.subject, "x")
        self.assertEqual(claim.description, "words")
        self.assertEqual(claim.partner_id, self.client_team)
        self.assertEqual(claim.contact_id, self.person)
        self.assertEqual(claim.company_id, self.company)
        self.assertEqual(letter.claim_id, claim)
        self.assertEqual(self.press(letter), claim, "Once.")

    def test_an_automatic_answer_speaks_for_nobody(self):
        """Also if it is made a claim: it is a new one."""
        claim = self.claim_at("closed")
        claims, letter = self.deliver(
            HEAD % 1
            + b"Auto-Submitted: auto-replied\n"
            + self.reply_headers(claim).encode()
            + b"\nI am away"
        )
        self.assertFalse(claims)
        self.assertTrue(letter.automatic)
        new = self.press(letter)
        self.assertNotEqual(new, claim)
        self.assertEqual(claim.sudo().state, "closed")

    def test_what_failed_goes_on_where_it_belongs(self):
        claim = self.claim_at("in_progress")
        raw = HEAD % 1 + self.reply_headers(claim).encode() + b"\nwords"
        with patch.object(ItsClaim, "message_update", side_effect=KeyError("made up")):
            _claims, letter = self.deliver(raw, failing=KeyError)
        count = len(claim.sudo().message_ids)
        self.assertEqual(self.press(letter), claim)
        self.assertGreater(len(claim.sudo().message_ids), count)

    def test_what_is_quoted_is_hidden(self):
        claim = self.claim_at("follow_up", contact_id=self.person.id).sudo()
        claim._send_rating_mail()
        body = self.env["mail.mail"].search([("res_id", "=", claim.id)], limit=1)
        self.assertIn(claim.access_token, body.body_html)
        letter = EmailMessage()
        letter["From"] = "chief@klever.example.com"
        letter["To"] = "quality@its.example.org"
        letter["Message-Id"] = "<quoted@t>"
        letter["Precedence"] = "bulk"
        letter.set_content(str(body.body_html), subtype="html")
        _claims, kept = self.deliver(letter.as_bytes())
        kept = self.by(kept, "quality_manager")
        self.assertTrue(kept.words)
        self.assertNotIn(claim.access_token, kept.words)
        with self.assertRaises(AccessError):
            kept.letter  # noqa: B018
        with self.assertRaises(AccessError):
            kept.read(["letter"])
        files = self.env["ir.attachment"].with_user(self.quality_manager)
        domain = [("res_model", "=", "its.letter"), ("res_field", "=", "letter")]
        self.assertFalse(files.search(domain))
        with self.assertRaises(AccessError):
            files.browse(files.sudo().search(domain).ids).read(["datas"])

    # -------------------------------------------------------------------------
    # Who may what
    # -------------------------------------------------------------------------

    def test_who_sees_letters(self):
        other = self.other_address().encode()
        letters = self.env["its.letter"]
        for to in (b"quality@its.example.org", other):
            raw = FROM + b"To: %s\nMessage-Id: <%s>\n" % (to, to)
            letters |= self.deliver(raw + b"Precedence: bulk\n\nwords")[1]
        ours, theirs = letters.sorted(lambda one: one.company_id != self.company)
        for role in ("quality_manager", "administrator"):
            found = self.by(letters, role).search([])
            self.assertIn(ours, found)
            self.assertNotIn(theirs, found)
            with self.assertRaises(AccessError):
                self.by(theirs, role).action_make_claim()
        for role in ("client_manager", "head", "worker", "employee", "portal"):
            for method in ("action_make_claim", "action_dismiss", "action_take_back"):
                with self.subTest(role, method=method), self.assertRaises(AccessError):
                    getattr(self.by(ours, role), method)()
        for operation in (
            lambda letter: letter.write({"words": "other"}),
            lambda letter: letter.unlink(),
            lambda letter: letter.create({"reason": "bulk"}),
            lambda letter: letter.copy(),
        ):
            with self.assertRaises(AccessError):
                operation(self.by(ours, "administrator"))

    def test_putting_away(self):
        _claims, letter = self.deliver(HEAD % 1 + b"Precedence: bulk\n\nwords")
        mine = self.by(letter, "quality_manager").with_context(active_test=True)
        mine.action_dismiss()
        self.assertNotIn(letter, mine.search([]))
        mine.action_take_back()
        self.assertIn(letter, mine.search([]))

    def test_they_are_forgotten(self):
        """Rows: why, how many days it is kept."""
        for number, (header, days) in enumerate(
            ((b"Precedence: bulk\n", 90), (b"X-Autoreply: 1\n", 14))
        ):
            _claims, letter = self.deliver(HEAD % number + header + b"\nwords")
            for after, kept in ((-1, True), (1, False)):
                letter.date = fields.Datetime.now() - timedelta(days=days + after)
                self.env["its.letter"]._gc_letters()
                self.assertEqual(bool(letter.exists()), kept)

    def test_no_entrance(self):
        """Nobody but the gateway calls its hooks."""
        for model, names in (
            ("its.claim", ("message_new", "message_update", "message_route")),
            ("its.claim", ("message_parse",)),
            ("mail.thread", ("message_route", "message_parse")),
            ("res.partner", ("message_route", "message_parse")),
        ):
            for name in names:
                with self.subTest(model, name=name), self.assertRaises(AccessError):
                    get_public_method(self.env[model], name)

    def test_only_plain_values_come_with_a_letter(self):
        """Whoever sets an address, or calls the gateway, brings no commands."""
        victim = self.claim_at("closed").sudo()
        alias = self.env.company.its_claim_alias_id.sudo()
        self.env.flush_all()
        self.env.invalidate_all()
        before = victim.read()[0]
        alias.alias_defaults = repr(
            {
                "company_id": self.company.id,
                "team_id": self.team.id,
                "priority": "3",
                "state": "closed",
                "access_token": "known",
                "origin_id": victim.id,
                "unproven": "spf=fail",
                "user_id": self.worker.id,
                "duplicate_ids": [(1, victim.id, {"subject": "other"})],
                "message_ids": [(4, victim.message_ids[0].id)],
                "service_id": [(5,)],
            }
        )
        claim, _letters = self.deliver(HEAD % 1 + b"\nwords")
        self.assertEqual(claim.team_id, self.team)
        self.assertEqual(claim.priority, "3")
        self.assertEqual(claim.state, "registered")
        self.assertFalse(claim.user_id or claim.origin_id or claim.unproven)
        self.assertFalse(claim.service_id or claim.duplicate_ids)
        self.assertNotEqual(claim.access_token, "known")
        self.env.invalidate_all()
        self.assertEqual(victim.read()[0], before)

    # -------------------------------------------------------------------------
    # Acknowledgments
    # -------------------------------------------------------------------------

    def acknowledgments(self, address):
        self.env.flush_all()
        return self.env["mail.mail"].search([("email_to", "=", address)])

    def test_a_stranger_reads_nothing_of_his_own(self):
        """Or he would send his words to others by our hand."""
        address = "x@unknown.example.com"
        claim = self.receive(
            sender=f'"КУПИТЕ" <{address}>', subject="СЛОНА", body="<p>ДЁШЕВО</p>"
        )
        form = self.env["its.claim"]._register_from_outside(
            "form",
            self.company,
            {
                "subject": "СЛОНА",
                "description": "ДЁШЕВО",
                "sender_name": "КУПИТЕ",
                "email_from": address,
            },
        )
        letters = self.acknowledgments(address)
        self.assertEqual(len(letters), 2)
        for letter, its_claim in zip(letters.sorted("id"), (claim, form), strict=True):
            told = f"{letter.subject} {letter.body_html} {letter.headers}"
            self.assertIn(its_claim.name, told)
            for word in ("КУПИТЕ", "СЛОНА", "ДЁШЕВО"):
                self.assertNotIn(word, told)
        self.receive(subject="Не печатает")
        [letter] = self.acknowledgments("chief@klever.example.com")
        self.assertIn("Не печатает", letter.body_html)

    def test_so_many_a_day(self):
        """Over all channels; each that is withheld is in the log of the server."""
        address = "x@unknown.example.com"
        values = {"subject": "Раз", "email_from": address}
        with patch.object(incoming, "log_refusal", wraps=log_refusal) as log:
            for hour in range(STRANGER_DAILY + 4):
                channel = ("form", "email")[hour % 2]
                with freeze_time(f"2027-03-01 {hour:02}:30:00"):
                    self.env["its.claim"]._register_from_outside(
                        channel, self.company, values
                    )
        self.assertEqual(len(self.acknowledgments(address)), STRANGER_DAILY)
        self.assertEqual([call.args[0] for call in log.mock_calls], ["rate_limit"] * 4)
        with freeze_time("2027-03-03 09:00:00"):
            self.env["its.claim"]._register_from_outside("form", self.company, values)
        self.assertEqual(len(self.acknowledgments(address)), STRANGER_DAILY + 1)
