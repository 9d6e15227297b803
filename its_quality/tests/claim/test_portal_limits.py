import io
import logging
from datetime import timedelta
from unittest.mock import patch

from odoo import http
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from ...models.claim.its_claim_attempt import PORTAL
from .common import PortalCase
from .test_claim_form import PNG

# «INFO» is another level for Odoo.
LOG = "odoo.addons.its_quality.tools.security_log"
FEW = dict.fromkeys(PORTAL, (2, 3))


@tagged("post_install", "-at_install")
class TestPortalLimits(PortalCase):
    """How often an hour a client does what he does: he himself, and all of his firm."""

    def setUp(self):
        super().setUp()
        colleague = self.env["res.partner"].create(
            {"name": "Борис", "parent_id": self.client_team.id}
        )
        self.create_user("its_second", "base.group_portal", partner_id=colleague.id)
        self.env["its.claim.attempt"].search([]).unlink()
        limits = patch.dict(PORTAL, FEW)
        limits.start()
        self.addCleanup(limits.stop)
        self.turn = 0

    # The ways: each does a thing once, and returns whether it was done.

    def do_claim(self, login):
        before = self.env["its.claim"].search_count([])
        response = self.post(
            "/my/claims/new", login, subject=f"Тема {self.turn}", description="Текст"
        )
        done = self.env["its.claim"].search_count([]) > before
        self.assertEqual(response.status_code, 200 if done else 429)
        if not done:
            self.assertIn("Too many requests within an hour", response.text)
            self.assertIn(f'value="Тема {self.turn}"', response.text)
        return done

    def do_message(self, login):
        self.authenticate(login, login.ljust(8, "x"))
        params = {
            "thread_model": "its.claim",
            "thread_id": self.claim.id,
            "token": self.token(self.claim),
            "post_data": {"body": "Ещё", "message_type": "comment"},
        }
        response = self.url_open(
            "/mail/message/post", json={"jsonrpc": "2.0", "params": params}
        )
        error = response.json().get("error")
        self.assertEqual(response.status_code, 429 if error else 200)
        if error:
            self.assertIn("Too many requests within an hour", error["data"]["message"])
        return not error

    def do_file(self, login):
        self.authenticate(login, login.ljust(8, "x"))
        answer = self.url_open(
            "/mail/attachment/upload",
            data={
                "csrf_token": http.Request.csrf_token(self),
                "thread_id": self.claim.id,
                "thread_model": "its.claim",
                "token": self.token(self.claim),
            },
            files=[("ufile", ("a.png", io.BytesIO(PNG), "image/png"))],
        ).json()
        if "error" in answer:
            self.assertIn("Too many requests within an hour", answer["error"])
        return "error" not in answer

    def do_word(self, login):
        claim = self.claim_at("follow_up", contact_id=self.person.id)
        response = self.post(
            f"/my/claims/{claim.id}/say", login, rating="3", comment="Не всё"
        )
        done = claim.sudo().state == "closed"
        self.assertEqual(response.status_code, 200 if done else 429)
        if not done:
            self.assertIn("Too many requests within an hour", response.text)
            self.assertIn("Не всё", response.text)
        return done

    def times(self, what, *logins):
        found = []
        for login in logins:
            self.turn += 1
            found.append(getattr(self, f"do_{what}")(login))
        return found

    def test_each_thing(self):
        """A person twice, his firm three times, another firm not at all."""
        one, other = "its_visitor", "its_second"
        for what in PORTAL:
            with self.subTest(what), self.assertLogs(LOG, logging.INFO) as log:
                done = self.times(what, one, one, one, other, other)
                self.assertEqual(done, [True, True, False, True, False])
                self.assertEqual(len(log.output), 2)
                self.assertIn("refused event=rate_limit", log.output[0])
                self.assertIn(f"what={what}", log.output[0])

    def test_an_hour_later(self):
        with self.assertLogs(LOG, logging.INFO):
            self.times("claim", "its_visitor", "its_visitor", "its_visitor")
        attempts = self.env["its.claim.attempt"].search([])
        self.assertEqual(len(attempts), 4)
        for attempt in attempts:
            attempt.date -= timedelta(hours=2)
        self.assertEqual(self.times("claim", "its_visitor"), [True])

    def test_what_was_rolled_back_was_no_attempt(self):
        attempts = self.env["its.claim.attempt"]
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.assertTrue(attempts._may_client("claim", "user 1", self.client_team))
            raise ZeroDivisionError
        self.assertFalse(attempts.search([]))

    def test_strangers_cost_a_firm_nothing(self):
        for _turn in range(4):
            with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
                self.authenticate("its_stranger", "its_stranger")
                self.make_jsonrpc_request(
                    "/mail/message/post",
                    {
                        "thread_model": "its.claim",
                        "thread_id": self.claim.id,
                        "post_data": {"body": "x", "message_type": "comment"},
                    },
                )
        self.assertEqual(self.times("message", "its_visitor"), [True])

    def test_a_double_click_is_no_attempt(self):
        values = {"subject": "Тема", "description": "Текст"}
        for _turn in range(4):
            response = self.post("/my/claims/new", "its_visitor", **values)
            self.assertEqual(response.status_code, 200)
