"""A client who never answers: tried less and less, shown to the head; a postponed call
stays late."""

from datetime import date, timedelta

from odoo.tests import freeze_time, tagged

from ...models.call import due
from ..survey.common import SurveyCase
from .common import CallCase

# A Monday, noon in Moscow.
NOW = "2027-03-01 09:00:00"


@tagged("post_install", "-at_install")
class TestCallsUnanswered(SurveyCase, CallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.its_call_attempts = 2
        cls.client_team.write({"user_id": cls.client_manager.id, "email": False})

    def planned(self, **values):
        values.setdefault("service_ids", self.contract.ids)
        cadence = self.create_cadence(**values)
        cadence._plan()
        return self.calls_of(self.client_team, cadence)

    def no_answer(self, call):
        self.env.invalidate_all()
        desk = self.env["its.call.desk"].with_user(self.client_manager)
        return desk.finish_call(call.id, "no_answer")["message"]

    def attempts(self, call, number):
        """Try so often, each time on the day it is planned for."""
        days = []
        for _attempt in range(number):
            with freeze_time(f"{call.date_deadline} 09:00:00"):
                self.no_answer(call)
            days.append(str(call.date_deadline))
        return days

    @freeze_time(NOW)
    def test_the_rhythm(self):
        """Two attempts on working days, two a week apart, then with the cadence."""
        table = (
            ({}, "2027-04-16 2027-05-17"),
            ({"interval_number": 3}, "2027-06-16 2027-09-16"),
            ({"interval_unit": "week"}, "2027-03-23 2027-03-30"),
        )
        for values, expected in table:
            with self.subTest(values), self.undone():
                call = self.planned(**values)
                self.assertEqual(str(call.date_deadline), "2027-03-01")
                days = self.attempts(call, 5)
                self.assertEqual(days[:3], ["2027-03-02", "2027-03-09", "2027-03-16"])
                self.assertEqual(days[3:], expected.split())

    @freeze_time(NOW)
    def test_the_head_learns_it_once(self):
        call = self.planned()
        self.attempts(call, 1)
        self.assertFalse(call.its_unanswered_on)
        with freeze_time("2027-03-02 09:00:00"):
            self.no_answer(call)
        self.assertEqual(call.its_escalated_id, self.head)
        self.assertEqual(call.its_unanswered_on, date(2027, 3, 2))
        for day, told in (("02", False), ("03", True), ("04", False)):
            with self.subTest(day), freeze_time(f"2027-03-{day} 09:00:00"):
                found = self.env["its.cadence"]._of_morning(
                    self.head, self.company._its_today()
                )
                self.assertEqual(bool(found["unanswered"]), told)
                mails = self.env["its.cadence"]._digests(self.company)
                mine = [
                    mail["body_html"]
                    for mail in mails
                    if mail["email_to"] == self.head.email_formatted
                ]
                self.assertEqual(
                    any("Clients who do not answer your team" in mail for mail in mine),
                    told,
                )

    @freeze_time("2027-03-05 09:00:00")
    def test_over_a_weekend(self):
        call = self.planned()
        call.sudo().its_attempts = 1
        self.no_answer(call)
        with freeze_time("2027-03-08 09:00:00"):
            found = self.env["its.cadence"]._of_morning(
                self.head, self.company._its_today()
            )
        self.assertEqual(found["unanswered"], call)

    @freeze_time(NOW)
    def test_the_letter_goes_if_there_is_one(self):
        """The head learns it all the same; the next call is one of the cadence."""
        self.client_team.email = "team@example.com"
        call = self.planned(survey_id=self.survey.id)
        self.attempts(call, 2)
        self.assertFalse(call.active)
        self.assertEqual(call.its_escalated_id, self.head)
        self.assertTrue(self.survey.user_input_ids.its_sent_on)
        following = self.calls_of(self.client_team, call.its_cadence_id)
        self.assertEqual(str(following.date_deadline), "2027-04-02")
        self.assertEqual(following.its_attempts, 0)

    @freeze_time(NOW)
    def test_late_since(self):
        """Rows: days of the call, what happens, since when it is late."""
        asked = {"its_call_at": "2027-03-04 09:00:00"}
        table = (
            ("no answer to what was due today", 0, {}, "2027-03-01"),
            ("nor to what was late", -4, {}, "2027-02-25"),
            ("put off before it was due", 2, {}, False),
            ("the client asks for another day", 0, asked, False),
            ("the client asks, but late", -4, asked, "2027-02-25"),
        )
        for title, days, values, since in table:
            with self.subTest(title), self.undone():
                call = self.plan_call(self.client_own, days=days)
                call.sudo().write({"date_deadline": "2027-03-04", **values})
                self.assertEqual(
                    call.its_late_since,
                    date.fromisoformat(since or NOW[:10]) if since else False,
                )
                call.sudo().date_deadline = "2027-03-09"
                kept = due.since(call)
                if since:
                    self.assertEqual(str(kept), since)
                    self.assertEqual(
                        call.its_due, "overdue" if since < NOW[:10] else "planned"
                    )
                else:
                    self.assertEqual(kept, date(2027, 3, 9))

    @freeze_time(NOW)
    def test_a_postponed_call_stays_late_everywhere(self):
        call = self.planned()
        self.attempts(call, 1)
        with freeze_time("2027-03-02 09:00:00"):
            today = self.company._its_today()
            self.env.invalidate_all()
            desk = self.env["its.call.desk"].with_user(self.client_manager)
            queue = desk.get_queue()
            self.assertEqual([row["late"] for row in queue["calls"]], [1])
            self.assertEqual(queue["counts"]["overdue"], 1)
            for state in ("overdue", "today", "planned"):
                found = self.env["mail.activity"].search(
                    [("id", "=", call.id), ("its_due", "=", state)]
                )
                self.assertEqual(bool(found), state == "overdue", state)
            self.assertEqual(due.days_late(call, today), 1)
        self.company.its_escalation_days = 3
        self.attempts(call, 1)
        call.sudo().its_escalated_id = False
        with freeze_time("2027-03-05 09:00:00"):
            self.env["its.cadence"]._escalate_overdue()
        self.assertEqual(
            call.its_escalated_id, self.head, "though it is planned for next week"
        )
        self.assertEqual(call.date_deadline, today + timedelta(days=7))
