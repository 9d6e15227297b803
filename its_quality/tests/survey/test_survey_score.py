import random

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from ...models.survey.marks import mark_of
from .common import SurveyCase

# Answers, then what was computed by hand: score, NPS mark, class.
# overall: excellent 100, good 66.67, fair 33.33, poor 0, × 3; speed: 1 → 0, 5 → 100, × 1
SCORES = (
    ({"overall": "excellent", "speed": 5}, 100, None, False),
    ({"overall": "excellent", "speed": 1}, 75, None, False),
    ({"overall": "good", "speed": 3}, 62.5, None, False),
    ({"overall": "excellent"}, 100, None, False),
    ({"overall": "good", "nps": 10}, 66.67, 10, "promoter"),
    ({"overall": "good", "nps": 9}, 66.67, 9, "promoter"),
    ({"overall": "good", "nps": 8}, 66.67, 8, "passive"),
    ({"overall": "good", "nps": 7}, 66.67, 7, "passive"),
    ({"overall": "good", "nps": 6}, 66.67, 6, "detractor"),
    ({"overall": "good", "nps": 0}, 66.67, 0, "detractor"),
    ({"overall": "poor", "why": ["rude"], "speed": 1}, 0, None, False),
    ({"overall": "fair", "why": ["rude"], "speed": 5}, 50, None, False),
)


