from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .journal import Journal
from .providers.provider import ANSWERED

# So long a call waits for its end before it is closed without one.
LOST_HOURS = 4
# So long back the calls of a number become those of a client who gets it.
RECOGNIZED_DAYS = 30


class ItsPhoneCall(models.Model):
    """A call that an exchange has reported: who has called whom, and what came of it.

    A talk stands in the journal as an interaction; an incoming call that nobody
    answered is called back.
    """

    _name = "its.phone.call"
    _description = "Telephone Call"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_start desc, id desc"
    _rec_name = "number"

    connection_id = fields.Many2one(
        "its.phone.connection",
        string="Telephone",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    call_ref = fields.Char(string="Call", required=True, readonly=True)
    direction = fields.Selection(
        [("in", "Incoming"), ("out", "Outgoing")], required=True, readonly=True
    )
    number = fields.Char(readonly=True, help="Of the other side.")
    key = fields.Char(string="Last ten digits", readonly=True)
    line_id = fields.Many2one(
        "its.phone.line", readonly=True, index="btree_not_null", ondelete="set null"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Spoke with them",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Contact person",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    date_start = fields.Datetime(
        string="Began", required=True, readonly=True, index=True
    )
    date_answered = fields.Datetime(string="Answered", readonly=True)
    date_ended = fields.Datetime(string="Ended", readonly=True)
    seconds = fields.Integer(string="Talk, seconds", readonly=True)
    cause = fields.Char(readonly=True)
    state = fields.Selection(
        [
            ("open", "In progress"),
            ("talk", "Talk"),
            ("lost", "Talk, end unknown"),
            ("missed", "Missed"),
            ("no_answer", "No answer"),
        ],
        required=True,
        readonly=True,
    )
    recording = fields.Char(readonly=True, groups="base.group_system", exportable=False)
    told = fields.Selection(
        [("yes", "Yes"), ("no", "No")],
        string="Told of the recording",
        readonly=True,
    )
    interaction_ids = fields.One2many("its.interaction", "phone_call_id")
    is_noted = fields.Boolean(
        readonly=True, help="Somebody has written down what was said."
    )
    callback_id = fields.Many2one(
        "mail.activity",
        string="Call back",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    date_called_back = fields.Datetime(string="Called back", readonly=True)
    callback_result = fields.Selection(
        [
            ("waiting", "Waiting for a call back"),
            ("in_time", "Called back in time"),
            ("late", "Called back late"),
        ],
        string="Missed call",
        readonly=True,
    )
    wait_minutes = fields.Integer(
        string="Minutes until called back", readonly=True, aggregator="avg"
    )

    _ref_uniq = models.UniqueIndex("(connection_id, call_ref)")
    _by_key = models.Index("(company_id, key, date_start) WHERE key IS NOT NULL")
    _of_user = models.Index("(user_id, date_start) WHERE user_id IS NOT NULL")
    _unknown = models.Index("(key, date_start) WHERE partner_id IS NULL")
    _open = models.Index("(date_start) WHERE state = 'open'")

    def _who_spoke(self):
        """With whom the client has spoken: whoever answered, and to whom they were passed
        on."""
        self.ensure_one()
        answered = self.env["its.phone.event"].search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("call_ref", "=", self.call_ref),
                ("kind", "=", ANSWERED),
            ]
        )
        return self.user_id | answered.user_id

    @api.autovacuum
    def _forget_recordings(self):
        """Forget where recordings are that are kept no longer."""
        every = self.env["its.phone.connection"].with_context(active_test=False)
        count = 0
        for connection in every.search([]):  # pylint: disable=no-search-all
            days = max(connection.recording_days, 0)
            limit = fields.Datetime.now() - timedelta(days=days)
            known = [("connection_id", "=", connection.id), ("recording", "!=", False)]
            old = self.search([*known, ("date_start", "<", limit)])
            old.recording = False
            events = self.env["its.phone.event"]
            events.search([*known, ("date", "<", limit)]).recording = False
            count += len(old)
        return count, False

    @api.model
    def _close_lost(self):
        """Close calls whose end nobody has reported."""
        limit = fields.Datetime.now() - timedelta(hours=LOST_HOURS)
        lost = self.sudo().search(
            [
                ("state", "=", "open"),
                ("date_start", "<", limit),
                ("connection_id", "!=", False),
            ],
            limit=100,
        )
        for connection, calls in lost.grouped("connection_id").items():
            for call in calls:
                Journal(connection).close(call)

    @api.model
    def _recognize_late(self, key=None):
        """Give calls of unknown numbers to whose number it is by now.

        :param key: of one number; by default all of the last month
        """
        self.env["its.phone.number"]._settle()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT call.id
                  FROM its_phone_call AS call
                 WHERE call.partner_id IS NULL AND call.connection_id IS NOT NULL
                   AND %s
                   AND call.date_start > %s
                   AND (
                    SELECT count(DISTINCT firm.id)
                      FROM its_phone_number AS number
                      JOIN res_partner AS card ON card.id = number.partner_id
                      JOIN res_partner AS firm ON firm.id = card.commercial_partner_id
                     WHERE number.key = call.key
                       AND card.active AND firm.active AND firm.its_client
                       AND (firm.company_id IS NULL
                            OR firm.company_id = call.company_id)
                   ) = 1
              ORDER BY call.id LIMIT 200
                """,
                SQL("call.key = %s", key) if key else SQL("call.key IS NOT NULL"),
                fields.Datetime.now() - timedelta(days=RECOGNIZED_DAYS),
            )
        )
        calls = self.sudo().browse([call for [call] in rows])
        for connection, some in calls.grouped("connection_id").items():
            for call in some:
                Journal(connection).settle(call)
