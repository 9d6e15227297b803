"""What a role may not do with questionnaires and responses, in whatever way it tries."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SurveyCase


@tagged("post_install", "-at_install")
class TestSurveyRights(SurveyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.native = cls.env["survey.survey"].create({"title": "Для сотрудников"})
        cls.native_question = cls.ask("q", "scale", cls.native)

    def assert_denied(self, user, *attempts):
        for number, attempt in enumerate(attempts):
            with (
                self.subTest(user=user.login, attempt=number),
                self.undone(),
                self.request_of(user),
                self.assertRaises(UserError),
            ):
                attempt()
                self.env.flush_all()

    def test_nobody_alters_what_was_said(self):
        """Neither who asked nor the quality manager, by no raw request."""
        done = self.respond(overall="good", speed=4)
        line = done.user_input_line_ids[0]
        opened = self.start(client=self.client_unassigned)
        opened._its_save_answers(self.answers("good"))
        for user in (self.client_manager, self.quality_manager, self.head):
            response = self.as_user(done, user)
            lines = response.env["survey.user_input.line"]
            self.assert_denied(
                user,
                lambda response=response: response.write({"its_score": 100}),
                lambda response=response: response.write({"state": "new"}),
                lambda response=response: response.write({"test_entry": True}),
                lambda response=response: response.write(
                    {"its_client_id": self.client_unassigned.id}
                ),
                lambda response=response: response.write(
                    {
                        "user_input_line_ids": [
                            Command.update(line.id, {"value_scale": 5})
                        ]
                    }
                ),
                lambda response=response: response.unlink(),
                lambda response=response: response.copy(),
                lambda lines=lines: lines.browse(line.id).write({"skipped": True}),
                lambda lines=lines: lines.browse(line.id).unlink(),
                lambda lines=lines: lines.create(
                    {
                        "user_input_id": opened.id,
                        "question_id": self.speed.id,
                        "answer_type": "scale",
                        "value_scale": 5,
                    }
                ),
                lambda response=response: response.create(
                    {
                        "survey_id": self.survey.id,
                        "its_client_id": self.client_own.id,
                    }
                ),
            )

    def test_the_administrator_changes_no_score_by_hand(self):
        response = self.as_user(self.respond(overall="good"), self.administrator)
        for values in (
            {"its_score": 100},
            {"its_nps_class": "promoter"},
            {"its_is_low": False},
            {"state": "new"},
            {"test_entry": True},
        ):
            with (
                self.subTest(values=values),
                self.undone(),
                self.assertRaisesRegex(UserError, "computed from the answers"),
            ):
                response.write(values)
        with self.assertRaises(ValidationError):
            response.its_contact_id = self.contact_of(self.client_unassigned)
        response.its_contact_id = self.contact_of(self.client_own)
        response.unlink()

    def test_the_link_is_the_clients(self):
        """Who could read the token could answer for the client, unseen."""
        response = self.as_user(self.survey, self.quality_manager)
        response = response._its_start_response(
            self.client_own.with_user(self.quality_manager)
        )
        token = response.sudo().access_token
        for user in (self.client_manager, self.quality_manager, self.administrator):
            asked = self.as_user(response, user)
            self.assertTrue(asked.read(["its_client_id"]))
            self.assertNotIn("access_token", asked.fields_get())
            for attempt in (
                lambda asked=asked: asked.read(["access_token"]),
                lambda asked=asked: asked.search([("access_token", "=", token)]),
                lambda asked=asked: asked.export_data(["access_token"]),
                lambda asked=asked: asked._read_group([], ["access_token"]),
                lambda asked=asked: asked.web_search_read([], {"access_token": {}}),
            ):
                with self.subTest(user=user.login), self.assertRaises(UserError):
                    attempt()

    def test_other_surveys_stay_hidden(self):
        own = self.respond(overall="good")
        for user in (
            self.client_manager,
            self.quality_manager,
            self.head,
            self.administrator,
            self.employee,
        ):
            with self.subTest(user=user.login):
                native = self.as_user(self.native, user)
                with self.assertRaises(AccessError):
                    native.read(["title"])
                with self.assertRaises(AccessError):
                    self.as_user(self.native_question, user).read(["title"])
        for survey_user in ("survey.group_survey_user", "survey.group_survey_manager"):
            user = self.create_user(f"its_{survey_user[-7:]}", survey_user)
            with self.subTest(survey_user), self.assertRaises(AccessError):
                self.as_user(own, user).read(["its_score"])

    def test_quality_manager_stays_within_our_surveys(self):
        user = self.quality_manager
        survey = self.as_user(self.survey, user)
        question = self.as_user(self.speed, user)
        option = self.as_user(self.grades["good"], user)
        self.assert_denied(
            user,
            lambda: survey.write({"survey_type": "survey"}),
            lambda: survey.write({"company_id": self.other_company.id}),
            lambda: survey.create({"title": "Не наша"}),
            lambda: question.write({"survey_id": self.native.id}),
            lambda: option.write({"question_id": self.native_question.id}),
            lambda: survey.write({"access_mode": "public"}),
            lambda: survey.write({"is_time_limited": True, "time_limit": 1}),
            lambda: survey.unlink(),
        )
        own = survey.create({"title": "Наша", "survey_type": "its"})
        self.assertEqual(own.company_id, self.company)
        self.assertEqual(own.access_mode, "token")
        self.assertTrue(own.copy())

    def test_companies(self):
        abroad = self.create_survey("Чужая", company_id=self.other_company.id)
        question = self.ask("q", "scale", abroad)
        shared = self.create_survey("Общая", company_id=False)
        self.ask("q", "simple_choice", shared)
        option = self.option(shared.question_ids, "o")
        survey = abroad.with_company(self.other_company)
        response = survey._its_start_response(self.client_abroad)
        self.assertEqual(response.company_id, self.other_company)
        response._its_save_answers({question.id: {"answer": 5}})
        for user in (self.quality_manager, self.administrator):
            for record in (
                abroad,
                question,
                response,
                response.user_input_line_ids,
            ):
                with (
                    self.subTest(user=user.login, model=record._name),
                    self.assertRaises(AccessError),
                ):
                    self.as_user(record, user).read(["display_name"])
            for record in (shared, shared.question_ids, option):
                with self.subTest(user=user.login, shared=record._name):
                    self.assertTrue(self.as_user(record, user).read(["display_name"]))

    def test_no_response_without_a_client(self):
        """Neither the public address nor «Share» of Odoo makes one."""
        for user in (self.client_manager, self.administrator):
            survey = self.as_user(self.survey, user).sudo()
            with self.assertRaisesRegex(UserError, "client's card"):
                survey._create_answer(user=user)
        test = self.survey.sudo()._create_answer(
            user=self.client_manager, test_entry=True
        )
        self.assertTrue(test.test_entry)
        self.assertFalse(self.survey.its_in_use)
