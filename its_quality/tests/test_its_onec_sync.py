from odoo.tests import tagged

from .onec_case import OnecCase


@tagged("post_install", "-at_install")
class TestItsOnecSync(OnecCase):
    def test_first_and_again(self):
        job = self.sync_all()
        self.assertEqual(job.row_count, 100)
        self.assertEqual(job.created_count, 98)
        client = self.contractor(63)
        self.assertEqual(client.name, 'ООО "Ромашка 63"')
        self.assertEqual(client.email, "client63@example.com")
        self.assertEqual(client.category_id.name, "Группа 2")
        self.assertEqual(client.user_id, self.manager)
        again = self.sync_all()
        self.assertEqual(again.row_count, 0)
        self.assertEqual(self.fake.methods, {"GET"})
