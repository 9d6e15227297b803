from odoo import api, fields, models

STATES = [
    ("registered", "Registered"),
    ("dispatched", "Dispatched"),
    ("in_progress", "Being worked on"),
    ("verification", "Verification"),
    ("follow_up", "Asking the client"),
    ("closed", "Completed"),
    ("rejected", "Rejected"),
]
SATISFACTION = [
    ("5", "Fully satisfied"),
    ("3", "Satisfied in part"),
    ("1", "Not satisfied"),
    ("none", "Not confirmed"),
]
ENDED = ("closed", "rejected")


class ItsClaimStage(models.Model):
    """A stage of a claim («этап»): a column that a firm may rename, add, reorder.

    What the workflow relies on is the state, which is fixed; see ``its_claim_transitions``.
    """

    _name = "its.claim.stage"
    _description = "Stage of a Claim"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    state = fields.Selection(STATES, required=True, index=True)
    fold = fields.Boolean(string="Folded in kanban")

    @api.model
    def _first_of(self, state):
        """The stage that a claim enters when it gets into a state."""
        return self.search([("state", "=", state)], limit=1)
