"""Calls to one client are some days apart, the end of a contract goes first, and nobody
gets more calls a day than they can make."""

from datetime import date, timedelta

import psycopg2

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import CallCase

MONDAY = "2027-03-01 09:00:00"


@tagged("post_install", "-at_install")
@freeze_time(MONDAY)
class TestCallsApart(CallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.client_manager
        cls.client = cls.create_client("ООО «Трое»", user=cls.manager)
        cls.create_subscription(
            cls.client, cls.contract, date_start="2026-03-15", date_end="2027-04-09"
        )

    def cadence(self, trigger="periodic", purpose="constant", **values):
        values.setdefault("service_ids", self.contract.ids)
        return self.create_cadence(trigger, purpose=purpose, **values)

    def day_of(self, cadence, client=None):
        return self.calls_of(client or self.client, cadence).date_deadline

    def desk(self):
        self.env.invalidate_all()
        return self.env["its.call.desk"].with_user(self.manager)

    def test_three_cadences_of_one_day(self):
        purposes = ("constant", "quality", "rollout")
        for apart in (0, 1, 3, 7):
            with self.subTest(apart), self.undone():
                self.company.its_days_apart = apart
                days = []
                for purpose in purposes:
                    cadence = self.cadence(purpose=purpose)
                    cadence._plan()
                    days.append(self.day_of(cadence))
                gaps = [
                    after - before
                    for before, after in zip(days, days[1:], strict=False)
                ]
                self.assertTrue(all(gap.days >= apart for gap in gaps), days)
                self.assertEqual(days[0], date(2027, 3, 1))
                if not apart:
                    self.assertEqual(set(days), {date(2027, 3, 1)})

    def test_whoever_was_spoken_with_is_left_alone(self):
        cadence = self.cadence(purpose="quality")
        self.talk(self.client, days=-1, purpose="other")
        cadence._plan()
        self.assertEqual(self.day_of(cadence), date(2027, 3, 3))

    def test_a_call_planned_by_hand_counts(self):
        self.plan_call(self.client, days=1)
        cadence = self.cadence()
        cadence._plan()
        self.assertEqual(self.day_of(cadence), date(2027, 3, 5))

    def test_those_of_another_company_do_not(self):
        other = self.create_cadence(company_id=self.other_company.id)
        call = self.plan_call(self.client)
        call.sudo().its_cadence_id = other
        cadence = self.cadence()
        cadence._plan()
        self.assertEqual(self.day_of(cadence), date(2027, 3, 1))

    def test_the_end_of_a_contract_goes_first(self):
        """What was planned for about the same day, and can wait, waits."""
        self.talk(self.client, days=-20, purpose="quality")
        quality = self.cadence(purpose="quality")
        quality._plan()
        self.assertEqual(self.day_of(quality), date(2027, 3, 9))
        call = self.calls_of(self.client, quality)
        end = self.cadence("before_end", "renewal", delay_days=30)
        end._plan()
        self.assertEqual(self.day_of(end), date(2027, 3, 10))
        self.assertEqual(self.day_of(quality), date(2027, 3, 15))
        self.assertFalse(call.its_late_since)
        self.assertEqual(self.client.its_next_contact, date(2027, 3, 10))

    def test_what_is_tried_already_is_not_moved(self):
        quality = self.cadence(purpose="quality")
        quality._plan()
        call = self.calls_of(self.client, quality)
        call.sudo().write({"date_deadline": "2027-03-10", "its_attempts": 1})
        end = self.cadence("before_end", "renewal", delay_days=30)
        end._plan()
        self.assertEqual(self.day_of(quality), date(2027, 3, 10))
        self.assertEqual(self.day_of(end), date(2027, 3, 15))

    def test_never_past_the_end(self):
        """Though the manager has no room until then, or is away for longer."""
        self.client.its_subscription_ids.date_end = "2027-03-03"
        self.company.its_daily_calls = 1
        self.team.head_id = self.head
        for days in range(10):
            self.plan_call(self.client_own, self.manager, days=days)
        self.plan_call(self.client_own, self.manager, days=0)
        end = self.cadence("before_end", "renewal", delay_days=30)
        with self.subTest("no room"), self.undone():
            end._plan()
            self.assertEqual(self.day_of(end), date(2027, 3, 2))
        with self.subTest("away until it is too late"), self.undone():
            self.manager.write(
                {"its_absent_from": "2027-03-01", "its_absent_until": "2027-03-05"}
            )
            end._plan()
            self.assertEqual(self.calls_of(self.client, end).user_id, self.head)
            self.assertLessEqual(self.day_of(end), date(2027, 3, 3))
        with self.subTest("others wait"), self.undone():
            other = self.cadence()
            other._plan()
            self.assertGreater(self.day_of(other), date(2027, 3, 9))

    def test_the_order_of_a_night(self):
        self.cadence(sequence=1)
        end = self.cadence("before_end", "renewal", sequence=90)
        order = self.env["its.cadence"]._in_order_of_planning(self.company)
        self.assertEqual(order[:1], end)

    def test_a_postponed_call_finds_room(self):
        """Nor does it meet another call to the client."""
        self.company.its_daily_calls = 2
        for _number in range(2):
            self.plan_call(self.client_own, self.manager, days=1)
        self.plan_call(self.client, self.colleague, days=2)
        call = self.plan_call(self.client, self.manager)
        self.desk().finish_call(call.id, "no_answer")
        self.assertEqual(call.date_deadline, date(2027, 3, 4))

    def test_a_postponed_renewal_stays_before_the_end(self):
        self.client.its_subscription_ids.date_end = "2027-03-02"
        end = self.cadence("before_end", "renewal", delay_days=30)
        end._plan()
        call = self.calls_of(self.client, end)
        self.company.its_daily_calls = 1
        self.plan_call(self.client_own, self.manager, days=1)
        call.sudo().write({"its_attempts": 9, "user_id": self.manager.id})
        self.desk().finish_call(call.id, "no_answer")
        self.assertEqual(call.date_deadline, date(2027, 3, 2))

    def test_the_desk_shows_the_other_calls(self):
        call = self.plan_call(self.client, self.manager)
        self.plan_call(self.client, self.colleague, days=4)
        others = self.desk().open_call(call.id)["others"]
        self.assertEqual([other["user"] for other in others], [self.colleague.name])
        self.assertIn("05", others[0]["day"])
        other = self.calls_of(self.client)[1]
        other.sudo().its_cadence_id = self.create_cadence(
            company_id=self.other_company.id
        )
        self.assertFalse(self.desk().open_call(call.id)["others"])

    def test_settings_in_order(self):
        table = (
            ("its_days_apart", (-1, 61)),
            ("its_ahead_days", (-1, 93)),
            ("its_started_days", (0, 367)),
            ("its_desk_minutes", (4, 241)),
            ("its_morning_hour", (-1, 19)),
            ("its_ask_days", (-1, 367)),
            ("its_silence_first", (0, 31)),
            ("its_silence_second", (7, 92)),
            ("its_silence_third", (31, 3661)),
        )
        for name, values in table:
            for value in values:
                with (
                    self.subTest(name, value=value),
                    mute_logger("odoo.sql_db"),
                    self.assertRaises(psycopg2.errors.CheckViolation),
                    self.env.cr.savepoint(),
                ):
                    self.company[name] = value
                    self.env.flush_all()

    def test_what_a_firm_decides(self):
        """Each setting changes what it says."""
        with self.subTest("days ahead"), self.undone():
            self.talk(self.client, days=-10)
            month = self.cadence(interval_number=1)
            month._plan()
            self.assertFalse(self.calls_of(self.client, month))
            self.company.its_ahead_days = 30
            month._plan()
            self.assertTrue(self.calls_of(self.client, month))
        with self.subTest("days after a start"), self.undone():
            self.client.its_subscription_ids.date_start = "2027-01-15"
            start = self.cadence("after_start", "rollout")
            self.company.its_started_days = 30
            start._plan()
            self.assertFalse(self.calls_of(self.client, start))
            self.company.its_started_days = 60
            start._plan()
            self.assertTrue(self.calls_of(self.client, start))
        with self.subTest("how long a client is reserved"), self.undone():
            self.company.its_desk_minutes = 30
            call = self.plan_call(self.client, self.manager)
            self.desk().open_call(call.id)
            self.assertEqual(
                call.its_desk_until - timedelta(minutes=30),
                call.its_desk_until.replace(hour=9, minute=0),
            )

    def test_a_call_that_was_made_puts_off_the_next(self):
        """What can wait waits; what is planned by hand, or made already, does not."""
        quality = self.cadence(purpose="quality")
        quality._plan()
        call = self.calls_of(self.client, quality)
        call.sudo().write({"date_deadline": "2027-03-02"})
        call.sudo().its_late_since = False
        by_hand = self.plan_call(self.client, self.manager, days=1)
        made = self.plan_call(self.client, self.manager)
        self.desk().finish_call(made.id, "reached")
        self.assertEqual(str(by_hand.date_deadline), "2027-03-02")
        self.assertEqual(str(call.date_deadline), "2027-03-05")
        self.assertFalse(call.its_late_since)
