from odoo import fields, models
from odoo.tools import SQL

from ..models.base.measure import Measure
from ..models.base.nothing import (
    NO_CLIENT,
    NO_REASON,
    NO_SERVICE,
    NO_SUBSCRIPTION,
    NO_TEAM,
    NOBODY,
)
from ..models.client.continuation import CONTRACT
from ..models.client.retention import outcome_sql, prolonged_sql
from ..tools.certainty import SHARE


class ItsRenewalReport(models.Model):
    """«Продления»: one row per contract that ends or has ended, with the manager and the
    team of its last day, what has become of it, and the call to make about it.

    The share is a mean of 0 and 100 over the contracts that are decided, as in
    :mod:`..models.client.retention`.
    """

    _name = "its.renewal.report"
    _inherit = "its.report"
    _description = "Renewals: Report"
    _auto = False
    _rec_name = "subscription_id"
    _order = "date_last, id"
    _its_rules_of = "its.subscription"
    _its_opens = "subscription_id"
    _depends = {
        "its.subscription": (
            "partner_id",
            "service_id",
            "service_kind",
            "company_id",
            "user_id",
            "team_id",
            "last_user_id",
            "last_team_id",
            "date_last",
            "date_cancelled",
            "is_renewed",
            "cancellation_reason_id",
            "cancellation_note",
            "contract_number",
        ),
    }

    subscription_id = fields.Many2one(
        "its.subscription", readonly=True, falsy_value_label=NO_SUBSCRIPTION
    )
    partner_id = fields.Many2one(
        "res.partner", string="Client", readonly=True, falsy_value_label=NO_CLIENT
    )
    service_id = fields.Many2one(
        "its.service",
        string="Contract type",
        readonly=True,
        falsy_value_label=NO_SERVICE,
    )
    company_id = fields.Many2one("res.company", readonly=True)
    # As the rules of subscriptions ask for them.
    user_id = fields.Many2one(
        "res.users",
        string="Client manager now",
        readonly=True,
        falsy_value_label=NOBODY,
    )
    team_id = fields.Many2one(
        "its.team", string="Team now", readonly=True, falsy_value_label=NO_TEAM
    )
    last_user_id = fields.Many2one(
        "res.users", string="Client manager", readonly=True, falsy_value_label=NOBODY
    )
    last_team_id = fields.Many2one(
        "its.team", string="Team", readonly=True, falsy_value_label=NO_TEAM
    )
    contract_number = fields.Char(readonly=True)
    date_last = fields.Date(string="Last day", readonly=True)
    outcome = fields.Selection(
        [
            ("to_renew", "To renew"),
            ("undecided", "Ended, undecided"),
            ("continued", "Continued"),
            ("refused", "Refused"),
            ("lapsed", "Not continued"),
        ],
        readonly=True,
    )
    cancellation_reason_id = fields.Many2one(
        "its.cancellation.reason",
        string="Reason for cancellation",
        readonly=True,
        falsy_value_label=NO_REASON,
    )
    cancellation_note = fields.Text(string="What the client said", readonly=True)
    continued_share = Measure(
        string="Prolongation (%)",
        kind=SHARE,
        digits=(5, 1),
        aggregator="avg",
        readonly=True,
        help="Of the contracts that ended and are decided, the share that is continued.",
    )
    standing = fields.Char(related="subscription_id.standing")
    phone = fields.Char(related="partner_id.phone")
    call_id = fields.Many2one(
        "mail.activity", compute="_compute_call", compute_sudo=True
    )
    call_date = fields.Date(
        string="Next call", compute="_compute_call", compute_sudo=True
    )
    caller_id = fields.Many2one(
        "res.users",
        string="Called by",
        compute="_compute_call",
        compute_sudo=True,
        falsy_value_label=NOBODY,
    )

    @property
    def _table_query(self):
        company = self.env.company
        now = (company._its_today(), company.its_renewal_gap)
        return SQL(
            """
            SELECT contract.id,
                   contract.id AS subscription_id,
                   contract.partner_id,
                   contract.service_id,
                   contract.company_id,
                   contract.user_id,
                   contract.team_id,
                   contract.last_user_id,
                   contract.last_team_id,
                   contract.contract_number,
                   contract.date_last,
                   %(outcome)s AS outcome,
                   contract.cancellation_reason_id,
                   contract.cancellation_note,
                   %(prolonged)s AS continued_share
              FROM its_subscription AS contract
             WHERE contract.service_kind = %(contract)s
               AND contract.date_last IS NOT NULL
            """,
            contract=CONTRACT,
            outcome=outcome_sql("contract", *now),
            prolonged=prolonged_sql("contract", *now),
        )

    def _compute_call(self):
        """The open call about the contract, else the next one for the renewal of any of
        the client's; who may read the contract may know of it."""
        calls = self.env["mail.activity"].search(
            [("its_client_id", "in", self.partner_id.ids)], order="date_deadline, id"
        )
        about = calls.grouped("its_subscription_id")
        renewals = calls.filtered(lambda call: call.its_purpose == "renewal")
        renewals = renewals.grouped("its_client_id")
        nobody = calls.browse()
        for row in self:
            call = about.get(row.subscription_id, nobody)[:1]
            call = call or renewals.get(row.partner_id, nobody)[:1]
            if row.outcome not in ("to_renew", "undecided"):
                call = nobody
            row.call_id = call
            row.call_date = call.date_deadline
            row.caller_id = call.user_id

    def action_call(self):
        """Open the call about a contract: at the call desk, if the user is to make it,
        else among the planned calls; where none is planned, the client."""
        self.ensure_one()
        self.check_access("read")
        call = self.call_id
        if not call:
            return {
                "type": "ir.actions.act_window",
                "res_model": "res.partner",
                "res_id": self.partner_id.id,
                "views": [(False, "form")],
            }
        actions = self.env["ir.actions.actions"]
        if call.sudo().user_id == self.env.user:
            desk = actions._for_xml_id("its_quality.its_call_desk_action")
            return {**desk, "params": {"call_id": call.id}}
        planned = actions._for_xml_id("its_quality.mail_activity_action_call")
        return {**planned, "domain": [("id", "=", call.id)], "context": {}}
