from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import QualityCase


@tagged("post_install", "-at_install")
class TestItsClientMaking(QualityCase):
    """Contacts that Odoo has become clients of ITS, and contacts again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        model = cls.env["res.partner"]
        cls.contacts = model.create(
            [
                {"name": "ООО «Тюльпан»", "is_company": True, "vat": "7707083893"},
                {"name": "ИП Розин", "is_company": True, "vat": "500100732259"},
                {"name": "Лилия Петровна"},
                {
                    "name": "АО «Мак»",
                    "is_company": True,
                    "user_id": cls.colleague.id,
                },
            ]
        )
        cls.firm, cls.trader, cls.person, cls.managed = cls.contacts
        cls.of_firm = model.create({"name": "Бухгалтер", "parent_id": cls.firm.id})

    def ask(self, contacts, user=None):
        contacts = contacts.with_user(user or self.administrator)
        action = contacts.action_its_make_clients()
        making = self.env[action["res_model"]].browse(action["res_id"])
        return making.with_user(user or self.administrator)

    def test_kinds_and_managers(self):
        making = self.ask(self.contacts)
        making.user_id = self.client_manager
        making.action_make()
        kinds = ["company", "sole_trader", "person", "company"]
        self.assertEqual(self.contacts.mapped("its_kind"), kinds)
        self.assertTrue(all(self.contacts.mapped("its_client")))
        managers = [contact.user_id for contact in self.contacts]
        self.assertEqual(managers, [self.client_manager] * 3 + [self.colleague])
        self.assertEqual(self.of_firm.user_id, self.client_manager)

    def test_who_is_left_out(self):
        """A contact person stands for the firm; colleagues, our own company and clients
        are left out."""
        chosen = self.of_firm | self.employee.partner_id | self.company.partner_id
        making = self.ask(chosen | self.client_own)
        self.assertEqual(making.partner_ids, self.firm)
        self.assertEqual(making.left_out, 3)

    def test_undone(self):
        making = self.ask(self.contacts)
        making.user_id = self.client_manager
        making.action_make()
        self.create_subscription(self.trader, self.contract)
        told = making.action_undo()["params"]["message"]
        self.assertIn("3", told)
        self.assertEqual(self.contacts.filtered("its_client"), self.trader)
        self.assertEqual((making.state, making.kept), ("undone", 1))
        self.assertFalse((self.firm | self.person).user_id)
        self.assertFalse(self.firm.its_kind)
        self.assertEqual(self.managed.user_id, self.colleague)
        with self.assertRaises(UserError):
            making.action_undo()

    def test_planned_calls_go(self):
        making = self.ask(self.firm)
        making.action_make()
        call = self.firm.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.client_manager.id
        )
        cadence = self.env["its.cadence"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        call.its_cadence_id = cadence
        making.action_undo()
        self.assertFalse(call.active)

    def test_it_is_closed_to_others(self):
        for user in (self.client_manager, self.quality_manager, self.head):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.ask(self.firm, user)

    def test_nobody_chosen(self):
        making = self.ask(self.client_own)
        with self.assertRaises(UserError):
            making.action_make()
