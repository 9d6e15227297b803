"""Attacks that a quality manager or the head of a team may try by RPC."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SecurityCase


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
