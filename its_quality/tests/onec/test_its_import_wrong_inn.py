from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .test_its_import import ImportCase

TITLES = ("Наименование", "ИНН", "Код", "Телефон", "Контактное лицо")
RIGHT = ("ООО Верный", "7707083893", "В-1", "8 912 000-00-01", "")
WRONG = ("ООО Неверный", "7707083894", "В-2", "8 912 000-00-02", "Пробный Иван")


class WrongInnCase(ImportCase):
    """A tax number with a wrong check digit, of a client in a country whose numbers
    Odoo's base_vat can check, where it is installed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.russia = cls.env.ref("base.ru")
        cls.env["ir.default"].set("res.partner", "country_id", cls.russia.id)
        module = cls.env["ir.module.module"].search([("name", "=", "base_vat")])
        cls.has_base_vat = module.state == "installed"

    def assert_left_as_it_is(self, client):
        """A colleague works with such a card as with any other."""
        client = client.with_user(self.admin)
        client.phone = "+7 912 000-00-09"
        client.user_id = self.manager
        person = client.create({"name": "Новый человек", "parent_id": client.id})
        self.assertEqual((person.vat, person.country_id), (WRONG[1], self.russia))
        client.street = "ул. Мира, д. 1"
        self.assertEqual(person.street, "ул. Мира, д. 1")
        client.action_archive()
        client.action_unarchive()


@tagged("post_install", "-at_install", "neighbours")
class TestItsImportWrongInn(WrongInnCase):
    def test_is_let_through_with_a_remark(self):
        job = self.run_import([RIGHT, WRONG], TITLES)
        self.assertEqual(self.outcomes(job), ["created", "created"])
        line = job.line_ids.sorted("row")[1]
        self.assertIn("7707083894 has a wrong check digit", line.message)
        client = line.partner_id
        self.assertEqual((client.vat, client.country_id), (WRONG[1], self.russia))
        self.assertEqual(client.child_ids.vat, WRONG[1])
        self.assertIn("wrong check digit", client.its_requisites_warning)
        again = self.run_import([RIGHT, (*WRONG[:3], "8 912 000-00-03", "")], TITLES)
        self.assertEqual(self.outcomes(again), ["unchanged", "updated"])
        again.action_undo()
        self.assertEqual(client.phone, "+7 912 000-00-02")
        self.assert_left_as_it_is(client)

    def test_undo_gives_back_a_wrong_one(self):
        self.run_import([WRONG], TITLES)
        corrected = self.run_import([(WRONG[0], RIGHT[1], *WRONG[2:])], TITLES)
        client = corrected.line_ids.partner_id
        self.assertEqual(client.vat, RIGHT[1])
        corrected.refuse_wrong_inn = True
        corrected.action_undo()
        self.assertEqual(corrected.state, "undone")
        self.assertEqual(client.vat, WRONG[1])

    def test_is_rejected_if_so_wished(self):
        self.source.refuse_wrong_inn = True
        job = self.run_import([RIGHT, WRONG], TITLES)
        self.assertEqual(self.outcomes(job), ["created", "rejected"])
        self.assertIn("wrong check digit", job.line_ids.sorted("row")[1].message)
        self.assertFalse(self.client(vat=WRONG[1]))

    def test_the_choice_reads_the_same_file_anew(self):
        job = self.drop([RIGHT, WRONG], TITLES)
        job.action_check()
        self.assertEqual(job.wrong_count, 0)
        job.refuse_wrong_inn = True
        self.assertTrue(job.check_needed)
        job.action_check()
        self.assertEqual(job.wrong_count, 1)
        job.refuse_wrong_inn = False
        job.action_check()
        self.assertEqual(job.wrong_count, 0)
        job.action_import()
        self.assertEqual(self.outcomes(job), ["created", "created"])


@tagged("post_install", "-at_install", "-standard", "neighbours")
class TestItsImportBesideBaseVat(WrongInnCase):
    def test_base_vat(self):
        """Whoever changes the number or the country is told; the file is not, unless
        rows are to be rejected."""
        if not self.has_base_vat:
            self.skipTest("base_vat is not installed")
        client = self.run_import([WRONG], TITLES).line_ids.partner_id
        sentence = "does not seem to be valid"
        with self.assertRaisesRegex(ValidationError, sentence):
            client.with_user(self.admin).vat = "7707083895"
        client.country_id = False
        with self.assertRaisesRegex(ValidationError, sentence):
            client.with_user(self.admin).country_id = self.russia
        client.with_user(self.admin).vat = "/"
        # Right in Russia, but not in Belgium.
        self.source.refuse_wrong_inn = True
        country = self.env.ref("base.be")
        self.env["ir.default"].set("res.partner", "country_id", country.id)
        job = self.run_import([RIGHT], TITLES)
        self.assertEqual(self.outcomes(job), ["rejected"])
        self.assertIn(sentence, job.line_ids.message)
