from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ...tools import control
from ..claim.common import NOW
from .dashboard_case import DashboardCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestClaimControl(DashboardCase):
    """The charts of claims are of what happened in each month of the company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Ten contracts in force all the time, besides those of all tests.
        clients = cls.env["res.partner"].create(
            [{"name": f"ООО «Карта {n}»", "its_client": True} for n in range(10)]
        )
        for client in clients:
            cls.create_subscription(client, cls.contract, date_start="2024-01-01")

    def charts(self, user=None, **filters):
        self.env.flush_all()
        control = self.as_user(
            self.env["its.claim.control"], user or self.quality_manager
        )
        control = control.with_context(allowed_company_ids=self.company.ids)
        found = control.get_charts(**{"team_id": self.team.id, **filters})
        return {chart["name"]: chart for chart in found["charts"]}

    def fill_months(self, usual, newest):
        """So many claims of each of 24 months, and of the newest one."""
        for ago in range(24, 0, -1):
            month = fields.Date.subtract(self.date("2027-03-01"), months=ago)
            for _number in range(newest if ago == 1 else usual):
                claim = self.create_claim()
                # Late on the last evening of the month in Moscow.
                evening = fields.Date.add(month, months=1)
                moment = fields.Datetime.to_datetime(evening)
                moment = fields.Datetime.subtract(moment, hours=4)
                self.set_past(claim, date_registered=moment)

    def test_a_month_unlike_the_others(self):
        self.patch_expected(2)
        self.fill_months(2, 10)
        chart = self.charts()["claims"]
        self.assertEqual(len(chart["points"]), 24)
        *others, last = chart["points"]
        self.assertFalse(any(point["signal"] for point in others))
        self.assertEqual((last["signal"], last["first"]), (1, "2027-02-01"))
        contracts = self.env["its.subscription"].search_count(
            self.env["its.claim.control"]._contracts_domain(
                self.date("2027-02-15"), self.team.id
            )
        )
        self.assertGreaterEqual(contracts, 10)
        self.assertEqual(last["value"], round(1000 / contracts, 1))
        report = self.as_user(self.env["its.claim.report"], self.quality_manager)
        self.assertEqual(report.search_count(last["domain"]), 10)

    def test_too_few(self):
        self.fill_months(1, 1)
        for chart in self.charts().values():
            self.assertEqual((chart["points"], chart["middle"]), ([], None))

    def test_contracts_of_a_day(self):
        domain = self.env["its.claim.control"]._contracts_domain
        count = self.env["its.subscription"].search_count
        day = self.date("2026-05-15")
        before = count(domain(day, self.team.id))
        for start, end, cancelled, more in (
            ("2026-05-15", "2026-05-15", None, 1),
            ("2026-05-16", None, None, 0),
            ("2026-01-01", "2026-05-14", None, 0),
            ("2026-01-01", None, "2026-05-15", 0),
            ("2026-01-01", None, "2026-05-16", 1),
        ):
            with self.subTest(start=start, end=end, cancelled=cancelled), self.undone():
                contract = self.create_subscription(
                    self.client_team, self.contract, date_start=start, date_end=end
                )
                self.set_past(contract, date_cancelled=cancelled)
                self.assertEqual(count(domain(day, self.team.id)) - before, more)

    def test_who_is_refused(self):
        for role in ("client_manager", "worker", "employee", "portal"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.charts(self[role])
        with self.assertRaisesRegex(AccessError, "not one of your teams"):
            self.charts(self.head, team_id=self.other_team.id)
        self.assertTrue(self.charts(self.head))

    def patch_expected(self, number):
        """Let fewer claims be enough: hundreds would take long to register."""
        self.patch(control, "EXPECTED", number)
