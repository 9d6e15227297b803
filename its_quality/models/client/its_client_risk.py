from odoo import api, fields, models
from odoo.tools import SQL, split_every

from .renewal import CONTRACTS, TO_RENEW

BATCH = 5000
# By how many signs a client shows: what the card keeps.
NO_SIGN = "0"
LEVELS = [("2", "Several signs"), ("1", "One sign"), (NO_SIGN, "None")]


class LevelOfRisk(fields.Selection):
    """How many signs a client shows in a company: none where the night has not stored
    any, which Odoo would take for a value that nobody knows."""

    def to_sql(self, model, alias):
        return SQL("COALESCE(%s, %s)", super().to_sql(model, alias), NO_SIGN)

    def _condition_to_sql_company(self, sql_expr, *_condition):
        return sql_expr


class ItsClientRisk(models.Model):
    """A sign that a client may be lost, from the night on which it was first seen to the
    one on which it was gone: all of them are the history of the risk.

    Each night asks the signs of all clients of a company, one statement a sign; see
    :meth:`_signs`. What the card says of the moment is ``its_risk``; the level there is
    that of the last night.
    """

    _name = "its.client.risk"
    _description = "Sign of Risk"
    _order = "date_from desc, id desc"
    _rec_name = "sign"

    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Client manager then",
        readonly=True,
        index="btree_not_null",
        help="Whose client it was on the day the sign was first seen.",
    )
    sign = fields.Selection(
        [("contract", "Contract ends")], required=True, readonly=True
    )
    date_from = fields.Date(string="First seen on", required=True, readonly=True)
    date_to = fields.Date(
        string="Gone on", readonly=True, help="Empty while the sign is there."
    )

    _once = models.UniqueIndex(
        "(company_id, partner_id, sign) WHERE date_to IS NULL",
        "The client already has this sign.",
    )

    # -------------------------------------------------------------------------
    # The night
    # -------------------------------------------------------------------------

    @api.model
    def _cron_look(self):
        """Look at the clients of the companies whose day has begun since they were looked
        at."""
        self._look_at_all(self.env["ir.cron"]._commit_progress)

    @api.model
    def _look_at_all(self, commit=None):
        """The same in one transaction, unless it is told how to commit.

        :param commit: called with the number of clients after each batch
        """
        commit = commit or (lambda _count: None)
        for company in self.env["res.company"].search([]):  # pylint: disable=no-search-all
            today = company._its_today()
            if company.its_risk_seen_on and company.its_risk_seen_on >= today:
                continue
            self.env["its.subscription"]._update_states(company)
            model = self.sudo().with_context(allowed_company_ids=company.ids)
            model._look(company, today)
            for clients in split_every(BATCH, model._changed(company)):
                model._store_levels(company, clients)
                commit(len(clients))
            company.its_risk_seen_on = today
            commit(1)

    @api.model
    def _signs(self, company, today):
        """Which clients of a company show which signs; to be extended.

        :param company: the only one of the environment, which is of the superuser
        :param today: the ``date`` of the company
        :return: a dictionary of :class:`SQL`, each a query of the ids of clients, by sign
        """
        contracts = self.env["its.subscription"]._search(
            CONTRACTS & TO_RENEW & fields.Domain("company_id", "=", company.id)
        )
        return {"contract": contracts.select(SQL("partner_id AS client_id"))}

    @api.model
    def _look(self, company, today):
        """Write down which signs have come and which have gone."""
        self.env.flush_all()
        seen = [
            SQL("SELECT client_id, %s AS sign FROM (%s) AS client", sign, query)
            for sign, query in self._signs(company, today).items()
        ]
        self.env.cr.execute(
            SQL(
                """
                WITH seen AS MATERIALIZED (
                    SELECT DISTINCT client.id AS partner_id, client.user_id, sign
                      FROM (%(seen)s) AS told
                      JOIN res_partner AS client ON client.id = told.client_id
                     WHERE client.active AND client.its_client
                ), gone AS (
                    UPDATE its_client_risk AS risk
                       SET date_to = %(today)s, write_date = %(now)s
                     WHERE company_id = %(company)s AND date_to IS NULL
                       AND NOT EXISTS (
                            SELECT FROM seen
                             WHERE seen.partner_id = risk.partner_id
                               AND seen.sign = risk.sign)
                )
                INSERT INTO its_client_risk (
                    partner_id, company_id, user_id, sign, date_from,
                    create_uid, write_uid, create_date, write_date
                )
                SELECT partner_id, %(company)s, user_id, sign, %(today)s,
                       %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM seen
                    ON CONFLICT DO NOTHING
                """,
                seen=SQL(" UNION ALL ").join(seen),
                company=company.id,
                today=today,
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        self.invalidate_model()

    @api.model
    def _changed(self, company):
        """The clients whose card says another level than their signs do.

        :return: ids
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(client.id, told.partner_id)
                  FROM (SELECT id, its_risk_level->>%(key)s AS level FROM res_partner
                         WHERE its_risk_level->>%(key)s != '0') AS client
                  FULL JOIN (%(levels)s) AS told ON told.partner_id = client.id
                 WHERE client.level IS DISTINCT FROM told.level
                """,
                key=str(company.id),
                levels=self._levels(company),
            )
        )
        return [partner_id for (partner_id,) in rows]

    @api.model
    def _store_levels(self, company, clients):
        partners = self.env["res.partner"]
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner AS client
                   SET its_risk_level = COALESCE(client.its_risk_level, '{}')
                       || jsonb_build_object(%(key)s, COALESCE(told.level, '0'))
                  FROM unnest(%(clients)s) AS changed (id)
                  LEFT JOIN (%(levels)s) AS told ON told.partner_id = changed.id
                 WHERE client.id = changed.id
                """,
                key=str(company.id),
                clients=list(clients),
                levels=self._levels(company),
            )
        )
        partners.invalidate_model(["its_risk_level"], flush=False)

    @staticmethod
    def _levels(company):
        return SQL(
            """
            SELECT partner_id, LEAST(count(*), 2)::text AS level FROM its_client_risk
             WHERE company_id = %s AND date_to IS NULL
             GROUP BY partner_id
            """,
            company.id,
        )
