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
        help="Which field each column title went to last time.",
    )
    folder_mode = fields.Selection(
        [("category", "Become tags of the client"), ("skip", "Are left out")],
        string="Folders",
        default="category",
        required=True,
    )
    overwrite = fields.Boolean(
        string="Overwrite what was edited in Odoo",
        help="Off: a field that was changed in Odoo after the last import keeps its "
        "value. On: the file wins.",
    )
    turn = fields.Integer(readonly=True, copy=False)
    import_ids = fields.One2many("its.import", "source_id", string="Imports")

    def _take_turn(self):
        """Let no other import write clients until this transaction ends.

        Every batch of every import updates the same rows first. Whoever comes
        second waits here and then fails with a serialization error, which the
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


# What an import may change of a contractor.
SAID = (
    *("ref", "code_key", "name_key", "inn", "kpp", "digest", "unresolved"),
    *("data", "subscriptions"),
)


class ItsImportSnapshot(models.Model):
    """A contractor as a source knows it, whose card it is, and what was last said of it.

    What a source keeps apart stays apart: two references of one source are two of these
    and two cards, unless somebody has joined them. Then both lead to one card, and one
    of them writes it. A card has as many as there are sources that tell of it, or more.

    With what was said an import tells a value that changed in 1C from one edited in
    Odoo, and passes over unchanged rows without reading the clients.
    """

    _name = "its.import.snapshot"
    _description = "Contractor of a Source"
    _log_access = False
    _rec_name = "ref"

    source_id = fields.Many2one("its.import.source", required=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", required=True, ondelete="cascade", index=True
    )
    is_leading = fields.Boolean(
        string="Writes the card",
        default=True,
        help="Of several contractors of one source that lead to one card, one writes it.",
    )
    is_marked = fields.Boolean(string="Marked for deletion")
    ref = fields.Char(string="1C reference", help="The GUID in the source.")
    code_key = fields.Char(
        string="1C code",
        help="The code of the client in the source, for comparison.",
    )
    name_key = fields.Char(help="The name in the source, for comparison.")
    inn = fields.Char(string="INN")
    kpp = fields.Char(string="KPP")
    digest = fields.Char(help="A hash of the values, to find equal rows by.")
    unresolved = fields.Boolean(
        help="Something of the row was not understood: it is looked at again."
    )
    data = fields.Json(help="Field of ours: value written by the last import.")
    subscriptions = fields.Json(help="Hashes of the rows about his subscriptions.")
    import_id = fields.Many2one(
        "its.import",
        string="Brought by",
        ondelete="set null",
        index="btree_not_null",
        help="Undoing that import takes it back.",
    )

    def _said(self):
        """What the source says of the contractor, for undoing.

        :return: values as ``write`` takes them
        """
        self.ensure_one()
        return {name: self[name] for name in SAID}

    _one_per_client = models.UniqueIndex(
        "(source_id, partner_id) WHERE is_leading IS TRUE"
    )
    _one_per_ref = models.UniqueIndex("(ref, source_id) WHERE ref IS NOT NULL")
    _by_code = models.Index("(source_id, code_key) WHERE code_key IS NOT NULL")
    _by_inn = models.Index("(source_id, inn) WHERE inn IS NOT NULL")
    _by_name = models.Index("(source_id, name_key)")
    _by_digest = models.Index("(source_id, digest)")
