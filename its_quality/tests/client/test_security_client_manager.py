"""Attacks that a client manager may try by RPC to see or take what is a colleague's."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..common import SecurityCase


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
            "continues_id": self.own.id,
            "client_since": "2020-01-01",
            "date_last": "2020-01-01",
            "covered_until": "2020-01-01",
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
                self.assertFalse(subscription.continues_id)
                self.assertEqual(subscription.client_since, subscription.date_start)
                self.assertFalse(subscription.date_last or subscription.covered_until)

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
