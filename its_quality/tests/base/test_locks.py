"""Two connections that do the same at once."""

import time

from psycopg2.errors import LockNotAvailable

from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged

from ...models.base import locks

WHAT = "a test of locks"


@tagged("post_install", "-at_install")
class TestLocks(TransactionCase):
    def connection(self):
        """Another one, which keeps nothing."""
        cr = db_connect(self.env.cr.dbname).cursor()
        self.addCleanup(cr.close)
        self.addCleanup(cr.rollback)
        return cr

    def test_one_at_a_time(self):
        first, second = self.connection(), self.connection()
        locks.wait_for(first, WHAT)
        self.assertTrue(locks.try_for(first, WHAT))
        self.assertFalse(locks.try_for(second, WHAT))
        self.assertTrue(locks.try_for(second, WHAT + ", another"))
        first.rollback()
        self.assertTrue(locks.try_for(second, WHAT))

    def test_nobody_waits_for_ever(self):
        first, second = self.connection(), self.connection()
        locks.wait_for(first, WHAT)
        begun = time.monotonic()
        with self.assertRaises(LockNotAvailable):
            locks.wait_for(second, WHAT, seconds=1)
        self.assertLess(time.monotonic() - begun, 30)
        second.rollback()

    def test_the_bound_holds_for_that_lock_only(self):
        cr = self.connection()
        cr.execute("SET LOCAL lock_timeout = '7s'")
        locks.wait_for(cr, WHAT, seconds=1)
        cr.execute("SELECT current_setting('lock_timeout')")
        self.assertEqual(cr.fetchone(), ("7s",))

    def test_rows(self):
        company = self.env.company
        other = self.connection()
        other.execute("SELECT FROM res_company WHERE id = %s FOR UPDATE", [company.id])
        mine = company.with_env(company.env(cr=self.connection()))
        for seconds in (0, 1):
            with self.assertRaises(LockNotAvailable):
                locks.wait_for_rows(mine, seconds)
            mine.env.cr.rollback()
        other.rollback()
        locks.wait_for_rows(mine, seconds=1)
        locks.wait_for_rows(mine.browse())

    def test_alone_over_several_transactions(self):
        """The lock stays where the worker commits, and goes where the work ends, be it
        by an error."""
        worker, other = self.connection(), self.connection()
        with (
            self.assertRaises(ZeroDivisionError),
            locks.alone(self.env(cr=worker), WHAT),
        ):
            for _batch in range(2):
                worker.commit()
                self.assertFalse(locks.try_for(other, WHAT))
            raise ZeroDivisionError
        self.assertTrue(locks.try_for(other, WHAT))
        other.rollback()
        with locks.alone(self.env(cr=worker), WHAT, seconds=1):
            self.assertFalse(locks.try_for(other, WHAT))
        self.assertTrue(locks.try_for(other, WHAT))
