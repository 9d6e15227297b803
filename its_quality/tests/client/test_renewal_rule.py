"""What continues what: the same in Python, as a filter and in a statement."""

import random
from datetime import date, timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from ...models.client import renewal
from ..common import QualityCase
from ..tier import count

GAPS = (0, 1, 30, renewal.LONGEST_GAP)


@tagged("post_install", "-at_install")
class TestRenewalRule(QualityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(20270303)
        cls.model = cls.env["its.subscription"]
        cls.reason = cls.env["its.cancellation.reason"].create({"name": "Закрылся"})

    def chains(self, number):
        """Subscriptions of one client, chained by chance, some of them cancelled."""
        made = self.model
        today = self.company._its_today()
        for n in range(number):
            start = today + timedelta(days=self.random.randrange(-600, 100))
            end = start + timedelta(days=self.random.choice([30, 90, 364, 600]))
            free = made.filtered(lambda one: not one.next_ids)
            previous = self.random.choice([self.model, *free])
            values = {
                "partner_id": self.client_own.id,
                "service_id": self.contract.id,
                "contract_number": f"П-{n}",
                "date_start": start,
                "date_end": self.random.choice([end, end, False]),
                "previous_id": previous.id,
            }
            if not self.random.randrange(5):
                values["date_cancelled"] = start + timedelta(days=20)
                values["cancellation_reason_id"] = self.reason.id
            made += self.model.create(values)
        self.env.flush_all()
        return made

    def among(self, subscriptions, condition):
        rows = self.env.execute_query(
            SQL(
                "SELECT s.id FROM its_subscription s WHERE s.id = ANY(%s) AND %s",
                subscriptions.ids,
                condition,
            )
        )
        return {row[0] for row in rows}

    def found(self, subscriptions, domain):
        return set(self.model.search([("id", "in", subscriptions.ids), *domain]).ids)

    def test_everywhere_the_same(self):
        made = self.chains(count(40, 300))
        every = set(made.ids)
        # By plain rows: whom does another one name?
        self.env.cr.execute(
            "SELECT id, previous_id, state FROM its_subscription WHERE id = ANY(%s)",
            [made.ids],
        )
        rows = self.env.cr.fetchall()
        continued = {previous for _id, previous, _state in rows if previous}
        begin = {one for one, previous, _state in rows if not previous}
        expiring = {one for one, _previous, state in rows if state == "expiring"}
        self.assertTrue(continued and begin and every - continued)
        self.assertEqual({s.id for s in made if renewal.is_continued(s)}, continued)
        self.assertEqual(set(made.filtered("is_renewed").ids), continued)
        self.assertEqual(self.found(made, renewal.CONTINUED), continued)
        self.assertEqual(self.found(made, renewal.NOT_CONTINUED), every - continued)
        self.assertEqual(self.among(made, renewal.continued_sql("s")), continued)
        self.assertEqual(
            self.among(made, SQL("NOT %s", renewal.continued_sql("s"))),
            every - continued,
        )
        self.assertEqual(self.among(made, renewal.chained_sql(SQL("s.id"))), continued)
        self.assertEqual(self.among(made, renewal.begins_sql("s")), begin)
        to_renew = expiring - continued
        self.assertEqual({s.id for s in made if renewal.is_to_renew(s)}, to_renew)
        self.assertEqual(self.found(made, renewal.TO_RENEW), to_renew)

    def test_what_ended_and_what_ends(self):
        made = self.chains(count(40, 300))
        today = self.company._its_today()
        for _round in range(count(10, 100)):
            first = today + timedelta(days=self.random.randrange(-500, 300))
            last = first + timedelta(days=self.random.randrange(120))
            ended, ending = set(), set()
            for one in made:
                end, cancelled = one.date_end, one.date_cancelled
                if cancelled and cancelled <= today:
                    if first <= cancelled <= last:
                        ended.add(one.id)
                elif end and first <= end <= last:
                    if end < today and (not cancelled or cancelled > today):
                        ended.add(one.id)
                    elif one.date_start <= today and not cancelled:
                        ending.add(one.id)
            with self.subTest(first=first, last=last):
                domain = renewal.ended_domain(first, last)
                self.assertEqual(self.found(made, domain), ended)
                domain = renewal.ending_domain(first, last)
                self.assertEqual(self.found(made, domain), ending)

    def test_what_may_follow(self):
        middle = date(2027, 3, 1)
        for _round in range(count(50, 500)):
            end, start = (
                self.random.choice([None, middle + timedelta(days=n)])
                for n in (self.random.randrange(90), self.random.randrange(90))
            )
            gap = self.random.choice(GAPS)
            [[told]] = self.env.execute_query(
                SQL(
                    "SELECT %s",
                    renewal.follows_sql(
                        SQL("%s::date", end), SQL("%s::date", start), gap
                    ),
                )
            )
            with self.subTest(end=end, start=start, gap=gap):
                self.assertEqual(bool(told), renewal.follows(end, start, gap))
                expected = bool(end and start and 0 < (start - end).days <= gap)
                self.assertEqual(bool(told), expected)
        self.assertTrue(renewal.follows(middle, middle + timedelta(days=999)))
