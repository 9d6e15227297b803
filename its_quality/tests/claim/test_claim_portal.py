import base64
import io

from odoo import http
from odoo.tests import freeze_time, tagged

from .common import ClaimCase, PortalCase
from .test_claim_form import PNG


@tagged("post_install", "-at_install")
class TestClaimPortal(PortalCase):
    """What a client sees and does on the portal, and what nobody else does for him."""

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

    def test_whose_page_it_is(self):
        """Of a firm: by its logo, else by its name, and never by Odoo's picture."""
        if "website" in self.env:
            self.skipTest("A website has a header of its own.")
        for logo, shown in ((False, "<strong>"), (base64.b64encode(PNG), "/logo.png")):
            with self.subTest(shown):
                self.company.logo = logo
                for url, login in (("/my/claims", "its_visitor"), ("/its/claim", None)):
                    text = self.open(url, login).text
                    header = text.partition("navbar-brand")[2].partition("</a>")[0]
                    self.assertIn(shown, header)
                    self.assertIn(self.company.name, header)
                    self.assertEqual("<img" in header, bool(logo))

    def test_each_state_has_a_page(self):
        for state in (
            "registered",
            "dispatched",
            "in_progress",
            "verification",
            "follow_up",
            "closed",
            "rejected",
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
            steps = [reached for _title, reached, _last in claim._client_steps()]
            self.assertEqual(steps, sorted(steps, reverse=True))
