import base64
import unittest

from odoo.tests import tagged
from odoo.tools import SQL

from .common import TESTS
from .test_its_import import ImportCase

SAMPLES = TESTS / "samples"
TABLES = (
    "res_partner",
    "res_partner_category",
    "res_partner_res_partner_category_rel",
    "its_subscription",
    "its_import_snapshot",
)
# What nobody minds: who wrote it last, and what is counted on.
BESIDE = ("write_uid", "write_date", "its_name_key")


@tagged("post_install", "-at_install")
class TestImportSamples(ImportCase):
    """Each made-up file of 1C, imported twice and undone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not SAMPLES.is_dir():
            raise unittest.SkipTest("The samples are not beside the addon.")
        cls.files = sorted(
            path
            for path in SAMPLES.iterdir()
            if path.suffix in (".xlsx", ".xls", ".csv", ".txt", ".xml", ".json")
            and not path.name.startswith("users")
        )

    def picture(self):
        """What stands in the tables."""
        self.env.flush_all()
        return {
            table: [
                row
                for (row,) in self.env.execute_query(
                    SQL(
                        "SELECT to_jsonb(t) - %s::text[] FROM %s t ORDER BY t::text",
                        list(BESIDE),
                        SQL.identifier(table),
                    )
                )
            ]
            for table in TABLES
        }

    def run_file(self, path):
        job = (
            self.env["its.import"]
            .with_user(self.admin)
            .create(
                {
                    "source_id": self.source.id,
                    "file": base64.b64encode(path.read_bytes()),
                    "file_name": path.name,
                }
            )
        )
        job.action_check()
        job.action_import()
        self.assertEqual(job.state, "done", job.error)
        return job

    def test_imported_twice_and_undone(self):
        self.assertGreater(len(self.files), 15)
        for path in self.files:
            with self.subTest(path.name):
                before = self.picture()
                first = self.run_file(path)
                self.assertGreater(first.created_count, 1)
                after = self.picture()
                self.assertNotEqual(after, before)
                again = self.run_file(path)
                self.assertEqual((again.created_count, again.updated_count), (0, 0))
                self.assertEqual(again.rejected_count, first.rejected_count)
                self.assertEqual(self.picture(), after)
                first.action_undo()
                self.assertEqual(first.state, "undone")
                self.assertEqual(first.undo_counts["archived"], 0)
                self.assertEqual(self.picture(), before)
