from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .test_its_import import ImportCase

COUNT = 60
MANY = 1000


@tagged("post_install", "-at_install")
class TestImportHistory(ImportCase):
    """Which rows of finished imports are kept."""

    def night(self, changed=()):
        """Import the list once more, some of it with another phone."""
        night = self.source.import_ids.ids and max(self.source.import_ids.ids)
        rows = [
            (
                f"ООО Ночь {n}",
                "",
                "",
                f"Н-{n:03}",
                f"8 912 {night % 1000:03}-{n:02}-00" if n in changed else "",
                "Неизвестный" if n % 2 else "",
            )
            for n in range(COUNT)
        ]
        return self.run_import([*rows, ("", "", "", "Н-999", "", "")])

    def rows_of(self, jobs):
        lines = self.env["its.import.line"]
        return lines.search_count([("import_id", "in", jobs.ids)])

    def test_after_all_rows_are_gone(self):
        """A table that has been emptied is not taken for empty when it fills again: the
        database would walk through all of it for each row."""
        self.env.flush_all()
        tables = ("its_import_line", "its_import_snapshot", "res_partner")
        for table in tables[:2]:
            self.env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
        # Nor are the firms that come taken for none.
        self.env.cr.execute("UPDATE res_partner SET is_company = false")
        self.env.invalidate_all()
        for table in tables:
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
        reckoned = "SELECT reltuples FROM pg_class WHERE relname = 'its_import_line'"
        self.assertEqual(self.env.execute_query(SQL(reckoned)), [(0,)])
        for manager in ("Никто", "Некто", ""):
            before = self.tuples_read(tables)
            self.run_import(
                [
                    (f"ООО Много {n}", "", "", f"М-{n:03}", "", manager)
                    for n in range(MANY)
                ]
            )
            # Some dozen times a row, in whatever way; not as often as there are rows.
            self.assertLess(self.tuples_read(tables) - before, MANY * MANY / 2)

    def tuples_read(self, tables):
        """How many rows, and entries of indexes, of tables this transaction has read."""
        [(read,)] = self.env.execute_query(
            SQL(
                """
                SELECT sum(pg_stat_get_xact_tuples_returned(relation.oid))::int
                  FROM pg_class relation
                  LEFT JOIN pg_index ON pg_index.indexrelid = relation.oid
                  JOIN pg_class owner
                    ON owner.oid = COALESCE(pg_index.indrelid, relation.oid)
                 WHERE owner.relname IN %s
                """,
                tables,
            )
        )
        return read

    def test_nights_take_no_more_than_what_changed(self):
        jobs = self.night()
        first = self.rows_of(jobs)
        self.assertEqual(first, COUNT + 1)
        for number in range(8):
            jobs |= self.night(changed=[number, number + 1])
        # The first has brought all, the last is whole, the others have two changes and
        # a rejected row each.
        self.assertEqual(self.rows_of(jobs), 2 * first + 7 * 3)
        last, before = jobs[-1], jobs[-2]
        self.assertEqual((last.rows_kept, before.rows_kept), ("all", "changes"))
        self.assertEqual(before.unchanged_count, COUNT - 2)
        # They lie together, or no page of an index would ever be free.
        self.assertEqual(before.line_ids.mapped("is_gathered"), [True] * 3)
        ids = sorted(before.line_ids.ids)
        self.assertEqual(ids, list(range(ids[0], ids[0] + 3)))
        self.assertFalse(any(last.line_ids.mapped("is_gathered")))
        self.assertFalse(any(jobs[0].line_ids.mapped("is_gathered")))
        self.assertEqual(self.outcomes(last).count("unchanged"), COUNT - 2)

    def test_each_can_still_be_undone_after_the_other(self):
        first, second = self.night(), self.night(changed=[1])
        third = self.night()
        self.assertEqual(third.updated_count, 0)
        clients = first.line_ids.partner_id
        self.assertEqual(len(clients), COUNT)
        second.action_undo()
        self.assertEqual((second.state, second.undo_counts["restored"]), ("undone", 1))
        first.action_undo()
        self.assertEqual(first.state, "undone")
        self.assertFalse(clients.exists())

    def test_the_same_file_is_read_once_while_its_rows_are_there(self):
        self.night()
        job = self.night()
        self.assertEqual(job.unchanged_count, COUNT)
        self.night(changed=[1])
        # Its rows are no longer all there, and it is read anew.
        job = self.night()
        self.assertEqual(self.rows_of(job), COUNT + 1)
        self.assertEqual(job.rejected_count, 1)

    def test_after_so_many_days_only_what_was_rejected(self):
        job = self.night()
        self.source.keep_days = 10
        for days, kept in ((9, COUNT + 1), (11, 1), (11, 1)):
            job.sudo().date_done = fields.Datetime.now() - timedelta(days=days)
            self.env["its.import"]._gc_rows()
            self.assertEqual(self.rows_of(job), kept)
        self.assertEqual((job.created_count, job.rejected_count), (COUNT, 1))
        self.assertEqual(job.rows_kept, "rejected")
        _name, content = job._rejected_workbook()
        self.assertTrue(content.startswith(b"PK"))
        self.assertFalse(job.can_undo)
        with self.assertRaisesRegex(UserError, "undone"):
            job.action_undo()
        # What the source said is known nevertheless.
        again = self.night()
        self.assertEqual(again.unchanged_count, COUNT)

    def test_what_is_not_finished_is_kept(self):
        job = self.drop([("ООО Ждёт", "", "", "Ж-1", "", "")])
        job.action_check()
        job.sudo().date_done = fields.Datetime.now() - timedelta(days=900)
        self.env["its.import"]._gc_rows()
        self.assertEqual(self.rows_of(job), 1)
