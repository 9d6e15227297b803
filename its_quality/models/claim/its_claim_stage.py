from odoo import api, fields, models, tools
from odoo.exceptions import UserError

from .rules import STATES


class ItsClaimStage(models.Model):
    """A stage of a claim («этап»): a column that a firm may rename, add, reorder.

    What the workflow relies on is the state, which is fixed; see :mod:`.rules`.
    """

    _name = "its.claim.stage"
    _description = "Claim Stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    state = fields.Selection(STATES, required=True, index=True)
    fold = fields.Boolean(string="Folded in kanban")

    @api.model
    def _first_of(self, state):
        """The stage that a claim enters when it gets into a state."""
        return self.browse(self._first_ids().get(state))

    @api.model
    @tools.ormcache()
    def _first_ids(self):
        """The first stage of each state; of every claim it is asked for."""
        stages = self.sudo().search([])  # pylint: disable=no-search-all
        return {stage.state: stage.id for stage in reversed(stages)}

    @api.model_create_multi
    def create(self, vals_list):
        stages = super().create(vals_list)
        self.env.registry.clear_cache()
        return stages

    def write(self, vals):
        left = set()
        if vals.get("state"):
            left = set(
                self.filtered(lambda s: s.state != vals["state"]).mapped("state")
            )
            self.filtered(lambda s: s.state in left)._check_unused()
        if vals.get("active") is False:
            left |= set(self.mapped("state"))
        result = super().write(vals)
        self.env.registry.clear_cache()
        self._check_left(left)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        self._check_unused()

    def _check_unused(self):
        """Refuse to take a stage, or what it means, from claims that are or were at it.

        :raises UserError: naming the stages
        """
        claims = self.env["its.claim"].sudo()
        moves = self.env["its.claim.movement"].sudo()
        used = self.filtered(
            lambda stage: (
                claims.search_count([("stage_id", "=", stage.id)], limit=1)
                or moves.search_count([("to_stage_id", "=", stage.id)], limit=1)
                or moves.search_count([("from_stage_id", "=", stage.id)], limit=1)
            )
        )
        if used:
            raise UserError(
                self.env._(
                    "Claims are or have been at «%(stages)s»: their history needs the "
                    "stage and its state. Archive it and add another one.",
                    stages="», «".join(used.mapped("name")),
                )
            )

    def _check_left(self, states):
        """Refuse to leave a state without a stage: claims could not get into it.

        :param states: those that have lost a stage
        :raises UserError: naming the states
        """
        # Not by the cache: whatever this transaction leaves there may be undone.
        found = self.sudo().search_fetch([("state", "in", list(states))], ["state"])
        lost = states - set(found.mapped("state"))
        if lost:
            titles = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "Claims need an active stage for «%(states)s», and this is the last "
                    "one. Rename it, or add another one first.",
                    states="», «".join(titles[state] for state in sorted(lost)),
                )
            )

    def unlink(self):
        left = set(self.mapped("state"))
        result = super().unlink()
        self.env.registry.clear_cache()
        self._check_left(left)
        return result
