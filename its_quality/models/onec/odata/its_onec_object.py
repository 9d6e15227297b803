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
        readonly=True, help="The reference of its folder; of a contract, its client."
    )
    data_version = fields.Char(
        readonly=True, help="The one whose row was imported; empty: none was."
    )
    pending = fields.Selection(
        [
            ("decide", "To be decided"),
            ("names", "Names nobody knows"),
            ("client", "Without its client"),
        ],
        readonly=True,
        help="Why that version is read again although it is in: an unattended import "
        "has left it to somebody who decides; there were no such users or services; "
        "the client of a contract was not there.",
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
    read_version = fields.Char(readonly=True, help="The one that was read last.")
    row = fields.Integer(
        readonly=True, help="Of that import; 0: it has none; empty: yet to be read."
    )

    _once = models.UniqueIndex("(connection_id, ref, catalogue)")
    _to_read = models.Index("(import_id, catalogue) WHERE row IS NULL")
