from odoo import fields, models
from odoo.tools import SQL

from ..models.base.measure import Measure, WholeMeasure
from ..models.base.nothing import NO_CLIENT, NO_SERVICE, NO_TEAM, NOBODY
from ..tools.certainty import NPS
from .its_report import labels_of
from .measures import nps_sql, score_sql


class ItsSurveyReport(models.Model):
    """«Анализ опросов»: one row an answer of a finished response of a client.

    ``mark`` is what the answer gives of 0…100, as in ``survey.user_input.line``;
    ``csat`` is the same where the question counts for CSAT. ``nps`` is 100, 0 or −100
    where it counts for NPS, so its mean is the NPS of whatever is grouped. ``score`` is
    of the whole response and is kept with its first answer, so that it counts once.

    Its rules are its own: they let users read the rows of the answers that they may
    read, but those of the answers lead through two more tables.
    """

    _name = "its.survey.report"
    _inherit = "its.report"
    _description = "Answers of Clients: Report"
    _auto = False
    _rec_name = "question_id"
    _order = "date desc, id desc"
    _its_opens = "user_input_id"
    _depends = {
        "survey.user_input.line": (
            "user_input_id",
            "survey_id",
            "question_id",
            "matrix_row_id",
            "suggested_answer_id",
            "answer_type",
            "value_scale",
            "value_text_box",
            "value_char_box",
            "value_numerical_box",
            "value_date",
            "value_datetime",
            "skipped",
            "its_mark",
            "its_is_leading",
        ),
        "survey.user_input": (
            "its_client_id",
            "its_interviewer_id",
            "its_manager_id",
            "its_service_id",
            "its_team_id",
            "company_id",
            "end_datetime",
            "its_nps_class",
            "its_nps_points",
            "its_has_score",
            "its_score",
            "state",
            "test_entry",
        ),
        "survey.question": (
            "question_type",
            "its_meaning",
        ),
    }

    user_input_id = fields.Many2one(
        "survey.user_input", string="Response", readonly=True
    )
    survey_id = fields.Many2one("survey.survey", string="Questionnaire", readonly=True)
    question_id = fields.Many2one("survey.question", readonly=True)
    question_type = fields.Selection(
        labels_of("survey.question", "question_type"),
        readonly=True,
    )
    meaning = fields.Selection(
        labels_of("survey.question", "its_meaning"),
        string="Counts for",
        readonly=True,
    )
    matrix_row_id = fields.Many2one(
        "survey.question.answer", string="Row of the matrix", readonly=True
    )
    suggested_answer_id = fields.Many2one(
        "survey.question.answer", string="Option", readonly=True
    )
    value_scale = WholeMeasure(string="On the scale", aggregator="avg", readonly=True)
    text = fields.Char(string="In their own words", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Client", readonly=True, falsy_value_label=NO_CLIENT
    )
    manager_id = fields.Many2one(
        "res.users", string="Client manager", readonly=True, falsy_value_label=NOBODY
    )
    interviewer_id = fields.Many2one(
        "res.users", string="Asked by", readonly=True, falsy_value_label=NOBODY
    )
    mode = fields.Selection(
        [("talk", "In a conversation"), ("link", "By link")],
        string="How it was answered",
        readonly=True,
        help="People are kinder to somebody they talk to than to a page.",
    )
    service_id = fields.Many2one(
        "its.service", readonly=True, falsy_value_label=NO_SERVICE
    )
    team_id = fields.Many2one("its.team", readonly=True, falsy_value_label=NO_TEAM)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Datetime(string="Answered on", readonly=True)
    mark = Measure(string="Rating (%)", digits=(5, 1), aggregator="avg", readonly=True)
    csat = Measure(string="CSAT (%)", digits=(5, 1), aggregator="avg", readonly=True)
    nps = Measure(
        string="NPS", kind=NPS, digits=(5, 1), aggregator="avg", readonly=True
    )
    score = Measure(
        string="Satisfaction (%)",
        digits=(5, 1),
        aggregator="avg",
        readonly=True,
        help="CSI if the questionnaire measures it, otherwise CSAT, otherwise the "
        "recommendation rating; for whole responses, so not by question.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT line.id,
                   line.user_input_id,
                   line.survey_id,
                   line.question_id,
                   question.question_type,
                   question.its_meaning AS meaning,
                   line.matrix_row_id,
                   line.suggested_answer_id,
                   CASE line.answer_type WHEN 'scale' THEN line.value_scale END
                   AS value_scale,
                   CASE line.answer_type
                        WHEN 'text_box' THEN line.value_text_box
                        WHEN 'char_box' THEN line.value_char_box
                        WHEN 'numerical_box' THEN line.value_numerical_box::text
                        WHEN 'date' THEN line.value_date::text
                        WHEN 'datetime' THEN line.value_datetime::text
                   END AS text,
                   response.its_client_id AS partner_id,
                   response.its_manager_id AS manager_id,
                   response.its_interviewer_id AS interviewer_id,
                   CASE WHEN response.its_interviewer_id IS NULL THEN 'link'
                        ELSE 'talk' END AS mode,
                   response.its_service_id AS service_id,
                   response.its_team_id AS team_id,
                   response.company_id,
                   response.end_datetime AS date,
                   line.its_mark AS mark,
                   CASE question.its_meaning WHEN 'csat' THEN line.its_mark END AS csat,
                   CASE WHEN question.its_meaning = 'nps' THEN %(nps)s END AS nps,
                   CASE WHEN line.its_is_leading THEN %(score)s END AS score
              FROM survey_user_input_line AS line
              JOIN survey_user_input AS response ON response.id = line.user_input_id
              JOIN survey_question AS question ON question.id = line.question_id
             WHERE response.its_client_id IS NOT NULL
               AND response.state = 'done'
               AND response.test_entry IS NOT TRUE
               AND line.skipped IS NOT TRUE
            """,
            nps=nps_sql("response"),
            score=score_sql("response"),
        )
