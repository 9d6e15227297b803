import io
import re

from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from ...models.claim import asking
from .common import PortalCase
from .test_claim_form import PNG


@tagged("post_install", "-at_install")
class TestClaimPortalThread(PortalCase):
    """What is written and uploaded under a claim, by whom, and who reads it."""

    def test_internal_notes_stay_inside(self):
        self.by(self.claim, "quality_manager").message_post(
            body="СЕКРЕТ", subtype_xmlid="mail.mt_note"
        )
        self.by(self.claim, "quality_manager").message_post(
            body="Скоро ответим",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        for login, token in (
            ("its_visitor", self.token(self.claim)),
            (None, self.token(self.claim)),
            ("its_stranger", None),
            (None, None),
        ):
            with self.subTest(login, token=token):
                self.authenticate(login, login and login.ljust(8, "x"))
                params = {"thread_model": "its.claim", "thread_id": self.claim.id}
                if token:
                    params["token"] = token
                try:
                    found = str(
                        self.make_jsonrpc_request(
                            "/mail/chatter_fetch", {**params, "fetch_params": {}}
                        )
                    )
                except Exception as refused:
                    found = str(refused)
                self.assertNotIn("СЕКРЕТ", found)
                self.assertEqual("Скоро ответим" in found, bool(token))

    def test_files_by_their_own_link_alone(self):
        self.env["ir.attachment"].create(
            {
                "name": "своё.txt",
                "raw": b"1",
                "res_model": "its.claim",
                "res_id": self.claim.id,
            }
        )
        attachment = self.env["ir.attachment"].search([("name", "=", "своё.txt")])
        text = self.open(self.page(self.claim), "its_visitor").text
        url = f"/web/content/{attachment.id}"
        [token] = re.findall(rf"{url}\?download=true&amp;access_token=([^\"]+)", text)
        response = self.open(url, "its_stranger")
        self.assertEqual(response.status_code, 404)
        response = self.open(f"{url}?access_token={token}")
        self.assertEqual(response.status_code, 200)

    def test_a_message_of_the_client_starts_the_clock(self):
        for login in ("its_visitor", None):
            with self.subTest(login):
                claim = self.claim_at("in_progress", contact_id=self.person.id)
                self.by(claim, "worker").action_wait()
                self.authenticate(login, login and login.ljust(8, "x"))
                speaker = {
                    "pid": self.person.id,
                    "hash": claim.sudo()._sign_token(self.person.id),
                }
                self.make_jsonrpc_request(
                    "/mail/message/post",
                    {
                        "thread_model": "its.claim",
                        "thread_id": claim.id,
                        "post_data": {
                            "body": "Вот что вы просили",
                            "message_type": "comment",
                            "subtype_xmlid": "mail.mt_comment",
                        },
                        "token": self.token(claim),
                        **speaker,
                    },
                )
                self.env.invalidate_all()
                claim = claim.sudo()
                self.assertFalse(claim.waiting_since)
                said = claim.message_ids.filtered(
                    lambda message: message.message_type == "comment"
                )
                self.assertEqual(said[0].author_id, self.person)

    def test_words_are_kept_in_the_thread(self):
        """With who has said them, and as text."""
        for login in ("its_visitor", None):
            claim = self.claim_at("follow_up", contact_id=self.person.id)
            self.post(
                f"/my/claims/{claim.id}/say",
                login,
                access_token=self.token(claim),
                rating="3",
                comment="<b>Долго</b>\nно сделали",
            )
            message = claim.sudo().website_message_ids
            self.assertEqual(
                message.body, "<p>&lt;b&gt;Долго&lt;/b&gt;<br>но сделали</p>"
            )
            self.assertEqual(message.author_id, self.person)

    def message(self, claim, login=None, **values):
        """Post into the thread as the page does; whether it was taken."""
        self.authenticate(login, login and login.ljust(8, "x"))
        params = {
            "thread_model": "its.claim",
            "thread_id": claim.id,
            "post_data": {
                "body": "Вот что вы просили",
                "message_type": "comment",
                "subtype_xmlid": "mail.mt_comment",
            },
            **values,
        }
        before = len(claim.sudo().website_message_ids)
        try:
            with mute_logger("odoo.http"):
                self.make_jsonrpc_request("/mail/message/post", params)
            taken = True
        except JsonRpcException:
            taken = False
        self.env.invalidate_all()
        self.assertEqual(len(claim.sudo().website_message_ids) > before, taken)
        return taken

    def test_who_writes_into_a_thread(self):
        """Rows: state, who, with whose link, whether it is taken."""
        other = self.token(self.create_claim(subject="Другое"))
        table = [
            ("in_progress", "its_visitor", "own", True),
            ("in_progress", None, "own", True),
            ("in_progress", None, other, False),
            ("in_progress", None, "й", False),
            ("in_progress", None, None, False),
            ("in_progress", "its_stranger", None, False),
            ("in_progress", "its_stranger", other, False),
            ("follow_up", "its_visitor", "own", True),
            # It is opened again by that.
            ("closed", "its_visitor", "own", True),
            # Nobody waits for what is written there.
            ("rejected", None, "own", False),
            ("rejected", "its_visitor", "own", False),
        ]
        for state, login, token, taken in table:
            with self.subTest(state, login=login, token=token):
                claim = self.claim_at(state, contact_id=self.person.id)
                values = {"token": self.token(claim) if token == "own" else token}
                self.assertEqual(self.message(claim, login, **values), taken)

    def test_what_was_closed_long_ago_is_not_written_into(self):
        claim = self.claim_at("closed", contact_id=self.person.id)
        claim.sudo().date_closed = self.today(-15)
        for login in ("its_visitor", None):
            self.assertFalse(self.message(claim, login, token=self.token(claim)))
        self.assertEqual(claim.sudo().state, "closed")

    def test_nobody_signs_for_another_claim(self):
        """Not with a signature made for a claim that has no link yet, either."""
        claim, other = self.create_claim(), self.create_claim()
        for owner in (self.claim, other):
            signature = owner.sudo()._sign_token(self.person.id)
            for sign in (signature, "й"):
                with self.subTest(owner.name, sign=sign):
                    speaker = {"pid": self.person.id, "hash": sign}
                    self.assertFalse(self.message(claim, **speaker))

    def test_a_claim_of_nobody_we_know(self):
        """Whoever has its link writes under the name he gave."""
        claim = (
            self.env["its.claim"]
            ._register_from_outside(
                "form",
                self.company,
                {
                    "subject": "Сбой",
                    "sender_name": "Ольга",
                    "email_from": "olga@novaya.example.com",
                },
            )
            .sudo(False)
        )
        self.assertTrue(self.message(claim, token=self.token(claim)))
        message = claim.sudo().website_message_ids
        self.assertFalse(message.author_id)
        self.assertEqual(message.email_from, '"Ольга" <olga@novaya.example.com>')
        self.assertIn("Сбой", self.open(self.page(claim, self.token(claim))).text)

    def test_the_staff_does_not_speak_for_the_client(self):
        claim = self.claim_at("in_progress", contact_id=self.person.id)
        self.by(claim, "worker").action_wait()
        self.by(claim, "worker").message_post(
            body="Всё в порядке",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.person.id,
        )
        claim = claim.sudo()
        self.assertEqual(claim.message_ids[0].author_id, self.worker.partner_id)
        self.assertTrue(claim.waiting_since)

    def test_files_of_the_staff_stay_inside(self):
        """Whether beside the messages, or in an internal note."""
        claim = self.claim_at("in_progress", contact_id=self.person.id)
        files = self.env["ir.attachment"].with_user(self.worker)
        beside, noted = files.create(
            [
                {
                    "name": name,
                    "raw": b"1",
                    "res_model": "its.claim",
                    "res_id": claim.id,
                }
                for name in ("СЕКРЕТ-1.txt", "СЕКРЕТ-2.txt")
            ]
        )
        self.by(claim, "worker").message_post(
            body="Для своих", attachment_ids=noted.ids, subtype_xmlid="mail.mt_note"
        )
        for login, token in (("its_visitor", None), (None, self.token(claim))):
            text = self.open(self.page(claim, token), login).text
            self.assertNotIn("СЕКРЕТ", text)
        self.env.invalidate_all()
        self.assertFalse((beside + noted).sudo().filtered("access_token"))

    def test_files_in_the_thread(self):
        """Rows: name, content, who, whether it is taken."""
        claim = self.claim_at("in_progress", contact_id=self.person.id)
        table = [
            ("a.png", PNG, None, True),
            ("a.png", PNG, "its_visitor", True),
            ("a.exe", b"MZ" + b"\0" * 100, None, False),
            ("a.png", b"<html><script>1</script></html>", "its_visitor", False),
            ("big.txt", b"x" * (10 * 2**20 + 1), None, False),
        ]
        for name, content, login, taken in table:
            with self.subTest(name, login=login):
                response = self.post(
                    "/mail/attachment/upload",
                    login,
                    thread_id=claim.id,
                    thread_model="its.claim",
                    token=self.token(claim),
                    is_pending="true",
                    files=[("ufile", (name, io.BytesIO(content)))],
                )
                answer = response.json()
                self.assertEqual("data" in answer, taken)
                self.assertEqual("error" in answer, not taken)

    def test_letters_do_not_fill_the_thread(self):
        claim = self.claim_at("follow_up", contact_id=self.person.id)
        asking.ask_by_mail(claim.sudo())
        notes = claim.sudo().message_ids.filtered(
            lambda message: message.message_type == "auto_comment"
        )
        self.assertTrue(notes)
        self.authenticate(None, None)
        found = self.make_jsonrpc_request(
            "/mail/chatter_fetch",
            {
                "thread_model": "its.claim",
                "thread_id": claim.id,
                "token": self.token(claim),
                "fetch_params": {},
            },
        )
        self.assertFalse(found["messages"])

    def test_a_merged_claim_names_what_its_reader_may_open(self):
        """Rows: whose the other claim is, who reads, whether he learns its number."""
        table = [
            (self.client_team, "its_visitor", True),
            (self.client_team, None, False),
            (self.client_own, "its_visitor", False),
        ]
        for client, login, named in table:
            with self.subTest(client.name, login=login):
                claim = self.claim_at("rejected", contact_id=self.person.id)
                main = self.create_claim(partner_id=client.id)
                claim.sudo().duplicate_of_id = main
                text = self.open(self.page(claim, self.token(claim)), login).text
                self.assertEqual(main.name in text, named)
                self.assertNotIn("Потому что", text)
