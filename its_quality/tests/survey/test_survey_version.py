import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import SurveyCase


@tagged("post_install", "-at_install")
class TestSurveyVersions(SurveyCase):
    """A questionnaire that clients have answered is replaced, not rewritten."""

    def changes(self):
        """Whatever would change what an answer means: name, how to do it as the user
        for whom these records are."""
        user = self.quality_manager
        survey = self.as_user(self.survey, user)
        overall, why, speed, nps, wish = (
            self[name].with_user(user)
            for name in ("overall", "why", "speed", "nps", "wish")
        )
        good = self.grades["good"].with_user(user)
        options = good.browse()
        other = self.create_survey("Другая анкета").with_user(user)
        return {
            "title": lambda: speed.write({"title": "Быстро ли?"}),
            "title in another language": lambda: speed.update_field_translations(
                "title", {"en_US": "Fast?"}
            ),
            "type": lambda: wish.write({"question_type": "char_box"}),
            "scale": lambda: nps.write({"scale_max": 9, "its_meaning": "none"}),
            "label of the scale": lambda: nps.write({"scale_max_label": "Никогда"}),
            "meaning": lambda: speed.write({"its_meaning": "csat"}),
            "weight": lambda: speed.write({"its_weight": 2}),
            "order": lambda: speed.write({"sequence": 1}),
            "mandatory": lambda: speed.write({"constr_mandatory": True}),
            "condition": lambda: why.write(
                {"triggering_answer_ids": [Command.clear()]}
            ),
            "another questionnaire": lambda: speed.write({"survey_id": other.id}),
            "new question": lambda: speed.create(
                {"survey_id": survey.id, "title": "Ещё"}
            ),
            "new question by the form": lambda: survey.write(
                {"question_and_page_ids": [Command.create({"title": "Ещё"})]}
            ),
            "copied question": lambda: speed.copy(),
            "deleted question": lambda: wish.unlink(),
            "option": lambda: good.write({"value": "Отлично"}),
            "option in another language": lambda: good.update_field_translations(
                "value", {"en_US": "Great"}
            ),
            "points": lambda: good.write({"answer_score": 4.5}),
            "order of options": lambda: good.write({"sequence": 100}),
            "new option": lambda: options.create(
                {"question_id": overall.id, "value": "Так себе"}
            ),
            "option by the form": lambda: overall.write(
                {"suggested_answer_ids": [Command.delete(good.id)]}
            ),
            "deleted option": lambda: good.unlink(),
            "random questions": lambda: survey.write({"questions_selection": "random"}),
            "another kind": lambda: survey.write({"survey_type": "survey"}),
        }

    def begin(self, **arguments):
        response = self.start(**arguments)
        response._its_save_answers(self.answers("good"))
        return response

    def test_opened_is_not_answered(self):
        """Whoever looks at a call freezes nothing; who begins it then is asked what
        stands in the questionnaire by now."""
        response = self.start()
        self.assertFalse(self.survey.its_in_use)
        self.wish.unlink()
        self.speed.title = "Быстро ли?"
        extra = self.ask("extra", "scale")
        response._its_save_answers({extra.id: {"answer": 7}})
        self.assertIn(extra, response.sudo().predefined_question_ids)
        self.survey.invalidate_recordset()
        self.assertTrue(self.survey.its_in_use)

    def test_a_link_on_its_way_counts(self):
        self.survey._its_start_response(self.client_own)
        self.assertTrue(self.survey.its_in_use)

    def test_not_changed_once_answered(self):
        # Whether it works before is the other half of the table.
        cannot_ever = {"random questions", "another kind"}
        for name in self.changes():
            with self.subTest(name, used=False), self.undone():
                if name not in cannot_ever:
                    self.changes()[name]()
                    self.env.flush_all()
        self.begin()
        for name in self.changes():
            with (
                self.subTest(name, used=True),
                self.undone(),
                self.assertRaisesRegex(UserError, "New version"),
            ):
                self.changes()[name]()
                self.env.flush_all()

    def test_not_even_by_the_superuser(self):
        self.begin()
        for attempt in (
            lambda: self.speed.sudo().write({"title": "Быстро ли?"}),
            lambda: self.speed.sudo().unlink(),
            lambda: self.grades["good"].sudo().unlink(),
        ):
            with self.undone(), self.assertRaisesRegex(UserError, "New version"):
                attempt()
        forged = self.as_user(self.speed, self.quality_manager)
        with self.assertRaisesRegex(UserError, "New version"):
            forged.with_context(_force_unlink=True).write({"title": "Быстро ли?"})

    def test_looks_may_change(self):
        self.begin()
        self.as_user(self.speed, self.quality_manager).write(
            {"description": "<p>От 1 до 5</p>", "constr_error_msg": "Оцените"}
        )
        survey = self.as_user(self.survey, self.quality_manager)
        survey.write({"description": "<p>Здравствуйте!</p>", "its_low_score": 70})
        self.assertEqual(self.survey.its_low_score, 70)

    def test_a_test_does_not_count(self):
        self.survey._create_answer(user=self.env.user, test_entry=True)
        self.assertFalse(self.survey.its_in_use)
        self.speed.title = "Быстро ли?"
        self.begin()
        self.survey.invalidate_recordset()
        self.assertTrue(self.survey.its_in_use)

    def replace(self, user=None):
        """Prepare the next version and publish it.

        :return: it, as the superuser sees it
        """
        survey = self.as_user(self.survey, user or self.quality_manager)
        action = survey.action_its_new_version()
        new = survey.browse(action["res_id"])
        new.action_its_publish()
        return new.sudo()

    def test_draft(self):
        """Clients are asked by the old one until the new one is published."""
        self.begin()
        survey = self.as_user(self.survey, self.quality_manager)
        action = survey.action_its_new_version()
        new = survey.browse(action["res_id"])
        self.assertTrue(new.its_draft)
        self.assertTrue(self.survey.active)
        self.assertTrue(self.start(client=self.client_unassigned))
        with self.assertRaisesRegex(UserError, "is a draft"):
            self.start(survey=new)
        again = survey.action_its_new_version()
        self.assertEqual(again["res_id"], new.id, "there is one draft to go on with")
        for user in (self.client_manager, self.head, self.employee):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.as_user(new, user).action_its_publish()
        new = self.as_user(new, self.quality_manager)
        new.action_its_publish()
        self.assertFalse(self.survey.active)
        self.assertTrue(self.start(survey=new))
        new.action_its_publish()

    def test_made_in_the_form_is_a_draft(self):
        surveys = self.env["survey.survey"].with_user(self.quality_manager)
        surveys = surveys.with_context(default_survey_type="its")
        with Form(surveys, "its_quality.survey_survey_view_form") as form:
            form.title = "Новая"
        survey = form.record
        self.assertEqual(survey.survey_type, "its")
        self.assertEqual(survey.company_id, self.company)
        self.assertTrue(survey.its_draft)
        with self.assertRaisesRegex(UserError, "no questions"):
            survey.action_its_publish()

    def test_new_version(self):
        response = self.respond(overall="good", speed=4)
        self.survey.update_field_translations("title", {"en_US": "The questionnaire"})
        new = self.replace()
        self.assertEqual(new.title, self.survey.title)
        self.assertEqual(new.its_previous_id, self.survey)
        self.assertEqual((self.survey.its_version, new.its_version), (1, 2))
        self.assertTrue(new.active)
        self.assertFalse(self.survey.active)
        self.assertEqual(new.survey_type, "its")
        self.assertFalse(new.its_in_use)
        old, copied = self.survey.question_ids, new.question_ids
        for name in (
            "title",
            "question_type",
            "its_meaning",
            "its_weight",
            "constr_mandatory",
            "scale_min",
            "scale_max",
        ):
            self.assertEqual(old.mapped(name), copied.mapped(name), name)
        why = copied.filtered(lambda q: q.title == "why")
        self.assertEqual(why.triggering_answer_ids.mapped("value"), ["fair", "poor"])
        self.assertEqual(why.triggering_answer_ids.question_id.survey_id, new)
        copied[0].title = "Теперь можно"
        self.assertEqual(
            self.as_user(response, self.client_manager).survey_id.id, self.survey.id
        )
        self.assertAlmostEqual(response.its_score, 68.8)

    def test_the_old_one_can_be_finished(self):
        begun = self.start()
        begun._its_save_answers(self.answers("good"))
        self.replace()
        self.env.invalidate_all()
        self.assertEqual(begun._its_finish().state, "done")
        with self.assertRaisesRegex(UserError, "archived"):
            self.start()

    def test_replaced_once(self):
        self.replace()
        survey = self.as_user(self.survey, self.quality_manager)
        with self.assertRaisesRegex(UserError, "already has version 2"):
            survey.action_its_new_version()
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.Error):
            self.create_survey("Ещё одна", its_previous_id=self.survey.id)

    def test_who_replaces(self):
        for user in (self.client_manager, self.head, self.employee):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                self.as_user(self.survey, user).action_its_new_version()

    def test_the_hook(self):
        replaced = []
        self.patch(
            type(self.survey),
            "_its_replaced_by",
            lambda old, new: replaced.append((old, new)),
        )
        new = self.replace()
        self.assertEqual(replaced, [(self.survey, new)])

    def test_nothing_answered_is_deleted(self):
        response = self.respond(overall="good")
        for user in (self.quality_manager, self.administrator):
            for record in (self.survey, self.overall, self.grades["good"]):
                with (
                    self.subTest(user=user.login, model=record._name),
                    self.undone(),
                    self.assertRaises(UserError),
                ):
                    self.as_user(record, user).unlink()
        self.client_own.its_subscription_ids.unlink()
        for user in (self.env.user, self.administrator):
            with (
                self.undone(),
                self.assertRaisesRegex(UserError, "answered our questionnaires"),
            ):
                self.as_user(self.client_own, user).unlink()
        self.contact_of(self.client_own).unlink()
        self.assertTrue(response.exists())
        self.as_user(response, self.administrator).unlink()
        self.as_user(self.client_own, self.administrator).unlink()
        self.as_user(self.survey, self.administrator).unlink()
        self.assertFalse(self.overall.exists())
