from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from ..models.connect.its_connect_attempt import MOST
from ..tools import security_log
from .claim.common import ClaimCase

TOKEN = "0f7c2a9e-1111-4222-8333-abcdefabcdef"
PAGES = [
    "/its/claim",
    "/its/claim/sent",
    "/its/nothing",
    "/its/connect/a-key-that-nobody-has",
    f"/my/claims/7/say?access_token={TOKEN}",
    "/my/claims",
    f"/my/claims/999999?access_token={TOKEN}",
    "/my/claims/nothing",
    f"/survey/start/{TOKEN}",
    f"/survey/{TOKEN}/{TOKEN}",
    f"/survey/print/{TOKEN}?answer_token={TOKEN}",
    f"/rate/{TOKEN}/5",
]
OTHERS = ["/web/login", "/itself", "/surveys", "/my/claimsx", "/nothing"]

# One red dot.
LOGO = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmM"
    "IQAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestPublicPages(HttpCase, ClaimCase):
    """What lies behind a secret address stays there: pages, errors, redirects."""

    def assert_kept(self, response):
        headers = response.headers
        self.assertEqual(headers.get("Referrer-Policy"), "no-referrer")
        self.assertEqual(headers.get("Cache-Control"), "no-store")
        self.assertIn(
            "frame-ancestors 'self'", headers.get("Content-Security-Policy", "")
        )

    def test_pages(self):
        for page in PAGES:
            with self.subTest(page):
                response = self.url_open(page, allow_redirects=False)
                self.assertLess(response.status_code, 500)
                self.assert_kept(response)

    def test_pages_of_others_are_as_they_were(self):
        for page in OTHERS:
            with self.subTest(page):
                response = self.url_open(page, allow_redirects=False)
                self.assertNotIn("Referrer-Policy", response.headers)

    def test_a_claim_of_a_client(self):
        claim = self.create_claim()
        page = f"{claim.access_url}?access_token={TOKEN}"
        self.assert_kept(self.url_open(page, allow_redirects=False))
        user = self.create_user("pages_portal", "base.group_portal")
        user.partner_id.parent_id = claim.partner_id
        self.authenticate(user.login, user.login)
        response = self.url_open(claim.access_url, allow_redirects=False)
        self.assertEqual(response.status_code, 200)
        self.assert_kept(response)

    def test_a_questionnaire(self):
        survey = self.env["survey.survey"].create(
            {
                "title": "Questionnaire",
                "survey_type": "its",
                "question_ids": [(0, 0, {"title": "?", "question_type": "char_box"})],
            }
        )
        answer = self.env["survey.user_input"].create(
            {"survey_id": survey.id, "partner_id": self.client_team.id}
        )
        page = f"/survey/{survey.access_token}/{answer.access_token}"
        response = self.url_open(page, allow_redirects=False)
        self.assertEqual(response.status_code, 200)
        self.assert_kept(response)
        # Whoever asks is named; Odoo's picture of a logo is nobody's.
        for logo, shown in ((False, False), (LOGO, True)):
            self.company.logo = logo
            text = self.url_open(page).text
            with self.subTest(shown=shown):
                self.assertIn(f"<strong>{self.company.name}</strong>", text)
                self.assertEqual("/logo.png" in text, shown)
        begin = page.replace("/survey/", "/survey/begin/")
        self.assert_kept(self.url_open(begin, json={"params": {}}))


@tagged("post_install", "-at_install")
class TestWebhookSecret(HttpCase, ClaimCase):
    """Who does not know the secret of the webhook is slowed down and told of; who does
    know it is always let in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connect = cls.env["its.connect"].create({"name": "Проверка"})
        cls.secret = cls.connect._new_secret()

    def knock(self, secret, key=None):
        return self.url_open(
            f"/its/connect/{key or self.connect.key}",
            data=b"{}",
            headers={
                "Authorization": f"Bearer {secret}",
                "Content-Type": "application/json",
            },
        )

    def test_wrong_secrets(self):
        for number in range(MOST + 3):
            with patch.object(security_log, "_logger") as log:
                key = "no-such-key-here" if number % 2 else None
                response = self.knock(f"wrong {number}", key)
            log.info.assert_called_once()
            template, shown = log.info.call_args.args
            line = template % shown
            is_much = number >= MOST
            self.assertEqual(response.status_code, 429 if is_much else 401)
            self.assertIn("rate_limit" if is_much else "webhook_secret", line)
            self.assertNotIn("wrong", line)
            self.assertNotIn(self.connect.key, line)
            self.assertEqual("Retry-After" in response.headers, is_much)
            self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        attempts = self.env["its.claim.attempt"].search([("kind", "=", "webhook")])
        self.assertEqual(len(attempts), MOST)
        # Neither 1С-Коннект nor a client's form is kept out by it.
        self.assertEqual(self.knock(self.secret).status_code, 400)
        self.assertTrue(
            self.env["its.claim.attempt"]._may_send("127.0.0.1", "a@example.com")
        )

    def test_an_hour_later(self):
        attempts = self.env["its.claim.attempt"]
        for _number in range(MOST):
            self.assertTrue(attempts._may_try_secret("127.0.0.1"))
        self.assertFalse(attempts._may_try_secret("127.0.0.1"))
        self.assertTrue(attempts._may_try_secret("0.0.0.0"))
        for attempt in attempts.search([("kind", "=", "webhook")]):
            attempt.date = attempt.date.replace(year=2020)
        self.assertTrue(attempts._may_try_secret("127.0.0.1"))
