"""What the reports tell about, by SQL: interactions, and responses of twenty questions.

Rows come in two batches. The first is of the last month, about the first hundredth of
the clients; the second of ten years before, about the others. So what is asked of one
client, of the last month or of one question of the first questionnaire stays the same
while the tables grow.
"""

from __future__ import annotations

from . import filling

CLIENTS = 100_000
QUESTIONS = 20


def recent(first):
    """Days ago and clients of a batch."""
    return {"from_day": 0, "days": 28} if first else {"from_day": 32, "days": 3650}


def interactions(env, rows, first):
    """Add interactions, and tell the clients which was the last with each."""
    env.cr.execute(
        INTERACTIONS,
        {
            "rows": rows,
            "company": env.company.id,
            "services": env["its.service"].search([], limit=20).ids,
            "users": _users(env),
            **_of_clients(env, first),
            **recent(first),
        },
    )
    filling.analyze(env)
    env.cr.execute(LAST_CONTACTS)
    filling.analyze(env)


def responses(env, rows, first):
    """Add finished responses to a questionnaire of this batch, and all their answers.

    :return: the questionnaire
    """
    survey = _questionnaire(env, "Первая" if first else "Вторая")
    scales = survey.question_ids.filtered(lambda q: q.question_type == "scale")
    choices = survey.question_ids.filtered(lambda q: q.question_type == "simple_choice")
    env.flush_all()
    told = {
        "rows": rows,
        "survey": survey.id,
        "company": env.company.id,
        "services": env["its.service"].search([], limit=20).ids,
        "users": _users(env),
        "scales": scales.ids,
        "choices": choices.ids,
        "texts": (survey.question_ids - scales - choices).ids,
        "nps": scales.filtered(lambda q: q.its_meaning == "nps").id,
        **_of_clients(env, first),
        **recent(first),
    }
    for statement in (RESPONSES, MARKS, OPTIONS, TEXTS):
        env.cr.execute(statement, told)
        filling.analyze(env)
    return survey


def _users(env):
    return env["res.users"].search([("login", "like", "bench")], order="id").ids


def _of_clients(env, first):
    """The span of clients that a batch is about, by their ids."""
    env.cr.execute("SELECT min(id), max(id) FROM res_partner WHERE its_client")
    lowest, highest = env.cr.fetchone()
    middle = lowest + (highest - lowest + 1) // 100
    low, high = (lowest, middle) if first else (middle, highest + 1)
    return {"low": low, "span": high - low}


def _questionnaire(env, title):
    """Seven scales, one of them of NPS, ten choices and three texts."""
    survey = env["survey.survey"].create({"title": title, "survey_type": "its"})
    kinds = ["scale"] * 7 + ["simple_choice"] * 10 + ["text_box"] * 3
    assert len(kinds) == QUESTIONS
    for number, kind in enumerate(kinds):
        values = {
            "survey_id": survey.id,
            "title": f"Вопрос {number}",
            "question_type": kind,
            "sequence": number,
        }
        if kind == "scale":
            values["its_meaning"] = "csat" if number else "nps"
        if kind == "simple_choice":
            values["suggested_answer_ids"] = [
                (0, 0, {"value": f"Ответ {points}", "answer_score": points})
                for points in range(1, 6)
            ]
        env["survey.question"].create(values)
    return survey


INTERACTIONS = """
    INSERT INTO its_interaction (
        partner_id, service_id, company_id, user_id, channel, direction, date_start,
        duration, purpose, outcome, create_uid, write_uid, create_date, write_date
    )
    SELECT %(low)s + n %% %(span)s, (%(services)s)[1 + n %% cardinality(%(services)s)],
           %(company)s, (%(users)s)[1 + n %% cardinality(%(users)s)],
           (ARRAY['call', 'email', 'visit'])[1 + n %% 3], 'out',
           now() - interval '1 day' * (%(from_day)s + n %% %(days)s)
               - interval '1 minute' * (n %% 600),
           0.25, (ARRAY['constant', 'quality', 'renewal', 'other'])[1 + n %% 4],
           CASE WHEN n %% 5 = 0 THEN 'no_answer' ELSE 'reached' END,
           1, 1, now(), now()
      FROM generate_series(1, %(rows)s) AS n
"""
LAST_CONTACTS = """
    UPDATE res_partner AS client
       SET its_last_contact = last.date_start, its_last_interaction_id = last.id
      FROM (
            SELECT DISTINCT ON (partner_id) partner_id, id, date_start
              FROM its_interaction WHERE outcome = 'reached'
             ORDER BY partner_id, date_start DESC
           ) AS last
     WHERE last.partner_id = client.id
"""
RESPONSES = """
    INSERT INTO survey_user_input (
        survey_id, state, access_token, its_client_id, its_service_id, company_id,
        its_interviewer_id, start_datetime, end_datetime, its_has_score, its_score,
        its_nps, its_nps_class, its_nps_points, test_entry, nickname,
        create_uid, write_uid, create_date, write_date
    )
    SELECT %(survey)s, 'done', 'bench-' || %(survey)s || '-' || n,
           %(low)s + n %% %(span)s, (%(services)s)[1 + n %% cardinality(%(services)s)],
           %(company)s, (%(users)s)[1 + n %% cardinality(%(users)s)],
           moment, moment, true, 50 + n %% 50, n %% 11,
           CASE WHEN n %% 11 > 8 THEN 'promoter' WHEN n %% 11 > 6 THEN 'passive'
                ELSE 'detractor' END,
           CASE WHEN n %% 11 > 8 THEN 100 WHEN n %% 11 > 6 THEN 0 ELSE -100 END,
           false, n::text, 1, 1, now(), now()
      FROM (
            SELECT n, now() - interval '1 day' * (%(from_day)s + n %% %(days)s)
                   - interval '1 minute' * (n %% 600) AS moment
              FROM generate_series(1, %(rows)s) AS n
           ) AS numbered
"""
_ANSWER = """
    INSERT INTO survey_user_input_line (
        user_input_id, survey_id, question_id, skipped, answer_type, {value}, its_mark, its_is_leading,
        create_uid, write_uid, create_date, write_date
    )
    SELECT response.id, response.survey_id, question.id, false, '{kind}', {given}, {mark}, question.id = %(nps)s,
           1, 1, now(), now()
      FROM survey_user_input AS response
      JOIN survey_question AS question ON question.id = ANY(%({questions})s)
     WHERE response.survey_id = %(survey)s
"""
_MARK = """
           CASE WHEN question.id = %(nps)s THEN response.its_nps
                ELSE (response.id + question.id) %% 11 END"""
MARKS = _ANSWER.format(
    value="value_scale",
    kind="scale",
    questions="scales",
    given=_MARK,
    mark=f"10.0 * {_MARK}",
)
OPTIONS = _ANSWER.format(
    value="suggested_answer_id",
    kind="suggestion",
    questions="choices",
    given="""
           (SELECT (array_agg(id ORDER BY sequence, id))[
                    1 + (response.id + question.id) %% 5]
              FROM survey_question_answer WHERE question_id = question.id)""",
    mark="25.0 * ((response.id + question.id) %% 5)",
)
TEXTS = _ANSWER.format(
    value="value_text_box",
    kind="text_box",
    questions="texts",
    given="'Больше уроков ' || response.id",
    mark="NULL",
)
