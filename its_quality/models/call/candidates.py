"""Who is due to be called: the first step of planning."""

from datetime import date, timedelta
from typing import NamedTuple

from odoo.tools import SQL

from ..base import days
from ..client.renewal import begins_sql, continued_sql, since_sql


class Candidate(NamedTuple):
    """A client who is to be called.

    ``day`` is when the call is due; of the triggers that count working days, the day
    from which they are counted.
    """

    partner_id: int
    subscription_id: int | None
    team_id: int | None
    manager_id: int | None
    day: date


class Candidates:
    """Whom a cadence wants called, asked in one statement.

    :param cadence: an ``its.cadence``
    :param today: the ``date`` it is in its company
    """

    def __init__(self, cadence, today):
        self.env = cadence.env
        self._cadence = cadence
        self._today = today
        company = cadence.company_id
        # Calls are planned some days before they are due.
        self._latest = today + timedelta(days=company.its_ahead_days)
        self._earliest_start = today - timedelta(days=company.its_started_days)

    def due(self):
        """Those who are due by the trigger of the cadence.

        :return: a list of :class:`Candidate`, the earliest first
        """
        queries = {
            "periodic": self._periodic,
            "after_start": self._after_start,
            "before_end": self._before_end,
            "after_claim": self._after_claim_again,
        }
        query = queries.get(self._cadence.trigger)
        return self._ask(query()) if query else []

    def of_client(self, client, day=None, subscription=None):
        """One client, if they may be called and have no call.

        :param day: the ``date`` they are due, or their claim was closed; today by default
        :param subscription: what it is about, if that is known
        :return: a list of at most one :class:`Candidate`
        """
        return self._ask(
            SQL(
                """
                SELECT partner.id, subscription.id, subscription.team_id,
                       partner.user_id, %(day)s::date
                  FROM res_partner partner
                  LEFT JOIN its_subscription subscription
                         ON subscription.id = COALESCE(%(subscription)s, %(about)s)
                 WHERE partner.id = %(client)s AND %(callable)s AND %(nothing_open)s
                """,
                day=day or self._today,
                subscription=subscription.id if subscription else None,
                about=self._about(),
                client=client.id,
                callable=self._cadence._is_callable(),
                nothing_open=self._nothing_open(),
            )
        )

    def _about(self):
        """What a call to «partner» is about, if nothing else says so: what they have in
        force of the cadence's services, else of any, and of these what ends last."""
        return SQL(
            """
            (SELECT subscription.id FROM its_subscription subscription
              WHERE subscription.partner_id = partner.id
                AND subscription.company_id = %s
                AND subscription.state IN ('active', 'expiring')
              ORDER BY (%s) DESC, subscription.date_end DESC NULLS FIRST,
                       subscription.id DESC
              LIMIT 1)
            """,
            self._cadence.company_id.id,
            self._cadence._of_subscriptions(),
        )

    def _ask(self, query):
        self.env.flush_all()
        return [Candidate(*row) for row in self.env.execute_query(query)]

    def _periodic(self):
        """Clients with a subscription in force who were not spoken with for a period.

        A constant contact is kept by any talk; a control only by one of its kind. A
        call that somebody closed without a talk counts too: nobody is called day after
        day. One that was withdrawn does not.
        """
        cadence = self._cadence
        period = f"{cadence.interval_number} {cadence.interval_unit or 'month'}"
        return SQL(
            """
            WITH client AS (
                SELECT partner.id, partner.user_id, %(about)s AS subscription_id,
                       min(%(since)s) AS started
                  FROM its_subscription subscription
                  JOIN res_partner partner ON partner.id = subscription.partner_id
                 WHERE %(subscriptions)s AND %(callable)s AND %(nothing_open)s
                   AND subscription.state IN ('active', 'expiring')
                 GROUP BY partner.id
            ), due AS (
                SELECT client.*, (
                    COALESCE(GREATEST(talk.day, call.day), client.started, '-infinity')
                    + %(period)s::interval
                )::date AS day
                  FROM client
                 CROSS JOIN LATERAL (
                    SELECT %(day)s AS day
                      FROM its_interaction
                     WHERE partner_id = client.id AND company_id = %(company)s
                       AND outcome IN ('reached', 'refused') AND %(purpose)s
                 ) talk
                 CROSS JOIN LATERAL (
                    SELECT max(date_done) AS day FROM mail_activity
                     WHERE its_client_id = client.id AND its_cadence_id = %(cadence)s
                       AND its_withdrawn IS NOT TRUE
                 ) call
            )
            SELECT due.id, due.subscription_id, subscription.team_id, due.user_id,
                   GREATEST(due.day, %(today)s)
              FROM due
              JOIN its_subscription subscription ON subscription.id = subscription_id
             WHERE due.day <= %(latest)s
             ORDER BY due.day, due.id
            """,
            since=since_sql("subscription"),
            # What ends last, as in _about().
            about=SQL(
                "(array_agg(subscription.id ORDER BY"
                " subscription.date_end DESC NULLS FIRST, subscription.id DESC))[1]"
            ),
            subscriptions=cadence._of_subscriptions(),
            callable=cadence._is_callable(),
            nothing_open=self._nothing_open(),
            period=period,
            day=days.day_sql(SQL("max(date_start)"), cadence.company_id._its_zone()),
            company=cadence.company_id.id,
            purpose=SQL("TRUE")
            if cadence.purpose == "constant"
            else SQL("purpose = %s", cadence.purpose),
            cadence=cadence.id,
            today=self._today,
            latest=self._latest,
        )

    def _after_start(self):
        """Subscriptions that have begun, each once; a renewal is not a beginning."""
        return SQL(
            """
            SELECT DISTINCT ON (partner.id) partner.id, subscription.id,
                   subscription.team_id, partner.user_id, subscription.date_start
              FROM its_subscription subscription
              JOIN res_partner partner ON partner.id = subscription.partner_id
             WHERE %(subscriptions)s AND %(callable)s AND %(nothing_open)s
               AND %(never_called)s
               AND subscription.state IN ('active', 'expiring')
               AND %(begins)s
               AND subscription.date_start BETWEEN %(earliest)s AND %(today)s
             ORDER BY partner.id, subscription.date_start, subscription.id
            """,
            subscriptions=self._cadence._of_subscriptions(),
            callable=self._cadence._is_callable(),
            nothing_open=self._nothing_open(),
            never_called=self._never_called(),
            begins=begins_sql("subscription"),
            earliest=self._earliest_start,
            today=self._today,
        )

    def _before_end(self):
        """Subscriptions about to end that nobody has renewed, each once."""
        return SQL(
            """
            SELECT DISTINCT ON (partner.id) partner.id, subscription.id,
                   subscription.team_id, partner.user_id,
                   subscription.date_end - %(delay)s
              FROM its_subscription subscription
              JOIN res_partner partner ON partner.id = subscription.partner_id
             WHERE %(subscriptions)s AND %(callable)s AND %(nothing_open)s
               AND %(never_called)s
               AND subscription.state IN ('active', 'expiring')
               AND subscription.date_cancelled IS NULL
               AND NOT %(continued)s
               AND subscription.date_end BETWEEN %(today)s AND %(latest)s
             ORDER BY partner.id, subscription.date_end, subscription.id
            """,
            subscriptions=self._cadence._of_subscriptions(),
            callable=self._cadence._is_callable(),
            nothing_open=self._nothing_open(),
            never_called=self._never_called(),
            continued=continued_sql("subscription"),
            delay=self._cadence.delay_days,
            today=self._today,
            latest=self._latest + timedelta(days=self._cadence.delay_days),
        )

    def _after_claim_again(self):
        """Clients whose call about a closed claim was withdrawn and who may be called
        again; counted from the day the claim was closed."""
        cadence = self._cadence
        return SQL(
            """
            SELECT DISTINCT ON (partner.id) partner.id, subscription.id,
                   subscription.team_id, partner.user_id, %(day)s
              FROM mail_activity was
              JOIN res_partner partner ON partner.id = was.its_client_id
              LEFT JOIN its_subscription subscription
                     ON subscription.id = was.its_subscription_id
             WHERE was.its_cadence_id = %(cadence)s AND was.its_withdrawn
               AND NOT was.active AND was.date_done >= %(earliest)s
               AND %(callable)s AND %(nothing_open)s
               AND NOT EXISTS (
                    SELECT FROM mail_activity later
                     WHERE later.its_client_id = partner.id
                       AND later.its_cadence_id = %(cadence)s
                       AND later.its_withdrawn IS NOT TRUE AND later.id > was.id
               )
             ORDER BY partner.id, was.id DESC
            """,
            day=days.day_sql(SQL("was.create_date"), cadence.company_id._its_zone()),
            cadence=cadence.id,
            earliest=self._earliest_start,
            callable=cadence._is_callable(),
            nothing_open=self._nothing_open(),
        )

    def _nothing_open(self):
        return SQL(
            """
            NOT EXISTS (
                SELECT FROM mail_activity call
                 WHERE call.its_client_id = partner.id
                   AND call.its_cadence_id = %s AND call.active
            )
            """,
            self._cadence.id,
        )

    def _never_called(self):
        return SQL(
            """
            NOT EXISTS (
                SELECT FROM mail_activity call
                 WHERE call.its_subscription_id = subscription.id
                   AND call.its_cadence_id = %s AND call.its_withdrawn IS NOT TRUE
            )
            """,
            self._cadence.id,
        )
