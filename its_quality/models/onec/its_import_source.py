from odoo import fields, models
from odoo.tools import SQL


class ItsImportSource(models.Model):
    """One 1C information base, or one kind of sheet, that clients come from.

    Codes are unique within a base only, and each base lays its columns out in a way
    of its own: both are remembered per source.
    """

    _name = "its.import.source"
    _description = "Import Source"
    _order = "sequence, name"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    mapping = fields.Json(
        readonly=True,
        copy=False,
        help="The field each column title was mapped to last time.",
    )
    folder_mode = fields.Selection(
        [("category", "Turn into client tags"), ("skip", "Ignore")],
        string="Folders",
        default="category",
        required=True,
    )
    name_only = fields.Selection(
        [("client", "Clients"), ("folder", "Empty folders")],
        string="Rows with a name only are",
        help="Empty: asked when a list with folders has such rows.",
    )
    overwrite = fields.Boolean(
        string="Overwrite edits made in Odoo",
        help="Off: a field that was changed in Odoo after the last import keeps its "
        "value. On: the file wins.",
    )
    leads = fields.Boolean(
        string="Leads over other sources",
        help="Where two sources know a client, the values of this one count. If neither "
        "or both lead, the card keeps what it has.",
    )
    refuse_wrong_inn = fields.Boolean(
        string="Reject rows with a wrong INN",
        help="Off: the client is imported, and the row gets a remark. On: the row is "
        "rejected, and a tax number that another app finds wrong is, too.",
    )
    keep_days = fields.Integer(
        "Keep rows for (days)",
        default=90,
        help="So many days after an import, what it has changed can be looked up, and "
        "the last one undone. Then only its counts and its rejected rows are kept.",
    )
    turn = fields.Integer(readonly=True, copy=False)
    import_ids = fields.One2many("its.import", "source_id", string="Imports")

    _keep_days_positive = models.Constraint(
        "CHECK (keep_days > 0)", "Keep rows for at least one day."
    )

    def _take_turn(self):
        """Let no other import write clients until this transaction ends.

        Every batch of every import updates the same rows first. The second
        one waits here and then fails with a serialization error, which the
        server and our job answer by starting anew with the other's clients in view;
        so the same file imported twice at once doubles nothing.
        """
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET turn = COALESCE(turn, 0) + 1",
                SQL.identifier(self._table),
            ),
            log_exceptions=False,
        )
        self.env["its.import.source"].invalidate_model(["turn"], flush=False)
