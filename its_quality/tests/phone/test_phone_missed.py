from datetime import timedelta
from itertools import permutations

from odoo.tests import tagged

from .common import PhoneCase


@tagged("post_install", "-at_install")
class TestPhoneMissed(PhoneCase):
    """Whoever has reached nobody is called back, once."""

    def test_the_manager_calls_back(self):
        [call] = self.write_journal(*self.missed())
        task = self.tasks
        self.assertEqual(call.state, "missed")
        self.assertEqual(call.callback_id, task)
        self.assertEqual(task.user_id, self.client_manager)
        self.assertEqual(task.its_client_id, self.client_own)
        self.assertIn("+78332111111", task.summary)
        self.assertFalse(self.talks)

    def test_in_the_language_of_whoever_calls_back(self):
        """The job that writes the journal speaks English; of nobody it is the firm's."""
        self.env["res.lang"]._activate_lang("ru_RU")
        self.client_manager.lang = "ru_RU"
        self.write_journal(*self.missed(), *self.missed("2", number="88332222222"))
        words = {task.user_id: task.summary for task in self.tasks}
        self.assertIn("Пропущенный звонок", words[self.client_manager])
        self.assertIn("Missed call", words[self.colleague])
        self.company.partner_id.lang = "ru_RU"
        self.connection.line_ids.team_id = False
        self.write_journal(*self.missed("3", number="88332333333"))
        task = self.tasks.filtered(lambda one: not one.user_id)
        self.assertIn("Пропущенный звонок", task.summary)

    def test_three_are_one(self):
        events = [
            event for number in "123" for event in self.missed(number, int(number) * 60)
        ]
        calls = self.write_journal(*events)
        self.assertEqual(len(calls), 3)
        self.assertEqual(len(self.tasks), 1)
        self.assertEqual(calls.callback_id, self.tasks)
        self.assertIn("3", self.tasks.summary)
        # Somebody else is another task.
        self.write_journal(*self.missed("4", number="88332222222"))
        self.assertEqual(self.tasks.user_id, self.client_manager | self.colleague)

    def test_who_calls_back(self):
        """Rows: what has happened to the manager, who calls."""
        today = self.today()
        member = self.create_user("its_member", "its_quality.group_client_manager")
        self.client_manager.its_deputy_id = self.colleague
        self.env.flush_all()

        def absent():
            self.client_manager.write(
                {"its_absent_from": today, "its_absent_until": today}
            )

        def left():
            self.client_own.user_id = False

        def in_team():
            left()
            self.other_team.member_ids = member

        def team_is_absent():
            in_team()
            member.write({"its_absent_from": today, "its_absent_until": today})

        def stranger():
            self.client_own.phone = False

        table = [
            (absent, self.colleague),
            (left, self.other_head),
            (in_team, member),
            (team_is_absent, self.other_head),
            (stranger, self.other_head),
        ]
        for change, user in table:
            with self.subTest(change.__name__), self.undone():
                change()
                self.write_journal(*self.missed())
                self.assertEqual(self.tasks.user_id, user)

    def test_without_a_team(self):
        self.connection.line_ids.unlink()
        self.client_own.user_id = False
        self.write_journal(
            *self.missed("1"), *self.missed("2", number="+7 999 000-00-00")
        )
        ours = self.tasks.filtered("its_client_id")
        strange = self.tasks - ours
        self.assertFalse(ours.user_id)
        managers = self.env["res.users"]._its_quality_managers(self.company)
        self.assertEqual(strange.user_id, managers[:1])
        self.assertEqual(strange.res_model, "its.phone.call")

    def test_on_top_of_the_desk(self):
        late = self.client_unassigned.activity_schedule(
            "mail.mail_activity_data_call",
            user_id=self.client_manager.id,
            date_deadline=self.today(-10),
        )
        self.write_journal(*self.missed())
        self.tasks.date_deadline = self.today()
        desk = self.env["its.call.desk"].with_user(self.client_manager)
        calls = desk.get_queue()["calls"]
        self.assertEqual([call["id"] for call in calls], [self.tasks.id, late.id])
        self.assertEqual([call["missed"] for call in calls], [True, False])

    def test_today_in_working_hours(self):
        """The day is a working day, and today as long as people work."""
        self.write_journal(*self.missed())
        day = self.tasks.date_deadline
        calendar = self.company.resource_calendar_id
        self.assertIn(day, (self.today(), self.working_day(1)))
        calendar.attendance_ids.unlink()
        self.assertIn(day, (self.today(), self.working_day(1)))

    def test_a_talk_closes_it(self):
        """Rows: what comes after the missed call, whether it is settled by that."""
        after = {"after": 300}
        table = [
            (self.talk("2", direction="out", **after), True),
            (self.talk("2", **after), True),
            # Somebody else of ours has spoken with them.
            (self.talk("2", extension="103", **after), True),
            ([self.event("ended", "2", 300, "101", direction="out")], False),
            (self.missed("2", **after), False),
            (self.talk("2", after=-300), False),
            (self.talk("2", number="88332222222", **after), False),
        ]
        for number, (events, is_settled) in enumerate(table):
            with self.subTest(number), self.undone():
                self.write_journal(*self.missed())
                task = self.tasks
                self.write_journal(*events)
                self.assertEqual(task.active, not is_settled)
                first = self.calls.filtered(lambda call: call.call_ref == "1")
                self.assertEqual(bool(first.date_called_back), is_settled)
                if is_settled:
                    self.assertEqual(first.wait_minutes, 5)
                    self.assertEqual(first.callback_result, "in_time")
                    self.assertEqual(self.talks.activity_id, task)

    def test_in_time_or_late(self):
        for minutes, result in ((5, "in_time"), (4, "late")):
            with self.subTest(minutes), self.undone():
                self.connection.callback_minutes = minutes
                self.write_journal(*self.missed())
                self.assertEqual(self.calls.callback_result, "waiting")
                self.write_journal(*self.talk("2", after=295))
                found = self.calls.mapped("callback_result")
                self.assertEqual(found, [result, False])

    def test_in_any_order(self):
        """Missed, missed, spoken with, missed: one task is left, about the last."""
        calls = [
            self.missed("1"),
            self.missed("2", 60),
            self.talk("3", 120, seconds=10),
            self.missed("4", 240),
        ]
        for order in permutations(calls):
            with self.subTest([events[0].call_ref for events in order]), self.undone():
                for events in order:
                    self.write_journal(*events)
                states = self.calls.mapped(lambda c: bool(c.date_called_back))
                self.assertEqual(states, [True, True, False, False])
                self.assertEqual(len(self.tasks), 1)
                self.assertEqual(self.calls[3].callback_id, self.tasks)

    def test_it_was_answered_after_all(self):
        """The end comes before the word that it was answered."""
        ringing, answered, ended = self.talk()
        self.write_journal(ringing, ended)
        self.assertTrue(self.tasks)
        self.write_journal(answered)
        self.assertFalse(self.tasks)
        self.assertEqual(self.calls.state, "talk")
        self.assertFalse(self.calls.callback_id)
        self.assertEqual(len(self.talks), 1)

    def test_called_back_from_the_desk(self):
        """With a telephone that the exchange does not know."""
        [call] = self.write_journal(*self.missed())
        task = self.tasks
        desk = self.env["its.call.desk"].with_user(self.client_manager)
        desk.open_call(task.id)
        desk.finish_call(task.id, "no_answer", {})
        self.assertTrue(task.active)
        self.assertFalse(call.date_called_back)
        desk.open_call(task.id)
        desk.finish_call(task.id, "reached", {"summary": "Ответили"})
        self.assertTrue(call.date_called_back)
        # And the next time is another one.
        self.write_journal(*self.missed("2", 500))
        self.assertEqual(len(self.tasks), 1)
        self.assertNotEqual(self.tasks, task)

    def test_a_task_that_somebody_has_cancelled(self):
        """It stays so; another call is another task."""
        self.write_journal(*self.missed())
        self.tasks.action_archive()
        self.write_journal(*self.missed("2", 60))
        self.assertEqual(len(self.tasks), 1)
        self.assertEqual(self.calls.filtered("callback_id.active").call_ref, "2")

    def test_hidden_numbers(self):
        """Nobody can be called back."""
        self.write_journal(
            *self.missed(number="anonymous"), *self.missed("2", number="")
        )
        self.assertFalse(self.tasks)
        self.assertEqual(self.calls.mapped("state"), ["missed"] * 2)

    def test_the_tile(self):
        """How many of a month were missed, and never called back; who has no telephone
        sees no tile."""
        self.rung_at -= timedelta(minutes=20)
        dashboard = self.env["its.dashboard"].with_user(self.quality_manager)
        team = self.other_team.id
        before = dashboard.get_figures("month", team)["tiles"]["missed"]
        self.write_journal(
            *self.missed("1"),
            *self.talk("2", 60, seconds=10),
            *self.missed("3", 120),
            *self.missed("4", 180, number="88332222222"),
        )
        tile = dashboard.get_figures("month", team)["tiles"]["missed"]
        self.assertEqual(tile["value"] - before["value"], 3)
        self.assertEqual(tile["note"] - before["note"], 2)
        calls = self.env["its.phone.call"].search(tile["opens"]["domain"])
        self.assertEqual(len(calls & self.calls), 3)
        self.env["its.phone.connection"].search([]).active = False
        self.assertNotIn("missed", dashboard.get_figures("month", team)["tiles"])
