from odoo import api, fields, models


class ItsService(models.Model):
    """What a client can be subscribed to.

    One list holds the three things a franchisee sells on subscription: a kind of
    1С:ИТС contract, a service that works by 1С:ИТС, and a program of 1C itself.
    """

    _name = "its.service"
    _description = "ITS Service"
    _order = "kind, sequence, name"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="A short name for lists and charts, such as «ПРОФ».")
    kind = fields.Selection(
        [
            ("contract", "Contract type"),
            ("service", "Service"),
            ("program", "Program"),
        ],
        required=True,
        default="service",
        index=True,
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    description = fields.Text(translate=True)
    onec_names = fields.Text(
        string="Names in 1C",
        help="Names of this service in files from 1C, one per line. An import uses "
        "them when the name itself does not match.",
    )
    team_ids = fields.Many2many(
        "its.team", "its_team_service_rel", "service_id", "team_id", string="Teams"
    )

    _code_uniq = models.UniqueIndex(
        "(kind, code) WHERE code IS NOT NULL",
        "Another service of this kind has the same code.",
    )

    @api.depends("code", "kind")
    @api.depends_context("its_short_service")
    def _compute_display_name(self):
        if not self.env.context.get("its_short_service"):
            return super()._compute_display_name()
        for service in self:
            service.display_name = service.code or service.name
        return None

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals:
            # What names services remembers those that are offered.
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
