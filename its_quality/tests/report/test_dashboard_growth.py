import re
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from ..claim.common import NOW
from .dashboard_case import DashboardCase

# The ways to read a table itself, and an index without all that is asked for.
WAYS = ("seqscan", "indexscan", "bitmapscan", "tidscan")
READ_FROM_INDEXES = ("its_interaction", "its_claim_movement", "its_subscription")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestDashboardGrowth(DashboardCase):
    """What the dashboard counts of years of work is read from indexes that hold all it
    needs: the tables themselves are many times larger."""

    def test_tall_tables_are_read_from_indexes(self):
        asked = self._asked(lambda: self.every(period="year"))
        counted = [
            query
            for query in asked
            if re.search(r"^\W*SELECT.*\bcount\(", query, re.DOTALL | re.IGNORECASE)
            # Few have a wish, and calls lead to what each is about.
            and "its_wish" not in query
            and '"mail_activity"' not in query
        ]
        seen = set()
        for query in counted:
            for line in self._plan(query):
                found = re.search(r"(\w+ \w*\s?Scan) (?:using \w+ )?on (\w+)", line)
                if found and found[2] in READ_FROM_INDEXES:
                    with self.subTest(query=query):
                        self.assertIn("Index Only Scan", line)
                    seen.add(found[2])
        self.assertEqual(seen, set(READ_FROM_INDEXES))

    def _asked(self, read):
        """What is asked of the database meanwhile."""
        asked = []
        cursor = type(self.env.cr)
        execute = cursor.execute

        def listen(cr, query, *arguments, **options):
            told = execute(cr, query, *arguments, **options)
            asked.append(cr._obj.query.decode())
            return told

        with patch.object(cursor, "execute", listen):
            read()
        return asked

    def _plan(self, query):
        cr = self.env.cr
        for way in WAYS:
            cr.execute(f"SET LOCAL enable_{way} = off")
        cr.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        # The text is what has been asked already.
        cr._obj.execute(f"EXPLAIN (COSTS OFF) {query}")
        return [line for [line] in cr._obj.fetchall()]
