from odoo import fields, models

# What an import may change of a contractor.
SAID = (
    "ref",
    "code_key",
    "name_key",
    "inn",
    "kpp",
    "digest",
    "unresolved",
    "data",
    "subscriptions",
)


class ItsImportSnapshot(models.Model):
    """A contractor as a source knows it, whose card it is, and what was last said of it.

    What a source keeps apart stays apart: two references of one source are two of these
    and two cards, unless somebody has joined them. Then both lead to one card, and one
    of them writes it. A card has one or more for each source that contains it.

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
        string="Updates the card",
        default=True,
        help="When several contractors of a source lead to the same card, only one of "
        "them updates it.",
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
    digest = fields.Char(help="A hash of the values, used to find equal rows.")
    unresolved = fields.Boolean(
        help="Part of the row was not understood, so it is read again."
    )
    data = fields.Json(help="Odoo field: value written by the last import.")
    subscriptions = fields.Json(
        help="Hashes of the subscription rows of this contractor."
    )
    import_id = fields.Many2one(
        "its.import",
        string="Added by import",
        ondelete="set null",
        index="btree_not_null",
        help="Undoing that import removes it.",
    )

    _one_per_client = models.UniqueIndex(
        "(source_id, partner_id) WHERE is_leading IS TRUE"
    )
    _one_per_ref = models.UniqueIndex("(ref, source_id) WHERE ref IS NOT NULL")
    _by_code = models.Index("(source_id, code_key) WHERE code_key IS NOT NULL")
    _by_inn = models.Index("(source_id, inn) WHERE inn IS NOT NULL")
    _by_name = models.Index("(source_id, name_key)")
    _by_digest = models.Index("(source_id, digest)")

    def _last_values(self):
        """What the source says of the contractor, for undoing.

        :return: values as ``write`` takes them
        """
        self.ensure_one()
        return {name: self[name] for name in SAID}
