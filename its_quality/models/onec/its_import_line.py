import json
from dataclasses import dataclass

from odoo import api, fields, models
from odoo.tools import SQL

from .texts import issue_sentences

# What a row is, in the words of onec.
CONTRACTOR, CONTRACT = "contractor", "contract"
# Rows that somebody has yet to find a client for, when checking and when importing.
TO_PLAN = SQL("line.plan IS NULL")
TO_IMPORT = SQL(
    "line.outcome IS NULL AND line.plan IN ('new', 'changed', 'unchanged', 'doubtful')"
)
# Rows that have nothing but a name, as reading has found.
NAME_ONLY = SQL("COALESCE(line.issues @> '[[\"name_only\"]]', false)")
# Rows at once: read, planned and written together, and committed with their progress.
BATCH = 2000

# As json.dumps() does it, which makes an encoder anew at each call.
to_json = json.JSONEncoder(ensure_ascii=False).encode


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
    row = fields.Integer(required=True, readonly=True, help="As shown in the table.")
    entity = fields.Selection(
        [("contractor", "Contractor"), ("contract", "Contract")],
        string="Record type",
        readonly=True,
    )
    name = fields.Char(readonly=True)
    plan = fields.Selection(
        [
            ("new", "New"),
            ("changed", "Will change"),
            ("unchanged", "Unchanged"),
            ("folder", "Folder"),
            ("doubtful", "Doubtful"),
            ("deleted", "Marked for deletion"),
            ("wrong", "Error"),
            ("skip", "Skipped"),
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
    # One of the few rows that are kept of a former import: see History.
    is_gathered = fields.Boolean(string="Left of a former import", readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    decision = fields.Selection(
        [("new", "A different client"), ("same", "The same client"), ("skip", "Skip")],
        default="new",
        help="A row that is only similar to a client becomes a new client unless you "
        "choose that it is the same.",
    )
    first_line_id = fields.Many2one(
        "its.import.line",
        string="Same client as the row",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    data = fields.Json(readonly=True, help="The values of the row by 1C field.")
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
            ("skip", "No client"),
        ],
        readonly=True,
        help="The client the row refers to, judging by the whole file.",
    )
    reason = fields.Char(
        readonly=True, help="What the row has in common with the similar client."
    )
    # Ids without a foreign key: there are many rows, and the readers of ids check them.
    known_id = fields.Integer(
        readonly=True,
        help="The contractor of the source that the row was recognized as.",
    )
    twin_card = fields.Integer(readonly=True, help="The client with its INN and KPP.")
    twin_row = fields.Integer(readonly=True, help="The row with its INN and KPP.")
    follows = fields.Boolean(
        readonly=True, help="The card is updated by another contractor."
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

    # -------------------------------------------------------------------------
    # Computes
    # -------------------------------------------------------------------------

    @api.depends("issues")
    @api.depends_context("lang")
    def _compute_message(self):
        for line in self:
            line.message = issue_sentences(self.env, line.issues)

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

    # -------------------------------------------------------------------------
    # CRUD
    # -------------------------------------------------------------------------

    def write(self, vals):
        if "decision" in vals and self:
            self.import_id.check_access("write")
            self.import_id._check_decidable()
        result = super().write(vals)
        if "decision" in vals:
            self._join_or_part()
        return result

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

    # -------------------------------------------------------------------------
    # Deciding what a row is
    # -------------------------------------------------------------------------

    def action_decide(self):
        """Keep what the user says of rows; ``its_decision`` of the context is a value
        of ``decision``."""
        self.write({"decision": self.env["its.import"]._decision()})

    def _join_or_part(self):
        """Plan rows as the client whose ИНН and КПП they have, or as one of their own."""
        lines = self.filtered(lambda line: line.reason == "duplicate")
        if not lines:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE its_import_line line
                   SET plan = CASE WHEN line.decision = 'skip' THEN 'skip'
                                   WHEN line.decision IS DISTINCT FROM 'same' THEN 'new'
                                   WHEN line.subscription_digest IS NULL
                                   THEN 'unchanged' ELSE 'changed' END,
                       partner_id = CASE WHEN line.decision = 'same'
                                         THEN partner.id END,
                       first_line_id = CASE WHEN line.decision = 'same'
                                            THEN first.id END
                  FROM its_import_line told
                  LEFT JOIN res_partner partner ON partner.id = told.twin_card
                  LEFT JOIN its_import_line first ON first.id = told.twin_row
                 WHERE told.id = line.id AND line.id = ANY(%s)
                """,
                lines.ids,
            )
        )
        self.env.invalidate_all()
        lines.import_id._count_plans_again()


# -----------------------------------------------------------------------------
# Rows as the steps see them
# -----------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class StagedRow:
    """A row of the file as the work of a batch sees it: plain values.

    A batch reads each of them many times, and records of the ORM would cost more
    than all the work itself. The names are those of ``its.import.line``; ``first_…``
    tell of the row that has brought the same client before, if there is one, and
    ``like`` is the name of whom it resembles.
    """

    id: int
    row: int
    plan: str | None
    decision: str | None
    data: dict
    folder_path: list | None
    issues: list | None
    ref: str | None
    inn: str | None
    code_key: str | None
    name_key: str | None
    digest: str | None
    subscription_digest: str | None
    first_id: int | None
    first_row: int | None
    first_plan: str | None
    first_partner_id: int | None
    entity: str | None = CONTRACTOR
    partner_id: int | None = None
    verdict: str | None = None
    reason: str | None = None
    known_id: int | None = None
    follows: bool | None = None
    like: str | None = None

    @property
    def is_contract(self):
        """Whether the row is a contract of a client and not a client."""
        return self.entity == CONTRACT

    @property
    def is_contractor(self):
        """Whether the row is the one that tells of its contractor: no contract, and
        none that repeats another."""
        return not self.is_contract and (self.is_joined or not self.first_id)

    @property
    def is_joined(self):
        """Whether the user has said that it is one with a client it resembles."""
        return self.reason == "duplicate" and self.decision == "same"


def staged_rows(job, condition, limit=None):
    """Fetch rows of an import in the order of the file.

    :param job: the ``its.import``
    :param condition: an ``SQL`` about ``line``
    :param limit: at most so many
    :return: a list of :class:`StagedRow`
    """
    job.env["its.import.line"].flush_model()
    # OFFSET 0: each is looked up by its id, however many rows the database reckons with.
    found = job.env.execute_query(
        SQL(
            """
            SELECT line.id, line.row, line.plan, line.decision, line.data,
                   line.folder_path, line.issues, line.ref, line.inn,
                   line.code_key, line.name_key, line.digest,
                   line.subscription_digest,
                   first.id, first.row, first.plan, first.partner_id,
                   line.entity, line.partner_id, line.verdict, line.reason,
                   line.known_id, line.follows,
                   CASE WHEN line.reason IS NOT NULL
                        THEN COALESCE(twin.name, partner.name) END
              FROM its_import_line line
              LEFT JOIN LATERAL (
                    SELECT * FROM its_import_line known
                     WHERE known.id = line.first_line_id OFFSET 0
              ) first ON true
              LEFT JOIN LATERAL (
                    SELECT name FROM its_import_line known
                     WHERE known.id = line.twin_row OFFSET 0
              ) twin ON true
              LEFT JOIN LATERAL (
                    SELECT name FROM res_partner known
                     WHERE known.id = COALESCE(line.twin_card, line.partner_id)
                       AND line.reason IS NOT NULL OFFSET 0
              ) partner ON true
             WHERE line.import_id = %(job)s AND %(condition)s
             ORDER BY line.row
             LIMIT %(limit)s
            """,
            job=job.id,
            condition=condition,
            limit=limit,
        )
    )
    return [StagedRow(*values) for values in found]


def settle(env, results):
    """Write outcomes, the last thing of a batch.

    :param results: ``{line: (outcome, partner id, undo data, further issue)}``
    """
    env.flush_all()
    told = [[line.id, *result] for line, result in results.items()]
    env.cr.execute(
        SQL(
            """
            UPDATE its_import_line line
               SET outcome = v ->> 1, partner_id = (v ->> 2)::int,
                   changes = NULLIF(v -> 3, 'null'),
                   issues = CASE WHEN v -> 4 = 'null' THEN line.issues ELSE
                       COALESCE(line.issues, '[]') || jsonb_build_array(v -> 4) END,
                   has_issues = COALESCE(line.has_issues, false) OR v -> 4 != 'null'
              FROM jsonb_array_elements(%s) AS v
             WHERE line.id = (v ->> 0)::int
            """,
            to_json(told),
        )
    )
    env.invalidate_all()
