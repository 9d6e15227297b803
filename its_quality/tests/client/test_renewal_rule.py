"""What continues what: found a second time by a statement over plain rows, and asked of
the fields, as a filter and in statements."""

import random
from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from ...models.client import renewal
from ..tier import count
from .common import SubscriptionCase

# Every pair of periods of a client of which one may continue the other, the best first;
# written from the definition, without a word of the product's.
PAIRS = """
    WITH period AS (
        SELECT s.id, s.partner_id, s.company_id, s.service_id, s.date_start, s.previous_id,
               s.date_cancelled, service.kind,
               COALESCE(s.registration_number, '') AS registration,
               COALESCE(s.contract_number, '') AS number,
               LEAST(s.date_end, s.date_cancelled - 1) AS last, company.its_renewal_gap AS n
          FROM its_subscription s
          JOIN its_service service ON service.id = s.service_id
          JOIN res_company company ON company.id = s.company_id
         WHERE s.partner_id = ANY(%s)
           AND (s.date_cancelled IS NULL OR s.date_start IS NULL
                OR s.date_cancelled > s.date_start)
    )
    SELECT later.id, former.id,
           later.date_cancelled - later.date_start <= later.n AS was_short
      FROM period former
      JOIN period later USING (partner_id, company_id)
     WHERE former.id != later.id AND later.kind = former.kind
       AND (later.kind = 'contract' OR later.service_id = former.service_id)
       AND later.date_start > COALESCE(former.date_start, '-infinity')
       AND later.date_start BETWEEN former.last - former.n AND former.last + former.n
     ORDER BY later.previous_id IS DISTINCT FROM former.id,
              later.service_id != former.service_id,
              abs(later.date_start - former.last - 1),
              later.registration != former.registration,
              later.number != former.number, later.date_start, later.id, former.id
"""


