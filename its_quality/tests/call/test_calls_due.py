"""When a planned call is due and when it is late: the same at the desk, in the list, on
the dashboard, in the mail of the morning."""

import random
from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from ...models.call import due
from ..tier import count
from .common import CallCase

# In Vladivostok it is the 2nd already, in UTC, and for a reader in Moscow, the 1st.
NOW = "2027-03-01 18:00:00"


@tagged("post_install", "-at_install")
class TestCallsDue(CallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(20270302)
        cls.company.resource_calendar_id.tz = "Asia/Vladivostok"

    @freeze_time(NOW)
    def test_everywhere_the_same(self):
        day = fields.Date.to_date("2027-03-02")
        self.assertEqual(self.company._its_today(), day)
        calls = self.env["mail.activity"].union(
            *(
                self.plan_call(self.client_own, days=self.random.randrange(-3, 4))
                for _n in range(count(12, 60))
            )
        )
        calls = calls.with_context(tz="Europe/Moscow").with_company(self.company)
        among = [("id", "in", calls.ids)]
        expected = {"overdue": set(), "today": set(), "planned": set()}
        for call in calls:
            left = (call.date_deadline - day).days
            state = "overdue" if left < 0 else "planned" if left else "today"
            expected[state].add(call.id)
            self.assertEqual(call.its_due, state)
            self.assertEqual(due.days_late(call, day), max(-left, 0))
        for state, ids in expected.items():
            found = calls.search([*among, ("its_due", "=", state)])
            self.assertEqual(set(found.ids), ids, state)
        self.assertTrue(all(expected.values()))
        due_calls = calls.search([*among, *due.due_domain(day)])
        self.assertEqual(set(due_calls.ids), expected["overdue"] | expected["today"])
        one = calls[0]
        one.active = False
        self.assertFalse(one.its_due)

    @freeze_time(NOW)
    def test_the_desk_and_the_dashboard_tell_the_same(self):
        self.env["mail.activity"].search(
            [("its_client_id", "!=", False)]
        ).sudo().unlink()
        for days in (-1, -1, -5, 0, 0, 1):
            self.plan_call(self.client_own, days=days)
        desk = self.as_user(self.env["its.call.desk"], self.client_manager)
        counts = desk.get_queue()["counts"]
        self.assertEqual((counts["overdue"], counts["today"]), (3, 2))
        dashboard = self.env["its.dashboard"]
        scope = dashboard._scope("month", None)
        self.assertEqual(dashboard._overdue(scope), {"overdue": 3})
        self.assertEqual(dashboard._today(scope)["today"], 2)
        mail = self.env["its.cadence"]._of_morning(
            self.client_manager, self.company._its_today()
        )
        self.assertEqual(len(mail["calls"]), 5)
        late = mail["calls"].filtered(
            lambda call: due.is_overdue(call, self.company._its_today())
        )
        self.assertEqual(len(late), 3)

    @freeze_time(NOW)
    def test_a_silence_is_counted_in_days_of_the_company(self):
        """A talk at two in the morning was the day before in UTC."""
        self.create_cadence(interval_number=1, interval_unit="week")
        self.env["its.interaction"].create(
            {
                "partner_id": self.client_own.id,
                # The 22nd in Vladivostok, eight days ago, the 21st in UTC.
                "date_start": "2027-02-21 16:00:00",
                "outcome": "reached",
            }
        )
        said = self.client_own._its_risk_reasons()
        self.assertEqual(said, {"silence": "no contact for 8 days"})
        self.env.flush_all()
        report = self.env["its.contact.report"].with_company(self.company)
        row = report.browse(self.client_own.id)
        self.assertEqual((row.silent_days, row.silence), (8, "month"))
        edge = self.company._its_midnight(fields.Date.to_date("2027-02-23"))
        for moment, expected in (
            (edge, (7, "week")),
            (edge - timedelta(seconds=1), (8, "month")),
        ):
            self.client_own.sudo().its_last_contact = moment
            self.env.flush_all()
            row.invalidate_recordset()
            self.assertEqual((row.silent_days, row.silence), expected)
