"""What we rely on of Odoo's private side is as it was when we wrote it down."""

from pathlib import Path

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from .private_case import overridden, written
from .private_table import OVERRIDDEN, WRITTEN

ADDON = Path(__file__).resolve().parents[1]


@tagged("post_install", "-at_install")
class TestOdooPrivate(TransactionCase):
    def test_overridden_methods(self):
        """Each is still there, with the parameters that our override takes."""
        now = {row[:3] for row in overridden(self.registry)}
        self.assertGreater(len(now), 30)
        self.assertEqual(now, set(OVERRIDDEN))

    def test_tables_written_past_the_orm(self):
        self.assertEqual(written(ADDON), WRITTEN)

    def test_columns_of_a_planned_call(self):
        """Calls are planned by one statement: it has to know all that Odoo asks for."""
        [[source]] = [
            [(ADDON / file).read_text(encoding="utf-8")]
            for file, _name, sql in WRITTEN
            if sql == "INSERT INTO mail_activity"
        ]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT column_name FROM information_schema.columns
                 WHERE table_name = 'mail_activity' AND is_nullable = 'NO'
                   AND column_default IS NULL
                """
            )
        )
        names = {name for [name] in rows}
        names |= {
            name
            for name, field in self.env["mail.activity"]._fields.items()
            if field.store and field.required and field.column_type
        }
        self.assertIn("res_model_id", names)
        self.assertEqual([name for name in sorted(names) if name not in source], [])
