from collections import defaultdict
from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import float_round

# As many answers in words as one reads at once; the rest is a click away.
TEXTS = 20
HALF_A_YEAR = 182


class ItsSurveyResults(models.AbstractModel):
    """The page of one questionnaire: for each question how often each answer was given,
    within a period, of a service, of a team; and the same in the period before.

    All is counted by the database in ``its.survey.report``, so the record rules of the
    reader hold. What cannot be counted is ``None``.
    """

    _name = "its.survey.results"
    _description = "Results of a Questionnaire"

    @api.model
    @api.readonly
    def get_results(self, survey_id, filters=None):
        """Return what the page shows.

        :param filters: a dictionary with ``date_from`` and ``date_to`` (days, both
            included; the last half a year unless told otherwise), ``service_id``, ``team_id``
        """
        survey = self.env["survey.survey"].browse(survey_id)
        survey.check_access("read")
        filters = filters or {}
        start, end = self._period(filters)
        before = start - (end - start) - timedelta(days=1), start - timedelta(days=1)
        domain = Domain("survey_id", "=", survey.id)
        for name in ("service_id", "team_id"):
            if filters.get(name):
                domain &= Domain(name, "=", filters[name])
        now = self._counted(domain & self._within(start, end))
        former = self._counted(domain & self._within(*before))
        return {
            "survey": {"id": survey.id, "title": survey.title},
            "date_from": fields.Date.to_string(start),
            "date_to": fields.Date.to_string(end),
            # For the answers behind a chart: moments, as days are the reader's.
            "start": fields.Datetime.to_string(self._midnight(start)),
            "end": fields.Datetime.to_string(self._midnight(end + timedelta(days=1))),
            "before": [fields.Date.to_string(day) for day in before],
            "total": self._scores(now["total"]),
            "total_before": self._scores(former["total"]),
            "questions": [
                self._question(question, now, former, domain, (start, end))
                for question in survey.question_ids
            ],
            "surveys": self._surveys(),
            "services": self._choices("service_id", survey),
            "teams": self._choices("team_id", survey),
        }

    # -------------------------------------------------------------------------
    # Period and filters
    # -------------------------------------------------------------------------

    @api.model
    def _period(self, filters):
        today = fields.Date.context_today(self)
        end = fields.Date.to_date(filters.get("date_to")) or today
        start = fields.Date.to_date(filters.get("date_from"))
        start = start or end - timedelta(days=HALF_A_YEAR - 1)
        if start > end:
            raise UserError(
                self.env._("The period ends before it begins. Change one of its days.")
            )
        return start, end

    @api.model
    def _within(self, start, end):
        """Days as the reader counts them."""
        return Domain("date", ">=", self._midnight(start)) & Domain(
            "date", "<", self._midnight(end + timedelta(days=1))
        )

    @api.model
    def _midnight(self, day):
        moment = self.env.tz.localize(fields.Datetime.to_datetime(day))
        return moment.astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _surveys(self):
        """The questionnaires that somebody has answered."""
        found = self.env["its.survey.report"]._read_group([], ["survey_id"])
        return [{"id": survey.id, "title": survey.title} for (survey,) in found]

    @api.model
    def _choices(self, name, survey):
        """Services or teams of which there are answers at all."""
        found = self.env["its.survey.report"]._read_group(
            [("survey_id", "=", survey.id), (name, "!=", False)], [name]
        )
        return [{"id": record.id, "name": record.display_name} for (record,) in found]

    # -------------------------------------------------------------------------
    # Counting
    # -------------------------------------------------------------------------

    @api.model
    def _counted(self, domain):
        """Ask the database for all that the page needs of one period.

        :return: ``total`` and, by question, ``questions`` with the scores; ``answers``
            by question with the counts by row, option and value on the scale
        """
        report = self.env["its.survey.report"]
        measures = ["user_input_id:count_distinct", "mark:avg", "csat:avg", "nps:avg"]
        [total] = report._read_group(domain, [], measures)
        questions = report._read_group(domain, ["question_id"], measures)
        answers = defaultdict(dict)
        for question, row, option, scale, count in report._read_group(
            domain,
            ["question_id", "matrix_row_id", "suggested_answer_id", "value_scale"],
            ["__count"],
        ):
            # No mark is no zero, though Python takes both for the same key.
            value = None if scale is False else scale
            answers[question.id][row.id, option.id, value] = count
        return {
            "total": total,
            "questions": {question.id: rest for question, *rest in questions},
            "answers": answers,
        }

    @api.model
    def _scores(self, measured):
        responses, mark, csat, nps = measured
        return {
            "responses": responses,
            "mark": _rounded(mark, responses),
            "csat": _rounded(csat, responses),
            "nps": _rounded(nps, responses),
        }

    @api.model
    def _question(self, question, now, former, domain, period):
        """What the page shows of one question."""
        nothing = (0, None, None, None)
        scores = self._scores(now["questions"].get(question.id, nothing))
        before = self._scores(former["questions"].get(question.id, nothing))
        found = {
            "id": question.id,
            "title": question.title,
            "type": question.question_type,
            "meaning": question.its_meaning,
            **scores,
            "before": before,
        }
        counts = now["answers"].get(question.id, {})
        counts_before = former["answers"].get(question.id, {})
        asked, asked_before = scores["responses"], before["responses"]
        if question.question_type == "scale":
            keys = [
                (str(value), (False, False, value))
                for value in range(question.scale_min, question.scale_max + 1)
            ]
            found["bars"] = _bars(keys, counts, asked, counts_before, asked_before)
        elif question.question_type in ("simple_choice", "multiple_choice"):
            keys = [
                (option.value, (False, option.id, None))
                for option in question.suggested_answer_ids
            ]
            found["bars"] = _bars(keys, counts, asked, counts_before, asked_before)
        elif question.question_type == "matrix":
            found["columns"] = question.suggested_answer_ids.mapped("value")
            found["rows"] = [
                self._matrix_row(row, question.suggested_answer_ids, counts)
                for row in question.matrix_row_ids
            ]
        found["texts"] = self._texts(question, domain & self._within(*period))
        return found

    @api.model
    def _matrix_row(self, row, options, counts):
        marked = [counts.get((row.id, option.id, None), 0) for option in options]
        return {
            "label": row.value,
            "cells": [_share(count, sum(marked)) for count in marked],
        }

    @api.model
    def _texts(self, question, domain):
        """The last answers in words; comments on an option are such, too."""
        rows = self.env["its.survey.report"].search_fetch(
            domain
            & Domain("question_id", "=", question.id)
            & Domain("text", "!=", False),
            ["text", "partner_id", "date", "user_input_id"],
            limit=TEXTS,
        )
        return [
            {
                "id": row.id,
                "text": row.text,
                "client": row.partner_id.display_name,
                "date": fields.Datetime.to_string(row.date),
                "response_id": row.user_input_id.id,
            }
            for row in rows
        ]


def _rounded(value, responses):
    """A mean as it is shown; ``None`` where nothing was counted."""
    if not responses or value is False or value is None:
        return None
    return float_round(value, 1)


def _bars(keys, counts, asked, counts_before, asked_before):
    """How often each answer was given, and its share in the period before.

    :param keys: for each answer its label, and what counts go by
    """
    return [
        {
            "label": label,
            **_share(counts.get(key, 0), asked),
            "before": _share(counts_before.get(key, 0), asked_before)["share"],
        }
        for label, key in keys
    ]


def _share(count, whole):
    return {
        "count": count,
        "share": float_round(100.0 * count / whole, 1) if whole else None,
    }
