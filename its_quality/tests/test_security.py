"""Attacks that a user of one role may try by RPC to see or take what is not his."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import QualityCase

# Fields that the addon adds to res.partner, see test_fields_of_ours_are_restricted.
OUR_PREFIXES = ("its_", "onec_")


class SecurityCase(QualityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.subscription_of(cls.client_own)
        cls.foreign = cls.subscription_of(cls.client_colleague)
        cls.foreign.write({"contract_number": "СЕКРЕТ-1", "note": "СЕКРЕТ-2"})
        cls.reason = cls.env["its.cancellation.reason"].create({"name": "Закрылся"})

    def assert_denied(self, user, *attempts):
        """Each attempt, a function of nothing, raises AccessError or another UserError."""
        for number, attempt in enumerate(attempts):
            with (
                self.subTest(user=user.login, attempt=number),
                self.undone(),
                self.request_of(user),
                self.assertRaises(UserError),
            ):
                attempt()
                self.env.flush_all()


@tagged("post_install", "-at_install")
class TestClientManagerReads(SecurityCase):
    """What belongs to a colleague does not come out in any way of asking."""

    def test_by_id(self):
        foreign = self.as_user(self.foreign, self.client_manager)
        client = self.as_user(self.client_colleague, self.client_manager)
        contact = self.as_user(
            self.contact_of(self.client_colleague), self.client_manager
        )
        self.assert_denied(
            self.client_manager,
            lambda: foreign.read(["contract_number"]),
            lambda: foreign.web_read({"contract_number": {}}),
            lambda: foreign.export_data(["contract_number"]),
            lambda: foreign.contract_number,
            lambda: foreign.display_name,
            lambda: foreign.copy(),
            lambda: foreign.message_post(body="Здесь был я"),
            lambda: client.read(["phone"]),
            lambda: client.export_data(["name", "its_subscription_ids/note"]),
            lambda: client.copy(),
            lambda: client.message_post(body="Здесь был я"),
            lambda: contact.read(["phone"]),
            lambda: contact.export_data(["parent_id/name"]),
        )
        self.assertFalse(client.its_service_ids)
        self.assertFalse(client.its_contract_end)
        self.assertFalse(client.its_subscription_count)

    def test_by_search(self):
        """A table: model, domain that only the foreign record matches."""
        client = self.client_colleague
        cases = (
            ("its.subscription", [("id", "=", self.foreign.id)]),
            ("its.subscription", [("contract_number", "=", "СЕКРЕТ-1")]),
            ("its.subscription", [("note", "ilike", "СЕКРЕТ")]),
            ("its.subscription", [("partner_id", "=", client.id)]),
            ("its.subscription", [("partner_id.name", "ilike", "Лютик")]),
            ("its.subscription", [("user_id", "=", self.colleague.id)]),
            ("res.partner", [("id", "child_of", client.id)]),
            ("res.partner", [("its_subscription_ids", "in", self.foreign.ids)]),
            ("res.partner", [("its_subscription_ids.note", "ilike", "СЕКРЕТ")]),
            ("res.partner", [("name", "ilike", "Лютик")]),
            (
                "res.partner",
                [("its_client", "=", True), ("user_id", "=", self.colleague.id)],
            ),
            (
                "its.service",
                [
                    ("subscription_ids.contract_number", "=", "СЕКРЕТ-1"),
                    ("subscription_ids", "!=", False),
                ],
            ),
            ("its.team", [("subscription_ids.note", "ilike", "СЕКРЕТ")]),
        )
        for model, domain in cases:
            with self.subTest(model=model, domain=domain):
                self.env.invalidate_all()
                asking = self.env[model].with_user(self.client_manager)
                self.assertTrue(self.env[model].search(domain), "the case is void")
                self.assertFalse(asking.search(domain))
                self.assertEqual(asking.search_count(domain), 0)
                self.assertEqual(asking.web_search_read(domain, {})["length"], 0)
                self.assertFalse(asking.search_fetch(domain, ["display_name"]))

    def test_by_aggregates(self):
        subscriptions = self.env["its.subscription"].with_user(self.client_manager)
        visible = self.env["its.subscription"].search(
            [
                ("user_id", "in", (self.client_manager.id, False)),
                ("company_id", "=", self.company.id),
            ]
        )
        rows = subscriptions._read_group(
            [], ["partner_id"], ["__count", "id:recordset"]
        )
        self.assertNotIn(self.client_colleague.id, [row[0].id for row in rows])
        self.assertEqual(sum(row[1] for row in rows), len(visible))
        groups = subscriptions.formatted_read_group(
            [], ["contract_number"], ["__count"]
        )
        self.assertNotIn("СЕКРЕТ-1", [group["contract_number"] for group in groups])
        groups = subscriptions.formatted_read_group(
            [], ["user_id"], ["__count", "date_end:max"]
        )
        self.assertNotIn(
            self.colleague.id, [g["user_id"] and g["user_id"][0] for g in groups]
        )
        groups = subscriptions.web_read_group([], ["partner_id"], ["__count"])["groups"]
        self.assertNotIn(
            self.client_colleague.id,
            [group["partner_id"] and group["partner_id"][0] for group in groups],
        )

    def test_by_name(self):
        subscriptions = self.env["its.subscription"].with_user(self.client_manager)
        self.assertFalse(subscriptions.name_search("СЕКРЕТ-1"))
        self.assertFalse(subscriptions.name_search("Лютик"))
        clients = self.env["res.partner"].with_user(self.client_manager)
        self.assertFalse(clients.name_search("Лютик"))

    def test_counters_count_only_what_he_sees(self):
        program = self.as_user(self.program, self.client_manager)
        expected = program.env["its.subscription"].search_count(
            [("service_id", "=", program.id), ("state", "in", ("active", "expiring"))]
        )
        self.assertEqual(program.subscription_count, expected)
        self.assertLess(expected, self.program.sudo().subscription_count + 1)
        self.env.invalidate_all()
        self.assertGreater(self.program.subscription_count, expected)

    def test_what_somebody_else_has_read_is_not_shown(self):
        """Computed for the superuser first, then asked by the user, in one request."""
        shared = self.client_unassigned
        abroad = self.create_subscription(
            shared, self.service, company_id=self.other_company.id
        )
        self.env.invalidate_all()
        everything = shared.sudo().with_context(
            allowed_company_ids=(self.company + self.other_company).ids
        )
        self.assertIn(abroad.service_id, everything.its_service_ids)
        asking = shared.with_user(self.client_manager)
        self.assertNotIn(abroad.service_id, asking.its_service_ids)
        self.assertEqual(asking.its_subscription_count, 1)

    def test_wizard_of_a_colleague(self):
        wizard = (
            self.env["its.subscription.cancel"]
            .with_user(self.colleague)
            .create(
                {
                    "subscription_ids": [Command.set(self.foreign.ids)],
                    "reason_id": self.reason.id,
                    "note": "СЕКРЕТ-3",
                }
            )
        )
        wizard = self.as_user(wizard, self.client_manager)
        self.assert_denied(
            self.client_manager,
            lambda: wizard.read(["note"]),
            lambda: wizard.write({"note": "Не закрывайте"}),
            lambda: wizard.action_confirm(),
        )
        self.assertFalse(wizard.search([("note", "=", "СЕКРЕТ-3")]))


@tagged("post_install", "-at_install")
class TestClientManagerTakes(SecurityCase):
    """He takes over no client of a colleague and hides none of his own."""

    def test_subscription_of_a_colleague(self):
        own = self.as_user(self.own, self.client_manager)
        foreign = self.as_user(self.foreign, self.client_manager)
        client = self.as_user(self.client_own, self.client_manager)
        self.assert_denied(
            self.client_manager,
            lambda: foreign.write({"note": "Теперь моя"}),
            lambda: foreign.write({"partner_id": client.id}),
            lambda: foreign.unlink(),
            lambda: own.unlink(),
            lambda: own.write({"partner_id": self.client_colleague.id}),
            lambda: own.write({"company_id": self.other_company.id}),
            lambda: own.write({"next_ids": [Command.link(foreign.id)]}),
            lambda: own.write({"previous_id": foreign.id}),
            lambda: client.write({"its_subscription_ids": [Command.link(foreign.id)]}),
            lambda: client.write(
                {"its_subscription_ids": [Command.update(foreign.id, {"note": "Моё"})]}
            ),
            lambda: client.write(
                {"its_subscription_ids": [Command.delete(foreign.id)]}
            ),
        )

    def test_what_follows_cannot_be_written(self):
        """State, team, manager and renewal, by each way into the record."""
        own = self.as_user(self.own, self.client_manager)
        values = {
            "state": "expired",
            "team_id": self.team.id,
            "user_id": False,
            "is_renewed": True,
        }
        new = {"partner_id": self.client_own.id, "service_id": self.service.id}
        for name, value in values.items():
            self.assert_denied(
                self.client_manager,
                lambda name=name, value=value: own.write({name: value}),
                lambda name=name, value=value: own.create({**new, name: value}),
                lambda name=name, value=value: own.web_save({name: value}, {}),
            )
            with self.subTest(default=name), self.undone():
                subscription = own.with_context(**{f"default_{name}": value}).create(
                    new
                )
                self.env.flush_all()
                self.env.invalidate_all()
                subscription = subscription.sudo()
                self.assertEqual(subscription.state, "active")
                self.assertEqual(subscription.team_id, self.team)
                self.assertEqual(subscription.user_id, self.client_manager)
                self.assertFalse(subscription.is_renewed)

    def test_subscription_for_a_colleagues_client(self):
        subscriptions = self.env["its.subscription"].with_user(self.client_manager)
        values = {"partner_id": self.client_colleague.id, "service_id": self.service.id}
        mine = {"default_user_id": self.client_manager.id}
        self.assert_denied(
            self.client_manager,
            lambda: subscriptions.create(values),
            lambda: subscriptions.with_context(**mine).create(values),
            lambda: subscriptions.create({**values, "user_id": self.client_manager.id}),
        )

    def test_client_of_a_colleague(self):
        client = self.as_user(self.client_colleague, self.client_manager)
        contact = self.as_user(
            self.contact_of(self.client_colleague), self.client_manager
        )
        own = self.as_user(self.client_own, self.client_manager)
        me = self.client_manager.id
        new_contact = {"name": "Засланный", "parent_id": client.id}
        self.assert_denied(
            self.client_manager,
            lambda: client.write({"user_id": me}),
            lambda: client.write({"its_client": False}),
            lambda: client.write({"phone": "1"}),
            lambda: client.write(
                {"child_ids": [Command.create({"name": "Засланный"})]}
            ),
            lambda: contact.write({"user_id": me}),
            lambda: contact.write({"parent_id": False}),
            lambda: contact.write({"parent_id": own.id}),
            lambda: contact.write({"vat": "7707083893"}),
            lambda: own.write({"child_ids": [Command.link(contact.id)]}),
            lambda: own.write({"child_ids": [Command.link(client.id)]}),
            lambda: own.write(
                {"child_ids": [Command.update(contact.id, {"phone": "1"})]}
            ),
            lambda: own.create(new_contact),
            lambda: own.create({**new_contact, "user_id": me}),
            lambda: own.create({**new_contact, "its_client": False}),
            lambda: own.create({**new_contact, "street": "Ленина, 1"}),
            lambda: own.create({**new_contact, "vat": "7707083893"}),
            lambda: own.with_context(default_parent_id=client.id).create(
                {"name": "Засланный"}
            ),
        )

    def test_contact_person_moved_to_a_colleagues_client(self):
        contact = self.as_user(self.contact_of(self.client_own), self.client_manager)
        self.assert_denied(
            self.client_manager,
            lambda: contact.write({"parent_id": self.client_colleague.id}),
        )

    def test_own_client_given_away(self):
        """Handing over is for the administrator; a client of one's own may only be
        let go, for everybody to see."""
        client = self.as_user(self.client_own, self.client_manager)
        self.assert_denied(
            self.client_manager,
            lambda: client.write({"user_id": self.colleague.id}),
            lambda: client.create(
                {
                    "name": "ООО «Подарок»",
                    "its_client": True,
                    "user_id": self.colleague.id,
                }
            ),
            lambda: client.copy({"user_id": self.colleague.id}),
            lambda: client.child_ids.write({"user_id": self.colleague.id}),
            lambda: client.create(
                {
                    "name": "Помощник",
                    "parent_id": client.id,
                    "company_id": self.other_company.id,
                }
            ),
        )
        client.create(
            {"name": "Ещё один", "parent_id": client.id, "user_id": self.colleague.id}
        )
        self.assertEqual(client.child_ids.user_id, self.client_manager)

    def test_client_handed_over_with_all_contact_persons(self):
        """Also with those who left: an archived card is read as any other."""
        contact = self.contact_of(self.client_own)
        contact.action_archive()
        self.client_own.user_id = self.colleague
        with self.assertRaises(AccessError):
            self.as_user(contact, self.client_manager).read(["phone"])
        self.as_user(contact, self.colleague).read(["phone"])

    def test_own_client_hidden(self):
        """Whoever unmarks a client takes him out of every list and report."""
        client = self.as_user(self.client_own, self.client_manager)
        contact = self.as_user(self.contact_of(self.client_own), self.client_manager)
        self.assert_denied(
            self.client_manager,
            lambda: client.write({"its_client": False}),
            lambda: contact.write({"its_client": False}),
        )
        self.as_user(self.client_own, self.administrator).write({"its_client": False})

    def test_imported_contact_persons_have_the_manager_of_the_firm(self):
        """Odoo's own import of a CSV goes past create() half way."""
        partners = self.env["res.partner"].with_user(self.colleague)
        self.env.invalidate_all()
        result = partners.load(
            ["name", "parent_id/.id"],
            [["Главбух Лютика", str(self.client_colleague.id)]],
        )
        self.assertFalse(result["messages"])
        contact = self.env["res.partner"].browse(result["ids"])
        self.assertEqual(contact.user_id, self.colleague)
        with self.assertRaises(AccessError):
            self.as_user(contact, self.client_manager).read(["name"])

    def test_import_into_a_colleagues_client(self):
        before = self.client_colleague.child_ids
        with self.undone():
            partners = self.env["res.partner"].with_user(self.client_manager)
            try:
                result = partners.load(
                    ["name", "parent_id/.id"],
                    [["Засланный", str(self.client_colleague.id)]],
                )
            except AccessError:
                result = {"ids": False}
            self.assertFalse(result["ids"])
            self.env.invalidate_all()
            self.assertEqual(self.client_colleague.child_ids, before)

    def test_public_methods_with_foreign_ids(self):
        for user in (self.client_manager, self.head, self.employee, self.portal):
            foreign = self.as_user(self.foreign, user)
            client = self.as_user(self.client_colleague, user)
            self.assert_denied(
                user,
                lambda foreign=foreign: foreign.action_renew(),
                lambda foreign=foreign: foreign.action_restore(),
                lambda client=client: (
                    client.action_open_its_subscriptions()["domain"]
                    and client.its_subscription_ids.ids
                ),
            )
        self.assertFalse(self.foreign.is_renewed)

    def test_reading_is_not_renewing(self):
        """Who may read a subscription and not edit it changes nothing by its buttons."""
        team = self.subscription_of(self.client_team)
        for user in (self.head, self.deputy, self.quality_manager):
            subscription = self.as_user(team, user)
            self.assertTrue(subscription.display_name)
            self.assert_denied(
                user,
                lambda subscription=subscription: subscription.action_renew(),
                lambda subscription=subscription: subscription.action_restore(),
                lambda subscription=subscription: self._cancel(subscription),
            )

    def _cancel(self, subscriptions):
        wizard = subscriptions.env["its.subscription.cancel"].create(
            {
                "subscription_ids": [Command.set(subscriptions.ids)],
                "reason_id": self.reason.id,
            }
        )
        self.env.invalidate_all()
        wizard.action_confirm()

    def test_cancelling_with_foreign_ids(self):
        both = self.own + self.foreign
        for subscriptions in (self.foreign, both):
            with self.undone(), self.assertRaises(UserError):
                self._cancel(self.as_user(subscriptions, self.client_manager))
            self.assertFalse(any(both.mapped("date_cancelled")))


