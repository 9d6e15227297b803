from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.by_code import by_code
from .rules import STATES
from .verdicts import SATISFACTION


class ItsClaimMovement(models.Model):
    """One step of a claim («движение рекламации»): from where to where, who, when, and
    how long it stood before. Written by the workflow alone, never changed, never
    deleted.
    """

    _name = "its.claim.movement"
    _description = "Claim Movement"
    _order = "date, id"
    _rec_name = "claim_id"

    claim_id = fields.Many2one(
        "its.claim", required=True, index=True, ondelete="restrict", readonly=True
    )
    company_id = fields.Many2one(related="claim_id.company_id")
    from_stage_id = fields.Many2one(
        "its.claim.stage", ondelete="restrict", readonly=True, index="btree_not_null"
    )
    to_stage_id = fields.Many2one(
        "its.claim.stage", required=True, ondelete="restrict", readonly=True, index=True
    )
    from_state = fields.Selection(STATES, readonly=True)
    to_state = fields.Selection(STATES, required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True, index=True)
    user_id = fields.Many2one(
        "res.users",
        string="Moved by",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    responsible_id = fields.Many2one(
        "res.users",
        string="Responsible at the time",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    deadline_at = fields.Datetime(
        string="Deadline at the time",
        readonly=True,
        help="The deadline with which the claim left the previous stage.",
    )
    hours = fields.Float(
        string="Hours at previous stage",
        readonly=True,
        help="Calendar hours the claim spent at the previous stage.",
    )
    working_hours = fields.Float(
        string="Working hours at previous stage",
        readonly=True,
        help="The same in the team's working hours.",
    )
    reason = fields.Text(readonly=True)
    satisfaction = fields.Selection(
        SATISFACTION,
        string="The client said",
        readonly=True,
        help="Kept here because the client is asked again after a claim is reopened.",
    )

    # Where a claim stood at a moment; which ones were closed in a time.
    _in_order = models.Index("(claim_id, date, id) INCLUDE (to_state, deadline_at)")
    _closings = models.Index("(date) INCLUDE (claim_id) WHERE to_state = 'closed'")

    @api.model_create_multi
    def create(self, vals_list):
        movements = super().create(vals_list)
        for movement in movements.filtered("working_hours").sudo():
            claim = by_code(movement.claim_id)
            claim.working_hours += movement.working_hours
        return movements

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(
            self.env._(
                "The movements of a claim are its history and cannot be changed."
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "The movements of a claim are its history and cannot be deleted."
            )
        )
