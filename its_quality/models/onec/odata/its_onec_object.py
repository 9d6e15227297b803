from odoo import fields, models


class ItsOnecObject(models.Model):
    """What is remembered of an object in 1C: its version, so that it is read again only
    when it has changed, and its name, for those that refer to it.

    There are as many as there are contractors; they are written in bulk.
    """

    _name = "its.onec.object"
    _description = "Object in 1C"
    _log_access = False
    _rec_name = "name"

    connection_id = fields.Many2one(
        "its.onec.connection", required=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="connection_id.company_id")
    catalogue = fields.Char(required=True, readonly=True)
    ref = fields.Char(required=True, readonly=True)
    name = fields.Char(readonly=True)
    parent = fields.Char(
        readonly=True,
        help="The reference of its folder; for a contract, of its client.",
    )
    data_version = fields.Char(
        readonly=True, help="The version whose row was imported; empty: none."
    )
    pending = fields.Selection(
        [
            ("decide", "To be decided"),
            ("names", "Unknown names"),
            ("client", "Client missing"),
        ],
        readonly=True,
        help="Why that version is read again although it was imported: an unattended "
        "import left the decision to a person; some users or services were "
        "unknown; the client of a contract was missing.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    import_id = fields.Many2one(
        "its.import",
        string="Last read by",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    read_version = fields.Char(readonly=True, help="The version that was read last.")
    row = fields.Integer(
        readonly=True, help="The row in that import; 0: none; empty: not read yet."
    )

    _once = models.UniqueIndex("(connection_id, ref, catalogue)")
    _to_read = models.Index("(import_id, catalogue) WHERE row IS NULL")
