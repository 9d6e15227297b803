"""Every made-up file of 1C and of people is imported, imported again and undone."""

import base64
from pathlib import Path

from odoo.tests import tagged
from odoo.tools import SQL

from ..tier import thinned
from .test_its_import import ImportCase
from .test_its_import_as_odoo import OF_IMPORTS

SAMPLES = Path(__file__).parents[3] / "tests" / "samples"
SUFFIXES = {".csv", ".json", ".ods", ".txt", ".xls", ".xlsx", ".xml"}
# What the user says where a file leaves it open: the header row, and columns by letter.
BY_HAND = {"no_titles.csv": ("1", {"A": "name", "C": "comment"})}
# Of these tables every value is compared, of the others the count of rows.
COMPARED = ("res_partner", "its_")
# The mapping of a source, and the kinds of its contracts, are kept for the next file.
REMEMBERED = {"its_import_source", "its_import_contract"}
# A client older than the addon gets their name for comparison at the first import.
NEVER_COMPARED = ["write_date", "write_uid", "its_name_key"]


@tagged("post_install", "-at_install")
class TestImportSamples(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not SAMPLES.exists():
            cls.skipTest(cls, "The made-up exports of 1C are not beside the addon.")
        tables = [
            name
            for (name,) in cls.env.execute_query(
                SQL(
                    "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
                    " ORDER BY tablename"
                )
            )
            if name not in OF_IMPORTS | REMEMBERED
        ]
        cls.state_query = SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s, count(*), %s FROM %s told",
                name,
                SQL(
                    "sum(hashtextextended((to_jsonb(told) - %s)::text, 0))",
                    NEVER_COMPARED,
                )
                if name.startswith(COMPARED)
                else SQL("NULL::numeric"),
                SQL.identifier(name),
            )
            for name in tables
        )

    def database(self):
        """What is in each table."""
        self.env.flush_all()
        rows = self.env.execute_query(self.state_query)
        return {name: told for name, *told in rows}

    def take(self, path, source):
        """Drop a file, answer what is asked, and import it."""
        job = (
            self.env["its.import"]
            .with_user(self.admin)
            .create(
                {
                    "source_id": source.id,
                    "file": base64.b64encode(path.read_bytes()),
                    "file_name": path.name,
                }
            )
        )
        if path.name in BY_HAND:
            job.header_row, columns = BY_HAND[path.name]
            for column in job.column_ids:
                column.target = columns.get(column.letter)
        job.action_check()
        if job.name_only_count and not job.name_only:
            job.with_context(its_name_only="client").action_name_only()
        job.action_are_clients()
        job.action_import()
        self.assertEqual(job.state, "done", job.error)
        return job

    def test_twice_and_undone(self):
        paths = sorted(
            path
            for path in [*SAMPLES.iterdir(), *(SAMPLES / "sheets").iterdir()]
            if path.suffix in SUFFIXES and not path.name.startswith("users")
        )
        for path in thinned(paths, 3):
            with self.subTest(path.name), self.env.cr.savepoint() as savepoint:
                source = self.source.copy()
                source.name_only = "client"
                before = self.database()
                job = self.take(path, source)
                self.assertTrue(job.created_count, self.told(job))
                again = self.take(path, source)
                self.assertEqual(
                    (again.created_count, again.updated_count), (0, 0), self.told(again)
                )
                job.action_undo()
                self.assertEqual(job.state, "undone")
                after = self.database()
                self.assertEqual(
                    {
                        name: told
                        for name, told in after.items()
                        if told != before[name]
                    },
                    {},
                )
                savepoint.rollback()
                self.env.invalidate_all()