@tagged("post_install", "-at_install")
class TestQualityManager(SecurityCase):
    """Edits how to reach any client, never his requisites or his manager."""

    def test_requisites(self):
        client = self.as_user(self.client_colleague, self.quality_manager)
        contact = self.contact_of(self.client_colleague).id
        values = {
            "name": "ООО «Переименовано»",
            "vat": "7707083893",
            "its_kpp": "770701001",
            "company_registry": "1027700132195",
            "its_kind": "person",
            "its_full_name": "Общество",
            "its_client": False,
            "onec_ref": "0",
            "onec_code": "0",
            "user_id": self.quality_manager.id,
            "parent_id": self.stranger.id,
            "company_id": self.company.id,
            "active": False,
            "its_subscription_ids": [
                Command.create({"service_id": self.service.id}),
            ],
            "child_ids": [Command.update(contact, {"vat": "7707083893"})],
        }
        for name, value in values.items():
            self.assert_denied(
                self.quality_manager,
                lambda name=name, value=value: client.write({name: value}),
                lambda name=name, value=value: client.write(
                    {"phone": "1", name: value}
                ),
                lambda name=name, value=value: client.web_save({name: value}, {}),
            )

    def test_the_refusal_names_client_manager_and_fields(self):
        client = self.as_user(self.client_colleague, self.quality_manager)
        with self.assertRaises(AccessError) as refusal:
            client.write({"vat": "7707083893", "phone": "1"})
        for part in (self.client_colleague.name, self.colleague.name):
            self.assertIn(part, str(refusal.exception))
        label = client.fields_get(["vat"], ["string"])["vat"]["string"]
        self.assertIn(label, str(refusal.exception))

    def test_contacts(self):
        client = self.as_user(self.client_colleague, self.quality_manager)
        client.write(
            {
                "phone": "+7 8332 120003",
                "its_mail_consent": "granted",
                "child_ids": [Command.create({"name": "Бухгалтер", "phone": "1"})],
            }
        )
        self.env.flush_all()
        contact = client.child_ids.filtered(lambda c: c.name == "Бухгалтер")
        self.assertEqual(contact.user_id, self.colleague)
        client.message_post(body="Клиент доволен")
        self.assertFalse(
            self.as_user(self.client_team, self.quality_manager).its_requisites_warning
        )

    def test_contact_persons_are_not_taken_away(self):
        contact = self.as_user(
            self.contact_of(self.client_colleague), self.quality_manager
        )
        mine = self.create_client("ООО «Моя»", user=self.quality_manager)
        self.assert_denied(
            self.quality_manager,
            lambda: contact.write({"parent_id": mine.id}),
            lambda: contact.write({"parent_id": False}),
            lambda: mine.with_user(self.quality_manager).write(
                {"child_ids": [Command.link(contact.id)]}
            ),
        )

    def test_own_and_unassigned_clients_are_edited(self):
        self.client_own.user_id = self.quality_manager
        for client in (self.client_own, self.client_unassigned):
            self.as_user(client, self.quality_manager).write({"vat": "7707083893"})


