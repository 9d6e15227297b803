from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..models.base import days
from ..models.client.renewal import since_sql


class ItsCadence(models.Model):
    """Which clients are spoken with as often as the cadences promise."""

    _inherit = "its.cadence"

    @api.model
    def _kept_clients(self, day=None, clients=()):
        """Clients with a periodic cadence, and whether they were reached in time.

        A client counts if on that day they had a subscription in force that a periodic
        cadence of their company is about, may be called, and has had it for as long as
        the period or was reached within it. They were reached in time if of each such
        cadence the last talk («reached», for a control one of its purpose) is not older
        than the period. Only clients whom the user may read by
        their role count.

        :param day: the ``date`` as of which to compute; today by default
        :param clients: a further condition on them, a domain of ``res.partner``
        :return: a statement with the columns ``client_id`` and ``kept``
        """
        partners = self.env["res.partner"]._its_by_role()
        readable = partners._search([("its_client", "=", True), *clients])
        # A cadence is not secret, but its form belongs to the administrator.
        cadences = self.sudo().search(
            [
                ("trigger", "=", "periodic"),
                ("company_id", "in", self.env.companies.ids),
            ]
        )
        parts = [
            cadence._kept_clients_of_one(day or cadence.company_id._its_today())
            for cadence in cadences
        ]
        if not parts:
            return SQL("SELECT NULL::int AS client_id, NULL::bool AS kept WHERE FALSE")
        return SQL(
            """
              WITH readable AS MATERIALIZED (%s)
            SELECT client_id, bool_and(kept) AS kept
              FROM (%s) AS of_cadence
             GROUP BY client_id
            """,
            readable.select(),
            SQL(" UNION ALL ").join(parts),
        )

    def _kept_clients_of_one(self, day):
        oldest = self._oldest_day(day)
        since, until = days.span(oldest, day, self.company_id._its_zone())
        # Who may read a client may know whether they were called, whatever about.
        return SQL(
            """
            SELECT client_id, kept FROM (
                SELECT partner.id AS client_id,
                       min(COALESCE(%(begins)s, '-infinity')) AS started,
                       bool_or(talk.partner_id IS NOT NULL) AS kept
                  FROM its_subscription AS subscription
                  JOIN res_partner AS partner ON partner.id = subscription.partner_id
                  JOIN readable ON readable.id = partner.id
                  LEFT JOIN (
                        SELECT DISTINCT partner_id
                          FROM its_interaction
                         WHERE company_id = %(company)s AND outcome = 'reached'
                           AND date_start >= %(since)s AND date_start < %(until)s
                           AND %(purpose)s
                       ) AS talk ON talk.partner_id = partner.id
                 WHERE %(about)s AND %(callable)s
                   AND COALESCE(subscription.date_start, '-infinity') <= %(day)s
                   AND COALESCE(subscription.date_end, 'infinity') >= %(day)s
                   AND COALESCE(subscription.date_cancelled, 'infinity') > %(day)s
                 GROUP BY partner.id
            ) AS client
             WHERE kept OR started < %(oldest)s
            """,
            begins=since_sql("subscription"),
            company=self.company_id.id,
            since=since,
            until=until,
            purpose=SQL("TRUE")
            if self.purpose == "constant"
            else SQL("purpose = %s", self.purpose),
            about=self._of_subscriptions(),
            callable=self._is_callable(),
            day=day,
            oldest=oldest,
        )

    def _oldest_day(self, day):
        """The first day whose talk still keeps the cadence on a day."""
        self.ensure_one()
        # A month from the 28th of February is over before one from the 31st of March.
        oldest = day - (self._next_day(day) - day) - timedelta(days=3)
        while self._next_day(oldest) < day:
            oldest += timedelta(days=1)
        return oldest


class ItsContactReport(models.Model):
    _inherit = "its.contact.report"

    cadence_state = fields.Selection(
        [("kept", "Reached in time"), ("late", "Not reached in time")],
        string="By the cadence",
        compute="_compute_cadence_state",
        search="_search_cadence_state",
        help="Empty if no cadence requires calls to this client.",
    )

    def _compute_cadence_state(self):
        rows = self.env.execute_query(
            SQL(
                "SELECT client_id, kept FROM (%s) AS client WHERE client_id IN %s",
                self._its_kept_clients(),
                tuple(self.ids) or (0,),
            )
        )
        states = {client: "kept" if kept else "late" for client, kept in rows}
        for client in self:
            client.cadence_state = states.get(client.id, False)

    def _search_cadence_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = [{"kept": True, "late": False}.get(state) for state in value]
        rows = self._its_kept_clients()
        found = SQL(
            "(SELECT client_id FROM (%s) AS client WHERE kept = ANY(%s))",
            rows,
            [kept for kept in wanted if kept is not None],
        )
        domain = fields.Domain("id", "in", found)
        if None in wanted:
            every = SQL("(SELECT client_id FROM (%s) AS client)", rows)
            domain |= fields.Domain("id", "not in", every)
        return domain

    @api.model
    def _its_kept_clients(self):
        self.env.flush_all()
        return self.env["its.cadence"]._kept_clients()
