from odoo.tests import tagged

from ..common import QualityCase

BANK = ("rollout", "quarterly", "claim", "nps", "leaving")


@tagged("post_install", "-at_install")
class TestSurveyBank(QualityCase):
    """The ready questionnaires can be asked from the first to the last question."""

    def best_or_worst(self, question, best):
        if question.question_type == "scale":
            return question.scale_max if best else question.scale_min
        options = question.suggested_answer_ids
        if options:
            option = options[0] if best else options[-1]
            return (
                option.id if question.question_type == "simple_choice" else option.ids
            )
        return "Слова"

    def test_every_way_through(self):
        for name in BANK:
            survey = self.env.ref(f"its_quality.survey_its_{name}")
            self.assertFalse(survey.company_id)
            self.assertTrue(survey.its_purpose)
            for best in (True, False):
                with self.subTest(name, best=best), self.undone():
                    response = self.as_user(survey, self.client_manager)
                    response = response._its_start_response(
                        self.client_own.with_user(self.client_manager),
                        interviewer=self.client_manager,
                    )
                    asked = []
                    while True:
                        page = response._its_questionnaire()
                        left = [i for i in page["visible_ids"] if i not in asked]
                        if not left:
                            break
                        question = survey.question_ids.browse(left[0])
                        answer = self.best_or_worst(question, best)
                        result = response._its_save_answers(
                            {question.id: {"answer": answer}}
                        )
                        self.assertEqual(
                            (result["errors"], result["cleared"]), ({}, [])
                        )
                        asked.append(question.id)
                    self.assertEqual(
                        asked, [i for i in survey.question_ids.ids if i in asked]
                    )
                    done = response._its_finish().sudo()
                    self.assertTrue(done.its_has_score)
                    self.assertEqual(done.its_score, 100 if best else 0)
                    self.assertEqual(done.its_is_low, not best)

    def test_a_low_mark_asks_why(self):
        for name, option, question in (
            ("rollout", "overall_poor", "wrong"),
            ("quarterly", "overall_fair", "wrong"),
            ("claim", "settled_no", "left"),
            ("leaving", "reason_quality", "wrong"),
        ):
            with self.subTest(name):
                why = self.env.ref(f"its_quality.survey_its_{name}_{question}")
                low = self.env.ref(f"its_quality.survey_its_{name}_{option}")
                self.assertIn(low, why.triggering_answer_ids)
                self.assertTrue(why.constr_mandatory)
