"""What an employee without a role of ours, or a portal user, may see and do."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SecurityCase

# Fields that the addon adds to res.partner, see test_fields_of_ours_are_restricted.
OUR_PREFIXES = ("its_", "onec_")


@tagged("post_install", "-at_install")
class TestEmployeeAndPortal(SecurityCase):
    """Who has no role sees contacts as Odoo shows them, and nothing of ours."""

    def our_fields(self):
        names = [
            name
            for name, field in self.env["res.partner"]._fields.items()
            if name.startswith(OUR_PREFIXES) and field._module == "its_quality"
        ]
        self.assertGreater(len(names), 10)
        return names

    def test_fields_of_ours_are_restricted(self):
        """Read, searched, sorted, grouped, exported: also as fields of a user."""
        for user in (self.employee, self.portal):
            partner = self.as_user(self.client_own, user)
            if user == self.portal:
                partner = self.as_user(user.partner_id, user)
            self.assertTrue(partner.name)
            listed = partner.fields_get()
            for name in self.our_fields():
                field = partner._fields[name]
                with self.subTest(user=user.login, field=name):
                    self.assertNotIn(name, listed)
                    with self.assertRaises(AccessError):
                        partner.read([name])
                    with self.assertRaises(AccessError):
                        partner[name]
                    with self.assertRaises(UserError):
                        partner.export_data([name])
                    with self.assertRaises(AccessError):
                        partner.write({name: False})
                    if not field.store:
                        continue
                    with self.assertRaises(AccessError):
                        partner.search([(name, "!=", False)])
                    with self.assertRaises(AccessError):
                        partner.search([("child_ids", "any", [(name, "!=", False)])])
                    with self.assertRaises(AccessError):
                        partner.search([], order=name)
                    with self.assertRaises(AccessError):
                        partner._read_group([], [name])
                    with self.assertRaises(AccessError):
                        partner.env["res.users"].search(
                            [("partner_id", "any", [(name, "!=", False)])]
                        )

    def test_models_of_ours_are_closed(self):
        models = [
            name
            for name in self.env.registry
            if name.startswith("its.") and not self.env[name]._abstract
        ]
        self.assertIn("its.subscription", models)
        for user in (self.employee, self.portal, self.env.ref("base.public_user")):
            for name in models:
                model = self.env[name].with_user(user)
                with self.subTest(user=user.login, model=name):
                    for ask in (
                        lambda model=model: model.search([]),
                        lambda model=model: model.search_count([]),
                        lambda model=model: model._read_group([], [], ["__count"]),
                        lambda model=model: model.name_search("а"),
                        lambda model=model: model.create({}),
                    ):
                        with self.assertRaises(AccessError):
                            ask()

    def test_native_work_goes_on(self):
        """Who keeps Odoo's contacts without a role of ours works as before."""
        clerk = self.create_user(
            "its_clerk", "base.group_user,base.group_partner_manager"
        )
        partners = self.env["res.partner"].with_user(clerk)
        firm = partners.create(
            {
                "name": "ООО «Без нас»",
                "is_company": True,
                "vat": "7707083893",
                "child_ids": [Command.create({"name": "Директор", "street": "Ленина"})],
            }
        )
        self.env.flush_all()
        firm = self.as_user(firm, clerk)
        firm.write({"vat": "7736050003", "name": "ООО «Без вас»", "user_id": clerk.id})
        self.as_user(firm.child_ids, clerk).write({"vat": "7707083893"})
        self.as_user(firm, clerk).copy()
        person = partners.create({"name": "Прохожий"})
        self.as_user(person, clerk).write({"parent_id": firm.id})
        self.as_user(person, clerk).write({"parent_id": False})
        self.env.flush_all()
        result = partners.load(["name", "parent_id/.id"], [["Из файла", str(firm.id)]])
        self.assertFalse(result["messages"])
        client = self.as_user(self.client_own, clerk)
        client.write({"phone": "1"})
        contact = client.create({"name": "Секретарь", "parent_id": client.id})
        self.env.flush_all()
        self.assertTrue(contact.sudo().its_client)
        self.assertEqual(contact.sudo().user_id, self.client_manager)
        self.as_user(person, clerk).unlink()

    def test_native_merge_goes_on(self):
        clerk = self.create_user(
            "its_clerk", "base.group_partner_manager,base.group_system"
        )
        partners = self.env["res.partner"].with_user(clerk)
        double = partners.create({"name": "Двойник"})
        other = partners.create({"name": "Двойник"})
        self.env.flush_all()
        self.env.invalidate_all()
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(clerk)
        wizard._merge((double + other).ids, double)
        self.assertFalse(other.exists())

    def test_portal_sees_its_own_firm_only(self):
        self.portal.partner_id.parent_id = self.client_own
        self.env.flush_all()
        self.env.invalidate_all()
        partners = self.env["res.partner"].with_user(self.portal)
        found = partners.search([("id", "child_of", self.clients.ids)])
        self.assertEqual(found.commercial_partner_id.ids, self.client_own.ids)
        with self.assertRaises(AccessError):
            partners.browse(self.client_colleague.id).read(["name"])

    def test_employee_has_no_menu(self):
        ours = self.env.ref("its_quality.its_quality_menu")
        menus = self.env["ir.ui.menu"].with_user(self.employee)._visible_menu_ids()
        self.assertNotIn(ours.id, menus)


@tagged("post_install", "-at_install")
class TestMerge(SecurityCase):
    def test_subscriptions_follow_the_merged_client(self):
        """Odoo merges contacts past the ORM; the rights must follow all the same."""
        self.administrator.group_ids += self.env.ref("base.group_system")
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(
            self.administrator
        )
        self.env.flush_all()
        self.env.invalidate_all()
        wizard._merge((self.client_colleague + self.client_own).ids, self.client_own)
        self.env.invalidate_all()
        self.assertEqual(self.foreign.partner_id, self.client_own)
        self.assertEqual(self.foreign.user_id, self.client_manager)
        self.assertEqual(
            set(self.client_own.child_ids.mapped("user_id")), {self.client_manager}
        )


@tagged("post_install", "-at_install")
class TestLeastRole(SecurityCase):
    """The role that all others contain may be somebody's only one: of whoever is but made
    responsible for claims. It shows nothing of any client."""

    MODELS = (
        "its.contact.report",
        "its.interaction",
        "its.interaction.report",
        "its.renewal.report",
        "its.subscription",
        "its.survey.report",
        "survey.user_input",
        "survey.user_input.line",
    )

    def test_sees_nothing_of_clients(self):
        user = self.create_user("its_least", "its_quality.group_user")
        self.env["its.interaction"].create(
            {"partner_id": self.client_own.id, "summary": "О продлении"}
        )
        for name in self.MODELS:
            model = self.env[name]
            records = model.search([], limit=3)
            with self.subTest(model=name):
                if name in ("its.interaction", "its.subscription"):
                    self.assertTrue(records, "the case is void")
                self.assertFalse(model.with_user(user).search([]))
                if records:
                    with self.assertRaises(AccessError):
                        records.with_user(user).read(["display_name"])
                    with self.assertRaises(AccessError):
                        records.with_user(user).copy_data()
