import io
import re

from odoo import http
from odoo.tests import HttpCase, JsonRpcException, freeze_time, tagged
from odoo.tools import mute_logger

from .claim_case import ClaimCase
from .test_claim_form import PNG


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
        # A double click, a second thought, what another tab still shows.
        for rating, comment in (
            ("5", "Хорошо"),
            ("3", ""),
            ("3", "Нет"),
            ("1", "Нет"),
            ("", "Нет"),
        ):
            with self.subTest(rating, comment=comment):
                self.post(say, "its_visitor", rating=rating, comment=comment)
                record = claim.sudo()
                self.assertEqual((record.state, record.satisfaction), ("closed", "5"))
                self.assertEqual(record.client_comment, "Хорошо")
                self.assertEqual(len(record.website_message_ids), 1)
        claim = self.claim_at("follow_up", contact_id=self.person.id)
        # Not that way before it is closed.
        self.post(f"/my/claims/{claim.id}/again", "its_visitor", comment="x")
        self.assertEqual(claim.sudo().state, "follow_up")

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

    def test_the_page_for_the_staff(self):
        """With the link of a client's it has nothing to press; without one it is not
        theirs."""
        claim = self.claim_at("follow_up", contact_id=self.person.id)
        closed = self.claim_at("closed", contact_id=self.person.id)
        for login in ("its_worker", "its_quality_manager", "its_employee"):
            for record in (claim, closed):
                with self.subTest(login, claim=record.state):
                    text = self.open(self.page(record, self.token(record)), login).text
                    self.assertIn("Не пришёл отчёт", text)
                    self.assertNotIn('action="/my/claims/', text)
                    self.assertNotIn('data-allow_composer="1"', text)
                    response = self.opener.get(
                        self.base_url() + self.page(record), allow_redirects=False
                    )
                    self.assertEqual(
                        response.headers["Location"].removeprefix(self.base_url()),
                        f"/odoo/claims/{record.id}",
                    )

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
        claim.sudo()._ask_by_mail()
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

    def test_daughters_and_mothers(self):
        """Each firm its own claims, whoever owns whom."""
        daughter = self.create_client("ООО «Дочка»", parent_id=self.client_team.id)
        clerk = self.contact_of(daughter)
        user = self.create_user(
            "its_daughter", "base.group_portal", partner_id=clerk.id
        )
        self.assertEqual(user.commercial_partner_id, daughter)
        claim = self.create_claim(subject="Дочернее", partner_id=daughter.id)
        table = [
            ("its_daughter", claim, True),
            ("its_daughter", self.claim, False),
            ("its_visitor", claim, False),
        ]
        for login, record, sees in table:
            with self.subTest(login, claim=record.subject):
                text = self.open(self.page(record), login).text
                self.assertEqual(f"{record.subject}</h1>" in text, sees)
                text = self.open("/my/claims", login).text
                self.assertEqual(record.name in text, sees)

    def test_a_client_of_another_company(self):
        person = self.contact_of(self.client_abroad)
        self.create_user("its_abroad", "base.group_portal", partner_id=person.id)
        before = self.env["its.claim"].search([])
        self.post("/my/claims/new", "its_abroad", subject="Сбой", description="Сбой")
        claim = self.env["its.claim"].search([]) - before
        self.assertEqual(claim.company_id, self.other_company)
        self.assertIn(claim.name, self.open("/my/claims", "its_abroad").text)

    def test_what_has_ended_goes_on_in_a_new_claim(self):
        foreign = self.create_claim(subject="Чужое", partner_id=self.client_own.id)
        table = [
            (self.claim_at("closed"), True),
            (self.claim_at("rejected"), True),
            (self.claim, False),
            (foreign, False),
        ]
        for origin, linked in table:
            with self.subTest(origin.sudo().state, subject=origin.sudo().subject):
                url = f"/my/claims/new?origin={origin.id}"
                text = self.open(url, "its_visitor").text
                self.assertEqual(origin.name in text, linked)
                before = self.env["its.claim"].search([])
                self.post(
                    "/my/claims/new",
                    "its_visitor",
                    origin=origin.id,
                    subject="Опять",
                    description=origin.name,
                )
                claim = self.env["its.claim"].search([]) - before
                self.assertEqual(len(claim), 1)
                self.assertEqual(claim.origin_id, origin if linked else claim.browse())
        self.assertEqual(
            self.open("/my/claims/new?origin=x", "its_visitor").status_code, 200
        )

    def test_a_double_click_on_a_new_claim(self):
        values = {"subject": "Сбой", "description": "Сбой"}
        before = self.env["its.claim"].search([])
        self.post("/my/claims/new", "its_visitor", **values)
        values["csrf_token"] = http.Request.csrf_token(self)
        response = self.url_open("/my/claims/new", data=values)
        claim = self.env["its.claim"].search([]) - before
        self.assertEqual(len(claim), 1)
        self.assertTrue(response.url.endswith(f"/my/claims/{claim.id}"))
        self.url_open("/my/claims/new", data={**values, "subject": "Другой сбой"})
        self.assertEqual(len(self.env["its.claim"].search([]) - before), 2)

    def test_the_list_is_filtered(self):
        waits = self.claim_at("in_progress", subject="Ждём")
        self.by(waits, "worker").action_wait()
        named = {
            "Ждём": waits,
            "Проверьте": self.claim_at("follow_up"),
            "Закрыто": self.claim_at("closed"),
            "В работе": self.claim_at("in_progress"),
        }
        table = {
            "all": {"Ждём", "Проверьте", "Закрыто", "В работе"},
            "next": {"Ждём", "Проверьте"},
            "open": {"Ждём", "Проверьте", "В работе"},
            "ended": {"Закрыто"},
        }
        for key, expected in table.items():
            text = self.open(f"/my/claims?filterby={key}", "its_visitor").text
            found = {title for title, claim in named.items() if claim.name in text}
            self.assertEqual(found, expected, key)

    def test_what_nobody_can_open(self):
        """Whatever is typed into the address, it is neither a page nor an error."""
        token = self.token(self.claim)
        for path in (
            f"{self.claim.id}?access_token=й",
            f"{self.claim.id}?access_token={token[:-1]}",
            "0",
            "999999999999",
        ):
            with self.subTest(path):
                response = self.open(f"/my/claims/{path}")
                self.assertEqual(response.status_code, 200)
                self.assertIn("/web/login", response.url)

    def test_the_model_itself_is_closed(self):
        for user in (self.visitor, self.env.ref("base.public_user")):
            for model in ("its.claim", "its.claim.movement", "its.claim.stage"):
                with self.subTest(user=user.login, model=model):
                    self.assertFalse(self.env[model].with_user(user).has_access("read"))

    def test_the_counter(self):
        self.authenticate("its_visitor", "its_visitor")
        self.claim_at("follow_up")
        counters = {"counters": ["its_claim_count", "its_claim_next_count"]}
        found = self.make_jsonrpc_request("/my/counters", counters)
        self.assertEqual(found, {"its_claim_count": 3, "its_claim_next_count": 1})
        self.authenticate("its_stranger", "its_stranger")
        found = self.make_jsonrpc_request("/my/counters", counters)
        self.assertEqual(found, {"its_claim_count": 0, "its_claim_next_count": 0})


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
