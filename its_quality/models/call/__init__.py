"""Calls: what was talked about, which calls are due and on what day they are placed, the
desk from which one calls, and the mail of the morning.

Stands on the client and on the survey."""

from . import (
    apart,
    asking,
    call_days,
    candidates,
    due,
    ir_http,
    its_cadence,
    its_cadence_planning,
    its_call_desk,
    its_call_desk_result,
    its_call_desk_talk,
    its_client_risk,
    its_interaction,
    its_interaction_author,
    its_morning_mail,
    its_personal_request,
    its_settings,
    its_subscription,
    mail_activity,
    mail_activity_rights,
    res_company,
    res_partner_activities,
    res_partner_contacts,
    res_users,
    survey_survey,
    survey_user_input,
)
