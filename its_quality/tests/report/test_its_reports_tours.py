from odoo import fields
from odoo.tests import HttpCase, tagged

from ..claim.common import ClaimCase
from ..survey.common import SurveyCase
from ..tier import thinned


@tagged("post_install", "-at_install", "browser", "days")
class TestReportTours(HttpCase, ClaimCase, SurveyCase):
    """Every report in each of its forms, in a browser, as each role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = (
            cls.client_manager,
            cls.quality_manager,
            cls.head,
            cls.administrator,
        )
        for user in cls.users:
            user.password = user.login

    def setUp(self):
        super().setUp()
        # Something for everybody to read: of a client of the head's team, whom the
        # manager calls.
        self.client_team.user_id = self.client_manager
        subscription = self.subscription_of(self.client_team)
        for outcome in ("reached", "no_answer"):
            self.talk(
                self.client_team, subscription_id=subscription.id, outcome=outcome
            )
        for state in ("in_progress", "closed"):
            self.claim_at(state)
        self.respond(client=self.client_team, overall="good", nps=9)

    def test_reports(self):
        for user in thinned(self.users, 2):
            with self.subTest(user.login):
                self.start_tour("/odoo/claims", "its_reports", login=user.login)

    def test_page_of_a_questionnaire(self):
        today = fields.Date.today()
        self.env["survey.user_input"].search(
            [("survey_id", "=", self.survey.id)]
        ).end_datetime = fields.Datetime.subtract(today, days=200)
        self.respond(overall="excellent", nps=10)
        self.respond(overall="poor", why=["rude"], nps=0)
        path = f"/odoo/its-questionnaires/{self.survey.id}/survey-results"
        self.start_tour(path, "its_survey_results", login=self.quality_manager.login)
