"""Clients who have not answered the questionnaire they were sent are reminded, once."""

from odoo import fields
from odoo.exceptions import UserError

from ...tools.by_code import by_code
from ..base.working_days import WorkingDays

BATCH = 100


def is_time(company, sent, today):
    """Whether a client who was written to that day is to be reminded by now.

    :param company: the ``res.company`` whose setting and working days count
    """
    count = company.its_remind_days
    if not count or not sent:
        return False
    days = WorkingDays(company.resource_calendar_id, sent)
    return days.after(sent, count) <= today


def unanswered(responses, company):
    """The responses of a company whose link was sent, and to which nobody has said
    anything yet; those that were reminded of are not among them."""
    return responses.search(
        [
            ("company_id", "=", company.id),
            ("its_sent_on", "!=", False),
            ("its_reminded_on", "=", False),
            ("its_interviewer_id", "=", False),
            ("state", "!=", "done"),
            ("deadline", ">=", fields.Datetime.now()),
        ],
        order="id",
        limit=10 * BATCH,
    )


def remind(responses):
    """Remind of questionnaires, batch by batch.

    :param responses: the model, as the superuser
    """
    for company in responses.env["res.company"].search([]):  # pylint: disable=no-search-all
        today = company._its_today()
        due = unanswered(responses, company).filtered(
            lambda response, company=company, today=today: is_time(
                company, response.its_sent_on, today
            )
        )
        for start in range(0, len(due), BATCH):
            batch = due[start : start + BATCH].try_lock_for_update()
            for response in batch.filtered(lambda one: not one.its_reminded_on):
                by_code(response).its_reminded_on = today
                survey, client = response.survey_id, response.its_client_id
                try:
                    survey._its_check_wants_mails(
                        client | response.its_contact_id, response.email
                    )
                    survey._its_mail_link(response)
                except UserError:
                    # They want no mails any more.
                    continue
            responses.env["ir.cron"]._commit_progress(len(batch))
