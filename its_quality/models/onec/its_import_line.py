from odoo import api, fields, models
from odoo.tools import SQL


class ItsImportLine(models.Model):
    """A row of the imported file: what it holds, what is planned, what came of it.

    Rows are written in bulk, by the hundred thousand, so the table is kept slim: no
    log columns, no stored computes.
    """

    _name = "its.import.line"
    _description = "Imported Row"
    _order = "import_id, row"
    _log_access = False
    _rec_name = "name"

    import_id = fields.Many2one(
        "its.import", required=True, ondelete="cascade", readonly=True, index=True
    )
    company_id = fields.Many2one(related="import_id.company_id")
    row = fields.Integer(required=True, readonly=True, help="As the table shows it.")
    entity = fields.Selection(
        [("contractor", "Contractor"), ("contract", "Contract")],
        string="What it is",
        readonly=True,
    )
    name = fields.Char(readonly=True)
    plan = fields.Selection(
        [
            ("new", "New"),
            ("changed", "Will change"),
            ("unchanged", "Without changes"),
            ("folder", "Folder"),
            ("doubtful", "Doubtful"),
            ("deleted", "Marked for deletion"),
            ("wrong", "Error"),
            ("skip", "Left out"),
        ],
        readonly=True,
    )
    outcome = fields.Selection(
        [
            ("created", "Created"),
            ("updated", "Updated"),
            ("unchanged", "Unchanged"),
            ("skipped", "Skipped"),
            ("rejected", "Rejected"),
        ],
        readonly=True,
    )
    undone = fields.Boolean(readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    decision = fields.Selection(
        [("new", "Another client"), ("same", "The same client"), ("skip", "Leave out")],
        default="new",
        help="A row that only resembles a client becomes a new one unless you say "
        "that it is the same.",
    )
    first_line_id = fields.Many2one(
        "its.import.line",
        string="Same client as the row",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    data = fields.Json(readonly=True, help="The values of the row by onec field.")
    folder_path = fields.Json(readonly=True)
    issues = fields.Json(readonly=True, help="[[code, field, value], ...]")
    has_issues = fields.Boolean(readonly=True)
    changes = fields.Json("For undoing", readonly=True)

    verdict = fields.Selection(
        [
            ("known", "Known"),
            ("new", "New"),
            ("doubtful", "Doubtful"),
            ("deleted", "Marked for deletion"),
            ("skip", "Nobody who is here"),
        ],
        readonly=True,
        help="Whom the row means, by what the whole file says.",
    )
    reason = fields.Char(
        readonly=True, help="What the row shares with whom it resembles."
    )
    # Ids without a foreign key: rows are many, and whoever reads them looks.
    known_id = fields.Integer(
        readonly=True, help="The contractor of the source it was recognised as."
    )
    twin_card = fields.Integer(readonly=True, help="The client with its INN and KPP.")
    twin_row = fields.Integer(readonly=True, help="The row with its INN and KPP.")
    follows = fields.Boolean(
        readonly=True, help="The card is written by another contractor."
    )
    message = fields.Char(compute="_compute_message", string="Remark")
    change_summary = fields.Char(compute="_compute_change_summary", string="Changes")

    ref = fields.Char(readonly=True)
    inn = fields.Char(readonly=True)
    code_key = fields.Char(readonly=True)
    name_key = fields.Char(readonly=True)
    digest = fields.Char(readonly=True)
    subscription_digest = fields.Char(readonly=True)

    _by_row = models.UniqueIndex("(import_id, row)")
    _to_do = models.Index("(import_id, row) WHERE outcome IS NULL")
    _to_plan = models.Index("(import_id, row) WHERE plan IS NULL")
    _by_inn = models.Index("(import_id, inn) WHERE inn IS NOT NULL")
    _with_issues = models.Index("(import_id) WHERE has_issues IS TRUE")

    @api.depends("issues")
    @api.depends_context("lang")
    def _compute_message(self):
        for line in self:
            line.message = self.env["its.import"]._issue_sentences(line.issues)

    @api.depends("changes")
    @api.depends_context("lang")
    def _compute_change_summary(self):
        for line in self:
            line.change_summary = line._describe_changes()

    def _describe_changes(self):
        """List what the import changed: «Phone: before → after».

        :return: a string in the user's language, or ``False``
        """
        self.ensure_one()
        changes = self.changes or {}
        labels = self.env["res.partner"].sudo().fields_get(attributes=["string"])
        parts = [
            f"{labels[name]['string'] if name in labels else name}: "
            f"{before or '—'} → {after}"
            for name, (before, after) in changes.get("shown", {}).items()
        ]
        if changes.get("values", {}).get("active") is False:
            parts.append(self.env._("archived"))
        contacts = len(changes.get("contacts", ()))
        if contacts:
            parts.append(self.env._("contacts added: %(count)s", count=contacts))
        added = len(changes.get("subscriptions", ()))
        if added:
            parts.append(self.env._("subscriptions added: %(count)s", count=added))
        extended = len(changes.get("extended", ()))
        if extended:
            parts.append(self.env._("subscriptions changed: %(count)s", count=extended))
        return "; ".join(parts) or False

    @api.model
    def _drop(self, import_ids):
        """Delete the rows of imports, fast.

        :param import_ids: a list of ids of ``its.import``
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL("DELETE FROM its_import_line WHERE import_id IN %s", tuple(import_ids)),
            # A worker may be at it too, for a check that was stopped.
            log_exceptions=False,
        )
        self.env.invalidate_all()
