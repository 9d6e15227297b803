from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import OnecCase


@tagged("post_install", "-at_install")
class TestItsOnecContracts(OnecCase):
    """Contracts of 1C become subscriptions, once somebody has said to what."""

    def setUp(self):
        super().setUp()
        self.connection.read_contracts = True
        self.program = self.env["its.service"].create(
            {"name": "Совсем другой сервис", "kind": "service"}
        )
        for number in range(10):
            # A name from which nobody would guess it.
            self.contract(number, Description=f"Поставка № {number}")

    def requests_of(self, catalogue):
        asked = self.fake.asked(catalogue)
        self.fake.requests.clear()
        return asked

    def kinds_of(self, job):
        """The kind of contracts of the base, without a service."""
        self.assertEqual(len(job.contract_ids), 1)
        kind = job.contract_ids
        self.assertEqual(kind.count, 10)
        return kind

    def sync_with_service(self):
        job = self.sync()
        self.kinds_of(job).service_id = self.program
        self.assertTrue(job.check_needed)
        job.action_check()
        self.work(job)
        job.action_import()
        self.work(job)
        self.assertEqual(job.state, "done", job.error)
        return job

    def contract(self, number, **values):
        return self.fake.base.change(self.bases.CONTRACTS, number, **values)

    def subscription(self, number):
        """Of the client of a contract."""
        client = self.contractor(number * self.bases.CONTRACT_EVERY + 1)
        return client.its_subscription_ids

    def test_what_is_read(self):
        job = self.sync()
        contracts = job.line_ids.filtered(lambda line: line.entity == "contract")
        self.assertEqual((job.row_count, len(contracts)), (110, 10))
        owners = self.fake.base.keys[self.bases.CONTRACTORS]
        for line in contracts:
            self.assertIn(line.data["ref"], owners)
            self.assertTrue(line.data["contract_number"].startswith("ИТС-"))
            self.assertTrue(line.data["name"].startswith('ООО "Ромашка'))

    def test_a_service_is_chosen_without_reading_anew(self):
        job = self.sync()
        kind = self.kinds_of(job)
        before = {line.row: line.data for line in job.line_ids}
        self.fake.requests.clear()
        kind.service_id = self.program
        with self.assertRaises(UserError):
            job.action_import()
        job.action_check()
        self.work(job)
        self.assertEqual(self.fake.requests, [])
        self.assertEqual(job.state, "checked")
        self.assertEqual(job.contract_plan_count, 10)
        self.assertEqual(job.row_count, 110)
        for line in job.line_ids:
            changed = (
                {"service_id", "contract_key"} if line.entity == "contract" else ()
            )
            for name, value in before[line.row].items():
                if name not in changed:
                    self.assertEqual(line.data[name], value)
        job.action_import()
        self.work(job)
        subscription = self.subscription(3)
        self.assertEqual(subscription.service_id, self.program)
        self.assertEqual(subscription.contract_number, "ИТС-3")
        self.assertEqual(str(subscription.date_end), "2027-01-14")
        self.assertEqual(self.sync_all().row_count, 0)

    def test_checked_again_after_another_has_read(self):
        """Then 1C is asked: the rows may be outdated."""
        old = self.sync()
        self.sync()
        self.fake.requests.clear()
        old.action_check()
        self.work(old)
        self.assertEqual((old.state, old.row_count), ("checked", 110))
        self.assertTrue(self.requests_of(self.bases.CONTRACTORS))

    def test_what_has_been_imported_is_not_checked_again(self):
        job = self.sync_all()
        with self.assertRaisesRegex(UserError, "has already started"):
            job.action_check()

    def test_only_contracts_that_have_changed(self):
        self.sync_with_service()
        self.requests_of(self.bases.CONTRACTS)
        key = self.contract(3, СрокДействия="2028-01-14T00:00:00")
        job = self.sync_all()
        self.assertEqual((job.row_count, job.updated_count), (1, 1))
        self.assertEqual(str(self.subscription(3).date_end), "2028-01-14")
        whole = [q for q in self.requests_of(self.bases.CONTRACTS) if "select" not in q]
        self.assertEqual(len(whole), 1)
        self.assertIn(key, whole[0])

    def test_a_service_that_is_chosen_later(self):
        """Contracts of no service are read again when their kind has got one."""
        job = self.sync_all()
        self.assertFalse(self.subscription(3))
        self.assertEqual(self.sync_all().row_count, 0)
        self.env["its.import.contract"].search(
            [("source_id", "=", job.source_id.id)]
        ).service_id = self.program
        self.assertEqual(self.sync_unattended().row_count, 10)
        self.assertEqual(self.subscription(3).service_id, self.program)
        self.assertEqual(self.sync_unattended().row_count, 0)

    def test_a_contract_whose_client_comes_later(self):
        self.connection.read_contractors = False
        job = self.sync()
        self.kinds_of(job).service_id = self.program
        job.action_check()
        self.work(job)
        job.action_import()
        self.work(job)
        self.assertEqual((job.row_count, job.skipped_count), (10, 10))
        self.assertEqual(self.sync_all().row_count, 0)
        ref = self.fake.base.keys[self.bases.CONTRACTORS][31]
        self.env["res.partner"].create(
            {"name": "ООО Поздний", "onec_ref": ref, "its_client": True}
        )
        self.assertEqual(self.sync_all().row_count, 1)
        self.assertEqual(self.subscription(3).service_id, self.program)

    def test_marked_for_deletion(self):
        self.sync_with_service()
        self.contract(3, DeletionMark=True)
        job = self.sync_all()
        self.assertEqual(job.skipped_count, 1)
        self.assertTrue(self.subscription(3))
        self.assertEqual(self.sync_all().row_count, 0)


