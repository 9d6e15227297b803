"""A contract that is renewed is one: its client has been one since its beginning."""

from datetime import date

from dateutil.relativedelta import relativedelta

from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from ...models.client.renewal import since_sql
from .common import CallCase

MONTH = relativedelta(months=1)
DAY = relativedelta(days=1)


@tagged("post_install", "-at_install", "days")
@freeze_time("2027-03-01 09:00:00")
class TestClientsSince(CallCase):
    def chain(self, client, starts, length=MONTH):
        """Periods of one contract, each of which continues the one before."""
        former = self.env["its.subscription"]
        for start in starts:
            former = self.create_subscription(
                client,
                self.contract,
                date_start=start,
                date_end=start and start + length - DAY,
                previous_id=former.id,
            )
        return former

    def months(self, first, count):
        return [first + MONTH * number for number in range(count)]

    def since(self, subscription):
        self.env.flush_all()
        [[day]] = self.env.execute_query(
            SQL(
                "SELECT %s FROM its_subscription AS period WHERE id = %s",
                since_sql("period"),
                subscription.id,
            )
        )
        return day

    def test_the_beginning_of_a_chain(self):
        client = self.create_client("ООО «Помесячно»", self.client_manager)
        first = date(2026, 3, 1)
        table = [
            ([first], first),
            (self.months(first, 2), first),
            (self.months(first, 12), first),
        ]
        for starts, expected in table:
            with self.subTest(len(starts)), self.undone():
                self.assertEqual(self.since(self.chain(client, starts)), expected)

    def test_control_of_a_contract_renewed_every_month(self):
        """A quarterly control comes four times a year, though no period lasts so long."""
        client = self.create_client("ООО «Помесячно»", self.client_manager)
        cadence = self.create_cadence(interval_number=3)
        self.chain(client, self.months(date(2026, 4, 1), 24))
        made = 0
        for day in self.months(date(2026, 4, 1), 13):
            with freeze_time(f"{day} 09:00:00"):
                self.env["its.subscription"]._update_states()
                cadence._plan()
                today = self.company._its_today()
                for call in self.calls_of(client, cadence):
                    if call.date_deadline <= today + relativedelta(days=7):
                        made += 1
                        call.action_done()
        self.assertEqual(made, 4)

    def test_is_late_all_the_same(self):
        """Who was late on a day does not disappear since the contract was renewed."""
        client = self.create_client("ООО «Молчание»", self.client_manager)
        cadence = self.create_cadence(interval_number=3)
        self.chain(client, self.months(date(2026, 9, 1), 8))
        for day in (date(2027, 1, 20), date(2027, 2, 2)):
            with self.subTest(day):
                kept = cadence._kept_clients(day, [("id", "=", client.id)])
                self.assertEqual(self.env.execute_query(kept), [(client.id, False)])
