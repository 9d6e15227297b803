from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import GATEWAY, EmailCase
from .letter_shapes import as_bytes, header, with_picture

CLIENT = "chief@klever.example.com"
BODY = (
    "<p>Касса <b>не печатает</b>:</p><p><img src='cid:one@x'/></p>"
    "<blockquote><p>Добрый день! Что случилось?</p></blockquote>"
)


@tagged("post_install", "-at_install", "browser")
class TestLettersShown(HttpCase, EmailCase):
    """A client's letter as the staff reads it, and as the client finds it on the portal:
    HTML as HTML, pictures where they were, quotations folded."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.create_user("its_visitor", "base.group_portal", partner_id=cls.person.id)

    def letter(self):
        """A claim with a letter that answers it."""
        claim = self.create_claim(contact_id=self.person.id)
        raw = as_bytes(
            with_picture(BODY, encoding="koi8-r", transfer="quoted-printable"),
            {
                "From": f"{header('Директор', 'koi8-r')} <{CLIENT}>",
                "To": "quality@its.example.org",
                "Subject": header(f"Re: {claim.name}", "koi8-r"),
                "Message-Id": "<shown@client.example.com>",
            },
        )
        with mute_logger(GATEWAY):
            found = self.env["mail.thread"].message_process(None, raw)
        self.assertEqual(found, claim.id)
        return claim

    def test_in_the_chatter(self):
        claim = self.letter()
        self.start_tour(
            f"/odoo/claims/{claim.id}",
            "its_claim_letter_in_chatter",
            login=self.quality_manager.login,
        )

    def test_on_the_portal(self):
        claim = self.letter()
        self.start_tour(
            f"/my/claims/{claim.id}", "its_claim_letter_on_portal", login="its_visitor"
        )