@tagged("post_install", "-at_install")
class TestItsOnecMarked(OnecCase):
    """Clients who are marked for deletion in 1C."""

    def mark(self, number):
        return self.fake.base.change(self.bases.CONTRACTORS, number, DeletionMark=True)

    def test_archived_when_asked_for(self):
        self.sync_all()
        self.mark(2)
        self.mark(3)
        job = self.sync()
        self.assertEqual(job.deleted_count, 2)
        self.assertFalse(job.archive_deleted)
        job.archive_deleted = True
        job.action_import()
        self.work(job)
        self.assertFalse(self.contractor(2).active)
        self.assertEqual(self.sync_all().row_count, 0)
        job = self.connection.import_ids[1]
        self.assertEqual(job.updated_count, 2)

    def test_left_when_not(self):
        self.sync_all()
        self.mark(2)
        self.sync_all()
        self.assertTrue(self.contractor(2).active)
        # The user has decided.
        self.assertEqual(self.sync_all().row_count, 0)

    def test_never_by_schedule(self):
        self.sync_all()
        self.mark(2)
        job = self.sync_unattended()
        self.assertEqual(job.state, "done")
        self.assertTrue(self.contractor(2).active)
        self.assertEqual(self.sync_unattended().row_count, 0)
        job = self.sync()
        self.assertEqual(job.deleted_count, 1)

    def test_the_spare_one_of_two(self):
        """Two contractors of 1C that somebody has joined are one client, who stays
        when the one that came last is marked."""
        twin = {
            "Description": "ООО Двое",
            "ИНН": "7707083893",
            "КПП": "770701001",
            "Code": "99",
        }
        self.fake.base.change(self.bases.CONTRACTORS, 2, **twin)
        self.sync_all()
        client = self.contractor(2)
        key = self.fake.base.add(self.bases.CONTRACTORS, 3, **twin)
        job = self.sync()
        self.assertEqual((job.row_count, job.new_count), (1, 1))
        self.assertIn("a duplicate in 1C?", job.line_ids.message)
        job.with_context(its_decision="same").action_decide_duplicates()
        self.assertEqual((job.new_count, job.same_count), (0, 1))
        job.action_import()
        self.work(job)
        self.assertEqual((job.created_count, job.unchanged_count), (0, 1))
        self.assertEqual(
            client.onec_ref, self.fake.base.keys[self.bases.CONTRACTORS][2]
        )
        self.fake.base.changes[key] |= {"DeletionMark": True, "DataVersion": "y"}
        job = self.sync()
        self.assertEqual(job.deleted_count, 1)
        job.archive_deleted = True
        job.action_import()
        self.work(job)
        self.assertTrue(client.active)
