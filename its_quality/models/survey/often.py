"""Nobody is asked twice: when a client was asked for the last time, and how long the
system waits before it asks again. The one owner of that."""

from datetime import timedelta

from odoo.tools import format_date


def last_asked(client, company):
    """The day on which a client was asked for the last time, by whatever questionnaire
    and in whatever way: in a talk, or by a link that was sent. Reminders are no asking.

    :param client: a ``res.partner``, the firm
    :param company: the ``res.company`` that asks
    :return: a ``date``, or ``None``
    """
    responses = client.env["survey.user_input"].sudo()
    found = responses.search_fetch(
        [
            ("its_client_id", "=", client.id),
            ("company_id", "=", company.id),
            ("test_entry", "=", False),
        ],
        order="id desc",
        limit=5,
    )
    return max((_asked_on(response, company) for response in found), default=None)


def _asked_on(response, company):
    return response.its_sent_on or company._its_day_of(
        response.start_datetime or response.create_date
    )


def asked_lately(clients, company):
    """Which of many clients the system does not ask today.

    :return: ``{id of a client: the day on which they were asked}``
    """
    if not company.its_ask_days:
        return {}
    today = company._its_today()
    since = today - timedelta(days=company.its_ask_days)
    midnight = company._its_midnight(since)
    found = (
        clients.env["survey.user_input"]
        .sudo()
        .search(
            [
                ("its_client_id", "in", clients.ids),
                ("company_id", "=", company.id),
                ("test_entry", "=", False),
                "|",
                "|",
                ("its_sent_on", ">", since),
                ("start_datetime", ">=", midnight),
                ("create_date", ">=", midnight),
            ]
        )
    )
    asked = {}
    for response in found:
        day = _asked_on(response, company)
        if day > since:
            client = response.its_client_id.id
            asked[client] = max(day, asked.get(client, day))
    return asked


def reason_not_to_ask(client, company):
    """Why the system does not ask a client today.

    :return: a sentence; empty where it may ask
    """
    asked = company.its_ask_days and last_asked(client, company)
    if not asked:
        return ""
    again = asked + timedelta(days=company.its_ask_days)
    if again <= company._its_today():
        return ""
    return client.env._(
        "The client was asked to fill in a questionnaire on %(day)s; they are not asked "
        "again before %(again)s.",
        day=format_date(client.env, asked),
        again=format_date(client.env, again),
    )
