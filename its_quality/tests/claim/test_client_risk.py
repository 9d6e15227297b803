"""The signs that a client may be lost: what the night stores is what the card says, and
which signs there were stays known."""

import random
from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from ..tier import count
from .common import ClaimCase

TODAY = "2027-03-01 09:00:00"
SIGNS = {"contract", "score", "silence", "claim"}


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestClientRisk(ClaimCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.risks = cls.env["its.client.risk"].sudo()
        cls.survey = cls.env["survey.survey"].create(
            {"title": "Проверка", "survey_type": "its"}
        )
        cls.monthly = cls.create_cadence(service_kind="contract", interval_number=1)
        cls.quarterly = cls.create_cadence(service_kind="service", interval_number=3)
        cls.create_cadence(purpose="quality", service_kind="program", interval_number=1)

    def look(self):
        """What the night does."""
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_a, **_k: 100)
        self.risks._cron_look()
        self.env.invalidate_all()

    def lasting(self, client):
        lasting = client.its_risk_ids.filtered(lambda risk: not risk.date_to)
        return set(lasting.mapped("sign"))

    def said(self, client):
        """What the card says, of all there is in the company."""
        return set(client.sudo()._its_risk_reasons())

    def respond(self, client, is_low, days=0):
        self.env["survey.user_input"].create(
            {
                "survey_id": self.survey.id,
                "its_client_id": client.id,
                "state": "done",
                "end_datetime": fields.Datetime.now() + timedelta(days=days),
            }
        ).sudo()._write({"its_has_score": True, "its_is_low": is_low})

    def make_client(self, chance):
        """A client of whom anything may be true."""
        client = self.create_client("ООО «Случай»", user=self.client_manager)
        for service in (self.contract, self.service, self.program):
            if chance.random() < 0.6:
                self.create_subscription(
                    client,
                    service,
                    days=chance.choice([None, 0, 10, 29, 31, 200]),
                    date_start=self.today(-chance.choice([1, 20, 40, 100, 400])),
                )
        for _talk in range(chance.randrange(3)):
            self.talk(
                client,
                -chance.choice([0, 5, 27, 35, 60, 93, 120]),
                outcome=chance.choice(["reached", "reached", "no_answer"]),
            )
        for _answer in range(chance.randrange(3)):
            self.respond(client, chance.random() < 0.5, -chance.randrange(100))
        if chance.random() < 0.3:
            claim = self.create_claim(partner_id=client.id)
            if chance.random() < 0.5:
                self.go(claim, "reject")
        if chance.random() < 0.1:
            client.its_call_consent = "refused"
        return client

    def test_the_night_stores_what_the_card_says(self):
        chance = random.Random(18)
        clients = [self.make_client(chance) for _number in range(count(25, 300))]
        self.look()
        shown = set()
        for number, client in enumerate(clients):
            stored = self.lasting(client)
            self.assertEqual(stored, self.said(client), number)
            self.assertEqual(client.its_risk_level, str(min(len(stored), 2)), number)
            shown |= stored
        self.assertEqual(shown, SIGNS, "The clients have to show every sign.")

    def test_days_are_counted_together(self):
        """As one by one; the dashboard asks for the coverage of two days at once."""
        chance = random.Random(19)
        for _number in range(12):
            self.make_client(chance)
        self.env.flush_all()
        cadences = self.env["its.cadence"].with_user(self.quality_manager)
        days = [self.today(), self.today(-30), self.today(-60)]
        alone = []
        for day in days:
            rows = self.env.execute_query(cadences._kept_clients(day))
            alone.append((sum(kept for _client, kept in rows), len(rows)))
        self.assertEqual(cadences._count_kept(days), alone)
        self.assertTrue(any(0 < kept < every for kept, every in alone))

    def test_the_rhythm_is_that_of_the_client(self):
        """Who is called each quarter is not silent after a month, a client of today not
        at all."""
        client = self.create_client("ООО «Ритм»", user=self.client_manager)
        self.create_subscription(client, self.service)
        for days, expected in ((-60, set()), (-95, {"silence"})):
            with self.subTest(days), self.undone():
                self.talk(client, days)
                self.assertEqual(self.said(client), expected)
        self.create_subscription(client, self.contract, date_start=self.today())
        with self.undone():
            self.talk(client, -60)
            self.assertEqual(self.said(client), set())

    def test_history(self):
        """A sign comes and goes, and its days are kept."""
        client = self.client_team
        self.talk(client)
        self.look()
        self.assertEqual(self.lasting(client), {"claim"})
        self.assertEqual(client.its_risk_level, "1")
        with freeze_time("2027-03-02 09:00:00"):
            self.respond(client, is_low=True)
            self.look()
            self.assertEqual(self.lasting(client), {"claim", "score"})
            self.assertEqual(client.its_risk_level, "2")
        with freeze_time("2027-03-05 09:00:00"):
            self.go(self.main_claim, "reject")
            self.respond(client, is_low=False)
            self.look()
            self.assertEqual(self.lasting(client), set())
            self.assertEqual(client.its_risk_level, "0")
        with freeze_time("2027-03-09 09:00:00"):
            self.respond(client, is_low=True)
            self.look()
        rows = client.its_risk_ids.sorted("id")
        self.assertEqual(
            [(r.sign, str(r.date_from), str(r.date_to or "")) for r in rows],
            [
                ("claim", "2027-03-01", "2027-03-05"),
                ("score", "2027-03-02", "2027-03-05"),
                ("score", "2027-03-09", ""),
            ],
        )
        self.assertEqual(rows.user_id, self.colleague)
        client.user_id = self.client_manager
        self.assertEqual(client.its_risk_ids.user_id, self.colleague)

    def test_once_a_day(self):
        """At the night of the company: an hour later nothing is looked at again."""
        self.look()
        self.respond(self.client_own, is_low=True)
        self.look()
        self.assertNotIn("score", self.lasting(self.client_own))
        with freeze_time("2027-03-01 21:30:00"):
            # In Moscow it is tomorrow.
            self.look()
            self.assertIn("score", self.lasting(self.client_own))

    def test_who_is_no_client_any_more(self):
        self.look()
        self.assertTrue(self.lasting(self.client_team))
        with freeze_time("2027-03-02 09:00:00"):
            self.client_team.active = False
            self.look()
            self.assertFalse(self.lasting(self.client_team))
            self.assertEqual(self.client_team.its_risk_level, "0")

    def test_one_company_knows_nothing_of_another(self):
        client = self.client_team
        self.look()
        level = client.its_risk_level
        self.assertNotEqual(level, "0")
        there = client.with_company(self.other_company)
        self.assertEqual(there.its_risk_level, "0")
        quality = self.quality_manager
        quality.company_ids += self.other_company
        there = client.with_user(quality).with_context(
            allowed_company_ids=self.other_company.ids
        )
        self.assertFalse(there.its_risk_ids)

    def test_sorted_filtered_and_grouped(self):
        self.talk(self.client_team, 0)
        self.look()
        with freeze_time("2027-03-02 09:00:00"):
            self.respond(self.client_team, is_low=True)
            self.respond(self.client_own, is_low=True)
            self.look()
        clients = self.clients.with_user(self.quality_manager)
        levels = {client: client.its_risk_level for client in clients}
        self.assertEqual(levels[clients[3]], "2")
        self.assertEqual(levels[clients[1]], "0")
        ours = [("id", "in", clients.ids)]
        found = clients.search(ours, order="its_risk_level desc, id")
        self.assertEqual(
            [levels[client] for client in found], sorted(levels.values())[::-1]
        )
        for level in "012":
            self.assertEqual(
                set(clients.search([*ours, ("its_risk_level", "=", level)])),
                {client for client in clients if levels[client] == level},
                level,
            )
        found = clients.with_context(read_group_expand=True).web_read_group(
            ours, ["its_risk_level"], ["__count"]
        )
        groups = {row["its_risk_level"]: row["__count"] for row in found["groups"]}
        self.assertEqual(
            groups, {level: list(levels.values()).count(level) for level in "012"}
        )
        action = clients[3].action_open_its_risks()
        self.assertEqual(
            self.env["its.client.risk"].search(action["domain"]).partner_id, clients[3]
        )

    def test_nobody_writes_it_by_hand(self):
        client = self.client_own.with_user(self.client_manager)
        client.write({"its_risk_level": "2"})
        self.assertEqual(client.its_risk_level, "0")
