from odoo.tests import tagged

from .common import OnecCase

CLIENTS = 98


@tagged("post_install", "-at_install")
class TestItsOnecOddities(OnecCase):
    """Bases that do not answer as the platform's documentation has it."""

    def refused(self, connection=None):
        """Synchronise where that fails; return what the user is told."""
        connection = connection or self.connection
        connection.action_sync()
        self.run_jobs()
        job = connection.last_import_id
        self.assertEqual(job.state, "draft")
        self.assertFalse(job.line_ids)
        return job.error

    # -------------------------------------------------------------------------
    # Rights
    # -------------------------------------------------------------------------

    def test_no_right_to_contractors(self):
        for status in (401, 403):
            with self.subTest(status):
                self.fake.forbidden = {self.bases.CONTRACTORS: status}
                error = self.refused(self.connect())
                self.assertIn("not allowed to read Catalog_Контрагенты", error)

    def test_no_right_to_something_beside(self):
        """It is left out with a remark, and the rest is read."""
        bases = self.bases
        for status in (401, 403):
            for catalogue in (bases.KINDS, bases.USERS, bases.PERSONS, bases.CONTRACTS):
                with self.subTest(catalogue, status=status):
                    self.fake.forbidden = {catalogue: status}
                    job = self.sync(self.connect(read_contracts=True))
                    contractors = job.line_ids.filtered(lambda x: x.plan != "folder")
                    contracts = contractors.filtered(lambda x: x.entity == "contract")
                    self.assertEqual(len(contractors - contracts), CLIENTS)
                    self.assertEqual(bool(contracts), catalogue != bases.CONTRACTS)
                    self.assertIn(catalogue, job.left_out_text)
                    arch = job.get_view(view_type="form")["arch"]
                    self.assertIn('name="left_out_text"', arch)

    def test_nothing_left_out(self):
        self.assertFalse(self.sync().left_out_text)

    def test_contracts_alone_without_a_right(self):
        self.fake.forbidden = {self.bases.CONTRACTS: 403}
        connection = self.connect(read_contractors=False, read_contracts=True)
        self.assertIn("Catalog_ДоговорыКонтрагентов", self.refused(connection))

    def test_a_login_refused_once(self):
        self.connection.action_sync()
        job = self.connection.last_import_id
        while job.state == "checking":
            self.fake.failures = ["401"] if job.reading else []
            job._step()
            self.fake.failures.clear()
        self.assertEqual((job.state, job.error), ("checked", False))
        self.assertEqual(job.row_count, 100)

    # -------------------------------------------------------------------------
    # Pages, fields and objects
    # -------------------------------------------------------------------------

    def test_pages_that_are_cut_short(self):
        """All is read, the first time and when much has changed."""
        self.fake.cap, self.fake.counts = 10, False
        job = self.sync_all()
        self.assertEqual((job.row_count, job.created_count), (100, CLIENTS))
        for number in range(1, 40):
            self.fake.base.change(self.bases.CONTRACTORS, number, Комментарий="x")
        job = self.sync_all()
        # The keys of folders are among those that were read.
        self.assertEqual((job.row_count, job.updated_count), (39, 39))

    def test_fields_that_a_configuration_has_not(self):
        for name in ("Parent_Key", "DataVersion", "IsFolder"):
            for status in (400, 500):
                with self.subTest(name, status=status):
                    self.fake.unknown = {name: (status, "Не найдено поле {name}")}
                    connection = self.connect()
                    job = self.sync_all(connection)
                    self.assertEqual(job.row_count, 100)
                    self.assertFalse(job.left_out_text)
                    self.assertEqual(self.sync_all(connection).rejected_count, 0)

    def test_partners_with_their_contractors_beneath(self):
        """What УТ sells to are clients; nine or ten contractors are of each."""
        self.fake.base.has_partners = True
        self.fake.published |= {self.bases.PARTNERS}
        job = self.sync_all()
        self.assertEqual((job.row_count, job.created_count), (110, CLIENTS + 10))
        self.assertFalse(job.left_out_text)
        ref = self.fake.base.keys[self.bases.PARTNERS][1]
        partner = self.env["res.partner"].search([("onec_ref", "=", ref)])
        self.assertEqual(partner.name, "Холдинг «Ромашка 1»")
        self.assertEqual(partner.user_id, self.manager)
        self.assertTrue(partner.is_company and partner.its_client)
        beneath = partner.child_ids.filtered("onec_ref")
        self.assertEqual(len(beneath), 10)
        self.assertEqual(self.contractor(12).parent_id, partner)
        self.assertEqual(self.sync_all().row_count, 0)
        self.fake.base.change(self.bases.PARTNERS, 1, Description="Холдинг «Лилия»")
        self.assertEqual(self.sync_all().updated_count, 1)
        self.assertEqual(partner.name, "Холдинг «Лилия»")

    def test_partners_that_may_not_be_read(self):
        self.fake.forbidden = {self.bases.PARTNERS: 403}
        self.fake.published |= {self.bases.PARTNERS}
        job = self.sync_all()
        self.assertEqual(job.created_count, CLIENTS)
        self.assertIn("Catalog_Партнеры", job.left_out_text)

    def test_one_object_without_a_key(self):
        lost = self.fake.base.keys[self.bases.CONTRACTORS][7]

        def spoil(rows):
            return [
                {**row, "Ref_Key": self.bases.EMPTY} if row["Ref_Key"] == lost else row
                for row in rows
            ]

        self.fake.page_hook = spoil
        job = self.sync_all()
        self.assertEqual((job.row_count, job.rejected_count), (100, 1))
        self.assertEqual(job.created_count, CLIENTS - 1)
        rejected = job.line_ids.filtered(lambda line: line.outcome == "rejected")
        self.assertEqual(rejected.name, 'ООО "Ромашка 7"')
        self.assertIn("not a valid contractor", rejected.message)
        # The next time nothing is the matter with the others.
        self.assertEqual(self.sync_all().row_count, 0)
        # Mended in 1C, it comes.
        self.fake.page_hook = lambda rows: rows
        self.assertEqual(self.sync_all().created_count, 1)
