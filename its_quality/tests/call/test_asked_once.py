"""Nobody is asked twice: a year of clients, nights and talks, and no client who was
asked two questionnaires within thirty days."""

import os
import random
from datetime import date, timedelta

from odoo.tests import freeze_time, tagged

from ...models.call.asking import reason_to_skip
from ..survey.common import SurveyCase
from ..tier import count
from .common import CallCase

FIRST, LAST = date(2027, 3, 1), count(date(2027, 9, 30), date(2028, 2, 29))
# More clients than the tier asks for, as `ITS_TEST_ASKED=5000`.
CLIENTS = int(os.environ.get("ITS_TEST_ASKED", 0)) or count(3, 500)
# The better a question, the lower its number.
RANK = {"after_claim": 0, "after_start": 1, "before_end": 2, "periodic": 3}
# What comes of a call, and how likely it is.
OUTCOMES = {"reached": 60, "no_answer": 25, "call_back": 8, "wrong_number": 4}
OUTCOMES["refused"] = 3


class AskedCase(SurveyCase, CallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.its_call_attempts = 2
        cls.company.its_daily_calls = 1000
        cls.questions = {}
        cls.cadences = [
            cls.asking("after_claim", purpose="claim", delay_days=3),
            cls.asking("after_start", purpose="rollout", delay_days=5),
            cls.asking("before_end", purpose="renewal", delay_days=30),
            cls.asking(purpose="quality", interval_number=2),
            cls.asking(purpose="constant", interval_number=5, interval_unit="week"),
        ]

    @classmethod
    def asking(cls, trigger="periodic", **values):
        """A cadence with a questionnaire of its own."""
        survey = cls.create_survey(f"Анкета {len(cls.questions)}")
        cls.questions[survey] = cls.ask("nps", "scale", survey, its_meaning="nps")
        return cls.create_cadence(
            trigger, survey_id=survey.id, service_ids=cls.contract.ids, **values
        )

    def desk(self):
        return self.env["its.call.desk"].with_user(self.client_manager)

    def asked(self, client):
        """The days on which a client was asked, from plain rows."""
        responses = self.env["survey.user_input"].search(
            [("its_client_id", "=", client.id)]
        )
        return sorted(
            response.its_sent_on or response.start_datetime.date()
            for response in responses
        )


@tagged("post_install", "-at_install")
class TestAskedOnce(AskedCase):
    """A year, as chance has it."""

    def test_a_year(self):
        self.chance = random.Random(20270301)
        self.skipped = 0
        clients = self.env["res.partner"].union(
            *(self.new_client(number) for number in range(CLIENTS))
        )
        day = FIRST
        while day <= LAST:
            with freeze_time(f"{day} 09:00:00"):
                if day.weekday() == 0:
                    self.night(clients)
                if day.weekday() < 5:
                    self.morning(day, clients)
            day += timedelta(days=1)
        total = 0
        for client in clients:
            days = self.asked(client)
            total += len(days)
            for before, after in zip(days, days[1:], strict=False):
                self.assertGreaterEqual((after - before).days, 30, client.name)
        self.assertGreater(total, count(1, 2) * CLIENTS, "they are asked all the same")
        self.assertGreater(self.skipped, CLIENTS)

    def new_client(self, number):
        client = self.create_client(
            f"ООО «Год {number}»",
            user=self.client_manager,
            email=self.chance.choice((False, f"year{number}@example.com")),
        )
        start = FIRST - timedelta(days=self.chance.randrange(300))
        while start < LAST:
            end = start + timedelta(days=self.chance.randrange(90, 365))
            self.create_subscription(
                client, self.contract, date_start=start, date_end=end
            )
            start = end + timedelta(days=self.chance.choice((1, 1, 20)))
        return client

    def night(self, clients):
        self.env["its.subscription"]._update_states()
        self.env["its.cadence"]._cancel_pointless()
        for cadence in self.cadences:
            cadence._plan()
        for client in clients:
            if self.chance.random() < 0.08:
                self.env["its.cadence"]._plan_after_claim(client, self.company)

    def morning(self, day, clients):
        calls = self.env["mail.activity"].search(
            [("its_client_id", "in", clients.ids), ("date_deadline", "<=", day)]
        )
        for call in calls:
            if call.active:
                self.talk_about(call, day)

    def talk_about(self, call, day):
        client = call.its_client_id
        desk = self.desk()
        card = desk.open_call(call.id)
        self.assertNotEqual(bool(card["questionnaire"]), bool(card["not_asked"]))
        before = self.asked(client)
        self.skipped += bool(card["not_asked"])
        outcome = self.chance.choices([*OUTCOMES], [*OUTCOMES.values()])[0]
        values = {}
        if outcome == "call_back":
            values["call_at"] = f"{day + timedelta(days=2)} 09:00:00"
        answers = None
        if card["questionnaire"] and self.chance.random() < 0.8:
            question = self.questions[call.its_survey_id]
            answers = {question.id: {"answer": str(self.chance.randrange(11))}}
        better = self.better(call, day)
        continued = call.its_response_id
        desk.finish_call(call.id, outcome, values, answers)
        if len(self.asked(client)) > len(before) and not continued:
            self.assertFalse(better, "a better one is due soon")

    def better(self, call, day):
        """What else is to be asked within thirty days, and comes first."""
        mine = RANK[call.its_cadence_id.trigger]
        return [
            other
            for other in self.calls_of(call.its_client_id)
            if other != call
            and RANK[other.its_cadence_id.trigger] < mine
            and (other.date_deadline - day).days < 30
        ]


@tagged("post_install", "-at_install")
@freeze_time("2027-03-01 09:00:00")
class TestAskingAgain(AskedCase):
    """What is asked, what is not and why."""

    def planned(self, cadence):
        self.create_subscription(
            self.client_own,
            self.contract,
            date_start="2026-03-01",
            date_end="2027-12-31",
        )
        cadence._plan()
        return self.calls_of(self.client_own, cadence)

    def asked_before(self, days, **values):
        response = self.env["survey.user_input"].create(
            {
                "survey_id": self.survey.id,
                "its_client_id": self.client_own.id,
                "company_id": self.company.id,
                **values,
            }
        )
        response.its_sent_on = self.company._its_today() - timedelta(days=days)
        return response

    def test_days_between(self):
        """Rows: days since the last questionnaire, the setting, whether it is asked."""
        call = self.planned(self.cadences[3])
        table = (
            (0, 30, False),
            (29, 30, False),
            (30, 30, True),
            (5, 5, True),
            (0, 0, True),
        )
        for days, setting, expected in table:
            with self.subTest(days=days, setting=setting), self.undone():
                self.company.its_ask_days = setting
                self.asked_before(days)
                self.assertEqual(not reason_to_skip(call), expected)
        with self.subTest("by another company"), self.undone():
            self.asked_before(0, company_id=self.other_company.id)
            self.assertFalse(reason_to_skip(call))
        with self.subTest("a test of the questionnaire"), self.undone():
            self.asked_before(0, test_entry=True)
            self.assertFalse(reason_to_skip(call))

    def test_the_better_one_first(self):
        call = self.planned(self.cadences[3])
        table = (
            ({}, True),
            ({"date_deadline": "2027-03-30"}, True),
            ({"date_deadline": "2027-03-31"}, False),
            ({"active": False}, False),
        )
        for values, waits in table:
            with self.subTest(values), self.undone():
                self.env["its.cadence"]._plan_after_claim(self.client_own, self.company)
                better = self.calls_of(self.client_own, self.cadences[0])
                better.write(values)
                self.assertEqual(bool(reason_to_skip(call)), waits)
                self.assertFalse(reason_to_skip(better), "a worse one does not wait")

    def test_the_desk_says_why_and_asks_all_the_same(self):
        call = self.planned(self.cadences[3])
        self.asked_before(3)
        desk = self.desk()
        card = desk.open_call(call.id)
        self.assertIsNone(card["questionnaire"])
        self.assertIn("03/28/2027", card["not_asked"])
        question = self.questions[call.its_survey_id]
        answers = {question.id: {"answer": "9"}}
        with self.assertRaisesRegex(Exception, "asked again before"):
            desk.save_answers(call.id, answers)
        self.assertTrue(desk.ask_anyway(call.id)["questions"])
        card = desk.open_call(call.id)
        self.assertTrue(card["questionnaire"])
        self.assertFalse(card["not_asked"])
        desk.finish_call(call.id, "reached", {}, answers)
        self.assertEqual(call.its_response_id.state, "done")

    def test_a_half_filled_one_is_gone_on_with(self):
        call = self.planned(self.cadences[3])
        question = self.questions[call.its_survey_id]
        self.desk().save_answers(call.id, {question.id: {"answer": "9"}})
        self.assertFalse(reason_to_skip(call))
        self.assertTrue(self.desk().open_call(call.id)["questionnaire"])

    def test_no_letter_either(self):
        call = self.planned(self.cadences[3])
        self.client_own.email = "own@example.com"
        self.asked_before(3)
        call.sudo().its_attempts = 1
        message = self.desk().finish_call(call.id, "no_answer")["message"]
        self.assertIn("asked again before", message)
        self.assertTrue(call.active)
        self.assertFalse(call.its_survey_id.user_input_ids)
