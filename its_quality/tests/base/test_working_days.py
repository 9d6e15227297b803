"""Working days are remembered; what they are made of changes them at once."""

from datetime import date

from odoo.tests import TransactionCase, tagged

from ...models.base.working_days import WorkingDays

# A Friday, and the Monday after it.
FRIDAY, MONDAY = date(2027, 3, 5), date(2027, 3, 8)


@tagged("post_install", "-at_install")
class TestWorkingDays(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Учёт Плюс"})
        cls.calendar = cls.company.resource_calendar_id
        cls.calendar.tz = "Europe/Moscow"
        cls.others = cls.env["res.company"].create({"name": "Баланс"})

    def count(self):
        return WorkingDays(self.calendar, FRIDAY).count(FRIDAY, MONDAY)

    def leave(self, company=None, **values):
        company = company or self.company
        leave = (
            self.env["resource.calendar.leaves"]
            .with_company(company)
            .create(
                {
                    "name": "8 марта",
                    "calendar_id": self.calendar.id,
                    "date_from": "2027-03-07 21:00:00",
                    "date_to": "2027-03-08 20:59:59",
                    **values,
                }
            )
        )
        # It is computed by the company of whoever asks first.
        self.assertEqual(leave.company_id, company)
        return leave

    def test_a_change_is_seen_at_once(self):
        """Each change, and how many working days there are then until Monday."""
        monday = self.calendar.attendance_ids.filtered(lambda one: one.dayofweek == "0")
        holiday = self.leave()
        person = self.env["resource.resource"].create(
            {"name": "Иванова", "calendar_id": self.calendar.id}
        )
        changes = (
            ("a holiday", lambda: None, 0),
            ("moved", lambda: holiday.write({"date_to": "2027-03-07 22:00:00"}), 1),
            (
                "moved back",
                lambda: holiday.write({"date_to": "2027-03-08 21:00:00"}),
                0,
            ),
            ("of one person", lambda: holiday.write({"resource_id": person.id}), 1),
            ("of all", lambda: holiday.write({"resource_id": False}), 0),
            ("not a leave", lambda: holiday.write({"time_type": "other"}), 1),
            ("a leave", lambda: holiday.write({"time_type": "leave"}), 0),
            ("deleted", holiday.unlink, 1),
            ("Monday is Sunday", lambda: monday.write({"dayofweek": "6"}), 1),
            ("no Sunday", monday.unlink, 0),
            ("flexible", lambda: self.calendar.write({"flexible_hours": True}), 1),
        )
        self.assertEqual(self.count(), 0)
        for what, change, expected in changes:
            with self.subTest(what):
                change()
                self.assertEqual(self.count(), expected)

    def test_an_hour_more(self):
        self.calendar.attendance_ids.filtered(lambda one: one.dayofweek == "0").unlink()
        self.assertEqual(self.count(), 0)
        self.env["resource.calendar.attendance"].create(
            {
                "name": "Понедельник",
                "calendar_id": self.calendar.id,
                "dayofweek": "0",
                "hour_from": 9,
                "hour_to": 10,
            }
        )
        self.assertEqual(self.count(), 1)

    def test_a_holiday_of_another_company(self):
        """Odoo keeps those without a calendar for all."""
        for company, expected in ((self.others, 1), (self.company, 0)):
            self.leave(company, calendar_id=False)
            self.assertEqual(self.count(), expected)

    def test_the_calendar_of_a_team(self):
        team = self.env["its.team"].create(
            {"name": "Линия консультаций", "company_id": self.company.id}
        )
        self.assertEqual(team._its_calendar_id(), self.calendar.id)
        other = self.calendar.copy()
        team.resource_calendar_id = other
        self.assertEqual(team._its_calendar_id(), other.id)
        team.resource_calendar_id = False
        self.assertFalse(team._its_calendar_id())
