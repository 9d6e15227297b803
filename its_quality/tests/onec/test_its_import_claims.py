from odoo.tests import tagged

from .test_its_import import ImportCase


@tagged("post_install", "-at_install")
class TestClaimWorkedImport(ImportCase):
    """Imported data are written in the name of the user who imports."""

    TITLES = ("Наименование", "Код", "E-mail")

    def test_a_row_that_would_send_the_letters_elsewhere(self):
        """It alone is rejected, with why."""
        rows = [
            ("ООО Ромашка", "00-000001", "old@romashka.example.com"),
            ("АО Маяк", "00-000002", "old@mayak.example.com"),
        ]
        self.run_import(rows, self.TITLES)
        client = self.client(onec_code="00-000001")
        claim = self.env["its.claim"].create({"subject": "x", "partner_id": client.id})
        claim.worker_ids = self.admin
        rows = [(name, code, f"x{email}") for name, code, email in rows]
        job = self.run_import(rows, self.TITLES)
        self.assertEqual(self.outcomes(job), ["rejected", "updated"])
        self.assertEqual(client.email, "old@romashka.example.com")
        self.assertIn(claim.name, job.line_ids.sorted("row")[0].message)
