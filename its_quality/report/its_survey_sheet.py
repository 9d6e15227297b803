from odoo import models
from odoo.fields import Domain

# Questions that are answered in words are shown by their last answers.
LAST_ANSWERS = 20
CHOICES = ("simple_choice", "multiple_choice")


class ItsSurveySheet(models.AbstractModel):
    """«Анализ опросов» on paper: question by question, what was answered how often, the
    marks, and the last answers in words."""

    _name = "report.its_quality.survey_sheet"
    _inherit = "its.report.sheet"
    _description = "Printed Survey Analysis"

    _its_prints = "its.survey.report"
    _its_date = "date"
    _its_order = "date desc, id desc"

    def _sheet(self, dialog):
        domain = self._rows_of(dialog)
        figures = ["user_input_id:count_distinct", "csat:avg", "nps:avg"]
        [(total, clients, responses)] = self._groups(
            domain, [], ["__count", "partner_id:count_distinct", figures[0]]
        )
        found = self.env[self._its_prints]._its_figures(domain, ["csat", "nps"])
        return {
            "total": total,
            "clients": clients,
            "responses": responses,
            **found,
            "surveys": self._groups(domain, ["survey_id"], figures, "survey_id"),
            "questions": self._questions(domain),
            "last_answers": LAST_ANSWERS,
        }

    def _rows_of(self, dialog):
        domain = super()._rows_of(dialog)
        if dialog.survey_id and not dialog.row_count:
            domain &= Domain("survey_id", "=", dialog.survey_id.id)
        return domain

    def _questions(self, domain):
        """What was answered to each question, in the order of the questionnaires.

        :return: dictionaries of questions by questionnaire
        """
        counted = self._counted(domain)
        surveys = {}
        asked = dict(
            self._groups(domain, ["question_id"], ["user_input_id:count_distinct"])
        )
        report = self.env[self._its_prints]
        for question, _count, found in report._its_figures_by(
            domain, ["question_id"], ["mark", "csat", "nps"], "question_id"
        ):
            responses = asked[question]
            surveys.setdefault(question.survey_id, []).append(
                {
                    "question": question,
                    "responses": responses,
                    **{name: one if one.count else None for name, one in found.items()},
                    **self._answers(domain, question, responses, counted),
                }
            )
        return surveys

    def _counted(self, domain):
        """How many responses gave each answer.

        :return: counts by the ids of question, row of a matrix and option, and by the
            id of a question and a mark on its scale
        """
        counted = {}
        for question, row, option, count in self._groups(
            domain & Domain("question_type", "!=", "scale"),
            ["question_id", "matrix_row_id", "suggested_answer_id"],
            ["user_input_id:count_distinct"],
        ):
            counted[question.id, row.id, option.id] = count
        for question, mark, count in self._groups(
            domain & Domain("question_type", "=", "scale"),
            ["question_id", "value_scale"],
            ["user_input_id:count_distinct"],
        ):
            counted[question.id, mark] = count
        return counted

    def _answers(self, domain, question, responses, counted):
        """What a template shows of one question: ``bars`` of a choice or a scale, a
        ``matrix``, and the last ``texts``."""
        options = question.suggested_answer_ids
        found = {"bars": [], "matrix": [], "options": options, "texts": []}
        if question.question_type == "scale":
            for mark in range(question.scale_min, question.scale_max + 1):
                count = counted.get((question.id, mark), 0)
                found["bars"].append((mark, count, 100 * count / responses))
            return found
        if question.question_type in CHOICES:
            for option in options:
                count = counted.get((question.id, False, option.id), 0)
                found["bars"].append((option.value, count, 100 * count / responses))
        elif question.question_type == "matrix":
            for row in question.matrix_row_ids:
                counts = [
                    counted.get((question.id, row.id, option.id), 0)
                    for option in options
                ]
                found["matrix"].append((row.value, counts))
        worded = counted.get((question.id, False, False), 0)
        if worded:
            found["texts"] = self._texts(domain, question)
        if worded and found["bars"]:
            label = self.env._("In their own words")
            found["bars"].append((label, worded, 100 * worded / responses))
        return found

    def _texts(self, domain, question):
        """The last answers that are not options.

        :return: a list of dictionaries with the row and what was said
        """
        worded = Domain("question_id", "=", question.id)
        worded &= Domain("suggested_answer_id", "=", False)
        rows = self._list(domain & worded, ["partner_id", "date"], LAST_ANSWERS)
        lines = self.env["survey.user_input.line"].browse([row["id"] for row in rows])
        return [
            {**row, "said": self._formatted_answer(line)}
            for row, line in zip(rows, lines, strict=True)
        ]

    def _formatted_answer(self, line):
        """An answer in words, a number or a day as the reader writes it."""
        match line.answer_type:
            case "text_box":
                return self._short(line.value_text_box)
            case "char_box":
                return self._short(line.value_char_box)
            case "numerical_box":
                return self._number(line.value_numerical_box, 2)
            case "date":
                return self._day(line.value_date)
            case "datetime":
                return self._moment(line.value_datetime)
        return line.display_name
