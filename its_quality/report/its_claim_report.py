from odoo import fields, models
from odoo.tools import SQL

from ..models.base.measure import Measure
from ..models.base.nothing import NO_CLIENT, NO_PROBLEM, NO_SERVICE, NO_TEAM, NOBODY
from ..models.claim.deadline import overdue_sql
from ..models.claim.rules import STATES
from ..tools.certainty import SHARE
from .its_report import labels_of
from .measures import claim_sql


class ItsClaimReport(models.Model):
    """«Ответственные за рекламацию» and «Результаты обработки рекламаций»: one row a
    claim, with what its handling has come to.

    Shares are means of 0 and 100, and empty where there is no data yet: on time
    is known since the work has been handed over, reworks and reopenings since the claim
    is closed, satisfaction since the client has said it. Hours are those of claims that
    were worked on to their end: rejecting one takes minutes.
    """

    _name = "its.claim.report"
    _inherit = "its.report"
    _description = "Claims: Report"
    _auto = False
    _rec_name = "claim_id"
    _order = "date_registered desc, id desc"
    _its_rules_of = "its.claim"
    _its_opens = "claim_id"
    _depends = {
        "its.claim": (
            "manager_id",
            "partner_id",
            "service_id",
            "team_id",
            "company_id",
            "author_id",
            "user_id",
            "quality_user_id",
            "next_user_id",
            "channel",
            "priority",
            "stage_id",
            "state",
            "problem_id",
            "problem_service_id",
            "justified",
            "satisfaction",
            "date_registered",
            "date_closed",
            "date_deadline",
            "date_stage",
            "waiting_since",
            "working_hours",
            "deadline_at",
            "first_answer_hours",
            "first_answer_in_time",
            "first_answer_on",
            "on_time",
            "on_time_first",
            "rework_count",
            "reopen_count",
        ),
    }

    claim_id = fields.Many2one("its.claim", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Client", readonly=True, falsy_value_label=NO_CLIENT
    )
    manager_id = fields.Many2one(
        "res.users", string="Client manager", readonly=True, falsy_value_label=NOBODY
    )
    service_id = fields.Many2one(
        "its.service", readonly=True, falsy_value_label=NO_SERVICE
    )
    team_id = fields.Many2one("its.team", readonly=True, falsy_value_label=NO_TEAM)
    company_id = fields.Many2one("res.company", readonly=True)
    author_id = fields.Many2one(
        "res.users", string="Registered by", readonly=True, falsy_value_label=NOBODY
    )
    user_id = fields.Many2one(
        "res.users", string="Responsible", readonly=True, falsy_value_label=NOBODY
    )
    quality_user_id = fields.Many2one(
        "res.users", string="Quality manager", readonly=True, falsy_value_label=NOBODY
    )
    next_user_id = fields.Many2one(
        "res.users", string="Waits for", readonly=True, falsy_value_label=NOBODY
    )
    channel = fields.Selection(labels_of("its.claim", "channel"), readonly=True)
    priority = fields.Selection(labels_of("its.claim", "priority"), readonly=True)
    stage_id = fields.Many2one("its.claim.stage", readonly=True)
    state = fields.Selection(STATES, readonly=True)
    problem_id = fields.Many2one(
        "its.claim.problem", readonly=True, falsy_value_label=NO_PROBLEM
    )
    problem_service_id = fields.Many2one(
        "its.service", readonly=True, falsy_value_label=NO_SERVICE
    )
    justified = fields.Selection(labels_of("its.claim", "justified"), readonly=True)
    satisfaction = fields.Selection(
        labels_of("its.claim", "satisfaction"),
        string="The client says",
        readonly=True,
    )
    date_registered = fields.Datetime(string="Registered on", readonly=True)
    date_closed = fields.Datetime(string="Closed on", readonly=True)
    date_deadline = fields.Date(string="Deadline", readonly=True)
    is_overdue = fields.Integer(string="Overdue", readonly=True)
    days_at_stage = Measure(
        string="Days at the stage", digits=(9, 1), aggregator="avg", readonly=True
    )
    age_days = Measure(
        string="Age in days", digits=(9, 1), aggregator="avg", readonly=True
    )
    hours = Measure(string="Hours to close", aggregator="avg", readonly=True)
    working_hours = Measure(string="Working hours", aggregator="avg", readonly=True)
    first_answer_hours = Measure(
        string="Hours to the first answer", aggregator="avg", readonly=True
    )
    first_answer_share = Measure(
        string="First answer in time (%)",
        kind=SHARE,
        digits=(5, 1),
        aggregator="avg",
        readonly=True,
    )
    on_time_share = Measure(
        string="On time (%)", kind=SHARE, digits=(5, 1), aggregator="avg", readonly=True
    )
    on_time_first_share = Measure(
        string="By the first deadline (%)",
        kind=SHARE,
        digits=(5, 1),
        aggregator="avg",
        readonly=True,
    )
    rework_share = Measure(
        string="Reworked (%)",
        kind=SHARE,
        digits=(5, 1),
        aggregator="avg",
        readonly=True,
    )
    reopen_share = Measure(
        string="Reopened (%)",
        kind=SHARE,
        digits=(5, 1),
        aggregator="avg",
        readonly=True,
    )
    satisfied_share = Measure(
        string="Satisfied (%)",
        kind=SHARE,
        digits=(5, 1),
        aggregator="avg",
        readonly=True,
    )
    unconfirmed_share = Measure(
        string="Not confirmed (%)",
        kind=SHARE,
        digits=(5, 1),
        aggregator="avg",
        readonly=True,
    )

    @property
    def _table_query(self):
        now = fields.Datetime.now()
        return SQL(
            """
            SELECT claim.id,
                   claim.id AS claim_id,
                   claim.partner_id,
                   claim.manager_id,
                   claim.service_id,
                   claim.team_id,
                   claim.company_id,
                   claim.author_id,
                   claim.user_id,
                   claim.quality_user_id,
                   claim.next_user_id,
                   claim.channel,
                   claim.priority,
                   claim.stage_id,
                   claim.state,
                   claim.problem_id,
                   claim.problem_service_id,
                   claim.justified,
                   claim.satisfaction,
                   claim.date_registered,
                   claim.date_closed,
                   claim.date_deadline,
                   CASE WHEN %(overdue)s THEN 1 ELSE 0 END AS is_overdue,
                   %(measures)s
              FROM its_claim AS claim
            """,
            overdue=overdue_sql("claim", now),
            measures=SQL(", ").join(
                SQL("%s AS %s", value, SQL.identifier(name))
                for name, value in claim_sql("claim", now).items()
            ),
        )
