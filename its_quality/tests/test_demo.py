"""The demonstration is full on whatever day it was loaded."""

from datetime import timedelta

from lxml import etree

from odoo.tests import TransactionCase, tagged
from odoo.tools.safe_eval import safe_eval

from ..models.base import days
from ..models.claim import clock
from ..models.claim.mail_rules import FROM_OUTSIDE

DESKS = ("manager", "manager2", "quality")
PERIODS = ("month", "quarter", "year")
REPORTS = (
    "its_interaction_report_action",
    "its_survey_report_action",
    "its_claim_movement_report_action",
    "its_claim_report_action_responsible",
    "its_claim_report_action",
    "its_contact_report_action",
)
ENOUGH = 5


@tagged("post_install", "-at_install", "days")
class TestDemo(TransactionCase):
    def setUp(self):
        super().setUp()
        if not self.env.ref("its_quality.res_users_quality", raise_if_not_found=False):
            self.skipTest("The database was made without demo data.")

    def of(self, login, model):
        user = self.env["res.users"].search([("login", "=", login)])
        self.assertTrue(user, login)
        return self.env[model].with_user(user)

    def test_desks(self):
        """On a day off, too, there is somebody to call."""
        for login in DESKS:
            counts = self.of(login, "its.call.desk").get_queue()["counts"]
            with self.subTest(login=login):
                self.assertGreaterEqual(counts["overdue"], 1)
                self.assertGreaterEqual(counts["today"], ENOUGH)

    def test_talks_are_in_working_hours(self):
        company = self.env.ref("base.main_company")
        calendar = company.resource_calendar_id
        for name in ("its.interaction", "its.phone.call"):
            talks = self.env[name].search([("company_id", "=", company.id)])
            talks = talks.filtered(lambda talk: talk.get_external_id()[talk.id])
            self.assertGreaterEqual(len(talks), ENOUGH)
            for talk in talks:
                # By the clock of whoever talks: Odoo gives the calendar the zone of the
                # browser in which the administrator first logs in.
                zone = talk.user_id.tz or company._its_zone()
                at = days.clock(talk.date_start, zone)
                with self.subTest(talk.display_name, at=at):
                    self.assertTrue(calendar._its_is_working(at.date()))
                    self.assertTrue(9 <= at.hour < 18)

    def test_claims_move_in_working_hours(self):
        calendar = self.env.ref("base.main_company").resource_calendar_id
        claims = self.env["its.claim"].search([])
        claims = claims.filtered(lambda claim: claim.get_external_id()[claim.id])
        self.assertGreaterEqual(len(claims), ENOUGH)
        minute = timedelta(minutes=1)
        for claim in claims:
            steps = claim.movement_ids.sorted("date")
            self.assertEqual(claim.date_registered, steps[0].date)
            self.assertEqual(claim.date_stage, steps[-1].date)
            for former, step in zip((None, *steps), steps, strict=False):
                with self.subTest(claim.name, at=step.date):
                    work = calendar.get_work_hours_count(
                        step.date - minute, step.date + minute
                    )
                    self.assertTrue(work)
                    if former:
                        self.assertGreater(step.date, former.date)
                        passed = step.date - former.date
                        hours = passed.total_seconds() / 3600
                        self.assertAlmostEqual(step.hours, hours, 1)

    def test_answers_by_a_link_are_contacts_of_their_day(self):
        """They come at any hour."""
        responses = self.env["survey.user_input"].search(
            [("its_client_id", "!=", False), ("state", "=", "done")]
        )
        talks = self.env["its.interaction"].search(
            [("response_id", "in", responses.ids), ("channel", "=", "questionnaire")]
        )
        talks = talks.filtered(
            lambda talk: talk.response_id.get_external_id()[talk.response_id.id]
        )
        self.assertTrue(talks)
        for talk in talks:
            self.assertEqual(talk.date_start, talk.response_id.end_datetime)

    def test_a_claim_to_ask_about(self):
        today = self.env.company._its_today()
        calls = self.env["mail.activity"].search(
            [("its_claim_id", "!=", False), ("date_deadline", "<=", today)]
        )
        self.assertTrue(calls)

    def test_dashboard(self):
        for period in PERIODS:
            figures = self.of("quality", "its.dashboard").get_figures(period)
            for name, tile in figures["tiles"].items():
                with self.subTest(period=period, tile=name):
                    self.assertIsNotNone(tile["value"])
                    self.assertIsNot(tile["value"], False)
            for name, chart in figures["charts"].items():
                with self.subTest(period=period, chart=name):
                    numbers = [n for one in chart["series"] for n in one["data"]]
                    self.assertGreaterEqual(sum(map(bool, numbers)), 4)

    def test_dashboards_of_heads(self):
        for login in ("head", "head2"):
            figures = self.of(login, "its.dashboard").get_figures("year")
            for name, chart in figures["charts"].items():
                with self.subTest(login=login, chart=name):
                    self.assertTrue(any(any(one["data"]) for one in chart["series"]))

    def test_reports(self):
        """Each as its menu opens it."""
        for name in REPORTS:
            action = self.env.ref(f"its_quality.{name}")
            records = self.of("quality", action.res_model)
            arch = records.get_view(view_type="search")["arch"]
            domain = self._domain(action, arch)
            with self.subTest(report=name, domain=domain):
                self.assertGreaterEqual(records.search_count(domain), ENOUGH)

    def _domain(self, action, arch):
        """The conditions of the filters that are set from the start."""
        domain = safe_eval(action.domain or "[]", {"uid": self.env.uid})
        context = safe_eval(action.context or "{}", {"uid": self.env.uid})
        for key in context:
            name = key.removeprefix("search_default_")
            for node in etree.fromstring(arch).xpath(f"//filter[@name='{name}']"):
                domain = domain + safe_eval(node.get("domain") or "[]")
        return domain

    def test_claims_of_every_state(self):
        claims = self.of("quality", "its.claim")
        found = dict(claims._read_group([], ["state"], ["__count"]))
        states = dict(claims._fields["state"]._description_selection(self.env))
        self.assertEqual(set(found), set(states))

    def test_deadlines_can_be_kept(self):
        """They are working days, after the claim came in; some are late, and some are
        not."""
        claims = self.env["its.claim"].search([("date_deadline", "!=", False)])
        claims = claims.filtered(lambda claim: claim.get_external_id()[claim.id])
        self.assertGreaterEqual(len(claims), 10)
        for claim in claims:
            day = claim.date_deadline
            with self.subTest(claim.subject, day=day):
                self.assertTrue(claim.company_id.resource_calendar_id)
                self.assertIn(day, clock.working_days(claim, day))
                self.assertGreater(day, clock.day_of(claim, claim.date_registered))
        still_open = claims.filtered(lambda claim: not claim.date_closed)
        self.assertEqual({True, False}, {*still_open.mapped("is_overdue")})
        self.assertEqual({True, False}, {*(claims - still_open).mapped("on_time")})

    def test_first_answers(self):
        """They are told as they are measured, and some came too late."""
        claims = self.env["its.claim"].search([("first_answer_on", "!=", False)])
        claims = claims.filtered(lambda claim: claim.get_external_id()[claim.id])
        self.assertGreaterEqual(len(claims), ENOUGH)
        for claim in claims:
            hours = clock.working_hours(
                claim, claim.date_registered, claim.first_answer_on
            )
            with self.subTest(claim.subject):
                self.assertIn(claim.channel, FROM_OUTSIDE)
                self.assertAlmostEqual(claim.first_answer_hours, hours, 2)
        self.assertEqual({"yes", "no"}, {*claims.mapped("first_answer_in_time")})

    def test_a_low_score_waits(self):
        waiting = [("its_is_waiting", "=", True), ("its_is_low", "=", True)]
        self.assertTrue(self.of("quality", "survey.user_input").search(waiting))

    def test_subscriptions_of_every_state(self):
        subscriptions = self.env["its.subscription"]
        found = dict(subscriptions._read_group([], ["state"], ["__count"]))
        states = subscriptions._fields["state"]._description_selection(self.env)
        self.assertEqual(set(found), set(dict(states)))