@tagged("post_install", "-at_install")
class TestSurveyScores(SurveyCase):
    def test_hand_computed(self):
        for answers, score, nps, nps_class in SCORES:
            with self.subTest(answers=answers), self.undone():
                response = self.respond(**answers)
                self.assertTrue(response.its_has_score)
                self.assertAlmostEqual(response.its_score, score, 1)
                self.assertEqual(response.its_nps_class, nps_class)
                if nps is not None:
                    self.assertEqual(response.its_nps, nps)
                low = score < 60 or nps_class == "detractor"
                self.assertEqual(response.its_is_low, low)
                self.assertEqual(response.state, "done")

    def test_csat_is_the_mean(self):
        """A questionnaire without CSI: 1…5 gives 75, 0…10 gives 40, a choice 50."""
        survey = self.create_survey("CSAT")
        five = self.ask("5", "scale", survey, scale_min=1, scale_max=5)
        ten = self.ask("10", "scale", survey)
        choice = self.ask("choice", "simple_choice", survey)
        options = [self.option(choice, str(points), points) for points in (1, 2, 3)]
        nps = self.ask("nps", "scale", survey, its_meaning="nps")
        (five + ten + choice).its_meaning = "csat"
        for given, csat in (
            ({five: 4}, 75),
            ({five: 4, ten: 4}, 57.5),
            ({five: 4, ten: 4, choice: options[1].id}, 55),
            ({five: 1, ten: 0, choice: options[0].id, nps: 10}, 0),
        ):
            with self.subTest(csat=csat), self.undone():
                response = self.start(survey=survey)
                response._its_save_answers(
                    {q.id: {"answer": v} for q, v in given.items()}
                )
                response = response._its_finish().sudo()
                self.assertAlmostEqual(response.its_csat, csat, 2)
                self.assertAlmostEqual(response.its_score, csat, 2)
                self.assertTrue(response.its_has_score)

    def test_only_nps(self):
        survey = self.create_survey("NPS")
        nps = self.ask("nps", "scale", survey, its_meaning="nps")
        for mark, score in ((10, 100), (6, 60), (0, 0)):
            with self.subTest(mark=mark), self.undone():
                response = self.start(survey=survey)
                response._its_save_answers({nps.id: {"answer": mark}})
                response = response._its_finish().sudo()
                self.assertEqual((response.its_nps, response.its_score), (mark, score))

    def test_what_was_not_asked_counts_in_no_average(self):
        """The mean of 100 and of a response without NPS is 100, and so is the NPS."""
        responses = self.respond(overall="excellent", nps=10)
        responses += self.respond(client=self.client_unassigned, overall="excellent")
        survey = self.create_survey("Без оценок")
        wish = self.ask("wish", "text_box", survey)
        mute = self.start(client=self.client_unassigned, survey=survey)
        mute._its_save_answers({wish.id: {"answer": "Ничего"}})
        responses += mute._its_finish().sudo()
        self.assertFalse(mute.its_has_score)
        self.assertFalse(mute.its_is_low)
        [averages] = self.env["survey.user_input"]._read_group(
            [("id", "in", responses.ids)],
            aggregates=["its_score:avg", "its_nps_points:avg", "its_nps:avg"],
        )
        self.assertEqual(averages, (100, 100, 10))

    def test_nps_of_many(self):
        """2 promoters, 1 passive, 2 detractors of 5: 40 % − 40 % = 0; 4 of 5: 60."""
        for marks, nps in (((10, 9, 8, 6, 0), 0), ((10, 9, 9, 10, 3), 60)):
            with self.undone():
                responses = self.env["survey.user_input"]
                for mark in marks:
                    responses += self.respond(overall="excellent", nps=mark)
                [[mean]] = responses._read_group(
                    [("id", "in", responses.ids)], aggregates=["its_nps_points:avg"]
                )
                self.assertEqual(mean, nps)

    def test_corrected_by_the_administrator(self):
        response = self.respond(overall="excellent", speed=5, nps=9)
        line = response.user_input_line_ids.filtered(
            lambda line: line.question_id == self.speed
        )
        self.as_user(line, self.administrator).value_scale = 1
        self.assertAlmostEqual(response.its_score, 75)
        line = response.user_input_line_ids.filtered(
            lambda line: line.question_id == self.nps
        )
        self.as_user(line, self.administrator).unlink()
        self.assertFalse(response.its_nps_class)
        self.assertAlmostEqual(response.its_score, 75)

    def test_a_mark_has_to_be_one(self):
        """A table: question, what makes its meaning impossible."""
        for question, meaning, values, words in (
            ("wish", "csat", {}, "must be ratings"),
            ("why", "csi", {}, "must be ratings"),
            ("speed", "nps", {}, "from 0 to 10"),
            ("nps", "nps", {"scale_max": 5}, "from 0 to 10"),
            ("overall", "nps", {}, "from 0 to 10"),
        ):
            with (
                self.subTest(question=question, meaning=meaning),
                self.undone(),
                self.assertRaisesRegex(ValidationError, words),
            ):
                self[question].write({"its_meaning": meaning, **values})
        with self.assertRaisesRegex(ValidationError, "twice"):
            self.ask("again", "scale", its_meaning="nps")
        with self.assertRaisesRegex(ValidationError, "must be ratings"):
            self.grades["excellent"].question_id.suggested_answer_ids.write(
                {"answer_score": 1}
            )

    def test_marks_are_the_same_in_sql(self):
        """Random questions and answers: the reports read what Python counts."""
        chance = random.Random(20)
        questions = [self.random_question(chance, number) for number in range(40)]
        lines = self.env["survey.user_input.line"]
        response = self.start().sudo()
        for question in questions:
            for _answer in range(6):
                lines |= self.random_answer(chance, response, question)
        response._its_store_marks()
        self.env.flush_all()
        kept = dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, its_mark FROM survey_user_input_line WHERE id IN %s",
                    tuple(lines.ids),
                )
            )
        )
        marks = {line: mark_of(line) for line in lines}
        for line, mark in marks.items():
            title, stored = line.question_id.title, kept[line.id]
            with self.subTest(title, answer=line.answer_type, skipped=line.skipped):
                if mark is None:
                    self.assertIsNone(stored)
                else:
                    self.assertIsNotNone(stored)
                    self.assertAlmostEqual(stored, mark, 6)
        self.assertGreater(sum(mark is not None for mark in marks.values()), 40)
        self.assertGreater(sum(mark is None for mark in marks.values()), 40)

    def random_question(self, chance, number):
        """A question of any kind that answers with marks, or with what looks like it."""
        kind = chance.choice(
            ("scale", "scale", "simple_choice", "simple_choice", "multiple_choice")
        )
        title = f"{number} {kind}"
        if kind == "scale":
            low = chance.randint(0, 9)
            high = chance.randint(low + 1, 10)
            return self.ask(title, kind, scale_min=low, scale_max=high)
        question = self.ask(title, kind, comments_allowed=True)
        same = chance.random() < 0.2
        for option in range(chance.randint(1, 4)):
            points = 3 if same else chance.choice((-2, 0, 0.5, 1, 4, 10))
            self.option(question, str(option), points)
        return question

    def random_answer(self, chance, response, question):
        values = {"user_input_id": response.id, "question_id": question.id}
        luck = chance.random()
        if luck < 0.15:
            values["skipped"] = True
        elif question.question_type != "scale" and luck < 0.3:
            values.update(answer_type="char_box", value_char_box="Другое")
        elif question.question_type != "scale":
            options = question.suggested_answer_ids
            if luck < 0.4:
                # As if it had been moved to another question since.
                options = self.overall.suggested_answer_ids
            option = chance.choice(list(options))
            values.update(answer_type="suggestion", suggested_answer_id=option.id)
        else:
            mark = chance.randint(question.scale_min, question.scale_max)
            values.update(answer_type="scale", value_scale=mark)
        return self.env["survey.user_input.line"].create(values)
