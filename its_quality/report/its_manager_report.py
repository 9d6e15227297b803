from odoo import fields, models
from odoo.tools import SQL

from ..models.base.measure import Measure
from ..models.base.nothing import NO_CLIENT, NO_SERVICE, NO_TEAM, NOBODY
from ..tools.certainty import NPS, SHARE
from .measures import claim_sql, nps_sql, score_sql, share_sql

KINDS = [
    ("talk", "Interaction"),
    ("call", "Planned call"),
    ("answer", "Response"),
    ("caused", "Claim of a client"),
    ("solved", "Closed claim"),
]


class ItsManagerReport(models.Model):
    """«Оценка менеджеров»: what people do and what comes of it, one row a fact that
    tells something of somebody on a day.

    ============  ===============================  =====================================
    kind          whose it is                      what it tells
    ============  ===============================  =====================================
    talk          who contacted the client         how many, reached
    call          who has to make it               whether by its day («in cadence»)
    answer        the manager of the client then   satisfaction and NPS
    caused        the manager of the client then   claims found justified
    solved        who is responsible for it        on time, rework, first answer
    ============  ===============================  =====================================

    Everybody sees their own line, a head those of the members of their teams.
    """

    _name = "its.manager.report"
    _inherit = "its.report"
    _description = "Assessment of Managers: Report"
    _auto = False
    _rec_name = "user_id"
    _order = "date desc, id desc"
    _its_opens = "partner_id"
    _depends = {
        "its.interaction": (
            "partner_id",
            "user_id",
            "service_id",
            "team_id",
            "company_id",
            "channel",
            "outcome",
            "date_start",
        ),
        "mail.activity": (
            "its_client_id",
            "its_cadence_id",
            "its_subscription_id",
            "its_team_id",
            "its_withdrawn",
            "user_id",
            "active",
            "date_deadline",
            "date_done",
        ),
        "survey.user_input": (
            "its_client_id",
            "its_manager_id",
            "its_service_id",
            "its_team_id",
            "company_id",
            "end_datetime",
            "its_has_score",
            "its_score",
            "its_nps_class",
            "its_nps_points",
            "state",
            "test_entry",
        ),
        "its.claim": (
            "partner_id",
            "service_id",
            "team_id",
            "company_id",
            "user_id",
            "state",
            "justified",
            "manager_id",
            "date_registered",
            "date_closed",
            "on_time",
            "rework_count",
            "first_answer_in_time",
        ),
        "its.cadence": ("company_id",),
        "its.subscription": ("service_id",),
    }

    kind = fields.Selection(KINDS, string="What", readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Manager", readonly=True, falsy_value_label=NOBODY
    )
    date = fields.Datetime(string="When", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Client", readonly=True, falsy_value_label=NO_CLIENT
    )
    service_id = fields.Many2one(
        "its.service", readonly=True, falsy_value_label=NO_SERVICE
    )
    team_id = fields.Many2one("its.team", readonly=True, falsy_value_label=NO_TEAM)
    company_id = fields.Many2one("res.company", readonly=True)
    talks = fields.Integer(string="Interactions", readonly=True)
    reached_share = Measure(
        string="Reached (%)",
        kind=SHARE,
        digits=(5, 1),
        aggregator="avg",
        readonly=True,
    )
    kept_share = Measure(
        string="Calls by their day (%)",
        kind=SHARE,
        digits=(5, 1),
        aggregator="avg",
        readonly=True,
        help="Of calls that a cadence has planned and whose day has come.",
    )
    answers = fields.Integer(string="Responses", readonly=True)
    score = Measure(
        string="Satisfaction (%)", digits=(5, 1), aggregator="avg", readonly=True
    )
    nps = Measure(
        string="NPS", kind=NPS, digits=(5, 1), aggregator="avg", readonly=True
    )
    caused = fields.Integer(
        string="Justified claims",
        readonly=True,
        help="Of the clients whose manager this person is.",
    )
    solved = fields.Integer(string="Claims solved", readonly=True)
    on_time_share = Measure(
        string="On time (%)", kind=SHARE, digits=(5, 1), aggregator="avg", readonly=True
    )
    rework_share = Measure(
        string="Reworked (%)",
        kind=SHARE,
        digits=(5, 1),
        aggregator="avg",
        readonly=True,
    )
    first_answer_share = Measure(
        string="First answer in time (%)",
        kind=SHARE,
        digits=(5, 1),
        aggregator="avg",
        readonly=True,
    )

    @property
    def _table_query(self):
        parts = [
            self._talks_sql(),
            self._calls_sql(),
            self._answers_sql(),
            self._caused_sql(),
            self._solved_sql(),
        ]
        return SQL(" UNION ALL ").join(
            self._part_sql(number, len(parts), *part)
            for number, part in enumerate(parts)
        )

    def _part_sql(self, number, count, values, source):
        """One kind of facts.

        :param values: an expression by column; what is not there is unknown
        """
        unknown = SQL("NULL::float8")
        nothing = SQL("0")
        columns = {
            "id": SQL("%s * %s + %s", values["fact"], count, number),
            "kind": SQL("%s", KINDS[number][0]),
            "user_id": values["user_id"],
            "date": values["date"],
            "partner_id": values["partner_id"],
            "service_id": values["service_id"],
            "team_id": values["team_id"],
            "company_id": values["company_id"],
            **{
                name: values.get(name, nothing)
                for name in ("talks", "answers", "caused", "solved")
            },
            **{
                name: values.get(name, unknown)
                for name, field in self._fields.items()
                if isinstance(field, Measure)
            },
        }
        return SQL(
            "SELECT %s %s",
            SQL(", ").join(
                SQL("%s AS %s", value, SQL.identifier(name))
                for name, value in columns.items()
            ),
            source,
        )

    def _talks_sql(self):
        """A questionnaire that a client has filled in alone is nobody's talk."""
        values = {
            "fact": SQL("talk.id"),
            "user_id": SQL("talk.user_id"),
            "date": SQL("talk.date_start"),
            "partner_id": SQL("talk.partner_id"),
            "service_id": SQL("talk.service_id"),
            "team_id": SQL("talk.team_id"),
            "company_id": SQL("talk.company_id"),
            "talks": SQL("1"),
            "reached_share": share_sql(SQL("talk.outcome = 'reached'")),
        }
        return values, SQL(
            """
            FROM its_interaction AS talk
           WHERE talk.channel != 'questionnaire'
            """
        )

    def _calls_sql(self):
        """By the day on which the call had to be made; a day that is not over yet tells
        nothing of what is still open."""
        today = self.env.company._its_today()
        zone = self.env.company._its_zone()
        values = {
            "fact": SQL("call.id"),
            "user_id": SQL("call.user_id"),
            # The noon of the day, so that it is of that day in the zones around.
            "date": SQL(
                "(call.date_deadline + time '12:00') AT TIME ZONE %s"
                " AT TIME ZONE 'UTC'",
                zone,
            ),
            "partner_id": SQL("call.its_client_id"),
            "service_id": SQL("subscription.service_id"),
            "team_id": SQL("call.its_team_id"),
            "company_id": SQL("cadence.company_id"),
            "kept_share": share_sql(
                SQL("NOT call.active AND call.date_done <= call.date_deadline")
            ),
        }
        return values, SQL(
            """
            FROM mail_activity AS call
            JOIN its_cadence AS cadence ON cadence.id = call.its_cadence_id
            LEFT JOIN its_subscription AS subscription
              ON subscription.id = call.its_subscription_id
           WHERE call.its_client_id IS NOT NULL
             AND call.its_withdrawn IS NOT TRUE
             AND (NOT call.active OR call.date_deadline < %s)
            """,
            today,
        )

    def _answers_sql(self):
        values = {
            "fact": SQL("response.id"),
            "user_id": SQL("response.its_manager_id"),
            "date": SQL("response.end_datetime"),
            "partner_id": SQL("response.its_client_id"),
            "service_id": SQL("response.its_service_id"),
            "team_id": SQL("response.its_team_id"),
            "company_id": SQL("response.company_id"),
            "answers": SQL("1"),
            "score": score_sql("response"),
            "nps": nps_sql("response"),
        }
        return values, SQL(
            """
            FROM survey_user_input AS response
           WHERE response.state = 'done' AND response.test_entry IS NOT TRUE
             AND response.its_client_id IS NOT NULL
             AND response.its_manager_id IS NOT NULL
            """
        )

    def _claim_values(self):
        return {
            "fact": SQL("claim.id"),
            "partner_id": SQL("claim.partner_id"),
            "service_id": SQL("claim.service_id"),
            "team_id": SQL("claim.team_id"),
            "company_id": SQL("claim.company_id"),
        }

    def _caused_sql(self):
        values = {
            **self._claim_values(),
            "user_id": SQL("claim.manager_id"),
            "date": SQL("claim.date_registered"),
            "caused": SQL("1"),
        }
        return values, SQL(
            """
            FROM its_claim AS claim
           WHERE claim.justified = 'yes' AND claim.manager_id IS NOT NULL
            """
        )

    def _solved_sql(self):
        measures = claim_sql("claim", fields.Datetime.now())
        values = {
            **self._claim_values(),
            "user_id": SQL("claim.user_id"),
            "date": SQL("claim.date_closed"),
            "solved": SQL("1"),
            **{
                name: measures[name]
                for name in ("on_time_share", "rework_share", "first_answer_share")
            },
        }
        return values, SQL(
            """
            FROM its_claim AS claim
           WHERE claim.state = 'closed' AND claim.user_id IS NOT NULL
            """
        )
