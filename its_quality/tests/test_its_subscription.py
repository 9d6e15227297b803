import threading
from datetime import timedelta

import psycopg2
from dateutil.relativedelta import relativedelta

from odoo import SUPERUSER_ID, api, fields, sql_db
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, TransactionCase, freeze_time, tagged
from odoo.tools import mute_logger

from .common import QualityCase

DAY = timedelta(days=1)
STATES = ("upcoming", "active", "expiring", "expired", "cancelled")


class SubscriptionCase(QualityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.subscriptions = cls.env["its.subscription"]
        cls.reason = cls.env["its.cancellation.reason"].create({"name": "Закрылся"})
        cls.company.resource_calendar_id.tz = "Europe/Moscow"

    def subscribe(self, start=None, end=None, client=None, **values):
        """A subscription of this very period, both given as text or date."""
        if values.get("date_cancelled"):
            values.setdefault("cancellation_reason_id", self.reason.id)
        return self.subscriptions.create(
            {
                "partner_id": (client or self.client_own).id,
                "service_id": self.contract.id,
                "date_start": start or False,
                "date_end": end or False,
                **values,
            }
        )

    def cancel(self, subscriptions, date=None, user=None):
        wizard = (
            self.env["its.subscription.cancel"]
            .with_user(user or self.env.user)
            .create(
                {
                    "subscription_ids": [(6, 0, subscriptions.ids)],
                    "reason_id": self.reason.id,
                    "note": "Закрываемся в марте",
                    **({"date_cancelled": date} if date else {}),
                }
            )
        )
        wizard.action_confirm()


@tagged("post_install", "-at_install")
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
            (5, 100, 3, "upcoming"),
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


@tagged("post_install", "-at_install")
class TestRenewal(SubscriptionCase):
    def test_length(self):
        """A table: the period, and the one that follows."""
        cases = (
            ("2026-01-01", "2026-12-31", "2027-01-01", "2027-12-31"),
            ("2026-02-01", "2026-07-31", "2026-08-01", "2027-01-31"),
            ("2026-01-15", "2026-02-14", "2026-02-15", "2026-03-14"),
            ("2026-01-31", "2026-02-27", "2026-02-28", "2026-03-27"),
            ("2026-01-01", "2026-01-31", "2026-02-01", "2026-02-28"),
            ("2028-01-01", "2028-01-31", "2028-02-01", "2028-02-29"),
            ("2027-03-01", "2028-02-29", "2028-03-01", "2029-02-28"),
            ("2028-03-01", "2029-02-28", "2029-03-01", "2030-02-28"),
            ("2028-02-29", "2029-02-28", "2029-03-01", "2030-02-28"),
            ("2026-01-31", "2026-02-28", "2026-03-01", "2026-03-31"),
            ("2026-03-01", "2026-03-10", "2026-03-11", "2026-03-20"),
            ("2026-03-01", "2026-03-01", "2026-03-02", "2026-03-02"),
            ("2026-01-01", "2026-06-15", "2026-06-16", "2026-11-28"),
            ("2024-01-01", "2026-12-31", "2027-01-01", "2029-12-31"),
            (None, "2026-12-31", "2027-01-01", "2027-12-31"),
        )
        for number, (start, end, next_start, next_end) in enumerate(cases):
            with self.subTest(start=start, end=end):
                subscription = self.subscribe(start, end, contract_number=str(number))
                renewal = subscription._do_renew()
                self.assertEqual(renewal.date_start, self.date(next_start))
                self.assertEqual(renewal.date_end, self.date(next_end))

    def test_renewing_again_and_again_keeps_the_day(self):
        """Ten years of a contract from the last day of January: no day gets lost."""
        for start, end in (("2024-02-01", "2025-01-31"), ("2024-01-01", "2024-01-31")):
            subscription = first = self.subscribe(start, end, contract_number=end)
            for _time in range(24):
                subscription = subscription._do_renew()
            length = relativedelta(first.date_end + DAY, first.date_start)
            months = 24 * (12 * length.years + length.months)
            self.assertEqual(
                subscription.date_start, first.date_start + relativedelta(months=months)
            )

    def test_chain(self):
        subscription = self.subscribe(
            self.today(-100),
            self.today(10),
            contract_number="Д-1",
            registration_number="800000001",
            note="Только для этого года",
        )
        action = self.as_user(subscription, self.client_manager).action_renew()
        renewal = self.subscriptions.browse(action["res_id"])
        self.assertEqual(renewal.previous_id, subscription)
        self.assertEqual(subscription.next_ids, renewal)
        self.assertTrue(subscription.is_renewed)
        self.assertFalse(renewal.is_renewed)
        self.assertEqual(renewal.state, "upcoming")
        for name in (
            "partner_id",
            "service_id",
            "company_id",
            "user_id",
            "team_id",
            "contract_number",
            "registration_number",
        ):
            self.assertEqual(renewal[name], subscription[name], name)
        renewal.unlink()
        self.assertFalse(subscription.is_renewed)
        self.assertTrue(subscription._do_renew())

    def test_several_at_once(self):
        two = self.subscribe(self.today(-9), self.today(9), contract_number="1")
        two += self.subscribe(self.today(-9), self.today(9), contract_number="2")
        self.assertEqual(two._do_renew().previous_id, two)

    def test_what_cannot_be_renewed(self):
        """A table: why not, what the sentence names."""
        renewed = self.subscribe(self.today(-9), self.today(9), contract_number="1")
        renewed._do_renew()
        cancelled = self.subscribe(self.today(-9), self.today(9), contract_number="2")
        self.cancel(cancelled)
        endless = self.subscribe(self.today(-9), contract_number="3")
        for subscription, words in (
            (renewed, "already been renewed"),
            (cancelled, "Restore it"),
            (endless, "has no end"),
        ):
            with self.subTest(words):
                with self.assertRaisesRegex(UserError, words):
                    subscription._do_renew()
                with self.assertRaisesRegex(UserError, words):
                    subscription.action_renew()
                self.assertLessEqual(len(subscription.next_ids), 1)

    def test_not_itself_and_not_of_another_client(self):
        mine = self.subscribe(self.today(-9), self.today(9))
        other = self.subscribe(client=self.client_team)
        with self.assertRaises(ValidationError):
            mine.previous_id = mine
        with self.assertRaises(ValidationError):
            mine.previous_id = other
        renewal = mine._do_renew()
        with self.assertRaises(ValidationError):
            mine.previous_id = renewal
        with self.assertRaises(ValidationError):
            renewal.partner_id = self.client_team
        with self.assertRaises(ValidationError):
            mine.partner_id = self.client_team

    def test_renewed_once_in_the_database(self):
        mine = self.subscribe(self.today(-9), self.today(9))
        mine._do_renew()
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.Error) as error:
            self.subscribe(self.today(30), previous_id=mine.id)
        self.assertIn(
            "already been renewed",
            self.subscriptions._sql_error_to_message(error.exception),
        )

    def test_duplicates(self):
        """A table: what differs from the first one, and whether it gets in."""
        first = {
            "start": "2026-01-01",
            "contract_number": "Д-1",
            "registration_number": "1",
        }
        self.subscribe(**first)
        for change, welcome in (
            ({}, False),
            ({"end": "2026-12-31"}, False),
            ({"start": "2026-01-02"}, True),
            ({"contract_number": "Д-2"}, True),
            ({"registration_number": False}, True),
            ({"start": None}, True),
            ({"service_id": self.program.id}, True),
            ({"client": self.client_team}, True),
        ):
            with self.subTest(change=change), self.undone():
                if welcome:
                    self.assertTrue(self.subscribe(**{**first, **change}))
                    continue
                with (
                    mute_logger("odoo.sql_db"),
                    self.assertRaises(psycopg2.Error) as error,
                ):
                    self.subscribe(**{**first, **change})
                self.assertIn(
                    "already has this subscription",
                    self.subscriptions._sql_error_to_message(error.exception),
                )
        self.subscribe(None, contract_number=None, registration_number=None)
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.Error):
            self.subscribe(None, contract_number="", registration_number="")


