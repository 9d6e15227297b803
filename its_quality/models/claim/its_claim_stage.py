from odoo import api, fields, models, tools

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
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
