"""What a day is: for a company, for a person, in Python and in SQL."""

import random
from datetime import date, datetime, timedelta

import pytz

from odoo.tests import TransactionCase, freeze_time, tagged
from odoo.tools import SQL

from ...models.base import days
from ..tier import count

# Far east, far west, half an hour; with a clock put forward at midnight, put back at
# midnight, and put forward and back later at night.
ZONES = (
    "Asia/Vladivostok",
    "Europe/Moscow",
    "Europe/Kaliningrad",
    "UTC",
    "Pacific/Pago_Pago",
    "Asia/Kolkata",
    "America/Sao_Paulo",
    "America/Havana",
    "Europe/Riga",
)
SECOND = timedelta(seconds=1)


@tagged("post_install", "-at_install")
class TestOwnDays(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(20270301)

    def moments(self, number):
        start = datetime(2015, 1, 1)
        whole = int((datetime(2030, 1, 1) - start).total_seconds())
        for _n in range(number):
            yield start + timedelta(seconds=self.random.randrange(whole))

    def test_a_day_begins_at_its_first_second(self):
        """Every day of two years with all their changes of clocks: the second before
        midnight is of the day before."""
        for zone in ZONES:
            for year in (2016, 2018):
                for n in range(366):
                    day = date(year, 1, 1) + timedelta(days=n)
                    with self.subTest(zone=zone, day=day):
                        moment = days.midnight(day, zone)
                        self.assertEqual(days.day_of(moment, zone), day)
                        before = days.day_of(moment - SECOND, zone)
                        self.assertEqual(before, day - days.ONE_DAY)

    def test_a_moment_lies_within_its_day(self):
        for zone in ZONES:
            for moment in self.moments(count(50, 500)):
                day = days.day_of(moment, zone)
                start, end = days.span(day, day, zone)
                self.assertTrue(start <= moment < end, (zone, moment))

    def test_sql_says_the_same(self):
        for zone in ZONES:
            moments = list(self.moments(count(50, 1000)))
            found = self.env.execute_query(
                SQL(
                    "SELECT t.moment, %s, %s FROM unnest(%s::timestamp[]) AS t(moment)",
                    days.day_sql(SQL("t.moment"), zone),
                    days.day_sql(SQL("t.moment"), SQL("%s::text", zone)),
                    moments,
                )
            )
            expected = [days.day_of(moment, zone) for moment in moments]
            self.assertEqual([row[0] for row in found], moments)
            self.assertEqual([row[1] for row in found], expected, zone)
            self.assertEqual([row[2] for row in found], expected, zone)

    def test_an_unknown_zone_is_utc(self):
        moment = datetime(2027, 3, 1, 23, 30)
        for zone in (None, False, "", "Mars/Olympus"):
            self.assertEqual(days.day_of(moment, zone), date(2027, 3, 1))
        self.assertEqual(
            days.day_of(moment, pytz.timezone("Europe/Moscow")), date(2027, 3, 2)
        )

    def test_each_company_has_its_own_today(self):
        """Whichever hour it is, SQL names the day of the company of each row."""
        companies = self.env["res.company"]
        for zone in ZONES[:5]:
            company = self.env["res.company"].create({"name": zone})
            company.resource_calendar_id = self.env["resource.calendar"].create(
                {"name": zone, "tz": zone, "company_id": company.id}
            )
            companies += company
        for moment in self.moments(count(20, 200)):
            with self.subTest(moment=moment), freeze_time(moment):
                for company, zone in zip(companies, ZONES, strict=False):
                    self.assertEqual(company._its_today(), days.day_of(moment, zone))
                asked = self.env["res.company"].with_context(
                    allowed_company_ids=companies.ids
                )
                rows = self.env.execute_query(
                    SQL(
                        "SELECT c.id, %s FROM unnest(%s::int[]) AS c(id)",
                        asked._its_today_sql(SQL("c.id")),
                        companies.ids,
                    )
                )
                self.assertEqual(
                    dict(rows),
                    {company.id: company._its_today() for company in companies},
                )
                [[nobodys]] = self.env.execute_query(
                    SQL("SELECT %s", asked._its_today_sql(SQL("NULL::int")))
                )
                self.assertEqual(nobodys, companies[0]._its_today())
