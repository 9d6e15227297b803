from datetime import datetime, timedelta

from odoo import fields
from odoo.tests import freeze_time, new_test_user, tagged

from ...models.survey.marks import mark_of
from ..claim.common import ClaimCase
from ..survey.common import SurveyCase


@tagged("post_install", "-at_install", "days")
class TestReportFigures(ClaimCase, SurveyCase):
    """Figures against those computed by hand."""

    def means(self, model, domain, names):
        measures = [f"{name}:avg" for name in names]
        [row] = self.env[model]._read_group(domain, [], ["__count", *measures])
        return row

    def test_scores(self):
        mine = [("partner_id", "=", self.client_own.id)]
        # No answer, one, several: responses; mark of the question on speed; NPS.
        empty = self.means("its.survey.report", mine, ["mark", "nps", "csat"])
        self.assertEqual(empty, (0, False, False, False))
        self.respond(overall="excellent", nps=10)
        one = self.means("its.survey.report", mine, ["mark", "nps"])
        self.assertEqual(one, (2, 100, 100))
        for mark in (9, 8, 7, 6, 0):
            self.respond(overall="excellent", nps=mark, speed=mark // 2 or 1)
        # Of the response as a whole: excellent is 100 × 3, the marks on speed × 1; no
        # matter how many answers carry it.
        [(score,)] = self.env["its.survey.report"]._read_group(mine, [], ["score:avg"])
        expected = [100, *((300 + mark) / 4 for mark in (75, 75, 50, 50, 0))]
        self.assertAlmostEqual(score, sum(expected) / 6, 1)
        # Two promoters, two passive, two detractors.
        [(count, nps)] = self.env["its.survey.report"]._read_group(
            [*mine, ("question_id", "=", self.nps.id)], [], ["__count", "nps:avg"]
        )
        self.assertEqual((count, nps), (6, 0))
        # 4, 4, 3, 3, 1 on a scale from 1 to 5: 75, 75, 50, 50, 0.
        [(mark,)] = self.env["its.survey.report"]._read_group(
            [*mine, ("question_id", "=", self.speed.id)], [], ["mark:avg"]
        )
        self.assertEqual(mark, 50)

    def test_marks_are_those_of_the_answers(self):
        self.respond(overall="good", nps=3, speed=2, wish="Больше уроков")
        self.respond(overall="poor", why=["late", "rude"], late="Долго", nps=0)
        lines = self.env["survey.user_input.line"].search(
            [("survey_id", "=", self.survey.id), ("skipped", "=", False)]
        )
        self.assertEqual(len(lines), 9)
        rows = self.env["its.survey.report"].browse(lines.ids)
        for line, row in zip(lines, rows, strict=True):
            with self.subTest(line.question_id.title):
                self.assertAlmostEqual(row.mark or 0, mark_of(line) or 0)
                self.assertEqual(row.partner_id, self.client_own)

    def test_attempts_at_a_questionnaire_are_no_answers(self):
        self.respond(overall="good", nps=9).test_entry = True
        response = self.start()
        response._its_save_answers(self.answers(overall="good", nps=9))
        found = self.env["its.survey.report"].search(
            [("survey_id", "=", self.survey.id)]
        )
        self.assertFalse(found)

    def test_months_are_those_of_the_reader(self):
        """What was answered at 23:30 in Moscow on 31 March is of April further east."""
        response = self.respond(overall="good", nps=9)
        response.end_datetime = datetime(2026, 3, 31, 20, 30)
        for zone, month in (("Europe/Moscow", 3), ("Asia/Vladivostok", 4)):
            with self.subTest(zone):
                report = self.env["its.survey.report"].with_context(tz=zone)
                [(start,)] = report._read_group(
                    [("user_input_id", "=", response.id)], ["date:month"]
                )
                self.assertEqual(start.month, month)

    def test_claims(self):
        """Of four closed ones: one late, one reworked, one reopened; two satisfied, one
        not, one has not answered. One is rejected, two on their way."""
        closed = [self.claim_at("closed") for _number in range(4)]
        fresh, rejected = self.create_claim(), self.claim_at("rejected")
        late = self.claim_at("in_progress")
        late.sudo().date_deadline = fields.Date.today() - timedelta(days=2)
        facts = (
            {"on_time": True, "satisfaction": "5", "rework_count": 2},
            {"on_time": False, "satisfaction": "5"},
            {"on_time": True, "satisfaction": "3", "reopen_count": 1},
            {"on_time": True, "satisfaction": "none"},
        )
        for claim, values in zip(closed, facts, strict=True):
            claim.sudo().write(values)
        ids = [claim.id for claim in (*closed, fresh, rejected, late)]
        found = self.means(
            "its.claim.report",
            [("id", "in", ids)],
            (
                "on_time_share",
                "rework_share",
                "reopen_share",
                "satisfied_share",
                "unconfirmed_share",
            ),
        )
        self.assertEqual(found[:5], (7, 75, 25, 25, found[4]))
        self.assertAlmostEqual(found[4], 200 / 3)
        self.assertEqual(found[5], 25)
        [(overdue,)] = self.env["its.claim.report"]._read_group(
            [("id", "in", ids)], [], ["is_overdue:sum"]
        )
        self.assertEqual(overdue, 1)

    def test_hours(self):
        """From Monday 12:00 in Moscow: an hour to dispatch, a day to assign, an hour of
        work; then it stands."""
        with freeze_time("2027-03-01 09:00:00"):
            claim = self.create_claim()
        for moment, name in (
            ("2027-03-01 10:00:00", "dispatch"),
            ("2027-03-02 10:00:00", "assign"),
            ("2027-03-02 11:00:00", "hand_over"),
        ):
            with freeze_time(moment):
                self.fill(claim, name)
                self.go(claim, name)
        movements = claim.sudo().movement_ids
        self.assertEqual(movements.mapped("hours"), [0, 1, 24, 1])
        self.assertEqual(claim.working_hours, sum(movements.mapped("working_hours")))
        with freeze_time("2027-03-02 14:00:00"):
            rows = self.env["its.claim.movement.report"].search(
                [("claim_id", "=", claim.id)], order="date, id"
            )
            found = [
                (row.stage_id.state, row.to_stage_id.state, row.hours) for row in rows
            ]
        self.assertEqual(
            found,
            [
                (False, "registered", 0),
                ("registered", "dispatched", 1),
                ("dispatched", "in_progress", 24),
                ("in_progress", "verification", 1),
                ("verification", False, 3),
            ],
        )
        self.assertEqual(rows.filtered("is_standing"), rows[-1])

    def test_silence(self):
        now = fields.Datetime.now()
        for days, silence in (
            (0, "week"),
            (6, "week"),
            (8, "month"),
            (40, "quarter"),
            (100, "longer"),
        ):
            with self.subTest(days):
                self.client_own.sudo().its_last_contact = now - timedelta(days=days)
                self.env.flush_all()
                row = self.env["its.contact.report"].browse(self.client_own.id)
                row.invalidate_recordset()
                self.assertEqual(row.silent_days, days)
                self.assertEqual(row.silence, silence)
        self.client_own.sudo().its_last_contact = False
        self.env.flush_all()
        row.invalidate_recordset()
        self.assertEqual(row.silence, "never")

    def test_silence_by_the_steps_of_the_company(self):
        self.company.write(
            {"its_silence_first": 10, "its_silence_second": 20, "its_silence_third": 40}
        )
        reports = self.env["its.contact.report"].with_company(self.company)
        moment = fields.Datetime.now() - timedelta(days=30)
        self.client_own.sudo().its_last_contact = moment
        self.env.flush_all()
        [row] = reports.search([("partner_id", "=", self.client_own.id)])
        self.assertEqual(row.silence, "quarter")
        labels = dict(reports.fields_get(["silence"])["silence"]["selection"])
        self.assertEqual(labels["quarter"], "Up to 40 days")

    def test_silent_clients_come_first(self):
        now = fields.Datetime.now()
        clients = self.client_own + self.client_unassigned + self.client_colleague
        for client, days in zip(clients, (3, None, 50), strict=True):
            moment = days is not None and now - timedelta(days=days)
            client.sudo().its_last_contact = moment
        report = self.env["its.contact.report"]
        domain = [("id", "in", clients.ids)]
        for order, expected in (
            ("silent_days desc", (1, 2, 0)),
            ("silent_days", (0, 2, 1)),
            (None, (1, 2, 0)),
        ):
            with self.subTest(order):
                found = report.search(domain, order=order)
                self.assertEqual(found.ids, [clients[place].id for place in expected])

    def test_people_who_have_left_stay_in_the_figures(self):
        user = new_test_user(
            self.env, "its_left", groups="its_quality.group_client_manager"
        )
        self.talk(self.client_unassigned, user_id=user.id)
        user.active = False
        report = self.env["its.interaction.report"].with_user(self.quality_manager)
        [(found, count)] = report._read_group(
            [("user_id", "=", user.id)], ["user_id"], ["__count"]
        )
        self.assertEqual((found, count), (user, 1))
