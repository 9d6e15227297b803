"""Questionnaires: building and publishing them, filling them while one talks or by a link,
and the score of an answer.

Stands on the client."""

from . import (
    its_client_risk,
    its_personal_request,
    its_settings,
    mail_activity,
    marks,
    often,
    res_company,
    res_partner_survey,
    survey_question,
    survey_survey,
    survey_survey_ask,
    survey_user_input,
    survey_user_input_fill,
    survey_user_input_line,
    survey_user_input_score,
)
