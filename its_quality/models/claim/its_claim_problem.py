from odoo import api, fields, models


class ItsClaimProblem(models.Model):
    """What was behind a claim: a tree of causes, picked when it is resolved."""

    _name = "its.claim.problem"
    _description = "Claim Problem"
    _parent_store = True
    _order = "parent_path, name"

    name = fields.Char(required=True, translate=True)
    parent_id = fields.Many2one(
        "its.claim.problem", index=True, ondelete="restrict", string="Part of"
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("its.claim.problem", "parent_id")
    active = fields.Boolean(default=True)
    display_name = fields.Char(recursive=True)

    @api.depends("name", "parent_id.display_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for problem in self:
            parent = problem.parent_id
            name = problem.name or ""
            problem.display_name = f"{parent.display_name} / {name}" if parent else name
