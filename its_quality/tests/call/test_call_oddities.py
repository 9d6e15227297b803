"""What seldom happens to planned calls: the clocks of two cities, two companies, people
and clients who go while a call is open."""

from collections import Counter
from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ...models.call import call_days
from .common import CallCase

TUESDAY = "2027-03-02 09:00:00"
# Monday, 1 March, 6 o'clock in Vladivostok, still Sunday, 28 February in Moscow.
DAWN = "2027-02-28 20:00:00"


@tagged("post_install", "-at_install")
@freeze_time(TUESDAY)
class TestCallOddities(CallCase):
    def desk(self, user=None, **context):
        self.env.invalidate_all()
        desk = self.env["its.call.desk"].with_user(user or self.client_manager)
        return desk.with_context(**context)

    def queue(self, user=None, **context):
        calls = self.desk(user, **context).get_queue()["calls"]
        return [call["id"] for call in calls]

    def planned(self, client=None, **values):
        """A call of a cadence to the manager's own client."""
        cadence = self.create_cadence(**values)
        cadence._plan()
        return self.calls_of(client or self.client_own, cadence)

    # -------------------------------------------------------------------------
    # Clocks
    # -------------------------------------------------------------------------

    @freeze_time(DAWN)
    def test_the_day_is_that_of_the_company(self):
        self.company.resource_calendar_id.tz = "Asia/Vladivostok"
        self.client_manager.tz = "Europe/Moscow"
        self.assertEqual(str(self.company._its_today()), "2027-03-01")
        subscription = self.create_subscription(self.client_own, self.service)
        subscription.date_start = "2027-03-01"
        call = self.planned(trigger="after_start", delay_days=0)
        self.assertEqual(str(call.date_deadline), "2027-03-01")
        self.assertEqual(self.queue(tz="Europe/Moscow"), [call.id])
        # 1 o'clock at night in Moscow is 8 in the morning in the firm.
        self.desk(tz="Europe/Moscow").finish_call(
            call.id, "call_back", {"call_at": "2027-02-28 20:30:00"}
        )
        self.assertEqual(str(call.date_deadline), "2027-03-01")
        self.assertEqual(self.queue(tz="Europe/Moscow"), [call.id])
        self.desk(tz="Europe/Moscow").finish_call(call.id, "reached", {})
        self.env["its.interaction"].create(
            {
                "partner_id": self.client_own.id,
                "user_id": self.client_manager.id,
                "date_start": "2027-02-28 13:00:00",
                "activity_id": call.id,
            }
        )
        counts = self.desk(tz="Europe/Moscow").get_queue()["counts"]
        self.assertEqual(counts["done"], 2, "those of the day of the company")

    @freeze_time("2027-02-28 15:00:00")
    def test_a_traveller_is_reminded_in_time(self):
        """His clock says the first of March, that of the firm the last of February."""
        self.client_manager.tz = "Asia/Vladivostok"
        call = self.plan_call(self.client_own)
        self.desk(tz="Asia/Vladivostok").finish_call(
            call.id, "call_back", {"call_at": "2027-02-28 15:30:00"}
        )
        with freeze_time("2027-02-28 15:31:00"):
            self.assertEqual(self.queue(tz="Asia/Vladivostok"), [call.id])

    @freeze_time("2027-02-28 22:30:00")
    def test_a_talk_early_in_the_morning_keeps_the_next_call(self):
        """It was noted on 1 March in Vladivostok, on 28 February by the server."""
        self.company.resource_calendar_id.tz = "Asia/Vladivostok"
        cadence = self.create_cadence()
        call = self.plan_call(self.client_own)
        call.write({"its_cadence_id": cadence.id, "date_deadline": "2027-03-31"})
        self.env["its.interaction"].create({"partner_id": self.client_own.id})
        self.assertFalse(call.active)

    def test_the_hour_is_of_its_day(self):
        call = self.plan_call(self.client_own)
        self.desk().finish_call(
            call.id, "call_back", {"call_at": "2027-03-02 15:00:00"}
        )
        self.assertTrue(call.its_call_at)
        self.as_user(call, self.client_manager).action_reschedule_tomorrow()
        self.assertFalse(call.its_call_at)
        self.assertEqual(self.client_own.its_next_contact, call.date_deadline)

    # -------------------------------------------------------------------------
    # Two companies
    # -------------------------------------------------------------------------

    def test_a_client_of_two_companies(self):
        self.create_subscription(
            self.client_unassigned, self.contract, company_id=self.other_company.id
        )
        ours = self.create_cadence()
        theirs = self.create_cadence(company_id=self.other_company.id)
        ours._plan()
        theirs._plan()
        mine = self.calls_of(self.client_unassigned, ours)
        foreign = self.calls_of(self.client_unassigned, theirs)
        (mine | foreign).write({"user_id": False, "date_deadline": self.today()})
        self.assertTrue(foreign)
        self.assertIn(mine.id, self.queue())
        self.assertNotIn(foreign.id, self.queue(), "he could not record the talk")
        both = self.company | self.other_company
        self.client_manager.company_ids = both
        context = {"allowed_company_ids": both.ids}
        self.assertIn(foreign.id, self.queue(**context))
        self.desk(**context).finish_call(foreign.id, "reached", {})
        talk = self.client_unassigned.its_interaction_ids
        self.assertEqual(talk.company_id, self.other_company)

    # -------------------------------------------------------------------------
    # What goes while a call is open
    # -------------------------------------------------------------------------

    def test_a_deleted_cadence_leaves_its_calls(self):
        call = self.planned(purpose="quality")
        call.its_cadence_id.unlink()
        self.env.invalidate_all()
        self.assertTrue(call.active)
        self.desk().open_call(call.id)
        self.desk().finish_call(call.id, "reached", {})
        self.assertEqual(self.client_own.its_interaction_ids.purpose, "quality")

    def test_what_is_archived_does_not_stop_a_call(self):
        self.create_subscription(self.client_own, self.contract)
        call = self.planned(trigger="before_end", delay_days=300)
        self.team.active = False
        self.other_team.active = False
        call.its_subscription_id.service_id.active = False
        call.date_deadline = self.today()
        self.desk().open_call(call.id)
        call.its_cadence_id.active = False
        self.assertTrue(call.active, "somebody is making it")
        self.desk().finish_call(call.id, "reached", {})
        self.assertFalse(call.active)

    def test_an_archived_head_is_told_nothing(self):
        call = self.plan_call(self.client_team, self.colleague, days=-20)
        self.env["its.cadence"]._escalate_overdue()
        self.assertEqual(call.its_escalated_id, self.head)
        self.head.active = False
        self.assertFalse(call.its_escalated_id)
        self.env["its.cadence"]._escalate_overdue()
        self.assertEqual(call.its_escalated_id, self.deputy)
        self.deputy.active = False
        self.env["its.cadence"]._escalate_overdue()
        self.assertFalse(call.its_escalated_id)

    def test_a_client_who_goes_while_he_is_on_the_phone(self):
        def archive():
            self.client_own.active = False

        def unmark():
            self.client_own.its_client = False

        def merge():
            wizard = self.env["base.partner.merge.automatic.wizard"].create({})
            clients = self.client_own | self.client_colleague
            wizard._merge(clients.ids, self.client_colleague)

        for going in (archive, unmark, merge):
            with self.subTest(going.__name__), self.undone():
                call = self.planned()
                kept = self.calls_of(self.client_colleague, call.its_cadence_id)
                if going is merge:
                    kept.date_deadline -= timedelta(days=1)
                self.desk().open_call(call.id)
                going()
                with self.assertRaisesRegex(UserError, "already closed"):
                    self.desk().finish_call(call.id, "reached", {})

    def test_a_call_that_was_planned_by_hand_outlives_the_client(self):
        call = self.plan_call(self.client_own)
        self.desk().open_call(call.id)
        self.client_own.active = False
        self.desk().finish_call(call.id, "reached", {"summary": "Закрываются"})
        self.assertEqual(self.client_own.its_last_interaction_id.summary, "Закрываются")

    def test_who_becomes_a_client_later(self):
        person = self.env["res.partner"].create(
            {"name": "Закупщик", "parent_id": self.stranger.id}
        )
        calls = self.plan_call(self.stranger) | self.plan_call(person, days=1)
        self.assertFalse(calls.its_client_id)
        self.create_subscription(self.stranger)
        self.assertEqual(calls.its_client_id, self.stranger)
        self.assertEqual(self.stranger.its_next_contact, self.today())
        self.stranger.its_client = False
        self.assertFalse(calls.its_client_id)
        self.assertEqual(calls.mapped("active"), [True, True])
        self.assertFalse(self.stranger.its_next_contact)

    def test_a_contact_person_who_leaves(self):
        person = self.contact_of(self.client_own)

        def archive():
            person.active = False

        def change_firm():
            person.parent_id = self.client_unassigned

        for leaving in (archive, change_firm):
            with self.subTest(leaving.__name__), self.undone():
                call = self.plan_call(person)
                leaving()
                self.assertEqual(call.its_client_id, self.client_own)
                self.assertEqual(call.res_id, self.client_own.id)
                self.desk().finish_call(call.id, "reached", {})
                self.assertFalse(self.client_own.its_interaction_ids.contact_id)

    def test_a_subscription_that_was_moved(self):
        self.create_subscription(self.client_own, self.contract)
        call = self.planned(
            trigger="before_end", delay_days=300, service_ids=self.contract.ids
        )
        with self.undone():
            call.its_subscription_id.partner_id = self.client_unassigned
            self.assertTrue(call.its_withdrawn)
        self.desk().open_call(call.id)
        call.its_subscription_id.partner_id = self.client_unassigned
        self.desk().finish_call(call.id, "reached", {})
        self.assertTrue(self.client_own.its_interaction_ids)
        self.assertFalse(self.client_own.its_interaction_ids.subscription_id)

    def test_a_questionnaire_is_replaced_while_a_call_is_open(self):
        survey = self.env["survey.survey"].create(
            {"title": "Проверка", "survey_type": "its"}
        )
        question = self.env["survey.question"].create(
            {"survey_id": survey.id, "title": "?", "question_type": "scale"}
        )
        for begun in (True, False):
            with self.subTest(begun=begun), self.undone():
                call = self.planned(survey_id=survey.id)
                desk = self.desk()
                desk.open_call(call.id)
                if begun:
                    desk.save_answers(call.id, {str(question.id): {"answer": 5}})
                else:
                    self.env["survey.user_input"].create(
                        {"survey_id": survey.id, "its_client_id": self.client_team.id}
                    )._save_lines(question, "4")
                new = survey._its_copy_version()
                new.action_its_publish()
                self.assertEqual(call.its_cadence_id.survey_id, new)
                answers = {str(question.id): {"answer": 7}}
                if begun:
                    desk.finish_call(call.id, "reached", {}, answers)
                    talk = self.client_own.its_interaction_ids
                    self.assertEqual(talk.response_id.survey_id, survey)
                    continue
                told = desk.finish_call(call.id, "reached", {}, answers)
                self.assertIn("Reload the page", told["errors"][question.id])
                self.env.invalidate_all()
                self.assertFalse(self.client_own.its_interaction_ids)
                self.assertEqual(
                    desk.open_call(call.id)["questionnaire"]["survey"], new.id
                )

    # -------------------------------------------------------------------------
    # Room and days
    # -------------------------------------------------------------------------

    def test_one_call_a_day_and_many_overdue(self):
        self.client_manager.its_daily_calls = 1
        clients = self.env["res.partner"]
        for number in range(40):
            client = self.create_client(f"ООО «Давно {number}»", self.client_manager)
            self.plan_call(client, days=-1 - number)
            clients |= client
        cadence = self.create_cadence()
        for number in range(3):
            client = self.create_client(f"ООО «Новый {number}»", self.client_manager)
            self.create_subscription(client)
        cadence._plan()
        new = self.env["mail.activity"].search(
            [
                ("its_cadence_id", "=", cadence.id),
                ("user_id", "=", self.client_manager.id),
            ],
            order="date_deadline",
        )
        self.assertEqual(
            [str(day) for day in new.mapped("date_deadline")],
            ["2027-03-03", "2027-03-04", "2027-03-05", "2027-03-08"],
        )
        self.assertEqual(len(self.desk().get_queue(limit=500)["calls"]), 40)

    def test_who_has_no_room_for_a_year(self):
        """The cap is kept; what is left comes up again."""
        self.startPatcher(patch.object(call_days, "FARTHEST", 40))
        self.client_manager.its_daily_calls = 1
        for number in range(35):
            client = self.create_client(f"ООО «Много {number}»", self.client_manager)
            self.create_subscription(client)
        cadence = self.create_cadence()
        cadence._plan()
        calls = self.env["mail.activity"].search(
            [
                ("its_cadence_id", "=", cadence.id),
                ("user_id", "=", self.client_manager.id),
            ]
        )
        days = Counter(calls.mapped("date_deadline"))
        self.assertEqual(max(days.values()), 1)
        self.assertLess(len(calls), 36)
        self.assertTrue(all(day.weekday() < 5 for day in days))

    def test_a_calendar_without_hours(self):
        calendar = self.env["resource.calendar"].create(
            {"name": "Пусто", "attendance_ids": [(5,)]}
        )
        self.client_manager.resource_calendar_id = calendar
        self.team.resource_calendar_id = calendar
        self.other_team.resource_calendar_id = calendar
        with freeze_time("2027-03-06 09:00:00"):
            call = self.planned()
            self.assertEqual(str(call.date_deadline), "2027-03-08")
            self.desk().finish_call(call.id, "no_answer", {})
            self.assertEqual(str(call.date_deadline), "2027-03-08")

    def test_away_without_an_end(self):
        """With a deputy he calls, else the head; nobody is forgotten."""
        self.colleague.its_absent_from = "2027-01-01"
        cadence = self.create_cadence()
        cadence._plan()
        calls = self.calls_of(self.client_team, cadence)
        self.assertEqual(calls.user_id, self.head)
        call = self.plan_call(self.client_team, self.colleague, days=-9)
        call.its_escalated_id = self.head
        self.desk(self.head).finish_call(call.id, "no_answer", {})
        self.assertEqual(str(call.date_deadline), "2027-03-03")

    def test_settings_out_of_any_measure(self):
        for values in ({"interval_number": 10**9}, {"delay_days": 10**9}):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.CheckViolation),
                self.undone(),
            ):
                self.create_cadence("periodic", **values)

    # -------------------------------------------------------------------------
    # Odoo's own buttons
    # -------------------------------------------------------------------------

    def test_many_at_once_in_the_list(self):
        other = self.create_client("ООО «Астра»", user=self.client_manager)
        self.create_subscription(other)
        cadence = self.create_cadence()
        cadence._plan()
        calls = self.calls_of(self.client_own, cadence) | self.calls_of(other, cadence)
        calls |= self.plan_call(self.client_own)
        clients = self.client_own | other
        calls.its_desk_user_id = self.colleague
        mine = self.as_user(calls, self.client_manager)
        mine.action_reschedule_nextweek()
        self.assertEqual(
            {str(d) for d in calls.mapped("date_deadline")}, {"2027-03-08"}
        )
        self.assertEqual({str(c.its_next_contact) for c in clients}, {"2027-03-08"})
        with self.undone():
            self.as_user(calls, self.client_manager).action_done()
            self.assertEqual(calls.mapped("active"), [False] * 3)
            self.assertEqual(len(clients.its_interaction_ids), 3)
            self.assertFalse(any(clients.mapped("its_next_contact")))
            self.as_user(calls, self.client_manager).action_done()
            self.assertEqual(len(clients.its_interaction_ids), 3)
        self.as_user(calls, self.client_manager).action_cancel()
        self.assertFalse(clients.its_interaction_ids)
        self.assertFalse(any(clients.mapped("its_next_contact")))
        self.assertEqual(cadence._plan(), 0, "a cancelled call does not come back")
