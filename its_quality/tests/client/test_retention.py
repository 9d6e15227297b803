"""Retention and prolongation, counted a second time from plain rows."""

import random
from collections import Counter
from datetime import timedelta

from odoo.tests import freeze_time, tagged

from ...models.client.retention import Retention
from ..tier import count
from .common import SubscriptionCase

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
@freeze_time("2027-03-01 09:00:00")
class TestRetention(SubscriptionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.its_renewal_gap = 30
        cls.prof = cls.contract.copy({"name": "ИТС ПРОФ"})
        cls.random = random.Random(8)

    def counted(self, first, last, scope=()):
        """What the product counts, and what its lists hold."""
        retention = Retention(self.env, self.date(first), self.date(last), scope)
        partners = self.env["res.partner"]
        clients = retention.count_clients(partners)
        self.assertEqual(
            clients,
            {
                "kept": partners.search_count(retention.kept()),
                "lost": partners.search_count(retention.lost()),
                "undecided": partners.search_count(retention.undecided()),
            },
        )
        self.assertEqual(
            sum(clients.values()), partners.search_count(retention.clients())
        )
        contracts = retention.count_contracts()
        self.assertEqual(
            contracts,
            {
                "continued": self.subscriptions.search_count(retention.continued()),
                "not_continued": self.subscriptions.search_count(
                    retention.not_continued()
                ),
                "undecided": self.subscriptions.search_count(
                    retention.undecided_contracts()
                ),
            },
        )
        return clients, contracts

    def test_by_hand(self):
        """Rows: contracts of a client, what becomes of him in February, what of his
        contracts that end in it."""
        table = {
            "goes on": ([("2026-05-01", "2027-04-30")], "kept", ""),
            "renewed": (
                [("2026-02-11", "2027-02-10"), ("2027-02-11", None)],
                "kept",
                "continued",
            ),
            "after a gap": (
                [("2026-02-11", "2027-02-10"), ("2027-03-12", None)],
                "kept",
                "continued",
            ),
            "after too long": (
                [("2026-02-11", "2027-02-10"), ("2027-03-13", None)],
                "undecided",
                "undecided",
            ),
            "undecided": ([("2026-02-01", "2027-02-01")], "undecided", "undecided"),
            "in the gap on the first day": (
                [("2026-02-01", "2027-01-20"), ("2027-02-10", None)],
                "kept",
                "",
            ),
            "ends on the first day": (
                [("2026-02-01", "2027-01-29")],
                "lost",
                "not_continued",
            ),
            "ended before": ([("2026-02-01", "2027-01-28")], "", ""),
            "came later": ([("2027-02-05", None)], "", ""),
            "has another one": (
                [("2026-02-11", "2027-02-10"), ("2026-06-01", None)],
                "kept",
                "undecided",
            ),
            "ends on the last day": (
                [("2026-02-01", "2027-02-28")],
                "kept",
                "undecided",
            ),
            "a service": ([("2026-02-11", None, "service")], "", ""),
        }
        for name, (rows, client, contract) in table.items():
            with self.subTest(name), self.undone():
                partner = self.create_client("ООО «Считаем»", self.client_manager)
                for start, end, *kind in rows:
                    service = self.service if kind else self.contract
                    self.subscribe(start, end, partner, service_id=service.id)
                found = self.counted(
                    "2027-01-29", "2027-02-28", [("partner_id", "=", partner.id)]
                )
                told = [
                    [each for each, number in counts.items() if number]
                    for counts in found
                ]
                self.assertEqual(
                    told, [[client] * bool(client), [contract] * bool(contract)]
                )

    def test_lost_with_the_reason(self):
        partner = self.create_client("ООО «Ушли»", self.client_manager)
        contract = self.subscribe("2026-01-01", "2027-12-31", partner)
        self.cancel(contract, "2027-01-10", reason_id=self.refusal.id)
        scope = [("partner_id", "=", partner.id)]
        clients, contracts = self.counted("2026-12-01", "2027-02-28", scope)
        self.assertEqual((clients["lost"], contracts["not_continued"]), (1, 1))
        self.assertEqual(partner.its_lost_reason, "Закрылся")
        # Who cancelled has decided; nobody waits whether they come back.
        clients, contracts = self.counted("2026-12-01", "2027-01-12", scope)
        self.assertEqual((clients["lost"], contracts["not_continued"]), (1, 1))
        partner.active = False
        self.assertEqual(self.counted("2026-12-01", "2027-02-28", scope)[0]["lost"], 1)

    def test_who_goes_to_another_contract_is_kept(self):
        """Techno, then PROF of another team: kept by those who count the first."""
        partner = self.create_client("ООО «Выше»", self.client_manager)
        self.subscribe("2026-02-11", "2027-02-10", partner)
        self.subscribe("2027-02-11", None, partner, service_id=self.prof.id)
        for scope in (
            [("service_id", "=", self.contract.id)],
            [("last_team_id", "=", self.team.id)],
        ):
            scope.append(("partner_id", "=", partner.id))
            clients, contracts = self.counted("2027-01-29", "2027-02-28", scope)
            self.assertEqual((clients["kept"], contracts["continued"]), (1, 1))

    # -------------------------------------------------------------------------
    # A second time
    # -------------------------------------------------------------------------

    def test_recounted(self):
        today = self.date("2027-03-01")
        rows, clients = [], []
        for number in range(count(40, 300)):
            client = self.create_client(f"Клиент {number}", self.client_manager)
            clients.append(client)
            day = today - timedelta(days=self.random.randrange(300, 800))
            for _time in range(self.random.randrange(1, 6)):
                end = day + timedelta(days=self.random.choice([29, 89, 364]))
                rows.append(
                    {
                        "partner_id": client.id,
                        "service_id": self.random.choice(
                            [self.contract, self.contract, self.prof, self.service]
                        ).id,
                        "contract_number": str(len(rows)),
                        "date_start": day,
                        "date_end": self.random.choice([end, end, end, end, False]),
                        "date_cancelled": self.random.randrange(6) == 0
                        and day + timedelta(days=self.random.choice([0, 10, 40])),
                        "cancellation_reason_id": self.reason.id,
                    }
                )
                day = end + timedelta(days=self.random.choice([-10, 1, 1, 9, 31, 32]))
        made = self.subscriptions.create(rows)
        scope = [("partner_id", "in", [client.id for client in clients])]
        seen = Counter()
        for _round in range(count(12, 60)):
            first = today - timedelta(days=self.random.randrange(1, 500))
            last = min(first + timedelta(days=self.random.choice([30, 91, 365])), today)
            for services in (self.contract + self.prof, self.prof):
                found = self.counted(
                    first, last, [*scope, ("service_id", "in", services.ids)]
                )
                with self.subTest(first=first, last=last, services=len(services)):
                    again = self.recount(made, services, first, last)
                    self.assertEqual(found, again)
                for part in found:
                    seen.update({name: 1 for name, number in part.items() if number})
        # «Undecided» are clients as well as contracts.
        self.assertEqual(len(seen), 5, seen)

    def final(self, one):
        ends = [one.date_end] if one.date_end else []
        if one.date_cancelled:
            ends.append(one.date_cancelled - DAY)
        return min(ends, default=None)

    def under(self, one, day):
        end = self.final(one)
        if end and one.continued_ids:
            end = max(end, one.continued_ids.date_start - DAY)
        never = one.date_cancelled and one.date_cancelled <= one.date_start
        return not never and one.date_start <= day and (not end or day <= end)

    def recount(self, made, services, first, last):
        """By plain loops over days and contracts."""
        contracts = made.filtered(lambda one: one.service_kind == "contract")
        clients = Counter({"kept": 0, "lost": 0, "undecided": 0})
        for of_client in contracts.grouped("partner_id").values():
            chosen = [one for one in of_client if one.service_id in services]
            if not any(self.under(one, first) for one in chosen):
                continue
            if any(self.under(one, last) for one in of_client):
                clients["kept"] += 1
                continue
            lately = any(
                self.final(one)
                and not one.date_cancelled
                and not one.continued_ids
                and 0 <= (last - self.final(one)).days < 30
                for one in of_client
            )
            clients["undecided" if lately else "lost"] += 1
        told = Counter({"continued": 0, "not_continued": 0, "undecided": 0})
        for one in contracts.filtered(lambda one: one.service_id in services):
            end = self.final(one)
            if not end or end < one.date_start or not first <= end <= last:
                continue
            if one.continued_ids and end < self.date("2027-03-01"):
                told["continued"] += 1
            elif end < self.date("2027-03-01"):
                lately = (last - end).days < 30 and not one.date_cancelled
                told["undecided" if lately else "not_continued"] += 1
        return dict(clients), dict(told)
