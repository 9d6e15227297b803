"""What belongs to another company is neither seen nor taken by RPC."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SecurityCase


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
