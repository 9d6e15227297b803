import json
import uuid

import psycopg2

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.onec.odata import pages as odata_pages
from ...models.onec.odata.odata_source import WAITS
from ...onec.odata import walk as odata_walk
from .common import OnecCase

CLIENTS = 98  # of 100 contractors, two of which are folders


@tagged("post_install", "-at_install")
class TestItsOnecSync(OnecCase):
    def setUp(self):
        super().setUp()
        # Several pages of everything.
        for name, size in (("WHOLE_PAGE", 20), ("KEYS_PAGE", 30), ("NAMES_PAGE", 10)):
            self.patch(odata_pages, name, size)
        self.patch(odata_pages, "SMALLEST_PAGE", 10)

    def asked(self, catalogue=None):
        """The questions about whole contractors since the last time."""
        asked = self.fake.asked(catalogue or self.bases.CONTRACTORS)
        self.fake.requests.clear()
        return [query for query in asked if "$select" not in query]

    def change(self, number, **values):
        return self.fake.base.change(self.bases.CONTRACTORS, number, **values)

    # -------------------------------------------------------------------------
    # Reading
    # -------------------------------------------------------------------------

    def test_first_and_again(self):
        job = self.sync_all()
        self.assertEqual((job.row_count, job.created_count), (100, CLIENTS))
        client = self.contractor(63)
        self.assertEqual(client.name, 'ООО "Ромашка 63"')
        self.assertEqual(client.email, "client63@example.com")
        self.assertEqual(client.category_id.name, "Группа 2")
        self.assertEqual(client.user_id, self.manager)
        self.assertEqual(self.contractor(1).child_ids.name, "Директор Номер 0")
        self.assertTrue(all("$filter" not in query for query in self.asked()))
        again = self.sync_all()
        self.assertEqual(again.row_count, 0)
        self.assertEqual(self.asked(), [])
        self.assertEqual(self.fake.methods, {"GET"})

    def test_only_what_has_changed_is_read(self):
        self.sync_all()
        self.asked()
        key = self.change(2, Description='ООО "Лютик"')
        job = self.sync_all()
        self.assertEqual((job.row_count, job.updated_count), (1, 1))
        self.assertEqual(self.contractor(2).name, 'ООО "Лютик"')
        (query,) = self.asked()
        self.assertEqual(query.count("Ref_Key eq"), 1)
        self.assertIn(key, query)

    def test_pages_where_much_has_changed(self):
        """By key in 4 requests, by pages in 7."""
        self.sync_all()
        self.asked()
        self.patch(odata_pages, "KEYS_AT_ONCE", 5)
        for number in range(50, 100):
            self.change(number, Комментарий=f"Новый {number}")
        job = self.sync_all()
        self.assertEqual(job.row_count, 50)
        self.assertTrue(all("$filter" not in query for query in self.asked()))

    def test_a_folder_that_was_read_before(self):
        self.sync_all()
        self.change(50, Description="Клиенты")
        self.change(63, Комментарий="x")
        self.sync_all()
        self.assertIn("Клиенты", self.contractor(63).category_id.mapped("name"))

    def test_new_and_vanished_ones(self):
        self.sync_all()
        keys = self.fake.base.keys[self.bases.CONTRACTORS]
        self.change(2, Комментарий="x")
        gone = self.change(3, Комментарий="x")

        def vanish(path):
            if "$filter=Ref_Key" in path and gone in keys:
                keys.remove(gone)

        self.fake.after = vanish
        job = self.sync_all()
        self.assertEqual(job.row_count, 1)
        self.assertTrue(self.env["res.partner"].search([("onec_ref", "=", gone)]))
        self.assertEqual(self.sync_all().row_count, 0)

    def test_a_change_while_it_is_read(self):
        """The version that is remembered is that of what was read."""
        self.sync_all()
        self.change(2, Комментарий="первый")

        def change_again(path):
            if "$filter=Ref_Key" in path and "второй" not in self.comments:
                self.comments.append("второй")
                self.change(2, Комментарий="второй")

        self.comments = []
        self.fake.after = change_again
        self.sync_all()
        self.assertIn("второй", str(self.contractor(2).comment))
        self.assertEqual(self.sync_all().row_count, 0)

    def test_the_same_version_with_other_data(self):
        """What 1C itself takes for the same is read when all is read."""
        self.sync_all()
        key = self.fake.base.keys[self.bases.CONTRACTORS][2]
        version = self.fake.base.version(key)
        self.fake.base.changes[key] = {"Description": "Тихо", "DataVersion": version}
        self.assertEqual(self.sync_all().row_count, 0)
        self.connection.action_forget()
        self.sync_all()
        self.assertEqual(self.contractor(2).name, "Тихо")

    def test_without_versions(self):
        """A base that tells none is read whole each time."""
        self.sync_all()
        self.change(2, Комментарий="x")
        key = self.fake.base.keys[self.bases.CONTRACTORS][2]
        self.fake.base.changes[key]["DataVersion"] = None
        self.assertEqual(self.sync_all().row_count, 1)
        self.assertEqual(self.sync_all().row_count, 1)

    def test_everything_anew(self):
        self.sync_all()
        self.connection.action_forget()
        job = self.sync_all()
        self.assertEqual((job.row_count, job.unchanged_count), (100, CLIENTS))

    def test_the_file_wins_over_edits(self):
        """Edits are overwritten although 1C says what it said."""
        self.sync_all()
        self.contractor(2).name = "Иначе"
        self.assertEqual(self.sync_all().row_count, 0)
        self.connection.source_id.overwrite = True
        self.sync_all()
        self.assertEqual(self.contractor(2).name, 'ООО "Ромашка 2"')

    def test_undone_is_read_again(self):
        job = self.sync_all()
        self.fake.base.keys[self.bases.CONTRACTORS][20:] = []
        job.action_undo()
        self.work(job)
        self.assertEqual(job.state, "undone")
        self.assertFalse(self.contractor(2))
        job = self.sync_all()
        self.assertEqual(job.created_count, 19)

    def test_a_base_without_names(self):
        """Folders, users and kinds of contacts that nobody may read."""
        self.fake.published = {self.bases.CONTRACTORS}
        reply = self.fake._page

        def page(catalogue, options):
            if "IsFolder" in options.get("$filter", ""):
                return 400, {}
            return reply(catalogue, options)

        self.fake._page = page
        job = self.sync_all()
        self.assertEqual(job.created_count, CLIENTS)
        self.assertFalse(self.contractor(63).category_id)

    # -------------------------------------------------------------------------
    # Failing
    # -------------------------------------------------------------------------

    def interrupted(self, mode):
        """Synchronise with a failure before each single page.

        :return: the import, as checked
        """
        self.ask_once()
        job = self.connection.env["its.import"].browse(
            self.connection.action_sync()["res_id"]
        )
        failures = 0
        while job.state == "checking":
            self.fake.failures = [mode]
            if job._step():
                self.fake.failures.clear()
                continue
            if job.state != "checking":
                break
            failures += 1
            self.assertFalse(self.fake.failures)
            self.assertTrue(job.error)
            self.assertTrue(job.wait_until > fields.Datetime.now())
            self.assertIn("resumes automatically", job.reading_text)
            # Nothing is asked until then.
            self.fake.requests.clear()
            self.assertFalse(job._step())
            self.assertEqual(self.fake.requests, [])
            job.sudo().wait_until = False
            self.assertTrue(job._step())
            self.assertFalse(job.error)
        return job, failures

    def test_cut_on_each_page(self):
        whole = self.sync(self.connect())
        expected = sorted(map(json.dumps, whole.line_ids.mapped("data")))
        for mode in ("cut", "slam", "429", "503"):
            with self.subTest(mode):
                self.connection = self.connect()
                job, failures = self.interrupted(mode)
                self.assertEqual(job.state, "checked", job.error)
                self.assertGreater(failures, 8)
                found = sorted(map(json.dumps, job.line_ids.mapped("data")))
                self.assertEqual(found, expected)
                self.assertEqual(len(set(job.line_ids.mapped("ref"))), 100)

    def test_cut_on_each_page_of_changes(self):
        self.sync_all()
        for number in range(1, 30):
            self.change(number, Комментарий="x")
        job, failures = self.interrupted("cut")
        self.assertGreater(failures, 4)
        self.assertEqual(job.row_count, 29)

    def test_nobody_waits_for_ever(self):
        self.ask_once()
        self.fake.mode = "503"
        self.connection.action_sync()
        job = self.connection.last_import_id
        for number in range(len(WAITS)):
            self.assertFalse(job._step())
            self.assertEqual(job.waits, number + 1)
            job.sudo().wait_until = False
        with self.assertRaisesRegex(UserError, "returned 503"):
            job._step()

    def test_as_long_as_the_server_asks_for(self):
        self.fake.mode = "429 later"
        self.connection.action_sync()
        job = self.connection.last_import_id
        self.assertFalse(job._step())
        seconds = (job.wait_until - fields.Datetime.now()).total_seconds()
        self.assertGreater(seconds, 100)
        self.assertTrue(job.error)
        job.action_cancel()
        self.assertEqual((job.state, job.error), ("draft", False))

    def test_what_does_not_pass(self):
        """It ends at once, with a sentence on the import and on the connection."""
        for mode in ("html", "403", "not json", "no keys"):
            with self.subTest(mode):
                connection = self.connect()
                self.fake.mode = mode
                connection.action_sync()
                self.run_jobs()
                job = connection.last_import_id
                self.assertEqual(job.state, "draft")
                self.assertTrue(job.error)
                self.assertEqual(connection.last_error, job.error)
                self.assertFalse(job.line_ids)
                self.assertFalse(connection.activity_ids)
                # After fixing it, the user presses the button again.
                self.fake.mode = "well"
                job.action_check()
                self.run_jobs()
                self.assertEqual((job.state, job.error), ("checked", False))

    def test_a_slow_base_is_asked_for_less(self):
        ask = self.fake._page

        def page(catalogue, options):
            if catalogue == self.bases.CONTRACTORS and int(options["$top"]) > 15:
                self.fake.failures.append("slow")
            return ask(catalogue, options)

        self.fake._page = page
        model = type(self.env["its.onec.connection"])
        client = model._client
        self.patch(
            model,
            "_client",
            lambda connection, **options: client(connection, read_timeout=0.1),
        )
        self.connection.action_sync()
        job = self.connection.last_import_id
        source = job.sudo()._source()
        source.shrink_pages()
        self.assertEqual(job.reading["shrink"], 2)
        self.assertFalse(source.shrink_pages())

    def test_servers_that_lie(self):
        self.patch(odata_walk, "MAX_ROWS", 400)
        pages = {
            "the same page": lambda rows: rows_of(0, 20),
            "without an end": lambda rows: random_rows(20),
            "a million": lambda rows: random_rows(1000),
            "no keys": lambda rows: [{"a": 1}],
        }
        for title, hook in pages.items():
            with self.subTest(title):
                self.fake.page_hook = hook
                connection = self.connect()
                connection.action_sync()
                job = connection.last_import_id
                for _run in range(3):
                    self.run_jobs()
                self.assertEqual(job.state, "draft")
                self.assertTrue(job.error)
                self.assertFalse(job.line_ids)

    def test_other_types_in_fields(self):
        self.change(2, ИНН=5, Description=["x"], КонтактнаяИнформация={"a": [1]})
        self.change(3, Description="ООО\x00\ud800", Parent_Key=7, IsFolder="нет")
        self.change(4, КонтактнаяИнформация=[{"Представление": "1"}] * 600)
        job = self.sync_all()
        self.assertEqual(job.row_count, 100)
        # One without a name, one that is damaged.
        self.assertEqual(job.rejected_count, 1)
        damaged = job.line_ids.filtered(lambda line: line.outcome == "rejected")
        self.assertIn("not a valid contractor", damaged.message)
        name, content = job._rejected_workbook()
        self.assertIn("rejected", name)
        self.assertTrue(content.startswith(b"PK"))
        # What was rejected is read again, until it is right.
        self.assertEqual(self.sync().row_count, 1)
        self.change(4, КонтактнаяИнформация=[])
        self.assertEqual(self.sync_all().created_count, 1)

    # -------------------------------------------------------------------------
    # One at a time
    # -------------------------------------------------------------------------

    def test_one_at_a_time(self):
        first = self.connection.action_sync()
        self.assertEqual(self.connection.action_sync()["res_id"], first["res_id"])
        job = self.connection.last_import_id
        with self.assertRaisesRegex(UserError, "right now"):
            self.connection.action_forget()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.connection._begin(self.other_admin)
        job.action_cancel()
        self.assertIn("nothing has been imported", job.stop_summary)
        second = self.connection.action_sync()
        self.assertNotEqual(second["res_id"], first["res_id"])
        with self.assertRaisesRegex(UserError, "right now"):
            job.action_check()

    def test_an_old_preview_is_read_anew(self):
        old = self.sync()
        self.sync_all()
        self.assertTrue(old.check_needed)
        with self.assertRaises(UserError):
            old.action_import()
        old.action_check()
        self.work(old)
        self.assertEqual((old.state, old.row_count), ("checked", 0))

    def test_stopped_while_importing(self):
        """What is in is not read again, and what is not is."""
        job = self.sync()
        job.sudo().state = "running"
        lines = job.line_ids.sorted("row")[:40]
        self.env.cr.execute(
            "UPDATE its_import_line SET outcome = 'skipped' WHERE id IN %s",
            (tuple(lines.ids),),
        )
        self.env.invalidate_all()
        job.action_cancel()
        self.assertEqual(job.state, "cancelled")
        self.assertEqual(self.sync().row_count, 60)


def rows_of(first, count):
    return [{"Ref_Key": str(uuid.UUID(int=first + n + 1))} for n in range(count)]


def random_rows(count):
    return [{"Ref_Key": str(uuid.uuid4())} for _number in range(count)]
