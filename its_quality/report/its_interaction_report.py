from odoo import fields, models
from odoo.tools import SQL

from ..models.base.measure import Measure
from ..models.base.nothing import (
    NO_CLIENT,
    NO_SERVICE,
    NO_SUBSCRIPTION,
    NO_TEAM,
    NOBODY,
)
from ..models.base.purposes import OUTCOMES, PURPOSES
from ..tools.certainty import NPS, SHARE
from .its_report import labels_of
from .measures import nps_sql, score_sql, share_sql


class ItsInteractionReport(models.Model):
    """«Связи с клиентом»: one row an interaction, with the team of its subscription and
    the manager of its client on its day, and the score of its response.

    Shares and scores are means of 0…100 or −100…100, so any grouping of them is right.
    """

    _name = "its.interaction.report"
    _inherit = "its.report"
    _description = "Interactions: Report"
    _auto = False
    _rec_name = "partner_id"
    _order = "date_start desc, id desc"
    _its_rules_of = "its.interaction"
    _its_opens = "interaction_id"
    _depends = {
        "its.interaction": (
            "partner_id",
            "contact_id",
            "manager_id",
            "subscription_id",
            "service_id",
            "team_id",
            "company_id",
            "user_id",
            "channel",
            "direction",
            "purpose",
            "outcome",
            "date_start",
            "duration",
            "response_id",
        ),
        "survey.user_input": (
            "its_has_score",
            "its_score",
            "its_nps_class",
            "its_nps_points",
            "state",
            "test_entry",
        ),
    }

    interaction_id = fields.Many2one("its.interaction", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Client", readonly=True, falsy_value_label=NO_CLIENT
    )
    contact_id = fields.Many2one(
        "res.partner", readonly=True, falsy_value_label=NO_CLIENT
    )
    manager_id = fields.Many2one(
        "res.users", string="Client manager", readonly=True, falsy_value_label=NOBODY
    )
    subscription_id = fields.Many2one(
        "its.subscription", readonly=True, falsy_value_label=NO_SUBSCRIPTION
    )
    service_id = fields.Many2one(
        "its.service", readonly=True, falsy_value_label=NO_SERVICE
    )
    team_id = fields.Many2one("its.team", readonly=True, falsy_value_label=NO_TEAM)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Contacted by", readonly=True, falsy_value_label=NOBODY
    )
    channel = fields.Selection(
        labels_of("its.interaction", "channel"),
        readonly=True,
    )
    direction = fields.Selection(
        labels_of("its.interaction", "direction"),
        readonly=True,
    )
    purpose = fields.Selection(PURPOSES, readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True)
    date_start = fields.Datetime(string="When", readonly=True)
    duration = fields.Float(string="Conversation hours", readonly=True)
    reached_share = Measure(
        string="Reached (%)", kind=SHARE, digits=(5, 1), aggregator="avg", readonly=True
    )
    score = Measure(
        string="Satisfaction (%)", digits=(5, 1), aggregator="avg", readonly=True
    )
    nps = Measure(
        string="NPS", kind=NPS, digits=(5, 1), aggregator="avg", readonly=True
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT interaction.id,
                   interaction.id AS interaction_id,
                   interaction.partner_id,
                   interaction.contact_id,
                   interaction.manager_id,
                   interaction.subscription_id,
                   interaction.service_id,
                   interaction.team_id,
                   interaction.company_id,
                   interaction.user_id,
                   interaction.channel,
                   interaction.direction,
                   interaction.purpose,
                   interaction.outcome,
                   interaction.date_start,
                   interaction.duration,
                   %(reached)s AS reached_share,
                   %(score)s AS score,
                   %(nps)s AS nps
              FROM its_interaction AS interaction
              LEFT JOIN survey_user_input AS response
                ON response.id = interaction.response_id
                   AND response.state = 'done'
                   AND response.test_entry IS NOT TRUE
            """,
            reached=share_sql(SQL("interaction.outcome = 'reached'")),
            score=score_sql("response"),
            nps=nps_sql("response"),
        )
