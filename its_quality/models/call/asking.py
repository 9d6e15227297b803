"""Whether a planned call asks a client its questionnaire, or another one asks better."""

from datetime import timedelta

from odoo.fields import Domain
from odoo.tools import format_date

from ..survey.often import reason_not_to_ask

# Of two questionnaires that are due about the same time the first of these is asked.
ORDER = ("after_claim", "after_start", "before_end", "periodic")


def reason_to_skip(call):
    """Why the questionnaire of a call is not offered or sent: the client has just been
    asked, or is to be asked something better soon.

    :return: a sentence; empty where it is, or where somebody has decided to ask, or has
        begun to
    """
    survey = call.its_survey_id
    if not survey or call.its_response_id or call.its_asked_by_hand:
        return ""
    company = call._its_company()
    return reason_not_to_ask(call.its_client_id, company) or _better(call, company)


def _better(call, company):
    """Which other call asks the client soon, and comes first."""
    if not call.its_cadence_id:
        return ""
    until = company._its_today() + timedelta(days=company.its_ask_days)
    first = ORDER[: ORDER.index(call.its_cadence_id.trigger)]
    better = call.search(
        Domain("its_client_id", "=", call.its_client_id.id)
        & Domain("its_cadence_id.company_id", "=", company.id)
        & Domain("its_cadence_id.trigger", "in", first)
        & Domain("its_cadence_id.survey_id", "!=", False)
        & Domain("date_deadline", "<", until),
        order="date_deadline, id",
        limit=1,
    )
    if not better:
        return ""
    return call.env._(
        "The client is to be asked on %(day)s already: «%(cadence)s». One questionnaire "
        "is enough.",
        day=format_date(call.env, better.date_deadline),
        cadence=better.its_cadence_id.name,
    )
