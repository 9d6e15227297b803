import math
from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Looks and hints: they explain a question and do not change what an answer means.
COSMETIC = frozenset(
    {
        "background_image",
        "comments_message",
        "constr_error_msg",
        "description",
        "question_placeholder",
        "validation_error_msg",
    }
)
SCORED = ("csat", "nps", "csi")


class SurveyQuestion(models.Model):
    """A question of a questionnaire, with what its answers are counted for.

    CSAT, NPS and CSI are asked by a scale; CSAT and CSI also by a choice whose options
    carry points, which is what lets a low mark open the question why. See
    ``survey.user_input`` for the formulas.
    """

    _inherit = "survey.question"

    its_meaning = fields.Selection(
        [
            ("none", "Nothing"),
            ("csat", "CSAT: satisfaction"),
            ("nps", "NPS: would recommend us"),
            ("csi", "CSI: part of the index"),
            ("wish", "Wish of the client"),
        ],
        string="Counts for",
        default="none",
    )
    its_weight = fields.Float(
        string="Weight",
        default=1.0,
        help="How much this rating counts in the index, relative to the others.",
    )

    _its_weight_positive = models.Constraint(
        "CHECK (its_weight > 0)", "The weight in the index must be greater than zero."
    )

    # -------------------------------------------------------------------------
    # Constraints
    # -------------------------------------------------------------------------

    @api.constrains(
        "its_meaning",
        "question_type",
        "scale_min",
        "scale_max",
        "suggested_answer_ids",
        "survey_id",
        "is_page",
    )
    def _check_its_meaning(self):
        for question in self.filtered(lambda q: q.its_meaning in SCORED):
            if question.its_meaning == "nps":
                question._check_its_nps()
            elif not question._its_points_range():
                raise ValidationError(
                    self.env._(
                        "«%(title)s» counts for %(meaning)s, so its answers must be "
                        "ratings. Make it a scale, or a single choice whose options "
                        "have different points.",
                        title=question.title,
                        meaning=question.its_meaning.upper(),
                    )
                )

    def _check_its_nps(self):
        self.ensure_one()
        if (self.question_type, self.scale_min, self.scale_max) != ("scale", 0, 10):
            raise ValidationError(
                self.env._(
                    "«%(title)s» counts for NPS, which is defined on a scale from 0 "
                    "to 10. Make it such a scale.",
                    title=self.title,
                )
            )
        others = self.survey_id.question_ids.filtered(
            lambda question: question.its_meaning == "nps"
        )
        if len(others) > 1:
            raise ValidationError(
                self.env._(
                    "«%(survey)s» asks for NPS twice. Keep only one such question.",
                    survey=self.survey_id.title,
                )
            )

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Odoo's Russian calls the scale of a question what maps have."""
        found = super().fields_get(allfields, attributes)
        kinds = found.get("question_type", {})
        if kinds.get("selection"):
            kinds["selection"] = [
                (key, self.env._("Scale") if key == "scale" else label)
                for key, label in kinds["selection"]
            ]
        return found

    # -------------------------------------------------------------------------
    # CRUD: a questionnaire in use is replaced, not changed
    # -------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        questions = super().create(vals_list)
        questions.survey_id._its_check_unused()
        return questions

    def write(self, vals):
        frozen = bool(vals.keys() - COSMETIC)
        if frozen:
            self.survey_id._its_check_unused()
        result = super().write(vals)
        if frozen and "survey_id" in vals:
            self.survey_id._its_check_unused()
            if not self.env.su:
                # Record rules were asked about the old values only.
                self.check_access("write")
        return result

    def _update_field_translations(self, field_name, *args, **kwargs):
        if field_name not in COSMETIC:
            self.survey_id._its_check_unused()
        return super()._update_field_translations(field_name, *args, **kwargs)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_answered(self):
        self.survey_id._its_check_unused()

    # -------------------------------------------------------------------------
    # Answers
    # -------------------------------------------------------------------------

    def _its_points_range(self):
        """The lowest and the highest mark one can give.

        :return: a tuple, or ``None`` if the answers are not marks
        """
        self.ensure_one()
        if self.question_type == "scale":
            return self.scale_min, self.scale_max
        if self.question_type == "simple_choice" and self.suggested_answer_ids:
            points = self.suggested_answer_ids.mapped("answer_score")
            if min(points) < max(points):
                return min(points), max(points)
        return None

    @api.private
    def validate_question(self, answer, comment=None):
        # Odoo trusts what the page sends: marks off the scale, options of other
        # questions.
        if self.survey_id.survey_type == "its":
            _value, error = self._its_clean(answer)
            if error:
                return {self.id: error}
        return super().validate_question(answer, comment)

    def _its_clean(self, answer):
        """Bring what a page sent into the form in which answers are saved.

        :return: a tuple of the value, ``None`` if there is no answer, and of a
            sentence saying what is wrong with it, or ``None``
        """
        self.ensure_one()
        if isinstance(answer, str):
            answer = answer.strip()
        if answer is None or answer is False or answer in ("", [], {}):
            return None, None
        cleaner = {
            "scale": self._its_clean_scale,
            "numerical_box": self._its_clean_number,
            "date": self._its_clean_date,
            "datetime": self._its_clean_date,
            "simple_choice": self._its_clean_choice,
            "multiple_choice": self._its_clean_choice,
            "matrix": self._its_clean_matrix,
        }.get(self.question_type, self._its_clean_text)
        try:
            return cleaner(answer), None
        except (TypeError, ValueError, AttributeError, OverflowError):
            return None, self._its_wrong_answer()

    def _its_wrong_answer(self):
        if self.question_type == "scale":
            return self.env._(
                "Choose a rating from %(min)s to %(max)s.",
                min=self.scale_min,
                max=self.scale_max,
            )
        if self.question_type == "numerical_box":
            return self.env._("Enter a number, for example 12.5.")
        if self.question_type in ("date", "datetime"):
            return self.env._("Choose a date.")
        if self.question_type in ("simple_choice", "multiple_choice", "matrix"):
            return self.env._("Choose from the answers offered.")
        return self.env._("Enter the answer as text.")

    def _its_clean_text(self, answer):
        if not isinstance(answer, str | int | float):
            raise TypeError
        return str(answer)

    def _its_clean_scale(self, answer):
        mark = int(answer)
        if mark != float(answer) or not self.scale_min <= mark <= self.scale_max:
            raise ValueError
        # A zero is an answer, while Odoo takes a false value for none.
        return str(mark)

    def _its_clean_number(self, answer):
        if isinstance(answer, str):
            answer = answer.replace(",", ".").replace("\xa0", "").replace(" ", "")
        number = float(answer)
        if not math.isfinite(number):
            raise ValueError
        return str(number)

    def _its_clean_date(self, answer):
        if self.question_type == "date":
            return fields.Date.to_string(fields.Date.to_date(answer))
        # A browser sends 2026-02-28T10:00.
        moment = datetime.fromisoformat(answer).replace(tzinfo=None)
        return fields.Datetime.to_string(moment)

    def _its_clean_choice(self, answer):
        chosen = answer if isinstance(answer, list) else [answer]
        ids = [int(option) for option in chosen if option]
        if set(ids) - set(self.suggested_answer_ids.ids):
            raise ValueError
        if self.question_type == "simple_choice" and len(ids) > 1:
            raise ValueError
        return [str(option) for option in ids] or None

    def _its_clean_matrix(self, answer):
        rows, columns = set(self.matrix_row_ids.ids), set(self.suggested_answer_ids.ids)
        cleaned = {}
        for row, chosen in answer.items():
            chosen = chosen if isinstance(chosen, list) else [chosen]
            ids = [int(column) for column in chosen if column]
            if int(row) not in rows or set(ids) - columns:
                raise ValueError
            if self.matrix_subtype == "simple" and len(ids) > 1:
                raise ValueError
            if ids:
                cleaned[str(int(row))] = [str(column) for column in ids]
        return cleaned or None


class SurveyQuestionAnswer(models.Model):
    """An option of a question; as frozen as the question itself."""

    _inherit = "survey.question.answer"

    @api.model_create_multi
    def create(self, vals_list):
        options = super().create(vals_list)
        options._its_surveys()._its_check_unused()
        return options

    def write(self, vals):
        surveys = self._its_surveys()
        surveys._its_check_unused()
        result = super().write(vals)
        if {"question_id", "matrix_question_id"} & vals.keys():
            self._its_surveys()._its_check_unused()
            if not self.env.su:
                # Record rules were asked about the old values only.
                self.check_access("write")
        if "answer_score" in vals:
            self.question_id._check_its_meaning()
        return result

    def _update_field_translations(self, field_name, *args, **kwargs):
        self._its_surveys()._its_check_unused()
        return super()._update_field_translations(field_name, *args, **kwargs)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_answered(self):
        self._its_surveys()._its_check_unused()

    def _its_surveys(self):
        return (self.question_id | self.matrix_question_id).survey_id