@tagged("post_install", "-at_install")
class TestCancellation(SubscriptionCase):
    def test_cancel_and_restore(self):
        subscription = self.subscribe(self.today(-9), self.today(200))
        action = self.as_user(subscription, self.client_manager).action_cancel()
        form = Form(
            self.env[action["res_model"]]
            .with_user(self.client_manager)
            .with_context(**action["context"])
        )
        form.reason_id = self.reason
        form.note = "Закрываемся"
        form.save().action_confirm()
        self.assertEqual(subscription.state, "cancelled")
        self.assertEqual(subscription.date_cancelled, self.today())
        self.assertEqual(subscription.cancellation_reason_id, self.reason)
        self.assertEqual(subscription.cancellation_note, "Закрываемся")
        self.as_user(subscription, self.client_manager).action_restore()
        self.assertEqual(subscription.state, "active")
        self.assertFalse(subscription.cancellation_reason_id)
        self.assertFalse(subscription.cancellation_note)

    def test_reason_and_day_are_asked_for(self):
        subscription = self.subscribe(self.today(-9), self.today(200))
        form = Form(
            self.env["its.subscription.cancel"].with_context(
                default_subscription_ids=subscription.ids
            )
        )
        with self.assertRaises(AssertionError):
            form.save()
        form.reason_id = self.reason
        form.date_cancelled = False
        with self.assertRaises(AssertionError):
            form.save()

    def test_cancelled_in_advance(self):
        subscription = self.subscribe(self.today(-9), self.today(200))
        self.cancel(subscription, self.today(3))
        self.assertEqual(subscription.state, "active")
        with freeze_time(fields.Datetime.now() + 4 * DAY):
            self.subscriptions._update_states()
            self.assertEqual(subscription.state, "cancelled")

    def test_not_twice(self):
        two = self.subscribe(self.today(-9), contract_number="1")
        two += self.subscribe(self.today(-9), contract_number="2")
        self.cancel(two[0])
        with self.assertRaisesRegex(UserError, "cancelled already"):
            self.cancel(two)
        self.assertFalse(two[1].date_cancelled)

    def test_never_without_a_reason(self):
        """Retention is judged by the reasons; past the dialog, too."""
        subscription = self.subscribe(self.today(-9), self.today(200))
        with self.assertRaises(UserError):
            self.as_user(subscription, self.client_manager).write(
                {"date_cancelled": self.today()}
            )

    def test_a_reason_in_use_is_kept(self):
        subscription = self.subscribe(self.today(-9), self.today(200))
        self.cancel(subscription)
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            self.reason.unlink()
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestSubscriptionCard(SubscriptionCase):
    def test_a_subscription_makes_a_client(self):
        subscription = self.subscribe(client=self.stranger)
        self.assertTrue(self.stranger.its_client)
        self.assertFalse(subscription.user_id)
        self.stranger.user_id = self.client_manager
        self.assertEqual(subscription.user_id, self.client_manager)

    def test_not_of_a_contact_person(self):
        with self.assertRaisesRegex(ValidationError, self.client_own.name):
            self.subscribe(client=self.contact_of(self.client_own))

    def test_team(self):
        """The team that has the service in the company of the subscription."""
        subscription = self.subscribe()
        self.assertEqual(subscription.team_id, self.team)
        subscription.service_id = self.program
        self.assertEqual(subscription.team_id, self.other_team)
        self.other_team.active = False
        self.assertFalse(subscription.team_id)
        self.other_team.active = True
        self.assertEqual(subscription.team_id, self.other_team)

    def test_names(self):
        for number, context, name in (
            ("Д-1", {}, "ООО «Ромашка» · Договор для проверки no. Д-1"),
            (False, {}, "ООО «Ромашка» · Договор для проверки"),
            ("Д-1", {"its_hide_client": True}, "Договор для проверки no. Д-1"),
        ):
            with self.subTest(name), self.undone():
                subscription = self.subscribe(contract_number=number)
                self.assertEqual(
                    subscription.with_context(**context).display_name, name
                )

    def test_what_the_log_says(self):
        """What a colleague must see who reads the card a year later."""
        self.env = self.env(context={"tracking_disable": False})
        subscription = self.subscribe(self.today(-9), self.today(200)).with_env(
            self.env
        )
        # Without one nothing is cancelled; it is in the list of changes all the same.
        subscription.cancellation_reason_id = self.reason
        tracked = {
            "date_end": self.today(300),
            "date_start": self.today(-5),
            "contract_number": "Д-2",
            "service_id": self.program.id,
            "date_cancelled": self.today(),
        }
        self.flush_tracking()
        for name, value in tracked.items():
            with self.subTest(name):
                subscription.write({name: value})
                self.flush_tracking()
                last = subscription.message_ids[0].sudo().tracking_value_ids
                self.assertEqual(last.field_id.name, name)

    def flush_tracking(self):
        self.env.flush_all()
        self.cr.precommit.run()

    def test_form(self):
        with Form(
            self.subscriptions.with_user(self.client_manager),
            "its_quality.its_subscription_view_form",
        ) as form:
            form.partner_id = self.client_own
            form.service_id = self.service
            self.assertEqual(form.date_start, self.today())
            form.date_end = self.today(400)
            for name in ("state", "user_id", "team_id", "date_cancelled"):
                self.assertTrue(form._get_modifier(name, "readonly"), name)
        self.assertEqual(form.record.state, "active")
        self.assertEqual(form.record.team_id, self.team)


