from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .claim_case import ClaimCase
from .survey_common import SurveyCase

ROLES = (
    *("client_manager", "colleague", "quality_manager", "head", "other_head"),
    *("deputy", "administrator", "worker", "employee", "portal"),
)
# Report, model of its records, which of those it tells about.
REPORTS = (
    ("its.interaction.report", "its.interaction", []),
    ("its.claim.report", "its.claim", []),
    (
        "its.contact.report",
        "res.partner",
        [("its_client", "=", True)],
    ),
    (
        "its.survey.report",
        "survey.user_input.line",
        [
            ("user_input_id.state", "=", "done"),
            ("user_input_id.its_client_id", "!=", False),
            ("user_input_id.test_entry", "=", False),
            ("skipped", "=", False),
        ],
    ),
)


@tagged("post_install", "-at_install")
class TestReportRights(ClaimCase, SurveyCase):
    """A row of a report is open to whoever may read the record it tells about."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for client in (*cls.clients, cls.client_abroad):
            subscription = cls.subscription_of(client)
            cls.env["its.interaction"].create(
                {
                    "partner_id": client.id,
                    "subscription_id": subscription.id,
                    "company_id": subscription.company_id.id,
                }
            )
        cls.env["res.users"].browse(cls.administrator.id).company_ids = [
            (4, cls.other_company.id)
        ]

    def test_rows_are_those_of_the_records(self):
        self.claim_at("in_progress")
        self.claim_at("closed")
        self.create_claim(
            self.client_manager, partner_id=self.client_own.id, team_id=False
        )
        for client in self.clients:
            self.respond(self.quality_manager, client, overall="good", nps=7)
        for role in ROLES:
            user = self[role]
            for name, base, domain in REPORTS:
                with self.subTest(role=role, report=name):
                    report = self.env[name].with_user(user)
                    records = self.env[base].with_user(user)
                    allowed = records.has_access("read") and not user.share
                    allowed = allowed and user.has_group("its_quality.group_user")
                    self.assertEqual(report.has_access("read"), allowed)
                    if not allowed:
                        continue
                    found = report.search([])
                    expected = records.search(domain)
                    if base == "res.partner":
                        expected = expected.filtered(
                            lambda firm: firm.commercial_partner_id == firm
                        )
                    self.assertEqual(set(found.ids), set(expected.ids))
                    # What no search finds is not read by its number either.
                    others = report.sudo().search([]) - found
                    if others:
                        with self.assertRaises(AccessError):
                            others[0].with_user(user).read(["company_id"])

    def test_movements_are_those_of_the_claims(self):
        mine = self.claim_at("in_progress")
        for role in ("quality_manager", "head", "worker", "other_head"):
            with self.subTest(role):
                claims = self.env["its.claim"].with_user(self[role]).search([])
                report = self.env["its.claim.movement.report"].with_user(self[role])
                self.assertEqual(report.search([]).claim_id, claims)
                self.assertEqual(mine in claims, role != "other_head")

    def test_companies(self):
        abroad = self.client_abroad
        report = self.env["its.interaction.report"].with_user(self.administrator)
        there = report.with_context(allowed_company_ids=self.other_company.ids)
        self.assertEqual(there.search([]).partner_id, abroad)
        here = report.with_context(allowed_company_ids=self.company.ids)
        self.assertNotIn(abroad, here.search([]).partner_id)
        both = (self.company + self.other_company).ids
        both = report.with_context(allowed_company_ids=both)
        self.assertIn(abroad, both.search([]).partner_id)

    def test_a_row_opens_its_record(self):
        claim = self.create_claim()
        row = self.env["its.claim.report"].with_user(self.quality_manager)
        action = row.browse(claim.id).action_open()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("its.claim", claim.id)
        )

    def test_nothing_is_written_through_a_report(self):
        claim = self.create_claim()
        for model in ("its.claim.report", "its.contact.report"):
            row = self.env[model].with_user(self.administrator).browse(claim.id)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(row.has_access(operation), (model, operation))


@tagged("post_install", "-at_install")
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
                self.assertAlmostEqual(row.mark or 0, line._its_mark() or 0)
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
                *("on_time_share", "rework_share", "reopen_share"),
                *("satisfied_share", "unconfirmed_share"),
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


@tagged("post_install", "-at_install")
class TestSurveyResults(SurveyCase):
    """The page of one questionnaire."""

    def results(self, user=None, **filters):
        model = self.env["its.survey.results"].with_user(user or self.quality_manager)
        return model.get_results(self.survey.id, filters)

    def question(self, found, question):
        return next(row for row in found["questions"] if row["id"] == question.id)

    def test_shares_now_and_before(self):
        matrix = self.ask("matrix", "matrix")
        columns = [self.option(matrix, value) for value in ("да", "нет")]
        row = self.env["survey.question.answer"].create(
            {"matrix_question_id": matrix.id, "value": "Отчеты"}
        )
        for overall, nps, day in (
            ("excellent", 10, "2026-05-10"),
            ("excellent", 9, "2026-05-31"),
            ("poor", 0, "2026-05-20"),
            ("good", 0, "2026-04-30"),
        ):
            why = {"why": ["rude", "wrong"]} if overall == "poor" else {}
            response = self.respond(
                self.quality_manager, overall=overall, nps=nps, wish=day, **why
            )
            response.end_datetime = f"{day} 09:00:00"
        found = self.results(date_from="2026-05-01", date_to="2026-05-31")
        self.assertEqual(found["total"]["responses"], 3)
        self.assertEqual(found["total_before"]["responses"], 1)
        self.assertEqual(found["before"], ["2026-03-31", "2026-04-30"])
        self.assertAlmostEqual(found["total"]["nps"], 33.3)
        # Excellent, excellent, poor; before that good.
        self.assertAlmostEqual(found["total"]["score"], 66.7)
        self.assertAlmostEqual(found["total_before"]["score"], 66.7)
        self.assertEqual(found["total_before"]["nps"], -100)
        bars = self.question(found, self.overall)["bars"]
        self.assertEqual(
            [(bar["label"], bar["count"], bar["share"], bar["before"]) for bar in bars],
            [
                ("excellent", 2, 66.7, 0),
                ("good", 0, 0, 100),
                ("fair", 0, 0, 0),
                ("poor", 1, 33.3, 0),
            ],
        )
        # Several answers of one client: shares are of the clients.
        why = self.question(found, self.why)
        self.assertEqual(why["responses"], 1)
        shares = {bar["label"]: bar["share"] for bar in why["bars"]}
        self.assertEqual(shares, {"late": 0, "wrong": 100, "rude": 100})
        # Nought on the scale is a mark, and no answer is none.
        nps = {
            bar["label"]: bar["count"] for bar in self.question(found, self.nps)["bars"]
        }
        self.assertEqual(
            (nps["0"], nps["9"], nps["10"], sum(nps.values())), (1, 1, 1, 3)
        )
        speed = self.question(found, self.speed)
        self.assertEqual((speed["responses"], speed["mark"]), (0, None))
        self.assertEqual({bar["share"] for bar in speed["bars"]}, {None})
        texts = [row["text"] for row in self.question(found, self.wish)["texts"]]
        self.assertEqual(texts, ["2026-05-31", "2026-05-20", "2026-05-10"])
        self.assertEqual(self.question(found, matrix)["columns"], ["да", "нет"])
        self.assertEqual(
            self.question(found, matrix)["rows"],
            [
                {
                    "label": row.value,
                    "cells": [{"count": 0, "share": None}] * len(columns),
                }
            ],
        )

    def test_matrix(self):
        matrix = self.ask("matrix", "matrix")
        yes, no = (self.option(matrix, value) for value in ("да", "нет"))
        row = self.env["survey.question.answer"].create(
            {"matrix_question_id": matrix.id, "value": "Отчеты"}
        )
        for chosen in (yes, yes, no):
            response = self.start()
            response._its_save_answers(self.answers(overall="good", nps=8))
            response._its_save_answers(
                {matrix.id: {"answer": {str(row.id): [str(chosen.id)]}}}
            )
            response._its_finish()
        [found] = self.question(self.results(), matrix)["rows"]
        self.assertEqual(
            found["cells"], [{"count": 2, "share": 66.7}, {"count": 1, "share": 33.3}]
        )

    def test_of_a_service_and_of_a_team(self):
        response = self.respond(overall="good", nps=8)
        other = self.respond(
            self.quality_manager, self.client_team, overall="good", nps=8
        )
        other.its_subscription_id = self.subscription_of(self.client_team)
        other.its_service_id = self.contract
        self.assertEqual(self.results()["total"]["responses"], 2)
        found = self.results(service_id=self.contract.id, team_id=self.team.id)
        self.assertEqual(found["total"]["responses"], 1)
        self.assertIn(self.contract.id, [row["id"] for row in found["services"]])
        self.assertFalse(response.its_subscription_id & other.its_subscription_id)

    def test_of_own_clients_only(self):
        self.respond(overall="good", nps=8)
        self.respond(
            self.colleague, self.client_colleague, overall="poor", why=["rude"], nps=0
        )
        for user, count in (
            (self.quality_manager, 2),
            (self.client_manager, 1),
            (self.colleague, 1),
            (self.head, 0),
        ):
            with self.subTest(user.login):
                self.assertEqual(self.results(user)["total"]["responses"], count)
        for user in (self.employee, self.portal):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.results(user)

    def test_a_period_turned_round(self):
        with self.assertRaisesRegex(UserError, "ends before it begins"):
            self.results(date_from="2026-05-02", date_to="2026-05-01")

    def test_days_are_those_of_the_reader(self):
        response = self.respond(overall="good", nps=8)
        response.end_datetime = "2026-03-31 20:30:00"
        for zone, count in (("Europe/Moscow", 1), ("Asia/Vladivostok", 0)):
            with self.subTest(zone):
                model = self.env["its.survey.results"].with_context(tz=zone)
                found = model.with_user(self.quality_manager).get_results(
                    self.survey.id,
                    {"date_from": "2026-03-01", "date_to": "2026-03-31"},
                )
                self.assertEqual(found["total"]["responses"], count)

    def test_queries_do_not_grow_with_answers(self):
        counts = []
        for _round in range(2):
            for _number in range(3):
                self.respond(overall="good", nps=8, wish="Больше")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.results()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0], counts)
