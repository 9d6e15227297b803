"""Renewals as they are entered in daily use, and what counts as one."""

import psycopg2

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import SubscriptionCase


@tagged("post_install", "-at_install", "days")
class TestContinuation(SubscriptionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.its_renewal_gap = 30
        cls.company.its_expiring_days = 30
        cls.prof = cls.contract.copy({"name": "ИТС ПРОФ"})
        cls.service = cls.env["its.service"].create(
            {"name": "Отчётность", "kind": "service"}
        )
        cls.client = cls.create_client("ООО «Продление»", cls.client_manager)

    def of(self, start, end=None, service=None, **values):
        """A subscription of the client; its days are counted from today."""
        return self.subscribe(
            self.today(start),
            None if end is None else self.today(end),
            self.client,
            service_id=(service or self.contract).id,
            **values,
        )

    def test_what_is_entered_by_hand(self):
        """Rows: the former one, what is entered, whether it continues it."""
        table = {
            "the next day": ((-364, 5), (6, 300), True),
            "another contract the next day": ((-364, 5), (6, 300, self.prof), True),
            "a month later": ((-364, -40), (-10, 300), True),
            "a month and a day later": ((-364, -41), (-10, 300), False),
            "half a year later": ((-700, -210), (-10, 300), False),
            "years before": ((-364, 5), (-2000, -1700), False),
            "another service": ((-364, 5), (6, 300, self.service), False),
            "a service renewed": ((-364, 5, self.service), (6, 9, self.service), True),
            "a service by a contract": ((-364, 5, self.service), (6, 300), False),
            "of what has no end": ((-364,), (6, 300), False),
            "a month before the end": ((-364, 35), (5, 300), True),
            "long before the end": ((-364, 36), (5, 300), False),
            "on the same day": ((-364, 5), (-364, 5, self.prof), False),
        }
        for name, (former, later, expected) in table.items():
            with self.subTest(name), self.undone():
                former, later = self.of(*former), self.of(*later)
                self.assertEqual(later.continues_id == former, expected)
                self.assertEqual(former.is_renewed, expected)
                self.assertEqual(
                    later.client_since, (former if expected else later).date_start
                )
                self.assertFalse(later.previous_id)
                doubt = later._its_doubt(former)
                self.assertEqual(not doubt, expected, doubt)
                if expected:
                    later.previous_id = former
                    continue
                with self.assertRaises(ValidationError) as error:
                    later.previous_id = former
                self.assertIn("Choose another" if "service" in name else "«", doubt)
                self.assertEqual(str(error.exception), doubt)

    def test_the_gap_is_a_setting(self):
        former, later = self.of(-364, -51), self.of(-1, 300)
        self.assertFalse(former.is_renewed)
        self.company.its_renewal_gap = 50
        self.assertTrue(former.is_renewed)
        self.assertEqual(former.covered_until, self.today(-2))
        self.company.its_renewal_gap = 49
        self.assertFalse(later.continues_id)
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.Error):
            self.company.its_renewal_gap = -1

    def test_one_to_one(self):
        """A second contract of the client continues nothing, and the links that were
        entered come first."""
        former = self.of(-364, 5, contract_number="1")
        near = self.of(6, 300, contract_number="2")
        far = self.of(9, 300, contract_number="3")
        self.assertEqual((near.continues_id, far.continues_id.id), (former, False))
        far.previous_id = former
        self.assertEqual((near.continues_id.id, far.continues_id), (False, former))
        other = self.of(-364, 5, self.prof)
        self.assertEqual((near.continues_id, far.continues_id), (other, former))

    def test_renewal_cancelled(self):
        """Rows: its first day, when it was cancelled, whether it counts as one."""
        table = [(6, 0, False), (6, 6, False), (-20, -20, False), (-20, 0, False)]
        table += [(-200, -10, True), (6, None, True)]
        for start, cancelled, expected in table:
            with self.subTest(start=start, cancelled=cancelled), self.undone():
                former = self.of(start - 364, start - 1)
                later = former._do_renew()
                if cancelled is not None:
                    later.write(
                        {
                            "date_cancelled": self.today(cancelled),
                            "cancellation_reason_id": self.reason.id,
                        }
                    )
                self.assertEqual(former.is_renewed, expected)
                self.assertEqual(later.previous_id, former, "what was entered stays")

    def test_renewing_after_a_cancelled_renewal(self):
        former = self.of(-364, 5, contract_number="1")
        later = former._do_renew()
        self.cancel(later, later.date_start)
        self.assertEqual(later.state, "cancelled")
        with self.assertRaisesRegex(UserError, "press «Restore»"):
            former._do_renew()
        another = self.of(6, 300, self.prof, previous_id=former.id)
        self.assertEqual(another.continues_id, former)
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.Error):
            later.action_restore()

    def test_cancelled_and_replaced(self):
        """Techno for half a year, PROF from the next day on: one client all the time."""
        first = self.of(-500, -136)
        techno = self.of(-135, 229)
        self.cancel(techno, self.today(-9))
        prof = self.of(-9, 300, self.prof)
        self.assertEqual(prof.continues_id, techno)
        self.assertEqual(prof.client_since, first.date_start)
        # The same if it was replaced within days.
        techno.date_start = self.today(-11)
        first.date_end = self.today(-12)
        self.assertEqual(prof.continues_id, techno)
        self.assertEqual(techno.continues_id, first)

    def test_contract_until(self):
        """Rows: contracts, the day on the card, counted from today."""
        chained = {"service": self.prof}
        table = {
            "one": ([(-9, 20, {})], 20),
            "continued": ([(-9, 20, {}), (21, 300, chained)], 300),
            "by one without an end": ([(-9, 20, {}), (21, None, chained)], None),
            "in the gap": ([(-99, -9, {}), (5, 300, chained)], 300),
            "without an end": ([(-9, 20, {}), (-99, None, chained)], None),
            "another one later": ([(-9, 20, {}), (90, 300, chained)], 20),
            "over": ([(-99, -9, {})], False),
            "a service": ([(-9, 20, {}), (-9, 300, {"service": self.service})], 20),
        }
        for name, (rows, day) in table.items():
            with self.subTest(name), self.undone():
                for start, end, values in rows:
                    self.of(start, end, **values)
                expected = self.today(day) if day else False
                self.assertEqual(self.client.its_contract_end, expected)
                until = self.client.its_contract_until
                self.assertEqual(until == "no end date", day is None)
                self.assertEqual(bool(until), day is not False)

    def test_new_offers_to_continue(self):
        """Rows: what the client has, whether «New» offers to continue it."""
        table = {
            "ends soon": (-364, 5, None, True),
            "has ended": (-364, -20, None, True),
            "ended long ago": (-700, -40, None, False),
            "runs on": (-300, 60, None, False),
            "another contract": (-364, 5, self.prof, True),
            "a service": (-364, 5, self.service, False),
            "has no end": (-364, None, None, False),
        }
        for name, (start, end, service, expected) in table.items():
            with self.subTest(name), self.undone():
                former = self.of(start, end, service, contract_number="Д-7")
                model = self.subscriptions.with_user(self.client_manager)
                with Form(model) as form:
                    form.partner_id = self.client
                    form.service_id = self.contract
                    self.assertEqual(form.previous_id == former, expected)
                    if expected:
                        self.assertEqual(
                            self.date(form.date_start), self.today(end + 1)
                        )
                later = form.record
                self.assertEqual(later.continues_id == former, expected)
                same = expected and service is None
                self.assertEqual(later.contract_number or False, same and "Д-7")
                self.assertFalse(form.record._its_offer())

    def test_of_one_company(self):
        self.client.company_id = False
        former = self.of(-364, 5)
        self.of(6, 300, self.prof, company_id=self.other_company.id)
        self.assertFalse(former.is_renewed)