@tagged("post_install", "-at_install")
class TestRenewedByTwoAtOnce(TransactionCase):
    """Two people press «Renew» at the same moment: real transactions, so the data
    are committed and deleted again."""

    def setUp(self):
        super().setUp()
        with self.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            client = env["res.partner"].create({"name": "Двое сразу"})
            service = env["its.service"].create({"name": "Двое сразу"})
            subscription = env["its.subscription"].create(
                {
                    "partner_id": client.id,
                    "service_id": service.id,
                    "date_start": "2026-01-01",
                    "date_end": "2026-12-31",
                }
            )
            self.ids = subscription.id, client.id, service.id
        self.addCleanup(self.delete)

    def cursor(self):
        return sql_db.db_connect(self.env.cr.dbname).cursor()

    def delete(self):
        with self.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            _subscription, client, service = self.ids
            env["its.subscription"].search([("partner_id", "=", client)]).unlink()
            env["res.partner"].browse(client).unlink()
            env["its.service"].browse(service).unlink()

    def renew(self, subscription, outcomes):
        try:
            subscription._do_renew()
            subscription.env.cr.commit()
            outcomes.append("renewed")
        except psycopg2.Error as error:
            subscription.env.cr.rollback()
            outcomes.append(type(error))

    def test_only_one_gets_through(self):
        outcomes, threads = [], []
        with (
            mute_logger("odoo.sql_db"),
            self.cursor() as first,
            self.cursor() as second,
        ):
            # The environments are made here: the runner of the tests holds the lock
            # of the registry, and a thread would wait for it until the end.
            for cr in (first, second):
                env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
                subscription = env["its.subscription"].browse(self.ids[0])
                self.assertFalse(subscription.is_renewed)
                arguments = (subscription, outcomes)
                threads.append(threading.Thread(target=self.renew, args=arguments))
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(timeout=60)
        self.assertEqual(outcomes.count("renewed"), 1, outcomes)
        with self.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.assertEqual(
                len(env["its.subscription"].browse(self.ids[0]).next_ids), 1
            )
