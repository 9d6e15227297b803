"""Users of ITS quality who work in another app of the firm, too: they see and edit cards
as that app lets them, and what is kept about a client stays closed."""

from ast import literal_eval
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tests import tagged

from ...models.client.ir_rule import RULE
from ...models.client.other_apps import USER_GROUPS
from ..common import OtherAppCase
from ..other_apps_table import OPERATIONS, cells


@tagged("post_install", "-at_install")
class TestOtherAppMatrix(OtherAppCase):
    """Each role, with and without another app, on each kind of client."""

    def operate(self, operation, client, user):
        card = self.as_user(client, user)
        if operation == "read":
            card.read(["name", "phone"])
            self.assertTrue(card.search([("id", "=", card.id)]))
            self.assertTrue(card.name_search(card.name))
            return
        values = {
            "contacts": {"phone": "+7 8332 120006"},
            "name": {"name": "ООО «Другое»"},
            "manager": {"user_id": client.user_id != user and user.id},
            "ours": {"its_full_name": "Общество"},
            "archive": {"active": False},
        }[operation]
        card.write(values)
        card.flush_recordset()

    def test_matrix(self):
        for role, with_app, scope, allowed in cells():
            for letter, operation in OPERATIONS.items():
                title = {"role": role, "app": with_app, "scope": scope}
                with self.subTest(**title, do=operation), self.undone():
                    user = self.both[role] if with_app else self[role]
                    client = self.client(scope, user)
                    if letter in allowed:
                        self.operate(operation, client, user)
                        continue
                    with self.assertRaises(AccessError):
                        self.operate(operation, client, user)

    def test_the_refusal_says_what_stays(self):
        client = self.as_user(self.client_colleague, self.both["client_manager"])
        for values in (
            {"user_id": False},
            {"its_kpp": "770701001"},
            {"its_call_consent": "refused"},
            {"active": False, "phone": "1"},
            {"its_subscription_ids": [Command.create({"service_id": self.service.id})]},
        ):
            with self.subTest(values=values), self.undone():
                with self.assertRaises(AccessError) as refusal:
                    client.write(values)
                self.assertIn(client.sudo().name, str(refusal.exception))
                labels = client.fields_get(list(values), ["string"]).values()
                self.assertTrue(
                    any(label["string"] in str(refusal.exception) for label in labels)
                )

    def test_what_a_form_sends_back_may_stay(self):
        client = self.as_user(self.client_colleague, self.both["client_manager"])
        client.write(
            {
                "name": "ООО «Исправлено»",
                "user_id": self.colleague.id,
                "its_kind": "company",
                "its_kpp": False,
                "its_consent_date": False,
                "its_client": True,
                "active": True,
            }
        )
        self.assertEqual(self.client_colleague.name, "ООО «Исправлено»")

    def test_a_client_is_not_given_away_unseen(self):
        """Another app would let the user see it afterwards."""
        client = self.client("own", self.both["client_manager"])
        client = self.as_user(client, self.both["client_manager"])
        with self.assertRaises(AccessError):
            client.write({"user_id": self.colleague.id})

    def test_people_of_a_colleagues_client(self):
        """Another app adds a contact person, an address; but makes no client."""
        for role in ("client_manager", "quality_manager", "head", "employee"):
            user = self.both[role]
            with self.subTest(role=role), self.undone():
                partners = self.env["res.partner"].with_user(user)
                person = partners.create(
                    {"name": "Бухгалтер", "parent_id": self.client_colleague.id}
                )
                self.env.flush_all()
                self.assertTrue(person.sudo().its_client)
                self.assertEqual(person.sudo().user_id, self.colleague)
                self.as_user(person, user).write({"phone": "+7 8332 120004"})
                result = partners.load(
                    ["name", "parent_id/.id"],
                    [["Из файла", str(self.client_colleague.id)]],
                )
                self.assertFalse(result["messages"])
        user = self.both["client_manager"]
        partners = self.env["res.partner"].with_user(user)
        new = {"name": "ООО «Новичок»", "its_client": True}
        person = {"name": "Юрист", "parent_id": self.client_colleague.id}
        for values in (
            {**new, "user_id": self.colleague.id},
            {**person, "its_mail_consent": "granted"},
        ):
            with (
                self.subTest(values=values),
                self.undone(),
                self.assertRaises(AccessError),
            ):
                partners.create(values)

    def test_the_copy_of_a_colleagues_client_is_no_client(self):
        user = self.both["client_manager"]
        copy = self.as_user(self.client_colleague, user).copy()
        self.assertFalse(copy.sudo().its_client)
        own = self.client("own", user)
        self.assertTrue(self.as_user(own, user).copy().sudo().its_client)

    def test_fields_of_other_apps(self):
        """Whose fields they are guards them, without the group as well."""
        client = self.as_user(self.client_colleague, self.quality_manager)
        with self.assertRaises(AccessError), self.undone():
            client.write({"ref": "77"})
        field = self.env["res.partner"]._fields["ref"]
        for modules in (("account",), ()):
            with (
                self.subTest(modules=modules),
                patch.object(field, "_modules", modules),
            ):
                client.write({"ref": f"78 {modules}"})
        with (
            patch.object(field, "_modules", ("base", "account")),
            self.assertRaises(AccessError),
        ):
            client.write({"ref": "79"})


