from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError


class ItsTeam(models.Model):
    """A line of business («направление»): the people who look after some services.

    Its head, or the deputy when the head is away, sees the clients of the team's
    services and answers for the claims about them.
    """

    _name = "its.team"
    _description = "ITS Team"
    _inherit = ["mail.thread"]
    _order = "sequence, name"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    head_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    deputy_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Acts for the head when the head is away.",
    )
    member_ids = fields.Many2many(
        "res.users",
        "its_team_member_rel",
        "team_id",
        "user_id",
        string="Members",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    service_ids = fields.Many2many(
        "its.service",
        "its_team_service_rel",
        "team_id",
        "service_id",
        string="Services",
    )
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working hours",
        check_company=True,
        compute="_compute_resource_calendar_id",
        store=True,
        precompute=True,
        readonly=False,
        help="The deadlines and calls of the team are planned by these working days.",
    )
    note = fields.Text(string="Notes")

    @api.depends("company_id")
    def _compute_resource_calendar_id(self):
        for team in self:
            team.resource_calendar_id = team.company_id.resource_calendar_id

    @tools.ormcache("self.id")
    def _its_calendar_id(self):
        """By which calendar the team works: every claim on a screen asks."""
        return self.sudo().resource_calendar_id.id

    def write(self, vals):
        result = super().write(vals)
        if "resource_calendar_id" in vals or "company_id" in vals:
            self.env.registry.clear_cache()
        return result

    @api.constrains("service_ids", "company_id", "active")
    def _check_one_team_per_service(self):
        """A claim about a service must have one team to go to."""
        for team in self.filtered("active"):
            others = self.sudo().search(
                [
                    ("id", "!=", team.id),
                    ("company_id", "=", team.company_id.id),
                    ("service_ids", "in", team.service_ids.ids),
                ]
            )
            if others:
                shared = others.service_ids & team.service_ids
                raise ValidationError(
                    self.env._(
                        "%(services)s already belong to the team %(team)s. "
                        "Remove them there first: a service has one team in a company.",
                        services=", ".join(shared.mapped("name")),
                        team=", ".join(others.mapped("name")),
                    )
                )

    @api.constrains("head_id", "deputy_id")
    def _check_deputy(self):
        for team in self:
            if team.head_id and team.head_id == team.deputy_id:
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot be both head and deputy of %(team)s. "
                        "Choose another deputy or leave the field empty.",
                        user=team.head_id.name,
                        team=team.name,
                    )
                )
