from collections import Counter, defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, float_round

from ..models.base import days
from ..models.base.counting import count_all, count_by
from ..tools import certainty
from ..tools.given import takes

# As many answers in words as one reads at once; the rest is a click away.
TEXTS = 20
HALF_A_YEAR = 182
# Questions whose answers are chosen: they have no words but comments.
CHOSEN = ("scale", "simple_choice", "multiple_choice", "matrix")


class ItsSurveyResults(models.AbstractModel):
    """The page of one questionnaire: for each question how often each answer was given,
    within a period, of a service, of a team; and the same in the period before, also of
    the same questions of the versions that it has replaced.

    All is counted by the database in ``its.survey.report``, so the record rules of the
    reader hold. What cannot be counted is ``None``. Days are those of the company. A
    mean comes with its ``certainty``: the number behind it, its interval, whether there
    are too few, and whether it differs from that of the period before by more than
    chance.
    """

    _name = "its.survey.results"
    _description = "Results of a Questionnaire"

    @api.model
    @api.readonly
    @takes(survey_id=int, filters=dict)
    def get_results(self, survey_id, filters=None):
        """Return what the page shows.

        :param filters: a dictionary with ``date_from`` and ``date_to`` (days, both
            included; the last half a year by default), ``service_id``, ``team_id``
        """
        published = self._published()
        survey = self.env["survey.survey"].browse(survey_id)
        survey.check_access("read")
        filters = filters or {}
        start, end = self._period(filters)
        before = start - (end - start) - timedelta(days=1), start - timedelta(days=1)
        versions = survey.browse(survey.sudo()._its_versions().ids)
        same = survey.sudo()._its_same_questions()
        domain = self._answers(survey, filters, start, end)
        domains = domain, self._answers(versions, filters, *before)
        given = self.env["survey.user_input"]
        responses = count_all(
            self.env,
            (given, self._responses(survey, filters, start, end)),
            (given, self._responses(versions, filters, *before)),
        )
        asked = self._count_asked(survey | versions, *domains)
        now, former = (
            self._counted(survey, *of_one)
            for of_one in zip(domains, responses, asked, (({}, {}), same), strict=True)
        )
        since, until = days.span(start, end, self._zone())
        options = self.env["survey.question.answer"].search_fetch(
            [("question_id", "in", survey.question_ids.ids)]
        )
        options = options.grouped("question_id")
        texts = self._texts(survey.question_ids, domain)
        return {
            "survey": {"id": survey.id, "title": survey.title},
            "date_from": fields.Date.to_string(start),
            "date_to": fields.Date.to_string(end),
            # For the answers behind a chart: moments, as days are the company's.
            "start": fields.Datetime.to_string(since),
            "end": fields.Datetime.to_string(until),
            "before": [fields.Date.to_string(day) for day in before],
            "total": now["total"],
            "total_before": former["total"],
            "certainty": {
                name: _certainty(number, former["figures"][name])
                for name, number in now["figures"].items()
            },
            "questions": [
                self._question(
                    question,
                    options.get(question, self.env["survey.question.answer"]),
                    texts[question.id],
                    now,
                    former,
                )
                for question in survey.question_ids
            ],
            "surveys": [
                {"id": one.id, "title": one.title} for one in published | survey
            ],
            "services": self._named(self._services_of(survey)),
            "teams": self._named(
                self.env["its.team"].search_fetch([("active", "=", True)], ["name"])
            ),
        }

    # -------------------------------------------------------------------------
    # Period and filters
    # -------------------------------------------------------------------------

    @api.model
    def _zone(self):
        return self.env.company._its_zone()

    @api.model
    def _period(self, filters):
        today = days.today(self._zone())
        end = fields.Date.to_date(filters.get("date_to")) or today
        start = fields.Date.to_date(filters.get("date_from"))
        start = start or end - timedelta(days=HALF_A_YEAR - 1)
        if start > end:
            raise UserError(
                self.env._(
                    "The period ends before it begins. Correct one of the dates."
                )
            )
        return start, end

    @api.model
    def _answers(self, survey, filters, start, end):
        """The rows of the report.

        :param survey: also several
        """
        domain = Domain("survey_id", "in", survey.ids)
        for name in ("service_id", "team_id"):
            if filters.get(name):
                domain &= Domain(name, "=", filters[name])
        return domain & self._within("date", start, end)

    @api.model
    def _responses(self, survey, filters, start, end):
        """The responses whose answers these are."""
        domain = Domain(
            [
                ("survey_id", "in", survey.ids),
                ("its_client_id", "!=", False),
                ("state", "=", "done"),
                ("test_entry", "=", False),
            ]
        )
        if filters.get("service_id"):
            domain &= Domain("its_service_id", "=", filters["service_id"])
        if filters.get("team_id"):
            domain &= Domain("its_team_id", "=", filters["team_id"])
        return domain & self._within("end_datetime", start, end)

    @api.model
    def _within(self, name, start, end):
        since, until = days.span(start, end, self._zone())
        return Domain(name, ">=", since) & Domain(name, "<", until)

    @api.model
    def _published(self):
        """The questionnaires to choose from: those that were published."""
        surveys = self.env["survey.survey"].with_context(active_test=False)
        return surveys.search_fetch(
            [("survey_type", "=", "its"), ("its_draft", "=", False)]
        ).with_env(self.env)

    @api.model
    def _services_of(self, survey):
        """Those about which somebody was asked."""
        responses = self.env["survey.user_input"]
        about = responses._search(
            [("survey_id", "=", survey.id), ("its_service_id", "!=", False)]
        )
        about = about.subselect(SQL.identifier(about.table, "its_service_id"))
        services = self.env["its.service"].with_context(active_test=False)
        return services.search_fetch([("id", "in", about)]).with_env(self.env)

    @api.model
    def _named(self, records):
        return [{"id": record.id, "name": record.display_name} for record in records]

    # -------------------------------------------------------------------------
    # Counting
    # -------------------------------------------------------------------------

    @api.model
    def _counted(self, survey, domain, responses, several, same):
        """Ask the database for all that the page needs of one period.

        The answers are counted once, by all that distinguishes them; the means of the
        questions follow from that, as all the answers of such a group have one mark.

        :param survey: the questionnaire
        :param domain: its answers, also those of its versions
        :param responses: how many responses these are of
        :param several: as of :meth:`_count_asked`
        :param same: what questions and options of versions are in the questionnaire;
            others are left out
        :return: ``total`` and its ``figures`` with their certainty; by question
            ``questions`` with the scores and the ``means`` they come from, and
            ``answers`` with the counts by row, option and value on the scale
        """
        report = self.env["its.survey.report"]
        ours = set(survey.sudo().question_ids.ids)
        answers, marks = defaultdict(dict), defaultdict(_Means)
        whole = _Means()
        for question, row, option, scale, count, mark, nps in report._read_group(
            domain,
            ["question_id", "matrix_row_id", "suggested_answer_id", "value_scale"],
            ["__count", "mark:avg", "nps:avg"],
            # Or the database would sort by the titles of all four.
            order="__count desc",
        ):
            asked_id = same[0].get(question.id, question.id)
            if asked_id not in ours:
                continue
            # No mark is not zero, though Python takes both for the same key.
            value = None if scale is False else scale
            key = (*(same[1].get(one.id, one.id) for one in (row, option)), value)
            answers[asked_id][key] = answers[asked_id].get(key, 0) + count
            csat = question.its_meaning == "csat" and mark
            for means in (marks[asked_id], whole):
                means.add(count, mark=mark, csat=csat, nps=nps)
        asked = {
            question_id: sum(counts.values()) for question_id, counts in answers.items()
        }
        clients = Counter()
        for question_id, count in several.items():
            clients[same[0].get(question_id, question_id)] += count
        asked.update(clients)
        score = report._its_figures(domain, ["score"])["score"]
        return {
            "total": {
                "responses": responses,
                "score": score.as_shown()["value"],
                **whole.rounded(),
            },
            "figures": {
                "responses": certainty.of_count(responses),
                "score": score,
                **whole.figures(),
            },
            "questions": {
                question_id: {"responses": asked[question_id], **means.rounded()}
                for question_id, means in marks.items()
            },
            "means": marks,
            "answers": answers,
        }

    @api.model
    def _count_asked(self, surveys, *domains):
        """How many clients have answered each question, by each of some conditions on
        the answers, where the database must say the clients apart: where one may select
        several answers, or add words to one. Elsewhere an answer is a client.

        :return: a list of ``{question id: number}``
        """
        several = surveys.sudo().question_ids.filtered(
            lambda question: (
                question.question_type in ("multiple_choice", "matrix")
                or question.comments_allowed
            )
        )
        asked = Domain("question_id", "in", several.ids)
        return count_by(
            self.env["its.survey.report"],
            "question_id",
            *(domain & asked for domain in domains),
            distinct="user_input_id",
        )

    @api.model
    def _question(self, question, options, texts, now, former):
        """What the page shows of one question.

        :param options: its options
        :param texts: its answers in words, as of :meth:`_texts`
        """
        nothing = {"responses": 0, **_Means().rounded()}
        scores = now["questions"].get(question.id, nothing)
        before = former["questions"].get(question.id, nothing)
        found = {
            "id": question.id,
            "title": question.title,
            "type": question.question_type,
            "meaning": question.its_meaning,
            **scores,
            "before": before,
            "certainty": _certainties(
                now["means"][question.id], former["means"][question.id]
            ),
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
            keys = [(option.value, (False, option.id, None)) for option in options]
            found["bars"] = _bars(keys, counts, asked, counts_before, asked_before)
        elif question.question_type == "matrix":
            found["columns"] = options.mapped("value")
            found["rows"] = [
                self._matrix_row(row, options, counts)
                for row in question.matrix_row_ids
            ]
        found["texts"] = texts
        return found

    @api.model
    def _matrix_row(self, row, options, counts):
        marked = [counts.get((row.id, option.id, None), 0) for option in options]
        return {
            "label": row.value,
            "cells": [_share(count, sum(marked)) for count in marked],
        }

    @api.model
    def _texts(self, questions, domain):
        """The last answers in words to each question, asked for at once; comments on an
        option are such, too.

        :return: lists by id of the question
        """
        questions = questions.filtered(
            lambda question: (
                question.question_type not in CHOSEN or question.comments_allowed
            )
        )
        texts = defaultdict(list)
        report = self.env["its.survey.report"]
        said = Domain("question_id", "in", questions.ids) & Domain("text", "!=", False)
        query = report._search(domain & said)
        if query.is_empty():
            return texts
        names = ("question_id", "text", "partner_id", "date", "user_input_id")
        columns = [
            SQL("%s AS %s", report._field_to_sql(query.table, name, query), label)
            for name in ("id", *names)
            for label in [SQL.identifier(name)]
        ]
        place = SQL(
            "row_number() OVER (PARTITION BY %s ORDER BY %s)",
            report._field_to_sql(query.table, "question_id", query),
            report._order_to_sql(report._order, query),
        )
        rows = self.env.execute_query_dict(
            SQL(
                "SELECT * FROM (%s) AS said WHERE place <= %s ORDER BY place",
                query.select(*columns, SQL("%s AS place", place)),
                TEXTS,
            )
        )
        clients = self.env["res.partner"].browse(
            {row["partner_id"] for row in rows if row["partner_id"]}
        )
        names = {client.id: client.display_name for client in clients}
        for row in rows:
            texts[row["question_id"]].append(
                {
                    "id": row["id"],
                    "text": row["text"],
                    "client": names.get(row["partner_id"], ""),
                    "date": fields.Datetime.to_string(row["date"]),
                    "response_id": row["user_input_id"],
                }
            )
        return texts


class _Means:
    """The means of mark, CSAT and NPS over groups of answers that have one each."""

    KINDS = {"mark": certainty.MEAN, "csat": certainty.MEAN, "nps": certainty.NPS}

    def __init__(self):
        self.parts = {name: [] for name in self.KINDS}

    def add(self, count, **means):
        for name, mean in means.items():
            # Zero is a mark; what was not measured is not a number at all.
            if mean is not False:
                self.parts[name].append((count, mean, 0))

    def figures(self):
        """Each with its certainty."""
        return {
            name: certainty.figure(kind, *certainty.pooled(self.parts[name]))
            for name, kind in self.KINDS.items()
        }

    def rounded(self):
        """Each rounded as it is shown, ``None`` where nothing was counted."""
        return {
            name: None if one.value is None else float_round(one.value, 1)
            for name, one in self.figures().items()
        }


def _certainties(means, means_before):
    """The certainty of each mean of a question."""
    before = means_before.figures()
    return {
        name: _certainty(number, before[name])
        for name, number in means.figures().items()
    }


def _certainty(number, before):
    """What a page shows beside a figure."""
    return {**number.as_shown(), "significant": certainty.is_change(number, before)}


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
