from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import OnecCase

CLIENTS = 98  # of 100 contractors, two of which are folders


@tagged("post_install", "-at_install", "days")
class TestItsOnecSchedule(OnecCase):
    def run_schedule(self):
        with self.enter_registry_test_mode():
            self.env.ref("its_quality.ir_cron_onec_sync").method_direct_trigger()
        for _run in range(3):
            self.run_jobs()

    def schedule(self, **values):
        self.connection.write(
            {
                "by_schedule": True,
                "next_sync": fields.Datetime.now() - timedelta(minutes=1),
                **values,
            }
        )

    def change(self, number, **values):
        return self.fake.base.change(self.bases.CONTRACTORS, number, **values)

    def test_it_imports_by_itself(self):
        self.schedule()
        self.run_schedule()
        job = self.connection.last_import_id
        self.assertEqual(job.state, "done")
        self.assertEqual(job.user_id, self.admin)
        self.assertEqual(job.created_count, CLIENTS)
        self.assertTrue(self.contractor(2))
        self.assertEqual(self.connection.last_sync, job.date_done)
        self.assertGreater(self.connection.next_sync, fields.Datetime.now())
        # Not due, so nothing.
        self.run_schedule()
        self.assertEqual(self.connection.last_import_id, job)

    def test_who_is_not_due(self):
        self.schedule(by_schedule=False)
        self.run_schedule()
        self.schedule(next_sync=fields.Datetime.now() + timedelta(hours=1))
        self.run_schedule()
        self.schedule(active=False)
        self.run_schedule()
        self.assertEqual(self.fake.requests, [])

    def test_what_is_in_doubt_is_told_once(self):
        self.sync_all()
        twin = self.env["res.partner"].create(
            {"name": "ООО Двойник", "its_client": True, "is_company": True}
        )
        self.change(2, Description="ООО Двойник", Code="")
        self.change(5, DeletionMark=True)
        key = self.fake.base.add(
            self.bases.CONTRACTORS, 2, Description="ООО Двойник", Code="99", ИНН=""
        )
        for _night in range(2):
            job = self.sync_unattended()
            self.assertEqual(job.state, "done", job.error)
            self.assertEqual(
                self.env["res.partner"].search_count([("name", "=", twin.name)]), 2
            )
            self.assertTrue(self.contractor(5).active)
            (activity,) = self.connection.activity_ids
            self.assertEqual(activity.user_id, self.admin)
            self.assertIn("similar to existing clients", activity.note)
            self.assertIn("marked for deletion", activity.note)
            self.assertIn("Synchronize now", activity.note)
        # A user is watching: both are shown.
        job = self.sync()
        self.assertEqual(job.doubtful_count, 1)
        self.assertTrue(job.line_ids.filtered(lambda x: x.data.get("deletion_mark")))
        job.line_ids.filtered(lambda x: x.plan == "doubtful").decision = "same"
        job.action_import()
        self.work(job)
        self.assertEqual(twin.onec_ref, key)
        self.assertFalse(self.connection.activity_ids)

    def test_nights_without_changes(self):
        """They do not keep from undoing the one before, and are not kept for ever."""
        job = self.sync_all()
        night = self.sync_unattended()
        self.assertEqual(night.row_count, 0)
        self.assertTrue(job.can_undo)
        with freeze_time(fields.Datetime.now() + timedelta(days=30)):
            job._gc_empty_nights()
        self.assertFalse(night.exists())
        self.assertTrue(job.exists())
        self.change(2, Комментарий="x")
        self.sync_unattended()
        self.assertFalse(job.can_undo)

    def test_nothing_to_tell(self):
        self.sync_unattended()
        self.assertFalse(self.connection.activity_ids)

    def test_a_failure_is_told(self):
        self.fake.mode = "html"
        self.schedule()
        self.run_schedule()
        (activity,) = self.connection.activity_ids
        self.assertIn("a web page instead of data", activity.note)
        self.assertIn("a web page instead of data", self.connection.last_error)
        self.fake.mode = "well"
        self.schedule()
        self.run_schedule()
        self.assertFalse(self.connection.last_error)

    def test_a_manager_who_comes_later(self):
        self.manager.name = "Другая Фамилия"
        self.sync_unattended()
        self.assertFalse(self.contractor(63).user_id)
        # Nobody new: nothing is read again.
        self.assertEqual(self.sync_unattended().row_count, 0)
        self.manager.name = "Проверкина Анна Ивановна"
        self.assertEqual(self.sync_unattended().row_count, 10)
        self.assertEqual(self.contractor(63).user_id, self.manager)
        self.assertEqual(self.sync_unattended().row_count, 0)

    def test_another_import_of_the_source_is_running(self):
        other = self.drop([["ООО Файл"]], ["Наименование"], self.connection.source_id)
        other.action_check()
        other.sudo().state = "running"
        job = self.connection._begin(self.admin, unattended=True)
        self.work(job)
        self.assertEqual(job.state, "checking")
        self.assertTrue(job.wait_until)
        other.sudo().state = "done"
        job.sudo().wait_until = False
        self.work(job)
        self.assertEqual(job.state, "running")

    def test_who_may_not_any_more(self):
        self.schedule()
        self.admin.group_ids -= self.env.ref("its_quality.group_administrator")
        self.run_schedule()
        self.assertEqual(self.fake.requests, [])
        self.assertIn("no longer allowed to import", self.connection.sudo().last_error)

    def test_one_is_in_progress(self):
        self.connection.action_sync()
        self.schedule()
        with self.enter_registry_test_mode():
            self.env.ref("its_quality.ir_cron_onec_sync").method_direct_trigger()
        self.assertEqual(self.connection.import_count, 1)

    def test_the_next_time(self):
        """By the clock of the user, also over the change to summer time."""
        self.admin.tz = "Europe/Berlin"
        table = [
            # now, next, every, expected
            ("2026-03-10 12:00", "2026-03-10 01:00", (1, "days"), "2026-03-11 01:00"),
            ("2026-03-28 12:00", "2026-03-28 03:00", (1, "days"), "2026-03-29 02:00"),
            ("2026-10-24 12:00", "2026-10-24 00:00", (1, "days"), "2026-10-25 01:00"),
            ("2026-03-10 12:00", "2025-03-10 01:00", (1, "days"), "2026-03-11 01:00"),
            ("2026-03-10 12:00", "2026-03-01 01:00", (2, "weeks"), "2026-03-15 01:00"),
            ("2026-03-10 12:30", "2026-03-10 09:00", (2, "hours"), "2026-03-10 13:00"),
            ("2026-03-10 12:00", "2026-03-10 12:00", (1, "hours"), "2026-03-10 13:00"),
        ]
        for now, due, (number, kind), expected in table:
            with self.subTest(now=now, due=due), freeze_time(now):
                self.connection.write(
                    {
                        "next_sync": datetime.fromisoformat(due),
                        "interval_number": number,
                        "interval_type": kind,
                    }
                )
                found = self.connection._next_time(self.admin)
                self.assertEqual(found, datetime.fromisoformat(expected))

    def test_a_schedule_needs_a_time(self):
        for values in ({"interval_number": 0}, {"next_sync": False}):
            with self.subTest(values), self.assertRaises(UserError):
                self.schedule(**values)
