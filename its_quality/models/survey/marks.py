"""The mark an answer gives, from 0 to 100: how it is made, in Python and in SQL.

An answer that is not a mark has ``None`` here and NULL in the database, so that no mean
counts it.
Both say the same of every answer; a test compares them.
"""

from odoo.tools import SQL


def mark_of(line):
    """The mark of one answer.

    :param line: a ``survey.user_input.line``
    :return: a number, or ``None`` if the answer is not a mark
    """
    line.ensure_one()
    question = line.question_id
    span = question._its_points_range()
    if line.skipped or not span:
        return None
    if line.answer_type == "scale":
        points = line.value_scale
    elif line.suggested_answer_id in question.suggested_answer_ids:
        points = line.suggested_answer_id.answer_score
    else:
        return None
    low, high = span
    return 100.0 * (points - low) / (high - low)


def mark_sql():
    """The same as an expression on a row «line» of the answers and the «question» that
    it answers."""
    return SQL(
        """
        CASE
        WHEN line.skipped THEN NULL
        WHEN line.answer_type = 'scale' AND question.question_type = 'scale'
        THEN 100.0 * (line.value_scale - question.scale_min)
             / NULLIF(question.scale_max - question.scale_min, 0)
        WHEN question.question_type = 'simple_choice'
        THEN (SELECT 100.0 * (option.answer_score - points.low)
                     / NULLIF(points.high - points.low, 0)
                FROM survey_question_answer AS option, (
                     SELECT min(answer_score) AS low, max(answer_score) AS high
                       FROM survey_question_answer
                      WHERE question_id = question.id) AS points
               WHERE option.id = line.suggested_answer_id
                     AND option.question_id = question.id)
        END
        """
    )
