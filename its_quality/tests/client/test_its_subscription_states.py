from datetime import timedelta

import psycopg2

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import DAY
from .common import SubscriptionCase

STATES = ("upcoming", "active", "expiring", "expired", "cancelled")


@tagged("post_install", "-at_install", "days")
class TestStates(SubscriptionCase):
    def test_state_follows_from_dates(self):
        """A table of days from today: start, end, cancellation; the state."""
        self.company.its_expiring_days = 30
        cases = (
            (None, None, None, "active"),
            (0, None, None, "active"),
            (1, None, None, "upcoming"),
            (1, 400, None, "upcoming"),
            (1, 5, None, "upcoming"),
            (0, 0, None, "expiring"),
            (-10, 0, None, "expiring"),
            (-10, -1, None, "expired"),
            (-10, 1, None, "expiring"),
            (-10, 30, None, "expiring"),
            (-10, 31, None, "active"),
            (None, -1, None, "expired"),
            (None, 31, None, "active"),
            (-10, 100, 0, "cancelled"),
            (-10, 100, -1, "cancelled"),
            (-10, 100, 1, "active"),
            (-10, 20, 1, "expiring"),
            (5, 100, 0, "cancelled"),
            (5, 100, 3, "cancelled"),
            (5, 100, 5, "cancelled"),
            (5, 100, 6, "upcoming"),
            (-10, -1, -5, "cancelled"),
            (-10, -1, 5, "expired"),
        )
        for number, (start, end, cancelled, state) in enumerate(cases):
            with self.subTest(start=start, end=end, cancelled=cancelled):
                subscription = self.subscribe(
                    start is not None and self.today(start),
                    end is not None and self.today(end),
                    contract_number=str(number),
                    date_cancelled=cancelled is not None and self.today(cancelled),
                )
                self.assertEqual(subscription.state, state)
                self.env.flush_all()
                self.env.invalidate_all()
                self.assertEqual(subscription.state, state, "stored otherwise")

    def test_state_follows_when_a_date_changes(self):
        subscription = self.subscribe(self.today(-10), self.today(200))
        for values, state in (
            ({"date_end": self.today(5)}, "expiring"),
            ({"date_end": self.today(-1)}, "expired"),
            ({"date_end": False}, "active"),
            ({"date_start": self.today(2)}, "upcoming"),
            (
                {
                    "date_cancelled": self.today(),
                    "cancellation_reason_id": self.reason.id,
                },
                "cancelled",
            ),
            ({"date_cancelled": False, "date_start": False}, "active"),
        ):
            with self.subTest(values=values):
                subscription.write(values)
                self.assertEqual(subscription.state, state)

    def test_today_is_where_the_company_works(self):
        """At 15:00 UTC it is the next day already in Vladivostok."""
        east = self.other_company
        east.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Восток", "tz": "Asia/Vladivostok", "company_id": east.id}
        )
        self.company.resource_calendar_id.tz = "UTC"
        self.client_own.company_id = False
        with freeze_time("2026-03-31 15:00:00"):
            self.assertEqual(east._its_today(), self.date("2026-04-01"))
            self.assertEqual(self.company._its_today(), self.date("2026-03-31"))
            for company, start, end, state in (
                (self.company, "2026-01-01", "2026-03-31", "expiring"),
                (east, "2026-01-01", "2026-03-31", "expired"),
                (self.company, "2026-04-01", None, "upcoming"),
                (east, "2026-04-01", None, "active"),
            ):
                with self.subTest(company=company.name, start=start, end=end):
                    subscription = self.subscribe(start, end, company_id=company.id)
                    self.assertEqual(subscription.state, state)
            # A user elsewhere changes nothing about it.
            client = self.client_own.with_context(tz="America/New_York")
            self.assertEqual(client.env.company._its_today(), self.date("2026-03-31"))
        with freeze_time("2026-03-31 13:59:59"):
            self.assertEqual(east._its_today(), self.date("2026-03-31"))

    def test_company_without_calendar_and_time_zone(self):
        self.other_company.resource_calendar_id = False
        self.other_company.partner_id.tz = False
        with freeze_time("2026-03-31 23:59:59"):
            self.assertEqual(self.other_company._its_today(), self.date("2026-03-31"))

    def test_the_job_moves_exactly_those_whose_day_has_come(self):
        """Every day of more than a year, a leap day and the ends of the months in it:
        the job moves what a full computation would move, and nothing else."""
        today = self.date("2027-12-20")
        with freeze_time(f"{today} 09:00:00"):
            rows = []
            for number in range(90):
                start = today + timedelta(days=number * 5 - 40)
                end = start + timedelta(days=number * 7 % 160)
                rows.append(
                    {
                        "partner_id": self.client_own.id,
                        "service_id": self.contract.id,
                        "contract_number": str(number),
                        "date_start": number % 11 and start,
                        "date_end": number % 7 and end,
                        "date_cancelled": not number % 5 and start + 20 * DAY,
                        "cancellation_reason_id": self.reason.id,
                    }
                )
            for number, text in enumerate(
                ("2028-01-31", "2028-02-28", "2028-02-29", "2028-03-01", "2028-12-31")
            ):
                rows += [
                    {
                        "partner_id": self.client_own.id,
                        "service_id": self.program.id,
                        "contract_number": f"{name}{number}",
                        "date_start": "2027-01-01",
                        "cancellation_reason_id": self.reason.id,
                        name: text,
                    }
                    for name in ("date_start", "date_end", "date_cancelled")
                ]
            subscriptions = self.subscriptions.create(rows)
            self.env.flush_all()
        stored = {subscription: subscription.state for subscription in subscriptions}
        seen = set(stored.values())
        for _day in range(385):
            today += DAY
            with freeze_time(f"{today} 09:00:00"):
                warn_from = today + timedelta(days=self.company.its_expiring_days)
                expected = {
                    subscription: subscription._state_on(today, warn_from)
                    for subscription in subscriptions
                }
                moved = subscriptions & self.subscriptions._update_states()
                stored_now = {s: s.state for s in subscriptions}
            self.assertEqual(stored_now, expected, today)
            self.assertEqual(
                set(moved),
                {s for s in subscriptions if expected[s] != stored[s]},
                today,
            )
            stored = expected
            seen.update(stored.values())
        self.assertEqual(seen, set(STATES), "the case is void")

    def test_the_job_as_the_scheduler_runs_it(self):
        with freeze_time("2026-03-31 09:00:00"):
            subscription = self.subscribe("2026-01-01", "2026-03-31")
            self.env.flush_all()
        with freeze_time("2026-04-01 09:00:00"), self.enter_registry_test_mode():
            self.env.ref(
                "its_quality.ir_cron_subscription_states"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(subscription.state, "expired")

    def test_days_of_warning_move_states(self):
        near, far = (
            self.subscribe(self.today(-10), self.today(days), contract_number=str(days))
            for days in (10, 60)
        )
        upcoming = self.subscribe(self.today(5), self.today(8))
        for days, states in (
            (9, ("active", "active")),
            (10, ("expiring", "active")),
            (60, ("expiring", "expiring")),
            (0, ("active", "active")),
        ):
            with self.subTest(days=days):
                self.company.its_expiring_days = days
                self.env.invalidate_all()
                self.assertEqual((near.state, far.state), states)
                self.assertEqual(upcoming.state, "upcoming")
        self.other_company.its_expiring_days = 365
        self.assertEqual(far.state, "active")
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.Error):
            self.company.its_expiring_days = -1

    def test_dates_in_order(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.Error) as error:
            self.subscribe(self.today(), self.today(-1))
        self.assertIn(
            "cannot end before it starts",
            self.subscriptions._sql_error_to_message(error.exception),
        )
