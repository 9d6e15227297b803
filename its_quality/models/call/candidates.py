from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from .its_cadence_planning import Candidate

# A call is planned so many days before it is due, so that people see what is coming and
# busy days can be evened out.
AHEAD_DAYS = 14
# A subscription that started longer ago, or came from 1C with an old start, needs no
# question how its rollout went.
STARTED_DAYS = 60


class ItsCadence(models.Model):
    """Who is due to be called, asked in one statement a cadence."""

    _inherit = "its.cadence"

    def _candidates(self, today):
        """Whom this cadence wants called.

        :param today: the company's ``date``
        :return: a list of :class:`Candidate`, the earliest first
        """
        self.env.flush_all()
        query = getattr(self, f"_candidates_{self.trigger}", None)
        if not query:
            return []
        return [Candidate(*row) for row in self.env.execute_query(query(today))]

    def _candidates_periodic(self, today):
        """Clients with a subscription in force who were not spoken with for a period.

        A constant contact is kept by any talk; a control only by one of its kind. A
        call that was closed without a talk counts too: nobody is called day after day.
        """
        period = f"{self.interval_number} {self.interval_unit or 'month'}"
        return SQL(
            """
            WITH client AS (
                SELECT partner.id, partner.user_id, min(subscription.team_id) AS team_id,
                       min(subscription.date_start) AS started
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
                    SELECT (max(date_start) AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                           AS day
                      FROM its_interaction
                     WHERE partner_id = client.id AND company_id = %(company)s
                       AND outcome IN ('reached', 'refused') AND %(purpose)s
                 ) talk
                 CROSS JOIN LATERAL (
                    SELECT max(date_done) AS day FROM mail_activity
                     WHERE its_client_id = client.id AND its_cadence_id = %(cadence)s
                 ) call
            )
            SELECT id, NULL, team_id, user_id, GREATEST(day, %(today)s) FROM due
             WHERE day <= %(latest)s
             ORDER BY day, id
            """,
            subscriptions=self._of_subscriptions(),
            callable=self._is_callable(),
            nothing_open=self._has_nothing_open(),
            period=period,
            zone=self.company_id._its_zone(),
            company=self.company_id.id,
            purpose=SQL("TRUE")
            if self.purpose == "constant"
            else SQL("purpose = %s", self.purpose),
            cadence=self.id,
            today=today,
            latest=today + timedelta(days=AHEAD_DAYS),
        )

    def _candidates_after_start(self, today):
        """Subscriptions that have begun, each once; a renewal is no beginning."""
        return SQL(
            """
            SELECT DISTINCT ON (partner.id) partner.id, subscription.id,
                   subscription.team_id, partner.user_id, subscription.date_start
              FROM its_subscription subscription
              JOIN res_partner partner ON partner.id = subscription.partner_id
             WHERE %(subscriptions)s AND %(callable)s AND %(nothing_open)s
               AND %(never_called)s
               AND subscription.state IN ('active', 'expiring')
               AND subscription.previous_id IS NULL
               AND subscription.date_start BETWEEN %(earliest)s AND %(today)s
             ORDER BY partner.id, subscription.date_start, subscription.id
            """,
            subscriptions=self._of_subscriptions(),
            callable=self._is_callable(),
            nothing_open=self._has_nothing_open(),
            never_called=self._was_never_called_about(),
            earliest=today - timedelta(days=STARTED_DAYS),
            today=today,
        )

    def _candidates_before_end(self, today):
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
               AND subscription.is_renewed IS NOT TRUE
               AND subscription.date_end BETWEEN %(today)s AND %(latest)s
             ORDER BY partner.id, subscription.date_end, subscription.id
            """,
            subscriptions=self._of_subscriptions(),
            callable=self._is_callable(),
            nothing_open=self._has_nothing_open(),
            never_called=self._was_never_called_about(),
            delay=self.delay_days,
            today=today,
            latest=today + timedelta(days=self.delay_days + AHEAD_DAYS),
        )

    @api.model
    def _plan_after_claim(self, client, company, day=None, subscription=None):
        """Plan the call that follows a closed claim.

        :param client: whose claim it was
        :param company: the ``res.company`` that closed it
        :param day: the ``date`` it was closed; today by default
        :param subscription: what the claim was about, if that is known
        :return: how many calls were planned
        """
        cadences = self.sudo().search(
            [("trigger", "=", "after_claim"), ("company_id", "=", company.id)]
        )
        today = company._its_today()
        planned = 0
        for cadence in cadences:
            self.env.flush_all()
            query = SQL(
                """
                SELECT partner.id, subscription.id, subscription.team_id,
                       partner.user_id, %(day)s::date
                  FROM res_partner partner
                  LEFT JOIN its_subscription subscription
                         ON subscription.id = %(subscription)s
                 WHERE partner.id = %(client)s AND %(callable)s AND %(nothing_open)s
                """,
                day=day or today,
                subscription=subscription.id if subscription else None,
                client=client.id,
                callable=cadence._is_callable(),
                nothing_open=cadence._has_nothing_open(),
            )
            rows = [Candidate(*row) for row in self.env.execute_query(query)]
            planned += cadence._plan_candidates(rows, today)
        return planned

    def _of_subscriptions(self):
        """Which subscriptions the cadence is about, as a condition."""
        condition = SQL("subscription.company_id = %s", self.company_id.id)
        if self.service_ids:
            ids = tuple(self.service_ids.ids)
            return SQL("%s AND subscription.service_id IN %s", condition, ids)
        if self.service_kind:
            return SQL(
                "%s AND subscription.service_kind = %s", condition, self.service_kind
            )
        return condition

    def _is_callable(self):
        """A client of the company who has not asked not to be called."""
        return SQL(
            """
            partner.active AND partner.its_client
            AND partner.its_call_consent IS DISTINCT FROM 'refused'
            AND (partner.company_id IS NULL OR partner.company_id = %s)
            """,
            self.company_id.id,
        )

    def _has_nothing_open(self):
        return SQL(
            """
            NOT EXISTS (
                SELECT FROM mail_activity call
                 WHERE call.its_client_id = partner.id
                   AND call.its_cadence_id = %s AND call.active
            )
            """,
            self.id,
        )

    def _was_never_called_about(self):
        return SQL(
            """
            NOT EXISTS (
                SELECT FROM mail_activity call
                 WHERE call.its_subscription_id = subscription.id
                   AND call.its_cadence_id = %s
            )
            """,
            self.id,
        )
