from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import freeze_time, tagged
from odoo.tools import html2plaintext

from ...models.claim import notifying
from ...models.claim.notifying import STRANGER_DAILY
from ...tools.security_log import log_refusal
from .common import FROM, HEAD, NOW, TO, GatewayCase

RUSSIAN = "Здравствуйте! Не открывается отчёт, помогите"
LABELS = (
    "cp-1251",
    "koi8_r ",
    "windows1251",
    "x-unknown",
    "utf8mb4",
    "us-ascii",
    "utf-8",
    "iso-8859-1",
    "",
    "hex",
    "unknown-8bit",
    "cp 1251",
    "\u043a\u043e\u0438",
)
# Of an encoding, the labels under which it is no longer certain what was meant.
CLAIMED = {
    "koi8_r": ("cp-1251", "windows1251", "cp 1251"),
    "cp1251": ("koi8_r ",),
}


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestItsLetterGateway(GatewayCase):
    """Whatever comes as a letter ends as a claim, or among those set aside."""

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
    # Who may bring letters
    # -------------------------------------------------------------------------

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
        with patch.object(notifying, "log_refusal", wraps=log_refusal) as log:
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