@tagged("post_install", "-at_install")
class TestOtherAppGroups(OtherAppCase):
    """The groups of the rule come and go with their apps."""

    def setUp(self):
        super().setUp()
        self.rule = self.env.ref(RULE)
        # One of an app that is not here.
        self.xmlid = next(
            name
            for name in USER_GROUPS
            if not self.env.ref(name, raise_if_not_found=False)
        )

    def install(self, group, update=False):
        self.env["ir.model.data"]._update_xmlids(
            [{"xml_id": self.xmlid, "record": group, "noupdate": False}], update=update
        )

    def new_group(self):
        return self.env["res.groups"].create({"name": "Только что установлено"})

    def test_apps_that_are_here(self):
        """Whatever was installed, before us or after us."""
        here = self.env["res.groups"]
        for name in USER_GROUPS:
            here |= self.env.ref(name, raise_if_not_found=False) or here
        self.assertLessEqual(here - self.rule._its_never_opened(), self.rule.groups)

    def test_an_app_that_comes(self):
        group = self.new_group()
        self.install(group)
        self.assertIn(group, self.rule.groups)
        self.assertIn(self.app, self.rule.groups)

    def test_an_update_respects_the_administrator(self):
        group = self.new_group()
        self.install(group)
        self.rule.groups -= group
        self.install(group, update=True)
        self.assertNotIn(group, self.rule.groups)

    def test_an_app_that_goes(self):
        group = self.new_group()
        self.install(group)
        group.unlink()
        self.assertEqual(self.rule.groups, self.rule.groups.exists())
        again = self.new_group()
        self.install(again)
        self.assertIn(again, self.rule.groups)

    def test_us_coming_after_others(self):
        """The xml id of the rule is new when the addon is installed."""
        group = self.new_group()
        self.install(group)
        self.rule.groups = self.app
        self.env["ir.model.data"].search(
            [("module", "=", "its_quality"), ("name", "=", RULE.partition(".")[2])]
        ).unlink()
        self.env["ir.model.data"]._update_xmlids(
            [{"xml_id": RULE, "record": self.rule, "noupdate": True}]
        )
        self.assertIn(group, self.rule.groups)

    def test_without_groups_it_opens_nothing(self):
        self.rule.groups = False
        self.env.flush_all()
        for user in (self.client_manager, self.both["client_manager"]):
            with self.assertRaises(AccessError):
                self.as_user(self.client_colleague, user).read(["name"])
        self.as_user(self.client_own, self.client_manager).read(["name"])

    def test_groups_that_everybody_has(self):
        implied = self.new_group()
        self.env.ref("base.group_user").implied_ids += implied
        for group in (
            implied,
            *map(
                self.env.ref,
                (
                    "base.group_user",
                    "base.group_portal",
                    "base.group_public",
                    "base.group_partner_manager",
                    "its_quality.group_user",
                    "its_quality.group_client_manager",
                    "its_quality.group_quality_manager",
                    "its_quality.group_head",
                    "its_quality.group_administrator",
                ),
            ),
        ):
            for add in (
                lambda group=group: self.rule.write(
                    {"groups": [Command.link(group.id)]}
                ),
                lambda group=group: group.write(
                    {"rule_groups": [Command.link(self.rule.id)]}
                ),
            ):
                with self.subTest(group=group.name), self.undone():
                    with self.assertRaises(ValidationError) as refusal:
                        add()
                    self.assertIn(group.name, str(refusal.exception))

    def test_settings(self):
        settings = self.env["its.settings"].create({})
        self.assertEqual(settings.its_contact_group_ids, self.rule.groups)
        group = self.new_group()
        settings.create({"its_contact_group_ids": [Command.set(group.ids)]})
        self.assertEqual(self.rule.groups, group)
        self.as_user(self.client_own, self.client_manager).read(["name"])
        with self.assertRaises(AccessError):
            self.as_user(self.client_colleague, self.both["head"]).read(["name"])

    def test_settings_warn_of_what_opens_all(self):
        """Rules: name, domain, groups, whether they open the cards to everybody."""
        everybody = self.env.ref("base.group_user")
        cases = (
            ("Всем всё", "[(1, '=', 1)]", everybody, True),
            ("Без условия", False, everybody, True),
            ("Кроме архива", "[('active', '=', True)]", everybody, False),
            ("Не всем", "[(1, '=', 1)]", self.app, False),
            ("Общее", "[(1, '=', 1)]", self.env["res.groups"], False),
        )
        before = self.env["its.settings"].create({}).its_opening_rules or ""
        listed = self.env.ref("its_quality.ir_rule_action_contacts")
        listed = Domain(literal_eval(listed.domain))
        for name, domain, groups, opens in cases:
            with self.subTest(rule=name), self.undone():
                self.assertNotIn(name, before)
                rule = self.create_rule(name, groups, domain)
                settings = self.env["its.settings"].create({})
                self.assertEqual(name in (settings.its_opening_rules or ""), opens)
                self.assertIn(rule, rule.search(listed))
                rule.active = False
                settings = self.env["its.settings"].create({})
                self.assertNotIn(name, settings.its_opening_rules or "")


