from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import NewFirmCase

KEYS = ["hours", "people", "teams", "clients", "subscriptions", "mail", "calls"]


@tagged("post_install", "-at_install")
class TestFirstHour(NewFirmCase):
    """A new firm is led from nothing to its first calls, and told what is missing."""

    def test_from_nothing_to_the_first_call(self):
        """Each step is open until it is taken, and then done."""
        takes = {
            "hours": self._take_hours,
            "people": self._take_people,
            "teams": self._take_teams,
            "clients": self._take_clients,
            "subscriptions": self._take_subscriptions,
            "mail": self._take_mail,
            "calls": self._take_calls,
        }
        self.assertEqual(list(self.steps()), KEYS)
        done = []
        for key, take in takes.items():
            with self.subTest(step=key):
                steps = self.steps()
                self.assertEqual([k for k, s in steps.items() if s["done"]], done)
                self.assertTrue(steps[key]["actions"])
                if key != "calls":
                    self.assertTrue(steps[key]["missing"])
                take()
                done.append(key)
        steps = self.steps()
        self.assertEqual([k for k, s in steps.items() if s["done"]], KEYS)
        called = self.env["mail.activity"].search(
            [("its_cadence_id.company_id", "=", self.firm.id)]
        )
        self.assertEqual(called.its_client_id, self.new_client)

    def _take_hours(self):
        settings = self.env["its.settings"].with_user(self.boss)
        settings.with_company(self.firm).create({"tz": "Europe/Moscow"})
        self.assertEqual(self.firm._its_zone(), "Europe/Moscow")

    def _take_people(self):
        self.seller = self.create_user(
            "first_seller",
            "its_quality.group_client_manager",
            company_id=self.firm.id,
            company_ids=[Command.set(self.firm.ids)],
        )
        self.assertEqual(len(self.missing("people")), 1, "no quality manager yet")

    def _take_teams(self):
        """The button offers the services that nobody looks after."""
        action = self.steps()["teams"]["actions"][0]
        offered = action["context"]["default_service_ids"]
        self.assertIn(self.contract.id, offered)
        team = self.env["its.team"].create(
            {"name": "Первое", "company_id": self.firm.id}
        )
        self.assertIn("1", self.missing("teams")[0], "it has no head")
        team.write({"head_id": self.boss.id, "service_ids": [Command.set(offered)]})

    def _take_clients(self):
        self.new_client = self.create_client(
            "ООО «Первоцвет»", company=self.firm, company_id=self.firm.id
        )
        self.assertIn("1", self.missing("clients")[0], "it has no manager")
        self.new_client.user_id = self.seller
        self.assertFalse(self.missing("clients"))

    def _take_subscriptions(self):
        self.create_subscription(
            self.new_client, self.contract, company_id=self.firm.id
        )
        self.assertFalse(self.missing("subscriptions"))

    def _take_mail(self):
        settings = self.env["its.settings"].with_user(self.boss)
        settings.with_company(self.firm).create({"its_claim_alias": "firmaodin"})
        self.assertIn("firmaodin", self.steps()["mail"]["text"])

    def _take_calls(self):
        due = self.steps()["calls"]["text"]
        told = self.home().plan_calls(on_today=True)
        count = self.env["mail.activity"].search_count(
            [("its_cadence_id.company_id", "=", self.firm.id)]
        )
        self.assertTrue(count)
        for text in (told, due):
            self.assertIn(str(count), text)

    def test_only_an_administrator_plans(self):
        for user in (self.client_manager, self.quality_manager, self.head):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.home(user).plan_calls()
            self.assertNotIn("steps", self.home(user).get_home())

    def test_another_company_is_not_planned_for(self):
        calls = self.env["mail.activity"]
        before = calls.search_count([("its_cadence_id.company_id", "=", self.firm.id)])
        self.home(self.administrator).plan_calls(on_today=True)
        after = calls.search_count([("its_cadence_id.company_id", "=", self.firm.id)])
        self.assertEqual(after, before)


@tagged("post_install", "-at_install", "days")
class TestFirstCallsToday(NewFirmCase):
    """Whoever says so begins today, be it a Sunday."""

    def test_the_first_calls_are_today(self):
        cadences = self.env["its.cadence"].search(
            [("company_id", "=", self.company.id), ("trigger", "=", "periodic")]
        )
        self.assertTrue(cadences)
        today = self.company._its_today()
        self.client_manager.its_daily_calls = 2
        for number in range(3):
            client = self.create_client(f"ООО «{number}»", self.client_manager)
            self.create_subscription(client, self.contract)
        self.home(self.administrator).plan_calls(on_today=True)
        calls = self.env["mail.activity"].search(
            [("user_id", "=", self.client_manager.id), ("its_cadence_id", "!=", False)]
        )
        today_ = calls.filtered(lambda call: call.date_deadline == today)
        self.assertEqual(len(today_), 2, "as many as a day has room for")
        self.assertGreater(len(calls), 2)
