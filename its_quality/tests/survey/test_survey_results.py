from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SurveyCase


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

    def test_days_are_those_of_the_company(self):
        """Wherever the reader is."""
        response = self.respond(overall="good", nps=8)
        response.end_datetime = "2026-03-31 20:30:00"
        for zone, count in (("Europe/Moscow", 1), ("Asia/Vladivostok", 0)):
            with self.subTest(zone):
                self.company.resource_calendar_id.tz = zone
                model = self.env["its.survey.results"].with_context(tz="UTC")
                found = model.with_user(self.quality_manager).get_results(
                    self.survey.id,
                    {"date_from": "2026-03-01", "date_to": "2026-03-31"},
                )
                self.assertEqual(found["total"]["responses"], count)

    def test_a_new_version_is_compared_with_the_old_one(self):
        """By the questions that are the same in both, whoever has changed the rest."""
        old = self.survey
        for overall, nps, why in (("excellent", 9, ()), ("poor", 0, ("rude",))):
            response = self.respond(
                self.quality_manager, overall=overall, nps=nps, why=why, speed=5
            )
            response.end_datetime = "2026-04-15 09:00:00"
        new = old._its_copy_version()
        by_title = {question.title: question for question in new.question_ids}
        # Another scale makes another question of it.
        by_title["speed"].scale_max = 10
        new.sudo().action_its_publish()
        asked, nps = by_title["overall"], by_title["nps"]
        good = asked.suggested_answer_ids.filtered(lambda one: one.value == "good")
        response = self.start(self.quality_manager, survey=new)
        response._its_save_answers(
            {asked.id: {"answer": good.id}, nps.id: {"answer": 10}}
        )
        response._its_finish()
        response.sudo().end_datetime = "2026-05-15 09:00:00"
        self.env.flush_all()
        self.env.invalidate_all()
        model = self.env["its.survey.results"].with_user(self.quality_manager)
        found = model.get_results(
            new.id, {"date_from": "2026-05-01", "date_to": "2026-05-31"}
        )
        self.assertEqual(found["total"]["responses"], 1)
        self.assertEqual(found["total_before"]["responses"], 2)
        self.assertEqual(
            (found["total"]["nps"], found["total_before"]["nps"]), (100, 0)
        )
        self.assertEqual(self.question(found, nps)["before"]["nps"], 0)
        bars = self.question(found, asked)["bars"]
        self.assertEqual(
            [(bar["label"], bar["count"], bar["before"]) for bar in bars],
            [
                ("excellent", 0, 50),
                ("good", 1, 0),
                ("fair", 0, 0),
                ("poor", 0, 50),
            ],
        )
        why = self.question(found, by_title["why"])
        self.assertEqual(why["before"]["responses"], 1)
        speed = self.question(found, by_title["speed"])
        self.assertEqual((speed["responses"], speed["before"]["responses"]), (0, 0))

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
