from odoo import models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext


class SurveyUserInput(models.Model):
    """How a response is filled in from a page of ours, question by question.

    Everything here begins with :meth:`_its_check_may_fill` and works in sudo: nobody
    writes answers directly.
    """

    _inherit = "survey.user_input"

    def action_its_fill(self):
        """Open the page of the questionnaire to go on with the talk."""
        self._its_check_may_fill()
        return {
            "type": "ir.actions.act_url",
            "url": self.sudo().get_start_url(),
            "target": "self",
        }

    def _mark_in_progress(self):
        # The questions may have changed since the talk was opened: it begins now.
        for response in self:
            if response.survey_id.survey_type == "its":
                survey = response.survey_id
                asked = survey._prepare_user_input_predefined_questions()
                response.predefined_question_ids = asked
        return super()._mark_in_progress()

    # -------------------------------------------------------------------------
    # Conditional questions
    # -------------------------------------------------------------------------

    def _clear_inactive_conditional_answers(self):
        # Odoo looks once; a cleared answer may have been what shows a third question.
        ours = self.filtered(lambda response: response.survey_id.survey_type == "its")
        for response in ours:
            response._its_clear_hidden()
        if self - ours:
            super(SurveyUserInput, self - ours)._clear_inactive_conditional_answers()

    def _its_clear_hidden(self):
        """Drop the answers to questions that are not shown any more.

        :return: those questions
        """
        self.ensure_one()
        cleared = self.env["survey.question"]
        while True:
            hidden = self._get_inactive_conditional_questions()
            stale = self.user_input_line_ids.filtered(
                lambda line, hidden=hidden: line.question_id in hidden
            )
            if not stale:
                return cleared
            cleared |= stale.filtered(lambda line: not line.skipped).question_id
            stale.unlink()

    def _its_visible_questions(self):
        """The questions to ask, by the answers so far, in their order."""
        self.ensure_one()
        hidden = self._get_inactive_conditional_questions()
        return self.survey_id.question_ids.filtered(lambda q: q not in hidden)

    def _its_is_answered(self, question):
        lines = self.user_input_line_ids.filtered(
            lambda line: line.question_id == question and not line.skipped
        )
        if question.question_type == "matrix":
            return lines.matrix_row_id == question.matrix_row_ids
        choice = question.question_type in ("simple_choice", "multiple_choice")
        if choice and not question.comment_count_as_answer:
            lines = lines.filtered("suggested_answer_id")
        return bool(lines)

    # -------------------------------------------------------------------------
    # A page asks, saves and finishes
    # -------------------------------------------------------------------------

    def _its_questionnaire(self):
        """All that a page needs to show the questionnaire with the answers so far.

        :return: a dictionary of plain values; ``visible`` and ``visible_ids`` say
            what to show, ``triggers`` by which options a question is shown
        :raises AccessError: if the user may not read the response
        """
        self.ensure_one()
        self.check_access("read")
        response = self.sudo()
        visible = response._its_visible_questions()
        return {
            "id": response._origin.id,
            "survey": response.survey_id.id,
            "title": response.survey_id.title,
            "description": html2plaintext(response.survey_id.description or ""),
            "state": response.state,
            "questions": [
                {
                    **response._its_question(question),
                    "visible": question in visible,
                }
                for question in response.survey_id.question_ids
            ],
            "visible_ids": visible.ids,
        }

    def _its_question(self, question):
        """One question with its answer, for :meth:`_its_questionnaire`."""
        answer, comment = self._its_answer(question)
        return {
            "id": question.id,
            "type": question.question_type,
            "title": question.title,
            "description": html2plaintext(question.description or ""),
            "placeholder": question.question_placeholder or "",
            "required": question.constr_mandatory,
            "page": question.page_id.title or "",
            "options": [
                {"id": option.id, "label": option.value_label}
                for option in question.suggested_answer_ids
            ],
            "rows": [
                {"id": row.id, "label": row.value_label}
                for row in question.matrix_row_ids
            ],
            "multiple": question.matrix_subtype == "multiple",
            "scale": question.question_type == "scale"
            and {
                "min": question.scale_min,
                "max": question.scale_max,
                "min_label": question.scale_min_label or "",
                "mid_label": question.scale_mid_label or "",
                "max_label": question.scale_max_label or "",
            },
            "comment_allowed": question.comments_allowed,
            "comment_label": question.comments_message or "",
            "triggers": question.triggering_answer_ids.ids,
            "answer": answer,
            "comment": comment,
        }

    def _its_answer(self, question):
        """What has been answered, in the form :meth:`_its_save_answers` takes.

        :return: a tuple of the answer, ``None`` if there is none, and the comment
        """
        lines = self.user_input_line_ids.filtered(
            lambda line: line.question_id == question and not line.skipped
        )
        kind = question.question_type
        if kind not in ("simple_choice", "multiple_choice", "matrix"):
            value = lines[:1]._get_answer_value() if lines else None
            if kind in ("date", "datetime") and value:
                value = value.isoformat()
            return value, ""
        comments = lines.filtered(lambda line: line.answer_type == "char_box")
        comment = comments[:1].value_char_box or ""
        lines -= comments
        if kind == "matrix":
            rows = lines.grouped("matrix_row_id")
            return {
                str(row.id): cells.suggested_answer_id.ids
                for row, cells in rows.items()
            } or None, comment
        chosen = lines.suggested_answer_id.ids
        if kind == "simple_choice":
            return (chosen[0] if chosen else None), comment
        return chosen or None, comment

    def _its_save_answers(self, answers):
        """Save some answers during the talk. What is wrong is not saved and
        does not keep the rest from being saved.

        :param answers: ``{question id: {"answer": …, "comment": …}}``; an empty answer
            takes back the one given before
        :return: ``{"errors": {question id: sentence}, "visible_ids": [ids of questions
            to show], "cleared": [ids of questions that are not shown any more and whose
            answers are gone]}``
        """
        self._its_check_may_fill()
        response = self.sudo()
        errors = {}
        questions = {
            str(question.id): question for question in response.survey_id.question_ids
        }
        for key, given in answers.items():
            question = questions.get(str(key))
            if not question:
                errors[key] = self.env._(
                    "This question does not belong to the questionnaire. "
                    "Reload the page."
                )
                continue
            error = response._its_save_answer(question, given)
            if error:
                errors[question.id] = error
        if response.state == "new":
            response._mark_in_progress()
        cleared = response._its_clear_hidden()
        return {
            "errors": errors,
            "visible_ids": response._its_visible_questions().ids,
            "cleared": cleared.ids,
        }

    def _its_save_answer(self, question, given):
        """Save one answer.

        :return: a sentence saying what is wrong with it, or ``None``
        """
        if not isinstance(given, dict):
            given = {"answer": given}
        value, error = question._its_clean(given.get("answer"))
        comment = given.get("comment")
        comment = comment.strip() if isinstance(comment, str) else ""
        if not question.comments_allowed:
            comment = ""
        if not error and value is not None:
            error = question.validate_question(value, comment).get(question.id)
        if error:
            return error
        if value is None and not comment:
            self.user_input_line_ids.filtered(
                lambda line: line.question_id == question
            ).unlink()
        else:
            self._save_lines(question, value or [], comment)
        return None

    def _its_missing(self):
        """The mandatory questions that have not been answered."""
        self.ensure_one()
        response = self.sudo()
        return response._its_visible_questions().filtered(
            lambda q: q.constr_mandatory and not response._its_is_answered(q)
        )

    def _its_has_answers(self):
        """Whether anything has been answered at all."""
        self.ensure_one()
        return any(not line.skipped for line in self.sudo().user_input_line_ids)

    def _its_finish(self, partial=False):
        """Finish the response: compute the scores, hand a low one to quality control.

        Finishing twice is once: a second click changes nothing.

        :param partial: whether mandatory answers may be missing: the client had no time
            for more, and what they said counts
        :return: the response
        :raises UserError: naming every question that has to be answered
        """
        self.ensure_one()
        self.check_access("read")
        self.sudo().lock_for_update()
        self.invalidate_recordset(["state"])
        if self.state == "done":
            return self
        self._its_check_may_fill()
        response = self.sudo()
        response._its_clear_hidden()
        missing = response._its_missing()
        if missing and not partial:
            raise UserError(
                self.env._(
                    "Some answers are still missing: %(questions)s",
                    questions="".join(
                        f"\n• {title}" for title in missing.mapped("title")
                    ),
                )
            )
        if not response._its_has_answers():
            raise UserError(
                self.env._("Nothing has been answered yet. Ask at least one question.")
            )
        response.its_is_partial = bool(missing)
        response._mark_done()
        return self

    def _its_reopen(self, before):
        """Let a response be gone on with that was finished by mistake.

        :param before: ``state``, ``end_datetime`` and ``its_followed_up`` of then
        :raises UserError: if somebody has begun to follow its low score up
        """
        self.ensure_one()
        response = self.sudo()
        if response.its_followed_up and not before["its_followed_up"]:
            response._its_take_back_followup()
        response.write({**before, "its_is_partial": False})
        response._its_clear_scores()

    def _its_take_back_followup(self):
        """Nobody has to find out what went wrong, as nothing did; to be extended.

        :raises UserError: if somebody has begun to
        """
        tasks = self.env["mail.activity"].sudo().with_context(active_test=False)
        tasks = tasks.search(
            [
                ("its_response_id", "=", self.id),
                ("activity_category", "!=", "phonecall"),
            ]
        )
        if any(not task.active for task in tasks):
            raise UserError(
                self.env._(
                    "The low score of this response has been followed up already, so "
                    "this cannot be undone."
                )
            )
        tasks.unlink()
