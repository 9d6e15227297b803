import os
from email import message_from_string, policy
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ...models.claim import notifying
from ...tools.letter_proof import failure
from .common import NOW, EmailCase

RESULTS = "Authentication-Results"
SENDER = "chief@klever.example.com"
# What the server found, and what of it counts; the name of the server comes before.
TABLE = (
    ("spf=pass smtp.mailfrom=klever.example.com", ""),
    ("spf=none", ""),
    ("spf=neutral", ""),
    ("spf=temperror", ""),
    ("spf=fail smtp.mailfrom=klever.example.com", "spf=fail"),
    ("spf=softfail (not allowed) smtp.mailfrom=x@klever.example.com", "spf=softfail"),
    ("SPF = Fail", "spf=fail"),
    ("dkim=pass header.d=klever.example.com", ""),
    ("dkim=none", ""),
    ("dkim=fail header.d=klever.example.com", "dkim=fail"),
    ("dkim=fail; spf=pass smtp.mailfrom=klever.example.com", ""),
    ("dkim=fail; spf=pass smtp.mailfrom=mail.klever.example.com", ""),
    ("dkim=fail; spf=pass smtp.mailfrom=a@evil.example.org", "dkim=fail"),
    ("dmarc=fail", "dmarc=fail"),
    ("spf=pass smtp.mailfrom=evil.example.org; dmarc=fail (p=none)", "dmarc=fail"),
    ("spf=fail; dmarc=pass", ""),
    ("spf=fail; dkim=pass header.d=klever.example.com", ""),
    ("spf=fail; dkim=pass header.i=@klever.example.com", ""),
    ("spf=fail; dkim=pass header.d=evil.example.org", "spf=fail"),
    ("spf=fail; dkim=pass header.d=notklever.example.com", "spf=fail"),
    ("spf=fail (dmarc=pass; dkim=pass)", "spf=fail"),
    ("spf=pass (sender said: spf=fail; dmarc=fail)", ""),
    ("none", ""),
    ("", ""),
    ("(" * 2_000, ""),
)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestItsClaimProof(EmailCase):
    """A letter that is not of whom it says speaks for nobody, and is nobody's."""

    def failure(self, headers, servers=()):
        letter = message_from_string(f"{headers}\n\nx", policy=policy.SMTP)
        return failure(letter, SENDER, servers)

    def test_what_the_server_found(self):
        for found, expected in TABLE:
            with self.subTest(found):
                header = f"{RESULTS}: mx.its.example.org; {found}"
                self.assertEqual(self.failure(header), expected)
                # Of a server that does not say its name.
                self.assertEqual(self.failure(f"{RESULTS}: {found}"), expected)

    def test_which_header_counts(self):
        """The first of its kind, or that of our own server: whoever sent the letter may
        have written whatever stands below."""
        good, bad = (
            f"{RESULTS}: {{}}; spf=pass; dmarc=pass",
            f"{RESULTS}: {{}}; spf=fail; dmarc=fail",
        )
        ours, other = "mx.its.example.org", "mx.example.net"
        table = (
            ((bad.format(ours), good.format(ours)), (), "dmarc=fail"),
            ((good.format(ours), bad.format(ours)), (), ""),
            ((bad.format(other),), (), "dmarc=fail"),
            ((bad.format(other),), (ours,), ""),
            ((good.format(other), bad.format(ours)), (ours,), "dmarc=fail"),
            ((good.format(other), bad.format(ours)), (ours.upper(),), "dmarc=fail"),
            (("Received-SPF: Fail (x)", "Received-SPF: pass"), (), "spf=fail"),
            (("Received-SPF: pass", "Received-SPF: fail"), (), ""),
            (("Received-SPF: softfail",), (), "spf=softfail"),
            (("Received-SPF: fail", f"{RESULTS}: {ours}; spf=pass"), (), ""),
            (("Received-SPF: fail", f"{RESULTS}: {ours}; dkim=none"), (), "spf=fail"),
            ((), (), ""),
        )
        for headers, servers, expected in table:
            with self.subTest(headers, servers=servers):
                self.assertEqual(self.failure("\n".join(headers), servers), expected)

    def forged(self, **options):
        headers = options.pop("headers", "")
        return self.receive(
            headers=f"{RESULTS}: mx.its.example.org; spf=fail\n{headers}", **options
        )

    def test_it_waits_for_a_person(self):
        """Nobody is linked, suggested or written to; it goes to no claim that is there,
        and no claim of the sender takes it along."""
        mails = self.env["mail.mail"].search([("email_to", "=", SENDER)])
        claim = self.forged()
        self.assertFalse(claim.partner_id or claim.suggested_partner_id)
        self.assertFalse(claim.message_ids.filtered("author_id").author_id.its_client)
        self.assertNotIn(self.person, claim.message_ids.author_id)
        self.assertEqual(claim.unproven, "spf=fail")
        sent = self.env["mail.mail"].search([("email_to", "=", SENDER)])
        self.assertEqual(sent, mails)
        other = self.receive(sender="x@unknown.example.com")
        other.sudo().email_from = SENDER
        self.by(other, "quality_manager").partner_id = self.client_team
        self.assertFalse(claim.suggested_partner_id)
        queue = self.env["its.claim"].search([("partner_id", "=", False)])
        self.assertIn(claim, queue)
        # A person may say whose it is.
        self.by(claim, "quality_manager").partner_id = self.client_team
        self.assertEqual(notifying.client_address(claim), SENDER)

    def test_it_speaks_for_nobody(self):
        """Neither of the client, nor of a colleague, by whatever it answers."""
        for sender in (SENDER, "its_worker@example.com", "info@klever.example.com"):
            for state in ("in_progress", "closed"):
                claim = self.claim_at(state, contact_id=self.person.id).sudo()
                waits = state == "in_progress"
                if waits:
                    self.by(claim, "worker").action_wait()
                for headers in ("", self.reply_headers(claim)):
                    with self.subTest(sender, state=state, headers=headers):
                        count = len(claim.message_ids)
                        new = self.forged(
                            sender=sender, subject=f"Re: {claim.name}", headers=headers
                        )
                        self.assertEqual(len(new), 1)
                        self.assertFalse(new.partner_id or new.origin_id)
                        self.assertNotIn(
                            self.worker.partner_id, new.message_ids.author_id
                        )
                        self.assertEqual(claim.state, state)
                        self.assertEqual(len(claim.message_ids), count)
                        self.assertEqual(bool(claim.waiting_since), waits)

    def test_the_administrator_names_the_server(self):
        name = {"ITS_QUALITY_AUTHSERV_ID": "mx1.example.net, mx2.example.net"}
        with patch.dict(os.environ, name):
            self.assertFalse(self.forged().unproven)

    def test_nobody_writes_the_mark(self):
        claim = self.forged()
        with self.assertRaises(AccessError):
            self.by(claim, "quality_manager").unproven = False
