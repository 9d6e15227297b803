import random

from odoo.tests import tagged
from odoo.tools import SQL

from ..tier import count
from .common import CallCase

KINDS = (False, "contract", "service", "program")


@tagged("post_install", "-at_install")
class TestCadenceServices(CallCase):
    """Which subscriptions a cadence is about is said of one cadence and of many."""

    def test_one_cadence_and_many(self):
        chance = random.Random(20270301)
        services = self.contract | self.service | self.program
        companies = self.company | self.other_company
        for number in range(count(12, 60)):
            company = chance.choice(companies)
            chosen = chance.sample(services.ids, chance.choice((0, 0, 1, 2)))
            self.create_cadence(
                name=f"Регламент {number}",
                company_id=company.id,
                service_kind=chance.choice(KINDS),
                service_ids=chosen,
            )
            self.create_subscription(
                self.client_own,
                chance.choice(services),
                company_id=chance.choice(companies).id,
                contract_number=str(number),
            )
        self.env.flush_all()
        made = self.env["its.cadence"].search([("name", "like", "Регламент ")])
        of_many = {
            tuple(row)
            for row in self.env.execute_query(
                SQL(
                    """
                    SELECT cadence.id, subscription.id
                      FROM its_cadence cadence CROSS JOIN its_subscription subscription
                     WHERE cadence.id IN %s AND %s
                    """,
                    tuple(made.ids),
                    made._of_cadence("subscription"),
                )
            )
        }
        of_each = {
            (cadence.id, row[0])
            for cadence in made
            for row in self.env.execute_query(
                SQL(
                    "SELECT id FROM its_subscription AS subscription WHERE %s",
                    cadence._of_subscriptions(),
                )
            )
        }
        self.assertEqual(of_many, of_each)
        self.assertTrue(of_many)
        every = len(made) * self.env["its.subscription"].search_count([])
        self.assertLess(len(of_many), every)
