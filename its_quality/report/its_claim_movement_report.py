from odoo import fields, models
from odoo.tools import SQL

from ..models.base.measure import Measure
from ..models.base.nothing import NO_CLIENT, NO_PROBLEM, NO_SERVICE, NO_TEAM, NOBODY
from ..models.claim.rules import ENDED
from .its_report import labels_of


class ItsClaimMovementReport(models.Model):
    """«Движения рекламаций»: where each claim has been, how long it stood there, and
    where it went; one row a movement, and one a claim on its way for where it stands
    now, which leads nowhere yet.

    The rules are those of claims, so the fields named as theirs are of the claim.
    """

    _name = "its.claim.movement.report"
    _inherit = "its.report"
    _description = "Movements of Claims: Report"
    _auto = False
    _rec_name = "claim_id"
    _order = "date desc, id desc"
    _its_rules_of = "its.claim"
    _its_opens = "claim_id"
    _depends = {
        "its.claim": (
            "partner_id",
            "service_id",
            "team_id",
            "company_id",
            "author_id",
            "user_id",
            "channel",
            "priority",
            "problem_id",
            "stage_id",
            "state",
            "date_stage",
        ),
        "its.claim.movement": (
            "claim_id",
            "responsible_id",
            "user_id",
            "from_stage_id",
            "to_stage_id",
            "date",
            "reason",
            "hours",
            "working_hours",
        ),
    }

    claim_id = fields.Many2one("its.claim", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Client", readonly=True, falsy_value_label=NO_CLIENT
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
        "res.users", string="Responsible now", readonly=True, falsy_value_label=NOBODY
    )
    responsible_id = fields.Many2one(
        "res.users",
        string="Responsible at the stage",
        readonly=True,
        falsy_value_label=NOBODY,
    )
    mover_id = fields.Many2one(
        "res.users", string="Moved by", readonly=True, falsy_value_label=NOBODY
    )
    channel = fields.Selection(labels_of("its.claim", "channel"), readonly=True)
    priority = fields.Selection(labels_of("its.claim", "priority"), readonly=True)
    problem_id = fields.Many2one(
        "its.claim.problem", readonly=True, falsy_value_label=NO_PROBLEM
    )
    stage_id = fields.Many2one("its.claim.stage", string="From stage", readonly=True)
    to_stage_id = fields.Many2one("its.claim.stage", string="To stage", readonly=True)
    is_standing = fields.Boolean(string="Still at the stage", readonly=True)
    date = fields.Datetime(
        string="Left on",
        readonly=True,
        help="Now, if the claim is still at this stage.",
    )
    reason = fields.Text(readonly=True)
    hours = Measure(string="Hours at the stage", aggregator="avg", readonly=True)
    working_hours = Measure(
        string="Working hours at the stage", aggregator="avg", readonly=True
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT movement.id,
                   %(of_claim)s,
                   movement.responsible_id,
                   movement.user_id AS mover_id,
                   movement.from_stage_id AS stage_id,
                   movement.to_stage_id,
                   false AS is_standing,
                   movement.date,
                   movement.reason,
                   CASE WHEN movement.from_stage_id IS NOT NULL
                        THEN movement.hours END AS hours,
                   CASE WHEN movement.from_stage_id IS NOT NULL
                        THEN movement.working_hours END AS working_hours
              FROM its_claim_movement AS movement
              JOIN its_claim AS claim ON claim.id = movement.claim_id
             UNION ALL
            SELECT -claim.id,
                   %(of_claim)s,
                   claim.user_id,
                   NULL,
                   claim.stage_id,
                   NULL,
                   true,
                   %(now)s,
                   NULL,
                   date_part('epoch', %(now)s - claim.date_stage) / 3600,
                   NULL
              FROM its_claim AS claim
             WHERE claim.state NOT IN %(ended)s
            """,
            of_claim=OF_CLAIM,
            now=fields.Datetime.now(),
            ended=tuple(ENDED),
        )


OF_CLAIM = SQL(
    """
    claim.id AS claim_id,
    claim.partner_id,
    claim.service_id,
    claim.team_id,
    claim.company_id,
    claim.author_id,
    claim.user_id,
    claim.channel,
    claim.priority,
    claim.problem_id
    """
)
