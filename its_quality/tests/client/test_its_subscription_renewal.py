import threading

import psycopg2
from dateutil.relativedelta import relativedelta

from odoo import SUPERUSER_ID, api, sql_db
from odoo.exceptions import UserError, ValidationError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ..common import DAY
from .common import SubscriptionCase


@tagged("post_install", "-at_install", "days")
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
            with self.subTest(start=start, end=end), self.undone():
                subscription = self.subscribe(start, end, contract_number=str(number))
                renewal = subscription._do_renew()
                self.assertEqual(renewal.date_start, self.date(next_start))
                self.assertEqual(renewal.date_end, self.date(next_end))

    def test_renewing_again_and_again_keeps_the_day(self):
        """Ten years of a contract from the last day of January: no day gets lost."""
        for start, end in (("2024-02-01", "2025-01-31"), ("2024-01-01", "2024-01-31")):
            with self.undone():
                subscription = first = self.subscribe(start, end, contract_number=end)
                for _time in range(24):
                    subscription = subscription._do_renew()
                length = relativedelta(first.date_end + DAY, first.date_start)
                months = 24 * (12 * length.years + length.months)
                self.assertEqual(
                    subscription.date_start,
                    first.date_start + relativedelta(months=months),
                )
                self.assertEqual(subscription.client_since, first.date_start)

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
