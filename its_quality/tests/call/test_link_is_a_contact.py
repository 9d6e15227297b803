from odoo.tests import tagged
from odoo.tools import SQL

from ..survey.common import SurveyCase
from .common import CallCase


@tagged("post_install", "-at_install", "days")
class TestLinkIsAContact(CallCase, SurveyCase):
    """Who has answered by a link has been in contact with us."""

    def answer(self, cadence=None, **answers):
        """Let the client answer the link, as the page does."""
        response = self.survey._its_start_response(
            self.client_own, subscription=self.subscription_of(self.client_own)
        ).sudo()
        response.its_cadence_id = cadence
        response._its_save_answers(self.answers(**answers))
        response._mark_done()
        return response

    def test_last_contact(self):
        self.assertFalse(self.client_own.its_last_contact)
        response = self.answer(overall="good", nps=9)
        [talk] = self.client_own.its_interaction_ids
        self.assertEqual(talk.response_id, response)
        self.assertEqual(
            (talk.channel, talk.direction, talk.outcome, talk.purpose),
            ("questionnaire", "in", "reached", "other"),
        )
        self.assertEqual(talk.service_id, self.program)
        self.assertEqual(self.client_own.its_last_interaction_id, talk)
        self.assertEqual(self.client_own.its_last_contact, talk.date_start)

    def test_a_cadence_is_kept(self):
        cadence = self.create_cadence(purpose="quality", survey_id=self.survey.id)
        [call] = self.plan_call(self.client_own, days=1)
        call.sudo().its_cadence_id = cadence
        self.answer(cadence, overall="good", nps=9)
        [talk] = self.client_own.its_interaction_ids
        self.assertEqual((talk.purpose, talk.cadence_id), ("quality", cadence))
        self.assertFalse(call.active)
        [(kept,)] = self.env.execute_query(
            SQL(
                "SELECT kept FROM (%s) AS client WHERE client_id = %s",
                self.env["its.cadence"]._kept_clients(),
                self.client_own.id,
            )
        )
        self.assertTrue(kept)

    def test_a_questionnaire_filled_in_a_talk_is_none_by_itself(self):
        self.respond(overall="good", nps=9)
        self.assertFalse(self.client_own.its_interaction_ids)

    def test_an_attempt_is_none(self):
        response = self.survey._its_start_response(self.client_own).sudo()
        response.test_entry = True
        response._its_save_answers(self.answers(overall="good", nps=9))
        response._mark_done()
        self.assertFalse(self.client_own.its_interaction_ids)

    def test_answers_are_kept_whoever_has_left(self):
        """The respondent works for another firm by now."""
        person = self.contact_of(self.client_own)
        response = self.survey._its_start_response(
            self.client_own, contact=person
        ).sudo()
        person.parent_id = self.client_colleague
        response._its_save_answers(self.answers(overall="good", nps=9))
        response._mark_done()
        self.assertEqual(response.state, "done")
        [talk] = self.client_own.its_interaction_ids
        self.assertFalse(talk.contact_id)
