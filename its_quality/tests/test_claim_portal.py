import io
import re

from odoo import http
from odoo.tests import HttpCase, freeze_time, tagged

from .test_claim_form import PNG
from .test_its_claim import ClaimCase


@tagged("post_install", "-at_install")
class TestClaimPortal(HttpCase, ClaimCase):
    """What a client sees and does on the portal, and what nobody else does for him."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.contact_of(cls.client_team)
        cls.person.email = "chief@klever.example.com"
        cls.visitor = cls.create_user(
            "its_visitor", "base.group_portal", partner_id=cls.person.id
        )
        cls.stranger_user = cls.create_user("its_stranger", "base.group_portal")
        cls.stranger_user.partner_id.parent_id = cls.client_own
        # Whoever is asked by phone would be called instead.
        cls.claim = cls.create_claim(contact_id=cls.person.id)

    def post(self, url, login=None, **values):
        self.authenticate(login, login and f"{login}".ljust(8, "x"))
        values["csrf_token"] = http.Request.csrf_token(self)
        files = values.pop("files", None)
        response = self.url_open(url, data=values, files=files)
        self.env.invalidate_all()
        return response

    def open(self, url, login=None):
        self.authenticate(login, login and f"{login}".ljust(8, "x"))
        return self.url_open(url)

    def page(self, claim, token=None):
        return f"/my/claims/{claim.id}" + (f"?access_token={token}" if token else "")

    def token(self, claim):
        return claim.sudo()._portal_ensure_token()

    def test_who_opens_a_claim(self):
        """Rows: who, with the link or not, whether he sees it."""
        other = self.create_claim(subject="Чужое", partner_id=self.client_own.id)
        token = self.token(self.claim)
        table = [
            ("its_visitor", None, True),
            ("its_visitor", token, True),
            ("its_stranger", None, False),
            ("its_stranger", token, True),
            ("its_stranger", self.token(other), False),
            ("its_stranger", "x" * 36, False),
            (None, None, False),
            (None, token, True),
            (None, self.token(other), False),
            (None, "", False),
            ("its_worker", None, False),
        ]
        for login, given, sees in table:
            with self.subTest(login, token=given):
                response = self.open(self.page(self.claim, given), login)
                self.assertEqual("Не пришёл отчёт" in response.text, sees)

    def test_the_list(self):
        self.create_claim(subject="Чужое", partner_id=self.client_own.id)
        text = self.open("/my/claims", "its_visitor").text
        self.assertIn(self.claim.name, text)
        self.assertNotIn("Чужое", text)
        text = self.open("/my/claims?filterby=all&sortby=name", "its_stranger").text
        self.assertNotIn(self.claim.name, text)
        self.assertIn("Чужое", text)
        text = self.open("/my/claims?filterby=x&sortby=state;drop", "its_visitor").text
        self.assertIn(self.claim.name, text)

    def test_each_state_has_a_page(self):
        for state in (
            *("registered", "dispatched", "in_progress", "verification"),
            *("follow_up", "closed", "rejected"),
        ):
            with self.subTest(state):
                claim = self.claim_at(state, contact_id=self.person.id)
                claim.sudo().root_cause = "СЕКРЕТ"
                self.by(claim, "quality_manager").message_post(
                    body="СЕКРЕТ", subtype_xmlid="mail.mt_note"
                )
                response = self.open(self.page(claim), "its_visitor")
                self.assertEqual(response.status_code, 200)
                self.assertNotIn("СЕКРЕТ", response.text)
                self.assertNotIn("Отправили повторно", response.text)
                self.assertEqual('name="rating"' in response.text, state == "follow_up")
                for way, at in (("say", "follow_up"), ("again", "closed")):
                    action = f'action="/my/claims/{claim.id}/{way}"'
                    self.assertEqual(action in response.text, state == at)

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

    def test_opening_says_nothing(self):
        claim = self.claim_at("follow_up", contact_id=self.person.id)
        for rating in (5, 1, 7):
            url = f"{self.page(claim, self.token(claim))}&rating={rating}"
            response = self.open(url)
            self.assertEqual("checked" in response.text, rating != 7)
            response = self.open(f"/my/claims/{claim.id}/say?rating={rating}")
            self.assertEqual(response.status_code, 405)
        self.env.invalidate_all()
        self.assertEqual(claim.sudo().state, "follow_up")

    def test_the_clients_word(self):
        """Rows: who, with the link, rating, words, state afterwards."""
        table = [
            ("its_visitor", False, "5", "", "closed"),
            ("its_visitor", False, "3", "Долго", "closed"),
            ("its_visitor", False, "1", "Всё ещё нет", "in_progress"),
            ("its_visitor", False, "1", " ", "follow_up"),
            ("its_visitor", False, "none", "", "follow_up"),
            ("its_visitor", False, "", "", "follow_up"),
            (None, True, "5", "<script>x</script>", "closed"),
            (None, False, "5", "", "follow_up"),
            ("its_stranger", False, "5", "", "follow_up"),
            ("its_worker", True, "5", "", "follow_up"),
            ("its_worker", False, "5", "", "follow_up"),
            ("its_quality_manager", True, "5", "", "follow_up"),
        ]
        for login, link, rating, words, state in table:
            with self.subTest(login, link=link, rating=rating, words=words):
                claim = self.claim_at("follow_up", contact_id=self.person.id)
                self.post(
                    f"/my/claims/{claim.id}/say",
                    login,
                    access_token=self.token(claim) if link else "",
                    rating=rating,
                    comment=words,
                )
                claim = claim.sudo()
                self.assertEqual(claim.state, state)
                if state != "follow_up":
                    movement = claim.movement_ids[-1]
                    self.assertEqual(movement.satisfaction, rating)
                if state == "closed":
                    self.assertEqual(claim.satisfaction_via, "page")
                    self.assertEqual(claim.client_comment or "", words)
                if state == "in_progress":
                    self.assertEqual(movement.reason, words)

    def test_once(self):
        claim = self.claim_at("follow_up", contact_id=self.person.id)
        say = f"/my/claims/{claim.id}/say"
        self.post(say, "its_visitor", rating="5", comment="Хорошо")
        self.post(say, "its_visitor", rating="3", comment="")
        claim = claim.sudo()
        self.assertEqual((claim.state, claim.satisfaction), ("closed", "5"))
        self.assertEqual(claim.client_comment, "Хорошо")

    def test_a_token_of_another_claim(self):
        claim = self.claim_at("follow_up", contact_id=self.person.id)
        other = self.claim_at("follow_up", contact_id=self.person.id)
        self.post(
            f"/my/claims/{claim.id}/say", access_token=self.token(other), rating="5"
        )
        self.assertEqual(claim.sudo().state, "follow_up")

    def test_coming_back(self):
        """Rows: days after closing, words, state afterwards."""
        for days, words, state in (
            (0, "Опять то же", "in_progress"),
            (0, "  ", "closed"),
            (15, "Опять то же", "closed"),
        ):
            with self.subTest(days=days, words=words):
                claim = self.claim_at("closed", contact_id=self.person.id)
                if days:
                    claim.sudo().date_closed = self.today(-days)
                self.post(f"/my/claims/{claim.id}/again", "its_visitor", comment=words)
                self.assertEqual(claim.sudo().state, state)

    def test_a_new_claim(self):
        before = self.env["its.claim"].search([])
        response = self.post(
            "/my/claims/new",
            "its_visitor",
            subject="Новое",
            description="Что-то случилось",
            service=str(self.contract.id),
            partner_id=str(self.client_own.id),
            state="closed",
            priority="3",
            files=[("files", ("a.png", io.BytesIO(PNG)))],
        )
        claim = self.env["its.claim"].search([]) - before
        self.assertTrue(response.url.endswith(f"/my/claims/{claim.id}"))
        self.assertIn("a.png", response.text)
        self.assertEqual(claim.partner_id, self.client_team)
        self.assertEqual(claim.contact_id, self.person)
        self.assertEqual(claim.service_id, self.contract)
        self.assertEqual((claim.channel, claim.priority), ("portal", "1"))
        self.assertEqual(claim.state, "registered")
        # A service of somebody else is nothing he could choose.
        before = self.env["its.claim"].search([])
        self.post(
            "/my/claims/new",
            "its_visitor",
            subject="Ещё",
            description="Что-то",
            service=str(self.program.id),
        )
        claim = self.env["its.claim"].search([]) - before
        self.assertFalse(claim.service_id)
        response = self.post(
            "/my/claims/new", "its_visitor", subject="", description=""
        )
        self.assertEqual(response.text.count("invalid-feedback"), 2)

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
                self.assertEqual(claim.message_ids[0].author_id, self.person)

    def test_the_model_itself_is_closed(self):
        for user in (self.visitor, self.env.ref("base.public_user")):
            for model in ("its.claim", "its.claim.movement", "its.claim.stage"):
                with self.subTest(user=user.login, model=model):
                    self.assertFalse(self.env[model].with_user(user).has_access("read"))

    def test_the_counter(self):
        self.authenticate("its_visitor", "its_visitor")
        found = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["its_claim_count"]}
        )
        self.assertEqual(found["its_claim_count"], 2)


@tagged("post_install", "-at_install")
class TestClaimPortalFrozen(ClaimCase):
    @freeze_time("2027-03-01 09:00:00")
    def test_every_state_has_words(self):
        for state in ("registered", "in_progress", "follow_up", "closed", "rejected"):
            claim = self.claim_at(state).sudo()
            title, _colour = claim._client_status()
            self.assertTrue(title)
            steps = [reached for _title, reached in claim._client_steps()]
            self.assertEqual(steps, sorted(steps, reverse=True))
