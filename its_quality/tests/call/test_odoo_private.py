import inspect
import re

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ...models.call.planned_calls import PlannedCalls


@tagged("post_install", "-at_install")
class TestOdooPrivate(TransactionCase):
    """Calls are planned by one statement, past the ORM: it has to know all that Odoo asks
    of an activity. Other such statements are in docs/en/odoo-20.md."""

    def test_columns_of_a_planned_call(self):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT column_name FROM information_schema.columns
                 WHERE table_name = 'mail_activity' AND is_nullable = 'NO'
                   AND column_default IS NULL
                """
            )
        )
        needed = {name for [name] in rows} | {
            name
            for name, field in self.env["mail.activity"]._fields.items()
            if field.store and field.required and field.column_type
        }
        self.assertIn("date_deadline", needed)
        statement = inspect.getsource(PlannedCalls.insert)
        [columns] = re.findall(r"INTO mail_activity \(([^)]*)", statement)
        written = {name.strip() for name in columns.split(",")}
        self.assertEqual(sorted(needed - written), [])
