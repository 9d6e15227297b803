"""Calls are planned at each company's own night."""

from datetime import date

from odoo.tests import freeze_time, tagged

from .common import CallCase


@tagged("post_install", "-at_install", "days")
class TestNights(CallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        every = cls.env["res.company"].search([])
        cls.others = every - cls.company - cls.other_company
        cls.company.resource_calendar_id.tz = "Europe/Moscow"
        cls.other_company.resource_calendar_id.tz = "Asia/Vladivostok"
        # The nights are of a year of their own, on whatever day they are tried.
        for client in cls.client_team + cls.client_abroad:
            cls.subscription_of(client).write(
                {"date_start": "2020-01-01", "date_end": False}
            )

    def plan(self):
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_a, **_k: 100)
        with self.enter_registry_test_mode():
            self.env["its.cadence"]._cron_plan_nights()

    def test_which_night_it_is(self):
        """Rows: the moment, and the companies whose day has begun since."""
        moscow, vladivostok = self.company, self.other_company
        every = self.env["res.company"].search([])
        every.its_planned_on = date(2027, 3, 1)
        table = (
            ("2027-03-01 13:30:00", self.env["res.company"]),
            ("2027-03-01 14:30:00", vladivostok),
            ("2027-03-01 20:30:00", vladivostok),
            ("2027-03-01 21:30:00", vladivostok | moscow),
            ("2027-03-03 09:00:00", vladivostok | moscow),
        )
        for moment, expected in table:
            with self.subTest(moment), freeze_time(moment):
                found = self.env["its.cadence"]._companies_at_night()
                self.assertEqual(found - self.others, expected)

    def test_each_is_planned_once_a_day(self):
        cadence = self.create_cadence(service_ids=self.contract.ids)
        abroad = self.create_cadence(company_id=self.other_company.id)
        self.others.its_planned_on = date(2099, 1, 1)
        self.company.its_planned_on = date(2027, 3, 1)
        with freeze_time("2027-03-01 14:30:00"):
            self.plan()
            self.assertTrue(self.calls_of(self.client_abroad, abroad))
            self.assertFalse(self.calls_of(self.client_team, cadence))
            self.assertEqual(self.other_company.its_planned_on, date(2027, 3, 2))
            self.assertEqual(self.company.its_planned_on, date(2027, 3, 1))
        with freeze_time("2027-03-01 21:30:00"):
            self.plan()
            self.assertTrue(self.calls_of(self.client_team, cadence))
            self.assertEqual(self.company.its_planned_on, date(2027, 3, 2))
            self.assertFalse(self.env["its.cadence"]._companies_at_night())

    def test_every_company_has_its_cadences(self):
        fresh = self.env["res.company"].create({"name": "Амур-Софт"})
        # Those of the test are archived, and so are their copies.
        cadences = self.env["its.cadence"].with_context(active_test=False)
        triggers = cadences.search([("company_id", "=", fresh.id)])
        self.assertEqual(
            set(triggers.mapped("trigger")),
            {"after_claim", "after_start", "before_end", "periodic"},
        )
        self.assertIn(fresh, self.env["its.cadence"]._companies_at_night())
