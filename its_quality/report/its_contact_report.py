from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..models.base.measure import WholeMeasure
from ..models.base.nothing import NO_CLIENT, NOBODY
from .its_report import labels_of

# Up to so many days without a talk, as the company has it.
SILENCE = {
    "week": "its_silence_first",
    "month": "its_silence_second",
    "quarter": "its_silence_third",
}


class ItsContactReport(models.Model):
    """«Последние связи с клиентами»: one row per client, with the last contact as
    of now, who spoke with them, and how many days of the company have passed since.

    A client who was never reached has no such days, and comes before all others.
    """

    _name = "its.contact.report"
    _inherit = "its.report"
    _description = "Last Contacts with Clients: Report"
    _auto = False
    _rec_name = "partner_id"
    _order = "last_contact NULLS FIRST, id"
    _its_rules_of = "res.partner"
    _its_opens = "partner_id"
    _depends = {
        "res.partner": (
            "commercial_partner_id",
            "its_client",
            "partner_share",
            "company_id",
            "user_id",
            "phone",
            "its_kind",
            "its_last_contact",
            "its_last_interaction_id",
            "its_next_contact",
            "active",
        ),
        "its.interaction": (
            "user_id",
            "channel",
            "purpose",
        ),
    }

    partner_id = fields.Many2one(
        "res.partner", string="Client", readonly=True, falsy_value_label=NO_CLIENT
    )
    commercial_partner_id = fields.Many2one(
        "res.partner", readonly=True, falsy_value_label=NO_CLIENT
    )
    its_client = fields.Boolean(readonly=True)
    partner_share = fields.Boolean(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Client manager", readonly=True, falsy_value_label=NOBODY
    )
    phone = fields.Char(readonly=True)
    kind = fields.Selection(
        labels_of("res.partner", "its_kind"),
        readonly=True,
    )
    last_contact = fields.Datetime(readonly=True)
    last_interaction_id = fields.Many2one("its.interaction", readonly=True)
    talker_id = fields.Many2one(
        "res.users", string="Contacted by", readonly=True, falsy_value_label=NOBODY
    )
    channel = fields.Selection(
        labels_of("its.interaction", "channel"),
        readonly=True,
    )
    purpose = fields.Selection(
        labels_of("its.interaction", "purpose"),
        readonly=True,
    )
    next_contact = fields.Date(string="Next call", readonly=True)
    silence = fields.Selection(
        lambda self: self._its_silences(),
        string="Time since last contact",
        readonly=True,
    )
    silent_days = WholeMeasure(
        string="Days without contact", aggregator="avg", readonly=True
    )

    @property
    def _table_query(self):
        company = self.env.company
        today = company._its_today()
        return SQL(
            """
            SELECT client.id,
                   client.id AS partner_id,
                   client.commercial_partner_id,
                   client.its_client,
                   client.partner_share,
                   client.company_id,
                   client.user_id,
                   client.phone,
                   client.its_kind AS kind,
                   client.its_last_contact AS last_contact,
                   client.its_last_interaction_id AS last_interaction_id,
                   talk.user_id AS talker_id,
                   talk.channel,
                   talk.purpose,
                   client.its_next_contact AS next_contact,
                   CASE WHEN client.its_last_contact IS NULL THEN 'never'
                        WHEN client.its_last_contact >= %(week)s THEN 'week'
                        WHEN client.its_last_contact >= %(month)s THEN 'month'
                        WHEN client.its_last_contact >= %(quarter)s THEN 'quarter'
                        ELSE 'longer'
                   END AS silence,
                   %(silent_days)s AS silent_days
              FROM res_partner AS client
              LEFT JOIN its_interaction AS talk
                ON talk.id = client.its_last_interaction_id
             WHERE client.its_client IS TRUE
               AND client.active
               AND client.commercial_partner_id = client.id
            """,
            silent_days=company._its_days_since_sql(SQL("client.its_last_contact")),
            **{
                name: company._its_midnight(today - timedelta(days=company[setting]))
                for name, setting in SILENCE.items()
            },
        )

    @api.model
    def _its_silences(self):
        """How long ago, in the steps of the company."""
        company = self.env.company
        return [
            *(
                (name, self.env._("Up to %(count)s days", count=company[setting]))
                for name, setting in SILENCE.items()
            ),
            ("longer", self.env._("Longer")),
            ("never", self.env._("Never reached")),
        ]

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Sort by silence as by the last contact, which has an index."""
        if field_name == "silent_days":
            silent_first = direction.code.upper() == "DESC"
            field_name = "last_contact"
            direction = SQL("ASC") if silent_first else SQL("DESC")
            nulls = SQL("NULLS FIRST") if silent_first else SQL("NULLS LAST")
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)
