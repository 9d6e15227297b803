import re

from odoo.tests import HttpCase, tagged

from odoo.addons.mail.tests.common import MailCase

from ..common import speak_russian
from ..survey.common import SurveyCase
from .common import CallCase


class AskingCase(SurveyCase, CallCase):
    """A planned call with the questionnaire of ``SurveyCase``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client_own.write({"phone": "+7 833 212-34-56", "email": "own@example.com"})
        cls.cadence = cls.create_cadence(
            purpose="quality", survey_id=cls.survey.id, service_ids=cls.program.ids
        )
        cls.cadence._plan()
        calls = cls.env["mail.activity"].search(
            [("its_cadence_id", "=", cls.cadence.id)]
        )
        cls.call = calls.filtered(lambda call: call.its_client_id == cls.client_own)
        (calls - cls.call).unlink()
        cls.call.date_deadline = cls.company._its_today()

    def desk(self, user=None):
        self.env.invalidate_all()
        return self.env["its.call.desk"].with_user(user or self.client_manager)


@tagged("post_install", "-at_install", "days")
class TestCallSurvey(AskingCase, MailCase):
    """The questionnaire at the call desk, the link after calls without an answer."""

    def test_looking_begins_nothing(self):
        card = self.desk().open_call(self.call.id)
        titles = [question["title"] for question in card["questionnaire"]["questions"]]
        self.assertEqual(titles, ["overall", "why", "late", "speed", "nps", "wish"])
        self.assertNotIn(self.why.id, card["questionnaire"]["visible_ids"])
        self.assertFalse(self.call.its_response_id)
        self.assertFalse(self.survey.user_input_ids)

    def test_talk_interaction_response_and_next_call(self):
        desk = self.desk()
        desk.open_call(self.call.id)
        shown = desk.save_answers(self.call.id, self.answers("poor"))["visible_ids"]
        self.assertIn(self.why.id, shown)
        self.desk().finish_call(
            self.call.id,
            "reached",
            {"summary": "Недовольны"},
            self.answers(why=["rude"], speed=1, nps=3),
        )
        response = self.call.its_response_id
        talk = self.client_own.its_interaction_ids
        self.assertEqual(response.state, "done")
        self.assertEqual(talk.response_id, response)
        self.assertEqual(response.its_interaction_ids, talk)
        self.assertEqual(response.its_interviewer_id, self.client_manager)
        self.assertEqual(response.its_nps_class, "detractor")
        self.assertTrue(response.its_followed_up, "a low mark goes to quality control")
        self.assertTrue(self.calls_of(self.client_own, self.cadence))
        self.assertFalse(self.call.active)
        self.assertEqual(self.client_own.its_last_nps_class, "detractor")

    def test_reached_without_a_questionnaire(self):
        """Not everybody has time for questions."""
        self.desk().open_call(self.call.id)
        self.desk().finish_call(self.call.id, "reached", {"summary": "Некогда"})
        self.assertFalse(self.survey.user_input_ids)
        self.assertEqual(self.client_own.its_interaction_ids.outcome, "reached")

    def test_an_interrupted_talk_is_taken_up_by_whoever_calls_next(self):
        self.desk().save_answers(self.call.id, self.answers("good", speed=4))
        self.desk().finish_call(
            self.call.id, "call_back", {"call_at": "2100-01-01 09:00:00"}
        )
        self.call.date_deadline = self.company._its_today()
        self.client_own.user_id = self.colleague
        self.call.user_id = self.colleague
        card = self.desk(self.colleague).open_call(self.call.id)
        given = {q["title"]: q["answer"] for q in card["questionnaire"]["questions"]}
        self.assertEqual(given["overall"], self.grades["good"].id)
        self.assertEqual(int(given["speed"]), 4)
        self.desk(self.colleague).finish_call(self.call.id, "reached", {})
        response = self.call.its_response_id
        self.assertEqual((response.state, len(self.survey.user_input_ids)), ("done", 1))

    def test_the_questionnaire_goes_by_mail_after_three_attempts(self):
        for _attempt in range(2):
            self.desk().finish_call(self.call.id, "no_answer", {})
            self.assertTrue(self.call.active)
        with self.mock_mail_gateway():
            result = self.desk().finish_call(self.call.id, "no_answer", {})
        self.assertIn("own@example.com", result["message"])
        self.assertFalse(self.call.active)
        self.assertEqual(len(self._new_mails), 1)
        response = self.survey.user_input_ids
        self.assertIn(response.access_token, self._new_mails.body_html)
        self.assertFalse(response.its_interviewer_id)
        self.assertTrue(self.calls_of(self.client_own, self.cadence), "the next period")

    def test_who_gets_no_letter_is_called_on(self):
        """Rows: what is in the way."""
        obstacles = {
            "no address": lambda: self.client_own.write({"email": False}),
            "wants no mails": lambda: self.client_own.write(
                {"its_mail_consent": "refused"}
            ),
            "unsubscribed": lambda: self.env["mail.blacklist"]._add("own@example.com"),
            "archived questionnaire": lambda: self.survey.action_archive(),
            "begun talk": lambda: self.desk().save_answers(
                self.call.id, self.answers("good")
            ),
        }
        for what, hinder in obstacles.items():
            with self.subTest(what), self.undone():
                hinder()
                for _attempt in range(4):
                    with self.mock_mail_gateway():
                        self.desk().finish_call(self.call.id, "no_answer", {})
                    self.assertFalse(self._new_mails)
                self.assertTrue(self.call.active)
                self.assertEqual(self.call.its_attempts, 4)

    def test_an_archived_questionnaire_loses_nothing(self):
        self.survey.action_archive()
        card = self.desk().open_call(self.call.id)
        self.assertIsNone(card["questionnaire"])
        self.assertIn("is archived", card["warnings"][0])
        self.desk().finish_call(self.call.id, "reached", {"summary": "Записал"})
        self.assertEqual(self.client_own.its_interaction_ids.summary, "Записал")

    def test_a_cadence_moves_to_the_new_version(self):
        self.respond(overall="good")
        new = self.survey.browse(self.survey.action_its_new_version()["res_id"])
        self.assertEqual(self.cadence.survey_id, self.survey)
        new.action_its_publish()
        self.assertEqual(self.cadence.survey_id, new)


@tagged("post_install", "-at_install", "browser", "days")
class TestCallTours(AskingCase, HttpCase):
    """Mornings in a real browser."""

    def test_client_manager(self):
        # Who calls back tomorrow means it by his browser, which is in UTC here; where the
        # company is further east, that may be today.
        self.company.resource_calendar_id.tz = "UTC"
        other = self.create_client(
            "ООО «Астра»", user=self.client_manager, phone="+7 833 200-00-00 доб. 7"
        )
        third = self.create_client("ООО «Тополь»", user=self.client_manager)
        self.call.its_cadence_id = False
        self.call.date_deadline = self.today(-2)
        self.plan_call(other, days=-1)
        self.plan_call(third)
        wish = self.env["its.wish"].create({"name": "Tour wish"})
        self.start_tour(
            "/odoo/call-desk", "its_call_desk_manager", login="its_client_manager"
        )
        talk = self.client_own.its_interaction_ids
        self.assertEqual((talk.outcome, talk.summary), ("reached", "All is well"))
        self.assertEqual(talk.wish_ids, wish)
        self.assertEqual(other.its_interaction_ids.outcome, "no_answer")
        self.assertEqual(third.its_interaction_ids.outcome, "call_back")

    def test_questionnaire_by_telephone_and_by_link(self):
        """No answer three times, a letter, the link opened by the client, the card."""
        for _attempt in range(2):
            self.desk().finish_call(self.call.id, "no_answer", {})
        self.call.date_deadline = self.today()
        self.start_tour(
            "/odoo/call-desk", "its_call_desk_no_answer", login="its_client_manager"
        )
        mail = self.env["mail.mail"].search([], order="id desc", limit=1)
        self.assertIn("own@example.com", mail.email_to)
        url = re.search(r'href="(http[^"]+/survey/start/[^"]+)"', mail.body_html)[1]
        self.start_tour(url.replace("&amp;", "&"), "its_questionnaire_link")
        self.assertEqual(self.client_own.its_last_nps_class, "detractor")
        self.start_tour(
            "/odoo/its-clients",
            "its_client_card",
            login="its_client_manager",
        )

    def test_quality_manager(self):
        self.call.user_id = self.quality_manager
        self.start_tour(
            "/odoo/call-desk", "its_call_desk_quality", login="its_quality_manager"
        )
        response = self.call.its_response_id
        self.assertEqual(response.state, "done")
        self.assertEqual(response.its_interviewer_id, self.quality_manager)
        self.assertTrue(self.client_own.its_interaction_ids.response_id)

    def test_head_and_administrator(self):
        escalated = self.plan_call(self.client_team, self.colleague, days=-9)
        escalated.its_escalated_id = self.head
        self.start_tour("/odoo/call-desk", "its_call_desk_head", login="its_head")
        self.assertFalse(escalated.active)
        self.env["its.cadence"].create({"name": "Tour cadence", "purpose": "constant"})
        self.start_tour("/odoo/cadences", "its_cadence_plan", login="its_administrator")
        cadence = self.env["its.cadence"].search([("name", "=", "Tour cadence")])
        self.assertTrue(cadence.call_count)


@tagged("post_install", "-at_install", "browser")
class TestDeskTours(AskingCase, HttpCase):
    """What a job takes at the desk, in presses, and by the keyboard."""

    def tour(self, name, user=None, path="/odoo/call-desk"):
        self.start_tour(path, name, login=(user or self.client_manager).login)

    def test_find_anybody_and_undo(self):
        roscha = self.create_client(
            "ООО «Берёзовая Роща»", user=self.client_manager, its_kind="company"
        )
        self.contact_of(roscha).write(
            {"name": "Ольга Пёстрая", "phone": "+7 912 700-00-01"}
        )
        self.create_subscription(roscha)
        self.tour("its_desk_find")
        talk = roscha.its_interaction_ids
        self.assertEqual((talk.outcome, talk.summary), ("reached", "Спросили про ЭДО"))
        talk.unlink()
        self.tour("its_desk_undo")
        self.assertFalse(self.client_own.its_interaction_ids)
        self.assertEqual((self.call.active, self.call.its_attempts), (True, 0))

    def test_in_russian(self):
        """A quality manager switches a cadence of hers; an administrator of ITS finds
        whoever is on the line."""
        speak_russian(self.quality_manager | self.administrator)
        cadence = self.cadence.copy({"name": "Tour cadence"})
        path = "/odoo/survey-cadences"
        self.tour("its_cadence_switch", self.quality_manager, path)
        self.assertTrue(cadence.active and cadence.call_count)
        roscha = self.create_client(
            "ООО «Берёзовая Роща»", user=self.client_manager, its_kind="company"
        )
        self.contact_of(roscha).write(
            {"name": "Ольга Пёстрая", "phone": "+7 912 700-00-01"}
        )
        self.call.user_id = self.administrator
        self.tour("its_desk_find", self.administrator)
        self.assertEqual(roscha.its_interaction_ids.user_id, self.administrator)

    def test_questions_and_keys(self):
        self.call.user_id = self.quality_manager
        self.tour("its_desk_keys", self.quality_manager)
        self.assertFalse(self.client_own.its_interaction_ids)
        self.call.its_response_id.unlink()
        survey = self.create_survey("Tour of five", its_draft=False)
        for title in ("one", "two", "three", "four", "five"):
            self.ask(title, "scale", survey, scale_max=5, constr_mandatory=True)
        self.cadence.survey_id = survey
        self.tour("its_desk_questions", self.quality_manager)
        response = self.client_own.its_interaction_ids.response_id
        self.assertEqual((response.state, response.its_is_partial), ("done", False))

    def test_renewal(self):
        contract = self.subscription_of(self.client_own)
        contract.date_end = self.today(10)
        self.call.its_purpose = "renewal"
        self.tour("its_desk_renew")
        self.assertTrue(contract.is_renewed)
        self.assertFalse(self.call.active)

    def test_send_a_questionnaire(self):
        self.survey.title = "Tour questionnaire"
        self.tour("its_survey_send", self.quality_manager, "/odoo/its-clients")
        self.assertTrue(self.survey.user_input_ids.filtered("its_to_send"))


@tagged("post_install", "-at_install", "browser")
class TestCallTourOnTelephone(AskingCase, HttpCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_telephone(self):
        self.start_tour(
            "/odoo/call-desk", "its_call_desk_telephone", login="its_client_manager"
        )
        self.assertEqual(self.client_own.its_interaction_ids.outcome, "reached")