@tagged("post_install", "-at_install")
class TestHead(SecurityCase):
    def visible(self, user):
        """Which of our clients and of their subscriptions and contact persons the
        user finds."""
        self.env.invalidate_all()
        partners = self.env["res.partner"].with_user(user)
        found = partners.search(
            [("id", "child_of", (self.clients + self.client_abroad).ids)]
        )
        subscriptions = partners.env["its.subscription"].search(
            [("partner_id", "in", (self.clients + self.client_abroad).ids)]
        )
        self.assertEqual(subscriptions.partner_id, found.commercial_partner_id)
        self.assertEqual(len(found), 2 * len(found.commercial_partner_id))
        return found.commercial_partner_id.sudo(False).with_user(self.env.user)

    def test_only_the_services_of_the_team(self):
        self.assertEqual(self.visible(self.head), self.client_team)
        self.assertEqual(self.visible(self.deputy), self.client_team)
        self.assertEqual(self.visible(self.other_head), self.clients - self.client_team)

    def test_replaced(self):
        """The rights go with the office, at once."""
        self.assertEqual(self.visible(self.head), self.client_team)
        self.team.head_id = self.other_head
        self.assertFalse(self.visible(self.head))
        self.assertEqual(self.visible(self.other_head), self.clients)
        self.assertEqual(self.visible(self.deputy), self.client_team)
        self.team.deputy_id = False
        self.assertFalse(self.visible(self.deputy))
        self.assertEqual(
            self.as_user(self.client_team, self.other_head).name, self.client_team.name
        )

    def test_service_moves_to_another_team(self):
        self.assertFalse(
            self.visible(self.head) & self.client_colleague, "the case is void"
        )
        self.other_team.service_ids -= self.program
        self.assertFalse(self.visible(self.other_head))
        self.team.service_ids += self.program
        self.assertEqual(self.visible(self.head), self.clients)

    def test_team_is_archived_moved_deleted(self):
        for name, change in {
            "archived": lambda: self.team.action_archive(),
            "moved": lambda: self.team.write(
                {
                    "company_id": self.other_company.id,
                    "resource_calendar_id": False,
                }
            ),
            "deleted": lambda: self.team.unlink(),
        }.items():
            with self.subTest(name), self.undone():
                change()
                self.assertFalse(self.visible(self.head))
                self.assertFalse(self.subscription_of(self.client_team).team_id)

    def test_nothing_is_written(self):
        client = self.as_user(self.client_team, self.head)
        subscription = self.as_user(self.subscription_of(self.client_team), self.head)
        self.assert_denied(
            self.head,
            lambda: client.write({"phone": "1"}),
            lambda: client.write({"child_ids": [Command.create({"name": "Я"})]}),
            lambda: subscription.write({"note": "1"}),
            lambda: subscription.copy(),
            lambda: subscription.service_id.team_ids.write({"head_id": self.head.id}),
        )

    def test_right_to_edit_contacts_does_not_reach_clients(self):
        self.head.group_ids += self.env.ref("base.group_partner_manager")
        client = self.as_user(self.client_team, self.head)
        self.assert_denied(
            self.head,
            lambda: client.write({"phone": "1"}),
            lambda: self.contact_of(client).write({"phone": "1"}),
            lambda: client.create({"name": "Я", "parent_id": client.id}),
        )
        self.as_user(self.stranger, self.head).write({"phone": "1"})

    def test_office_without_the_role_shows_nothing(self):
        """The field on the team names a person; the group gives the right."""
        self.team.head_id = self.employee
        with self.assertRaises(AccessError):
            self.visible(self.employee)

    def test_head_who_is_client_manager_too(self):
        self.head.group_ids += self.env.ref("its_quality.group_client_manager")
        self.client_own.user_id = self.head
        self.assertEqual(
            self.visible(self.head),
            self.client_own + self.client_unassigned + self.client_team,
        )
        self.as_user(self.client_own, self.head).write({"phone": "1"})
        client = self.as_user(self.client_team, self.head)
        self.assert_denied(
            self.head,
            lambda: client.write({"phone": "1"}),
            lambda: client.write({"user_id": self.head.id}),
        )