@tagged("post_install", "-at_install")
class TestRenewalRule(SubscriptionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(20270303)
        cls.company.its_renewal_gap = 30
        cls.service = cls.env["its.service"].create(
            {"name": "Отчётность цепочек", "kind": "service"}
        )
        cls.other_contract = cls.contract.copy({"name": "ИТС ПРОФ цепочек"})
        cls.services = cls.contract + cls.contract + cls.other_contract
        cls.services += cls.service + cls.program

    def days(self, *choices):
        return timedelta(days=self.random.choice(choices))

    def client(self, number):
        """A client with subscriptions by chance, each near an end of another one."""
        client = self.create_client(f"ООО «Случай {number}»", self.client_manager)
        day, rows = self.company._its_today() - timedelta(days=700), []
        for n in range(self.random.randrange(1, 9)):
            start = day + self.days(
                -200, -31, -30, -29, -1, 0, 1, 2, 29, 30, 31, 32, 200
            )
            end = start + self.days(0, 27, 30, 90, 364)
            day = end
            row = {
                "partner_id": client.id,
                "service_id": self.random.choice(self.services.ids),
                "contract_number": self.random.choice([f"П-{n}", "П", False]),
                "registration_number": f"{n}" if self.random.random() < 0.5 else "1",
                "date_start": self.random.choice([start] * 9 + [False]),
                "date_end": self.random.choice([end] * 9 + [False]),
            }
            if not row["date_start"]:
                row["contract_number"] = f"П-{n}"
            if not self.random.randrange(3):
                row["date_cancelled"] = start + self.days(0, 1, 15, 30, 31, 100)
                row["cancellation_reason_id"] = self.reason.id
            rows.append(row)
        made = self.subscriptions.create(rows)
        self.link(made)
        return client

    def link(self, made):
        """Enter some of the links that are allowed, and some that are not any more."""
        for one in made:
            former = self.random.choice(made)
            free = not former.next_ids and not one.previous_id
            if free and self.random.random() < 0.6 and not one._its_doubt(former):
                with self.env.cr.savepoint():
                    one.previous_id = former
        if self.random.random() < 0.3:
            self.random.choice(made).date_end = False

    def found(self, domain):
        return set(self.subscriptions.search([*self.every, *domain]).ids)

    def among(self, condition):
        rows = self.env.execute_query(
            SQL(
                "SELECT s.id FROM its_subscription s WHERE s.partner_id = ANY(%s) AND %s",
                self.clients.ids,
                condition,
            )
        )
        return {row[0] for row in rows}

    def matched(self):
        """``{id: id of what it continues}``, and the reverse."""
        self.env.flush_all()
        self.env.cr.execute(PAIRS, [self.clients.ids])
        pairs, left_out = self.env.cr.fetchall(), set()
        while True:
            formers = {}
            for later, former, _short in pairs:
                if later in formers or later in left_out:
                    continue
                if former not in formers.values():
                    formers[later] = former
            short = {later for later, _former, was_short in pairs if was_short}
            nothing = {
                one for one in formers if one in short and one not in formers.values()
            }
            if not nothing:
                return formers, {former: later for later, former in formers.items()}
            left_out |= nothing

    def begin(self):
        number = count(40, 400)
        self.clients = self.env["res.partner"].concat(*map(self.client, range(number)))
        self.every = [("partner_id", "in", self.clients.ids)]
        return self.subscriptions.search(self.every)

    def test_everywhere_the_same(self):
        made = self.begin()
        formers, followers = self.matched()
        self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self.assertGreater(len(formers), len(made) // 10)
        self.assertTrue(set(made.previous_id.ids) - set(formers.values()), "all count")
        for one in made:
            with self.subTest(one.display_name, start=one.date_start):
                self.assertEqual(one.continues_id.id, formers.get(one.id, False))
                self.assertEqual(one.continued_ids.id, followers.get(one.id, False))
                self.assertEqual(one.is_renewed, one.id in followers)
                chain, number = [one], one.id
                while number in formers:
                    number = formers[number]
                    chain.append(made.browse(number))
                starts = [each.date_start for each in chain if each.date_start]
                self.assertEqual(one.client_since, min(starts, default=False))
                self.assertEqual(one.covered_until, self.covered(one, followers))
        expiring = {
            one.id for one in made if one.state == "expiring" and not one.date_cancelled
        }
        every, continued = set(made.ids), set(followers)
        self.assertEqual(self.found(renewal.CONTINUED), continued)
        self.assertEqual(self.found(renewal.NOT_CONTINUED), every - continued)
        self.assertEqual(self.among(renewal.continued_sql("s")), continued)
        self.assertEqual(self.among(renewal.begins_sql("s")), every - set(formers))
        self.assertEqual(self.found(renewal.TO_RENEW), expiring - continued)
        to_renew = {one.id for one in made if renewal.is_to_renew(one)}
        self.assertEqual(to_renew, expiring - continued)

    def covered(self, one, followers):
        ends = [one.date_end] if one.date_end else []
        if one.date_cancelled:
            ends.append(one.date_cancelled - timedelta(days=1))
        if ends and one.id in followers:
            start = self.subscriptions.browse(followers[one.id]).date_start
            return max(min(ends), start - timedelta(days=1))
        return min(ends, default=False)

    def test_the_same_in_any_order_and_at_once(self):
        """Dates moved to and fro, some deleted: what is kept is what a new matching
        finds."""
        made = self.begin()
        for one in made:
            if self.random.random() < 0.2:
                one.unlink()
            elif one.date_start and one.date_end and self.random.random() < 0.3:
                move = self.days(-31, -30, 1, 30)
                one.write(
                    {
                        "date_start": one.date_start + move,
                        "date_end": one.date_end + move,
                    }
                )
        made = made.exists()
        formers, _followers = self.matched()
        self.assertEqual(
            {s.id: s.continues_id.id for s in made if s.continues_id}, formers
        )

    def test_what_ended_and_what_ends(self):
        made = self.begin()
        today = self.company._its_today()
        for _round in range(count(10, 100)):
            first = today + timedelta(days=self.random.randrange(-500, 300))
            last = first + timedelta(days=self.random.randrange(120))
            ended, ending = set(), set()
            for one in made.filtered(lambda one: one.service_kind == "contract"):
                end = self.covered(one, {})
                if not end or not first <= end <= last:
                    continue
                if not one.date_start or end >= one.date_start:
                    ended.add(one.id)
                    if one.state in ("active", "expiring"):
                        ending.add(one.id)
            with self.subTest(first=first, last=last):
                self.assertEqual(self.found(renewal.ended_domain(first, last)), ended)
                self.assertEqual(self.found(renewal.ending_domain(first, last)), ending)
