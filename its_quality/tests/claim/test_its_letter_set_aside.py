from datetime import timedelta
from email.message import EmailMessage
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ...models.claim import incoming, notifying
from ...models.claim.its_claim_thread import ItsClaim
from ...tools.letter_repair import TooNested
from .common import FROM, HEAD, NOW, GatewayCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestItsLetterSetAside(GatewayCase):
    """Letters that become no claim: what of them is kept, for whom, and what becomes of
    them."""

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
            (incoming, "find_route"),
            (incoming, "clean_letter"),
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
        notifying.send_question(claim)
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