@tagged("post_install", "-at_install")
class TestCompanies(SecurityCase):
    """Nothing of the other company comes out, also of clients that both serve."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shared = cls.client_own
        cls.abroad = cls.create_subscription(
            cls.shared,
            cls.contract,
            company_id=cls.other_company.id,
            contract_number="ЗА-ГРАНИЦЕЙ",
        )
        cls.both = cls.create_user(
            "its_both",
            "its_quality.group_administrator",
            company_ids=[Command.set((cls.company + cls.other_company).ids)],
        )

    def test_subscriptions(self):
        for user in (self.client_manager, self.quality_manager, self.administrator):
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                subscriptions = self.env["its.subscription"].with_user(user)
                domain = [("company_id", "=", self.other_company.id)]
                self.assertFalse(subscriptions.search(domain))
                self.assertFalse(
                    subscriptions.search([("contract_number", "=", "ЗА-ГРАНИЦЕЙ")])
                )
                with self.assertRaises(AccessError):
                    subscriptions.browse(self.abroad.id).read(["note"])
                client = self.as_user(self.shared, user)
                self.assertEqual(client.its_subscription_ids.ids, self.own.ids)
                self.assertEqual(client.its_subscription_count, 1)
                self.assertEqual(client.its_service_ids, self.program)
                self.assertFalse(client.its_contract_end)
                self.assertFalse(
                    client.search(
                        [("its_subscription_ids.contract_number", "=", "ЗА-ГРАНИЦЕЙ")]
                    )
                )

    def test_clients_and_contact_persons(self):
        for user in (
            self.client_manager,
            self.quality_manager,
            self.administrator,
            self.head,
        ):
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                partners = self.env["res.partner"].with_user(user)
                self.assertFalse(
                    partners.search([("id", "child_of", self.client_abroad.id)])
                )
                with self.assertRaises(AccessError):
                    partners.browse(self.client_abroad.child_ids.ids).read(["name"])

    def test_head_of_a_team_abroad(self):
        """Head of a team in either company, working in one of them: the clients of
        the other team stay in the other company."""
        self.head.company_ids += self.other_company
        service = self.env["its.service"].create({"name": "Только за границей"})
        self.env["its.team"].create(
            {
                "name": "За границей",
                "company_id": self.other_company.id,
                "resource_calendar_id": False,
                "head_id": self.head.id,
                "service_ids": [Command.set(service.ids)],
            }
        )
        self.abroad.service_id = service
        self.assertEqual(self.abroad.team_id.head_id, self.head)
        for companies, visible in (
            (self.company, False),
            (self.other_company, True),
            (self.company + self.other_company, True),
        ):
            with self.subTest(companies=companies.mapped("name")):
                self.env.invalidate_all()
                found = (
                    self.env["res.partner"]
                    .with_user(self.head)
                    .with_context(allowed_company_ids=companies.ids)
                    .search([("id", "=", self.shared.id)])
                )
                self.assertEqual(bool(found), visible)

    def test_both_companies(self):
        """Who works for both sees what he has switched on."""
        for companies, count in (
            (self.company, 1),
            (self.other_company, 1),
            (self.company + self.other_company, 2),
        ):
            with self.subTest(companies=companies.mapped("name")):
                self.env.invalidate_all()
                client = self.shared.with_user(self.both).with_context(
                    allowed_company_ids=companies.ids
                )
                self.assertEqual(client.its_subscription_count, count)
                self.assertEqual(len(client.its_subscription_ids), count)

    def test_nothing_is_moved_across(self):
        own = self.as_user(self.own, self.client_manager)
        client = self.as_user(self.client_own, self.client_manager)
        self.assert_denied(
            self.client_manager,
            lambda: own.write({"company_id": self.other_company.id}),
            lambda: own.write({"previous_id": self.abroad.id}),
            lambda: own.create(
                {
                    "partner_id": client.id,
                    "service_id": self.service.id,
                    "company_id": self.other_company.id,
                }
            ),
            lambda: own.write({"partner_id": self.client_abroad.id}),
        )

    def test_client_of_one_company_is_not_subscribed_by_another(self):
        with self.assertRaises(UserError):
            self.create_subscription(self.client_abroad, self.service)

    def test_teams_imports_sources(self):
        records = (
            self.env["its.team"].create(
                {
                    "name": "За границей",
                    "company_id": self.other_company.id,
                    "resource_calendar_id": False,
                }
            ),
            self.env["its.import.source"].create(
                {"name": "За границей", "company_id": self.other_company.id}
            ),
        )
        job = self.env["its.import"].create({"source_id": records[1].id})
        column = self.env["its.import.column"].create({"import_id": job.id, "index": 0})
        line = self.env["its.import.line"].create({"import_id": job.id, "row": 1})
        for record in (*records, job, column, line):
            with self.subTest(model=record._name):
                record = self.as_user(record, self.administrator)
                self.assertFalse(record.search([("id", "=", record.id)]))
                with self.assertRaises(AccessError):
                    record.read(["display_name"])


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
