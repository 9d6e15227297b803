"""When a claim is late: recounted by hand, and compared in Python, as a filter, in the
statement of the report."""

import random
from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from ...models.claim import clock, deadline
from ...models.claim.rules import STATES
from ..tier import count
from .common import ClaimCase

ZONES = ("Europe/Moscow", "Asia/Kamchatka", "Pacific/Pago_Pago")
# In Kamchatka it is tomorrow, in Samoa it was today for a long time.
EVENING = "2027-03-01 13:30:00"


@tagged("post_install", "-at_install")
class TestClaimDeadline(ClaimCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(20270301)
        cls.companies = cls.env["res.company"]
        for zone in ZONES:
            company = cls.env["res.company"].create({"name": zone})
            company.resource_calendar_id = cls.env["resource.calendar"].create(
                {"name": zone, "tz": zone, "company_id": company.id}
            )
            cls.companies += company
        cls.claims = cls.env["its.claim"].union(
            *(cls.create_claim() for _n in range(count(12, 60)))
        )

    def shuffle(self):
        """Give each claim a company, a state and a deadline by chance."""
        self.env.flush_all()
        states = [state for state, _name in STATES]
        middle = fields.Datetime.to_datetime("2027-03-01 12:00:00")
        for claim in self.claims:
            late = self.random.choice([None, *range(-50, 50)])
            moment = None if late is None else middle + timedelta(hours=late)
            self.env.cr.execute(
                SQL(
                    "UPDATE its_claim SET company_id = %s, state = %s,"
                    " date_deadline = %s, deadline_at = %s, waiting_since = %s"
                    " WHERE id = %s",
                    self.random.choice(self.companies.ids),
                    self.random.choice([*states, *deadline.AT_WORK * 4]),
                    moment and moment.date(),
                    moment,
                    self.random.choice([None, None, "2027-02-20 10:00:00"]),
                    claim.id,
                )
            )
        self.env.invalidate_all()

    def expected(self, now):
        """Those that are late, by plain rows."""
        self.env.cr.execute(
            "SELECT id, state, deadline_at, waiting_since FROM its_claim"
            " WHERE id = ANY(%s)",
            [self.claims.ids],
        )
        late = set()
        for claim_id, state, moment, waiting in self.env.cr.fetchall():
            if state not in ("dispatched", "in_progress") or waiting or not moment:
                continue
            if (now - moment).total_seconds() >= 0:
                late.add(claim_id)
        return late

    def test_everywhere_the_same(self):
        claims = self.claims.sudo()
        found = 0
        for _round in range(count(8, 40)):
            self.shuffle()
            hours = self.random.randrange(72)
            now = fields.Datetime.to_datetime("2027-02-28 00:30:00")
            now += timedelta(hours=hours)
            with self.subTest(now=now), freeze_time(now):
                late = self.expected(now)
                found += len(late)
                model = claims.browse(claims.ids)
                self.assertEqual(set(model.filtered("is_overdue").ids), late)
                among = [("id", "in", claims.ids)]
                self.assertEqual(
                    set(model.search([*among, ("is_overdue", "=", True)]).ids), late
                )
                self.assertEqual(
                    set(model.search([*among, ("is_overdue", "=", False)]).ids),
                    set(claims.ids) - late,
                )
                report = self.env["its.claim.report"].sudo()
                self.assertEqual(
                    set(report.search([*among, ("is_overdue", "=", 1)]).ids), late
                )
                self.assertEqual(
                    set(report.search([*among, ("is_overdue", "=", 0)]).ids),
                    set(claims.ids) - late,
                )
        self.assertGreater(found, 0)

    @freeze_time(EVENING)
    def test_what_waits_is_not_late_in_the_report(self):
        """Nor does the list of claims show it as late."""
        claim = self.claim_at("in_progress")
        claim.sudo().date_deadline = self.today(-1)
        self.env.flush_all()
        self.env.invalidate_all()
        report = self.env["its.claim.report"]
        self.assertTrue(claim.sudo().is_overdue)
        self.assertEqual(report.browse(claim.id).is_overdue, 1)
        clock.pause(claim.sudo())
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(claim.sudo().is_overdue)
        self.assertEqual(report.browse(claim.id).is_overdue, 0)

    def test_on_time(self):
        moment = fields.Datetime.to_datetime("2027-03-01 12:00:00")
        second = timedelta(seconds=1)
        self.assertTrue(deadline.is_kept(False, moment))
        self.assertTrue(deadline.is_kept(moment, moment - second))
        self.assertFalse(deadline.is_kept(moment, moment))

    def test_a_day_lasts_until_it_is_over_where_the_team_works(self):
        """Rows: the zone of the team, when 4 March is over there."""
        table = [
            ("Europe/Moscow", "2027-03-04 21:00:00"),
            ("Asia/Kamchatka", "2027-03-04 12:00:00"),
            ("Pacific/Pago_Pago", "2027-03-05 11:00:00"),
        ]
        claim = self.claims[0].sudo()
        for zone, moment in table:
            with self.subTest(zone), self.undone():
                self.team.resource_calendar_id = self.env["resource.calendar"].create(
                    {"name": zone, "tz": zone}
                )
                claim.date_deadline = "2027-03-04"
                self.assertEqual(str(claim.deadline_at), moment)
