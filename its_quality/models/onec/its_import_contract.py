from odoo import api, fields, models


class ItsImportContract(models.Model):
    """A kind of contracts in 1C and the service that its contracts are about.

    1C knows «СПокупателем» and the name that somebody gave to a contract, but nothing
    of services; so the user says once what each kind means. A kind without a service,
    such as the contracts with suppliers, is not imported.
    """

    _name = "its.import.contract"
    _description = "Kind of Contracts in 1C"
    _order = "source_id, count desc, name"

    source_id = fields.Many2one(
        "its.import.source", required=True, readonly=True, ondelete="cascade"
    )
    import_id = fields.Many2one(
        "its.import",
        string="Last seen in",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    key = fields.Char(required=True, readonly=True)
    name = fields.Char(string="Contract name", readonly=True)
    onec_kind = fields.Char(string="Kind in 1C", readonly=True)
    example = fields.Char(readonly=True)
    count = fields.Integer(string="Contracts", readonly=True)
    service_id = fields.Many2one(
        "its.service",
        string="Subscription to",
        index="btree_not_null",
        ondelete="set null",
        help="Empty: contracts of this kind are not imported.",
    )

    _one_per_source = models.UniqueIndex("(source_id, key)")

    @api.depends("name", "onec_kind")
    def _compute_display_name(self):
        for kind in self:
            names = filter(None, (kind.name, kind.onec_kind))
            kind.display_name = " · ".join(names) or self.env._("Without a name")

    def write(self, vals):
        result = super().write(vals)
        if "service_id" in vals:
            self.import_id._mapping_changed()
        return result