@tagged("post_install", "-at_install")
class TestHiddenContact(OtherAppCase):
    """Odoo looks for a contact by the address, and makes none a second time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client_colleague.email = "Лютик <Office@Lyutik.example.com>"
        cls.contact_of(cls.client_colleague).email = "boss@lyutik.example.com"
        cls.stranger.email = "sales@supplier.example.com"

    def test_a_hidden_client_is_named_with_the_manager(self):
        partners = self.env["res.partner"].with_user(self.client_manager)
        for address in ("office@lyutik.example.com", "Шеф <BOSS@lyutik.example.com>"):
            for look in (
                lambda address=address: partners.find_or_create(address),
                lambda address=address: partners._find_or_create_from_emails([address]),
                lambda address=address: partners.env[
                    "mail.thread"
                ]._partner_find_from_emails_single([address], no_create=False),
            ):
                with self.subTest(address=address), self.undone():
                    with self.assertRaises(UserError) as refusal:
                        look()
                    for part in (self.client_colleague.name, self.colleague.name):
                        self.assertIn(part, str(refusal.exception))

    def test_what_is_seen_or_new_is_no_obstacle(self):
        partners = self.env["res.partner"].with_user(self.client_manager)
        found = partners.find_or_create("Sales@supplier.example.com")
        self.assertEqual(found, self.stranger)
        new = partners.find_or_create("new@example.com")
        self.assertEqual(new.email, "new@example.com")
        [found] = partners._find_or_create_from_emails(
            ["office@lyutik.example.com"], no_create=True
        )
        self.assertFalse(found)
        for user in (self.both["client_manager"], self.quality_manager, self.employee):
            partners = self.env["res.partner"].with_user(user)
            found = partners.find_or_create("office@lyutik.example.com")
            self.assertEqual(found, self.client_colleague)

    def test_a_client_without_a_manager(self):
        self.client_colleague.user_id = False
        partners = self.env["res.partner"].with_user(self.head)
        with self.assertRaises(UserError) as refusal:
            partners.find_or_create("office@lyutik.example.com")
        self.assertIn(self.client_colleague.name, str(refusal.exception))
        self.assertNotIn("False", str(refusal.exception))

    def test_clients_of_other_companies_are_not_named(self):
        self.client_abroad.email = "far@example.com"
        partners = self.env["res.partner"].with_user(self.client_manager)
        self.assertNotEqual(
            partners.find_or_create("far@example.com"), self.client_abroad
        )
