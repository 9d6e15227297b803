"""What depends on the day it is, at several hours of the day that it is where the company
works; `./its test --all` runs this on days, and in zones, that are apt to go wrong."""

from contextlib import contextmanager
from datetime import datetime, time, timedelta

import pytz

from odoo import fields
from odoo.tests import freeze_time, tagged

from ..models.claim import clock
from .claim.common import ClaimCase
from .claim.plain_clock import PlainClock

# Of the company's clock: after midnight, when people come, at work, before midnight.
HOURS = (time(0, 5), time(8), time(15, 30), time(23, 55))
WEEKEND = (5, 6)


@tagged("post_install", "-at_install", "days")
class TestDays(ClaimCase):
    def setUp(self):
        super().setUp()
        zone = self.company.resource_calendar_id.tz
        self.zone = pytz.timezone(zone)
        # As the clock has it that Odoo itself goes by.
        self.day = datetime.now(pytz.utc).astimezone(self.zone).date()

    @contextmanager
    def at(self, hour):
        """Take back at the end what is done at an hour of today."""
        moment = self.moment(self.day, hour)
        with self.subTest(hour=hour), self.undone(), freeze_time(moment):
            yield

    def moment(self, day, hour):
        """An hour of the company's clock, in UTC."""
        local = self.zone.localize(datetime.combine(day, hour))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    def nth_working_day(self, count=0, day=None):
        """The ``count``-th working day after a day; with 0 the first from it on."""
        day = day or self.day
        while count or day.weekday() in WEEKEND:
            day += timedelta(days=1)
            if day.weekday() not in WEEKEND:
                count -= count > 0
        return day

    def queue(self, user):
        desk = self.as_user(self.env["its.call.desk"], user)
        return desk.get_queue()

    def test_today(self):
        for hour in HOURS:
            with self.at(hour):
                self.assertEqual(self.company._its_today(), self.day)

    def test_desk(self):
        """Yesterday's calls are overdue, today's are to be made, tomorrow's are not
        shown; what was said at whatever hour of today is done today."""
        for hour in HOURS:
            with self.at(hour):
                late, now, _later = (
                    self.plan_call(self.client_own, days=days) for days in (-1, 0, 1)
                )
                for moment in (
                    self.moment(self.day, time(0, 1)),
                    self.moment(self.day - timedelta(days=1), time(23, 59)),
                ):
                    self.env["its.interaction"].create(
                        {
                            "partner_id": self.client_own.id,
                            "user_id": self.client_manager.id,
                            "date_start": min(moment, fields.Datetime.now()),
                            "activity_id": late.id,
                        }
                    )
                queue = self.queue(self.client_manager)
                self.assertEqual(queue["counts"], {"today": 1, "overdue": 1, "done": 1})
                rows = {row["id"]: row["late"] for row in queue["calls"]}
                self.assertEqual(rows, {late.id: 1, now.id: 0})

    def test_planning(self):
        """Nothing is planned for a day off, nor for one that is over."""
        cadence = self.create_cadence(service_ids=[(6, 0, self.program.ids)])
        for hour in HOURS:
            with self.at(hour):
                cadence._plan()
                calls = self.calls_of(self.client_own, cadence)
                self.assertEqual(calls.date_deadline, self.nth_working_day())
                cadence._plan()
                self.assertEqual(self.calls_of(self.client_own, cadence), calls)

    def test_planning_from_dates_of_the_subscription(self):
        """Two working days after the start, and ten days before the end, if that is no
        day off."""
        self.company.its_days_apart = 0
        after = self.create_cadence("after_start", delay_days=2)
        before = self.create_cadence("before_end", delay_days=10)
        for hour in HOURS:
            with self.at(hour):
                client = self.create_client("ООО «Новое»", user=self.client_manager)
                self.create_subscription(client, date_start=self.day, days=10)
                after._plan()
                before._plan()
                self.assertEqual(
                    self.calls_of(client, after).date_deadline, self.nth_working_day(2)
                )
                self.assertEqual(
                    self.calls_of(client, before).date_deadline, self.nth_working_day()
                )

    def test_states_of_subscriptions(self):
        """The last day counts."""
        self.company.its_expiring_days = 30
        table = (
            ("expired", -100, -1),
            ("expiring", -100, 0),
            ("expiring", -100, 30),
            ("active", -100, 31),
            ("active", 0, 31),
            ("upcoming", 1, 31),
        )
        for hour in HOURS:
            with self.at(hour):
                for state, start, end in table:
                    subscription = self.create_subscription(
                        self.create_client("ООО «Новое»"),
                        date_start=self.day + timedelta(days=start),
                        days=end,
                    )
                    with self.subTest(start=start, end=end):
                        self.assertEqual(subscription.state, state)

    def test_deadline_of_a_claim(self):
        for hour in HOURS:
            with self.at(hour):
                for priority, days in (("0", 10), ("1", 5), ("2", 3), ("3", 1)):
                    claim = self.claim_at("dispatched", priority=priority).sudo()
                    with self.subTest(priority=priority):
                        self.assertEqual(
                            claim.date_deadline, self.nth_working_day(days)
                        )

    def test_handed_over_on_the_last_day(self):
        """The day of the deadline is in time, the day after is not."""
        for hour in HOURS:
            with self.at(hour):
                for days, on_time in ((0, True), (-1, False)):
                    claim = self.claim_at("in_progress")
                    claim.sudo().date_deadline = self.day + timedelta(days=days)
                    self.fill(claim, "hand_over")
                    self.go(claim, "hand_over")
                    with self.subTest(days=days):
                        self.assertEqual(claim.sudo().on_time, on_time)

    def test_age_of_a_claim_on_the_desk(self):
        for hour in HOURS:
            with self.at(hour):
                call = self.plan_call(self.client_team, self.colleague)
                ages = {}
                for days, at in ((0, time(0, 1)), (-1, time(23, 59)), (-9, hour)):
                    claim = self.create_claim().sudo()
                    day = self.day + timedelta(days=days)
                    claim.date_registered = self.moment(day, at)
                    ages[claim.id] = -days
                desk = self.as_user(self.env["its.call.desk"], self.colleague)
                shown = {c["id"]: c["days"] for c in desk.open_call(call.id)["claims"]}
                self.assertEqual({i: shown[i] for i in ages}, ages)

    def test_client_is_asked_on_a_working_day(self):
        for hour in HOURS:
            with self.at(hour):
                claim = self.claim_at("follow_up").sudo()
                day = claim._open_call().date_deadline
                self.assertNotIn(day.weekday(), WEEKEND)
                self.assertGreaterEqual(day, self.day)

    def test_waiting_moves_the_deadline(self):
        """By the working time that has passed, where the team works, while it waited."""
        plain = PlainClock(self.company.resource_calendar_id)
        for hour in HOURS:
            with self.at(hour):
                claim = self.claim_at("in_progress").sudo()
                claim.date_deadline = self.nth_working_day(5)
                before = claim.deadline_at
                since = self.moment(self.day - timedelta(days=9), time(23, 30))
                now = fields.Datetime.now().replace(second=0)
                now -= timedelta(minutes=now.minute % 15)
                clock.pause(claim)
                claim.waiting_since = since
                clock.resume(claim, now)
                self.assertEqual(claim.deadline_at, plain.moved(before, since, now))
                last = claim.deadline_at - timedelta(seconds=1)
                self.assertEqual(claim.date_deadline, plain.local(last).date())

    def test_morning_mail(self):
        """Only whoever works today gets one, and only in the morning."""
        mails = self.env["mail.mail"]
        domain = [("email_to", "=", self.client_manager.email_formatted)]
        for hour in HOURS:
            with self.at(hour):
                self.company.its_digest_date = False
                self.plan_call(self.client_own)
                self.env["its.cadence"]._cron_send_digests()
                expected = hour == time(8) and self.day.weekday() not in WEEKEND
                self.assertEqual(mails.search_count(domain), int(expected))

    def test_dashboard_ends_today(self):
        for hour in HOURS:
            with self.at(hour):
                now = fields.Datetime.now()
                before = self._figures()
                self.env["its.interaction"].create(
                    {
                        "partner_id": self.client_own.id,
                        "user_id": self.client_manager.id,
                        "date_start": now,
                    }
                )
                self.plan_call(self.client_own, days=-1)
                self.plan_call(self.client_own)
                after = self._figures()
                self.assertEqual(after["last"], str(self.day))
                first = self.day - timedelta(days=29)
                self.assertEqual(after["first"], str(first))
                months = after["charts"]["scores"]["labels"]
                self.assertEqual(len(months), 12)
                self.assertEqual(months[-1], str(self.day.replace(day=1)))
                for name in ("interactions", "overdue", "today"):
                    added = (
                        after["tiles"][name]["value"] - before["tiles"][name]["value"]
                    )
                    self.assertEqual(added, 1, name)

    def _figures(self):
        self.env.flush_all()
        dashboard = self.as_user(self.env["its.dashboard"], self.quality_manager)
        return dashboard.get_figures("month")
