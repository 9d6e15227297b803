from odoo import fields
from odoo.tests import freeze_time, tagged

from ..claim.common import NOW
from .dashboard_case import DashboardCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestManagerReport(DashboardCase):
    """What is told of whom, counted by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cadence = cls.create_cadence()

    def line(self, user, reader=None):
        """The sums and means of a person, as a reader sees them."""
        self.env.flush_all()
        report = self.as_user(
            self.env["its.manager.report"], reader or self.quality_manager
        ).with_context(allowed_company_ids=self.company.ids)
        sums = ("talks", "answers", "caused", "solved")
        shares = ("reached_share", "kept_share", "score", "nps", "on_time_share")
        shares += ("rework_share", "first_answer_share")
        [row] = report._read_group(
            [("user_id", "=", user.id)],
            [],
            [*(f"{name}:sum" for name in sums), *(f"{name}:avg" for name in shares)],
        )
        return dict(zip((*sums, *shares), row, strict=True))

    def call(self, deadline, done=None):
        """A call of the cadence for a day, made on another or not at all."""
        [call] = self.plan_call(self.client_team, self.colleague)
        call.sudo().its_cadence_id = self.cadence
        if done:
            call.with_user(self.colleague).sudo()._its_close("")
        self.set_past(call, date_deadline=deadline, date_done=done)
        return call

    def test_talks(self):
        self.talk_at("2027-02-10 09:00:00")
        self.talk_at("2027-02-11 09:00:00", outcome="no_answer")
        self.talk_at("2027-02-11 09:00:00", user_id=self.client_manager.id)
        # The client has filled it in alone.
        self.talk_at("2027-02-12 09:00:00", channel="questionnaire")
        line = self.line(self.colleague)
        self.assertEqual((line["talks"], line["reached_share"]), (2, 50))
        self.assertIs(line["nps"], False)

    def test_calls_by_their_day(self):
        self.call("2027-02-10", done="2027-02-10")
        self.call("2027-02-10", done="2027-02-09")
        self.call("2027-02-10", done="2027-02-11")
        self.assertAlmostEqual(self.line(self.colleague)["kept_share"], 200 / 3)
        # Late and still open; due today, which is not over; withdrawn.
        late = self.call("2027-02-28")
        self.assertEqual(self.line(self.colleague)["kept_share"], 50)
        self.set_past(late, date_deadline="2027-03-01")
        self.assertAlmostEqual(self.line(self.colleague)["kept_share"], 200 / 3)
        late.sudo()._its_withdraw("")
        self.set_past(late, date_deadline="2027-02-01")
        self.assertAlmostEqual(self.line(self.colleague)["kept_share"], 200 / 3)

    def test_answers_are_of_the_manager_of_the_client(self):
        for mark in (10, 9, 0):
            self.answer_at("2027-02-10 09:00:00", nps=mark)
        self.answer_at("2027-02-10 09:00:00", self.client_own, nps=0)
        line = self.line(self.colleague)
        self.assertEqual(line["answers"], 3)
        self.assertAlmostEqual(line["nps"], 100 / 3)
        self.assertEqual(self.line(self.client_manager)["nps"], -100)

    def test_claims(self):
        before = self.line(self.colleague)["caused"] or 0
        good = self.closed_at("2027-02-10 09:00:00", "2027-02-01 09:00:00")
        bad = self.closed_at(
            "2027-02-11 09:00:00", "2027-02-01 09:00:00", on_time=False
        )
        self.set_past(bad, rework_count=1, first_answer_in_time="no")
        self.set_past(good, first_answer_in_time="yes")
        self.claim_at("rejected")
        self.claim_at("in_progress")
        line = self.line(self.worker)
        self.assertEqual(
            (line["solved"], line["on_time_share"], line["rework_share"]), (2, 50, 50)
        )
        self.assertEqual(line["first_answer_share"], 50)
        # Of the manager of the client, where it was found justified.
        self.assertEqual(self.line(self.colleague)["caused"] - before, 2)
        self.set_past(bad, justified="no")
        self.assertEqual(self.line(self.colleague)["caused"] - before, 1)

    def test_who_sees_whom(self):
        """Everybody themselves, a head the members of their teams, quality all."""
        self.team.member_ids = self.colleague
        for user in (self.colleague, self.client_manager):
            self.talk_at("2027-02-10 09:00:00", self.client_own, user_id=user.id)
        for reader, seen in (
            ("colleague", {self.colleague}),
            ("client_manager", {self.client_manager}),
            ("head", {self.colleague}),
            ("deputy", {self.colleague}),
            ("other_head", set()),
            ("quality_manager", {self.colleague, self.client_manager}),
            ("administrator", {self.colleague, self.client_manager}),
        ):
            with self.subTest(reader=reader):
                report = self.as_user(self.env["its.manager.report"], self[reader])
                people = set(report.search([]).mapped("user_id").sudo(False))
                people = {user.with_env(self.env) for user in people}
                ours = people & {self.colleague, self.client_manager}
                self.assertEqual(ours, seen)
        for nobody in ("employee", "portal"):
            report = self.env["its.manager.report"].with_user(self[nobody])
            self.assertFalse(report.has_access("read"))

    def test_on_paper(self):
        for mark in (10, 9, 0):
            self.answer_at("2027-02-10 09:00:00", nps=mark)
        dialog = (
            self.env["its.report.print"]
            .with_user(self.quality_manager)
            .create({"report": "managers"})
        )
        sheet = self.env["report.its_quality.manager_sheet"].with_user(
            self.quality_manager
        )
        self.env.flush_all()
        people = {one["user"].id: one for one in sheet._sheet(dialog)["people"]}
        line = people[self.colleague.id]
        self.assertEqual(line["answers"], 3)
        self.assertTrue(line["figures"]["nps"].is_few)
        self.assertEqual(sheet._certain(line["figures"]["nps"]), "3: too few to tell")
        self.assertTrue(fields.Date.to_date(dialog.date_from))

    def test_rows_are_told_apart(self):
        """Facts of five kinds have five numbers."""
        self.talk_at("2027-02-10 09:00:00")
        self.closed_at("2027-02-10 09:00:00", "2027-02-01 09:00:00")
        self.answer_at("2027-02-10 09:00:00", nps=9)
        self.call("2027-02-10", done="2027-02-10")
        self.env.flush_all()
        rows = self.env["its.manager.report"].search([])
        self.assertEqual(len(rows), len(set(rows.ids)))
        kinds = {"talk", "call", "answer", "caused", "solved"}
        self.assertEqual(set(rows.mapped("kind")), kinds)
