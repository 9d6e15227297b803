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
        help="How 1C files call this service, one name a line. "
        "An import looks here when the name itself does not match.",
    )
    team_ids = fields.Many2many(
        "its.team", "its_team_service_rel", "service_id", "team_id", string="Teams"
    )
    subscription_ids = fields.One2many("its.subscription", "service_id")
    subscription_count = fields.Integer(
        string="Subscriptions in force", compute="_compute_subscription_count"
    )

    _code_uniq = models.UniqueIndex(
        "(kind, code) WHERE code IS NOT NULL",
        "Another service of this kind has the same code.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_subscription_count(self):
        counts = dict(
            self.env["its.subscription"]._read_group(
                [
                    ("service_id", "in", self.ids),
                    ("state", "in", ("active", "expiring")),
                ],
                ["service_id"],
                ["__count"],
            )
        )
        for service in self:
            service.subscription_count = counts.get(service, 0)

    @api.depends("code", "kind")
    @api.depends_context("its_short_service")
    def _compute_display_name(self):
        if not self.env.context.get("its_short_service"):
            return super()._compute_display_name()
        for service in self:
            service.display_name = service.code or service.name
        return None

    def action_open_subscriptions(self):
        """Open the subscriptions to this service."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "its_quality.its_subscription_action"
        )
        action["domain"] = [("service_id", "=", self.id)]
        action["context"] = {"default_service_id": self.id}
        return action
