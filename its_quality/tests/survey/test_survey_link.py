"""The pages of a questionnaire from outside: over HTTP, as client, manager, scanner."""

import re
from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import SurveyCase


class PageCase(HttpCase, SurveyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator.password = cls.administrator.login
        for user in (cls.client_manager, cls.colleague, cls.quality_manager, cls.head):
            user.password = user.login
        cls.portal.password = cls.portal.login

    def by_link(self):
        return self.survey._its_start_response(self.client_own).sudo()

    def get(self, response, **arguments):
        return self.url_open(response.get_start_url(), **arguments)

    def call(self, response, route, **params):
        """Send what the script of the page sends.

        :return: the second part of the answer: HTML of the next screen, or an error
        """
        url = (
            f"/survey/{route}/{response.survey_id.access_token}/{response.access_token}"
        )
        answer = self.make_jsonrpc_request(url, params)
        return answer[1]

    def submit(self, response, question, answer):
        params = {"question_id": question.id, str(question.id): answer}
        return self.call(response, "submit", **params)

    def state(self, response):
        response.invalidate_recordset()
        return (
            response.state,
            response.start_datetime,
            response.end_datetime,
            response.write_date,
            len(response.user_input_line_ids),
        )


@tagged("post_install", "-at_install")
class TestSurveyLink(PageCase):
    """A client answers without login, once."""

    def test_answered_once(self):
        response = self.by_link()
        page = self.get(response)
        self.assertEqual(page.status_code, 200)
        self.assertIn(self.survey.title, page.text)
        firm = html.fromstring(page.text).find_class("o_its_firm")
        self.assertEqual(firm[0].text_content().strip(), response.company_id.name)
        self.call(response, "begin")
        shown = self.submit(response, self.overall, str(self.grades["poor"].id))
        self.assertIn("why", shown["survey_content"])
        response.invalidate_recordset()
        self.assertEqual(len(response.user_input_line_ids), 1, "saved as he goes")
        self.submit(response, self.why, [str(self.reasons["rude"].id)])
        self.submit(response, self.speed, "1")
        # The page goes on where it was left.
        self.assertIn(f'name="{self.nps.id}"', self.get(response).text)
        self.submit(response, self.nps, "3")
        last = self.submit(response, self.wish, "Перезвоните")
        self.assertIn("Thank you", last["survey_content"])
        response.invalidate_recordset()
        self.assertEqual(response.state, "done")
        self.assertEqual((response.its_score, response.its_nps), (0, 3))
        self.assertTrue(response.its_followed_up)
        used = self.state(response)
        page = self.get(response)
        self.assertEqual(page.status_code, 200)
        self.assertIn("we have received your answers", page.text)
        self.assertNotIn("o_survey-fill-form", page.text)
        for attempt in (
            lambda: self.call(response, "begin"),
            lambda: self.submit(response, self.speed, "5"),
        ):
            self.assertIn("error", attempt())
        before = self.survey.user_input_ids
        retry = f"/survey/retry/{self.survey.access_token}/{response.access_token}"
        self.assertIn("we have received your answers", self.url_open(retry).text)
        self.env.invalidate_all()
        self.assertEqual(self.survey.user_input_ids, before, "no second try")
        self.assertEqual(self.state(response), used)

    def test_a_changed_mind(self):
        """Going back and choosing otherwise leaves no answer to what is hidden."""
        response = self.by_link()
        self.call(response, "begin")
        self.submit(response, self.overall, str(self.grades["poor"].id))
        self.submit(response, self.why, [str(self.reasons["late"].id)])
        self.submit(response, self.late, "Неделю")
        shown = self.submit(response, self.overall, str(self.grades["good"].id))
        self.assertIn("speed", shown["survey_content"])
        response.invalidate_recordset()
        self.assertEqual(response.user_input_line_ids.question_id, self.overall)
        for question, answer in ((self.speed, "5"), (self.nps, "9"), (self.wish, "")):
            self.submit(response, question, answer)
        response.invalidate_recordset()
        self.assertEqual(response.state, "done")

    def test_what_a_script_of_his_own_sends(self):
        response = self.by_link()
        self.call(response, "begin")
        for question, answer in (
            (self.speed, "1000"),
            (self.speed, "-1"),
            (self.speed, {"a": "b"}),
            (self.overall, str(self.reasons["late"].id)),
            (self.overall, "x"),
        ):
            with self.subTest(question=question.title, answer=answer):
                error = self.submit(response, question, answer)
                self.assertEqual(error["error"], "validation")
        response.invalidate_recordset()
        self.assertFalse(response.user_input_line_ids)

    def test_scanners(self):
        """Mail scanners open every link of a letter, some many times."""
        response = self.by_link()
        fresh = self.state(response)
        url = response.get_start_url()
        fill = f"/survey/{self.survey.access_token}/{response.access_token}"
        for address in (url, fill):
            for method in ("GET", "HEAD", "GET"):
                with self.subTest(address=address, method=method):
                    answer = self.opener.request(
                        method, self.base_url() + address, timeout=30
                    )
                    self.assertEqual(answer.status_code, 200)
                    self.assertEqual(self.state(response), fresh)
        self.assertEqual(len(self.survey.user_input_ids), 1)
        self.call(response, "begin")
        self.assertEqual(self.state(response)[0], "in_progress")

    def test_expired(self):
        response = self.by_link()
        response.deadline = fields.Datetime.now() - timedelta(minutes=1)
        page = self.get(response)
        self.assertEqual(page.status_code, 200)
        self.assertIn("This link has expired", page.text)
        self.assertEqual(self.call(response, "begin")["error"], "answer_deadline")
        self.assertEqual(self.state(response)[0], "new")

    def test_in_the_clients_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.client_own.lang = "ru_RU"
        template = self.env.ref("its_quality.survey_closed")
        response = self.by_link()
        self.assertEqual(response.lang_id.code, "ru_RU")
        response.deadline = fields.Datetime.now() - timedelta(minutes=1)
        term = "This link has expired"
        template.update_field_translations(
            "arch_db", {"ru_RU": {term: "Срок ссылки истёк"}}
        )
        self.assertIn("Срок ссылки истёк", self.get(response).text)

    def test_broken_links(self):
        """A table: address, words of the page."""
        response = self.by_link()
        token = self.survey.access_token
        for address in (
            f"/survey/start/{token}",
            f"/survey/start/{token}?answer_token={response.access_token[:-1]}",
            f"/survey/{token}/{response.access_token[:-1]}",
        ):
            with self.subTest(address):
                page = self.url_open(address)
                self.assertIn("This link is incomplete", page.text)
        self.assertEqual(len(self.survey.user_input_ids), 1)

    def test_replaced_meanwhile(self):
        """The link that was sent still works; the questions are those he was sent."""
        response = self.by_link()
        action = self.survey.action_its_new_version()
        self.survey.browse(action["res_id"]).action_its_publish()
        self.assertFalse(self.survey.active)
        self.assertIn("o_survey-fill-form", self.get(response).text)
        self.call(response, "begin")
        shown = self.submit(response, self.overall, str(self.grades["good"].id))
        self.assertIn("speed", shown["survey_content"])

    def test_who_is_logged_in(self):
        """A table: who opens the client's link, whether he can answer."""
        response = self.by_link()
        for user, welcome in (
            (None, True),
            (self.portal, True),
            (self.client_manager, False),
            (self.administrator, False),
        ):
            with self.subTest(user=user and user.login):
                self.authenticate(user and user.login, user and user.login)
                page = self.get(response)
                self.assertEqual("o_survey-fill-form" in page.text, welcome)
                self.assertEqual(
                    "This link is for the client" in page.text, not welcome
                )
                if not welcome:
                    error = self.call(response, "begin")
                    self.assertEqual(error["error"], "answer_wrong_user")
                    self.assertEqual(self.state(response)[0], "new")


@tagged("post_install", "-at_install")
class TestSurveyPageOfManager(PageCase):
    """A manager fills the questionnaire in on Odoo's own page, for the client."""

    def test_the_interviewer_alone(self):
        response = self.start()
        self.env.flush_all()
        response = response.sudo()
        for user, welcome in (
            (None, False),
            (self.portal, False),
            (self.colleague, False),
            (self.quality_manager, False),
            (self.administrator, False),
            (self.client_manager, True),
        ):
            with self.subTest(user=user and user.login):
                self.authenticate(user and user.login, user and user.login)
                page = self.get(response)
                self.assertEqual("o_survey-fill-form" in page.text, welcome)
                self.assertEqual("conducted by somebody else" in page.text, not welcome)
                error = None if welcome else self.call(response, "begin")["error"]
                self.assertEqual(error, None if welcome else "answer_wrong_user")

    def test_filled_and_gone(self):
        response = self.start()
        action = response.action_its_fill()
        self.authenticate(self.client_manager.login, self.client_manager.login)
        self.assertIn("o_survey-fill-form", self.url_open(action["url"]).text)
        response = response.sudo()
        self.call(response, "begin")
        self.submit(response, self.overall, str(self.grades["good"].id))
        response.invalidate_recordset()
        self.assertEqual(response.user_input_line_ids.create_uid, self.client_manager)
        self.client_own.user_id = self.colleague
        self.env.flush_all()
        self.assertIn("conducted by somebody else", self.url_open(action["url"]).text)
        error = self.submit(response, self.speed, "5")
        self.assertEqual(error["error"], "answer_wrong_user")

    @mute_logger("odoo.http")
    def test_a_test_of_the_questionnaire(self):
        """«Try it out» is open to whoever may see it, and counts for nothing."""
        url = f"/survey/test/{self.survey.access_token}"
        for user, welcome in (
            (self.quality_manager, True),
            (self.client_manager, True),
        ):
            with self.subTest(user=user.login):
                self.authenticate(user.login, user.login)
                page = self.url_open(url)
                self.assertEqual("o_survey-fill-form" in page.text, welcome)
        self.env.invalidate_all()
        tests = self.survey.user_input_ids
        self.assertTrue(all(tests.mapped("test_entry")))
        self.assertFalse(self.survey.its_in_use)
        self.assertTrue(re.match(r"[0-9a-f-]{36}", tests[0].access_token))


@tagged("post_install", "-at_install", "browser")
class TestSurveyOnTelephone(PageCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_link(self):
        response = self.by_link()
        self.start_tour(response.get_start_url(), "its_questionnaire_link")
        response.invalidate_recordset()
        self.assertEqual(response.state, "done")
        self.assertTrue(response.its_is_low)
        self.assertEqual(response.its_nps, 3)
        wish = response.user_input_line_ids.filtered(
            lambda line: line.question_id == self.wish
        )
        self.assertEqual(wish.its_answer, "Call me back")
