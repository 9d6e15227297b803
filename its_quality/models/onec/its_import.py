from odoo import api, fields, models

from ...tools.by_code import by_code
from .file_source import FileSource
from .refused import ImportRefused
from .rejected import rejected_workbook

OUTCOMES = ("created", "updated", "unchanged", "skipped", "rejected")
WORKING = ("checking", "running", "undoing")
# By these a file has other columns; by the options it is another import.
UNDECIDED = ("draft", "checked")
HOW_TO_READ = {"file", "sheet", "header_row", "encoding"}
OPTIONS = {"folder_mode", "overwrite", "refuse_wrong_inn", "source_id"}


class ItsImport(models.Model):
    """One 1C file on its way to clients («выгрузка контрагентов»), or what a base of 1C
    has told when it was asked.

    The record is the job: it survives a closed window, a restarted server and a
    killed worker. Dropping the file in finds header and columns; the check reads
    every row into :class:`ItsImportLine` and says what would happen; only the
    import writes clients, batch by batch, and may be undone.

    Here are its fields and buttons; how the work goes on is told in
    :mod:`.its_import_job`.
    """

    _name = "its.import"
    _description = "Import from 1C"
    _inherit = ["its.dropped.file", "mail.thread"]
    _order = "id desc"
    _check_company_auto = True

    source_id = fields.Many2one(
        "its.import.source",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self._default_source(),
        help="The infobase or the kind of sheet: columns, codes and edits are "
        "remembered for each.",
    )
    company_id = fields.Many2one(related="source_id.company_id", store=True, index=True)
    user_id = fields.Many2one(
        "res.users",
        string="Imported by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        index=True,
    )
    state = fields.Selection(
        [
            ("draft", "File"),
            ("checking", "Checking"),
            ("checked", "Check"),
            ("running", "Import"),
            ("done", "Result"),
            ("cancelled", "Stopped"),
            ("undoing", "Being undone"),
            ("undone", "Undone"),
        ],
        default="draft",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    error = fields.Text(readonly=True, copy=False)
    failures = fields.Integer(readonly=True, copy=False)

    connection_id = fields.Many2one(
        "its.onec.connection",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    unattended = fields.Boolean(
        readonly=True,
        copy=False,
        help="Started by the schedule: doubtful rows are skipped and reported.",
    )
    # How far reading has come; see odata.pages.
    reading = fields.Json(readonly=True, copy=False)
    reading_text = fields.Char(compute="_compute_reading_text")
    left_out_text = fields.Char(compute="_compute_reading_text")
    wait_until = fields.Datetime(readonly=True, copy=False)
    waits = fields.Integer(readonly=True, copy=False)

    file_kind = fields.Char(
        readonly=True, copy=False, help="The kind reported by the file reader."
    )
    is_exchange = fields.Boolean(compute="_compute_is_exchange")
    sheet = fields.Char(
        copy=False, help="Empty: the first sheet in which a header is found."
    )
    sheet_names = fields.Char(readonly=True, copy=False)
    header_row = fields.Char(
        string="Header row",
        copy=False,
        help="The number of the row with the column titles. Empty: found "
        "automatically. 0: the columns have no titles.",
    )
    file_remark = fields.Text(readonly=True, copy=False)
    encoding = fields.Selection(
        [
            ("utf-8", "UTF-8"),
            ("cp1251", "Windows-1251"),
            ("utf-16", "UTF-16"),
            ("cp866", "CP866"),
            ("koi8-r", "KOI8-R"),
        ],
        help="For text files. Empty: detected from the content.",
        copy=False,
    )
    found = fields.Char(string="Found in the file", readonly=True, copy=False)
    folder_mode = fields.Selection(
        [("category", "Turn into client tags"), ("skip", "Ignore")],
        string="Folders",
        compute="_compute_options",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    overwrite = fields.Boolean(
        string="Overwrite edits made in Odoo",
        compute="_compute_options",
        store=True,
        readonly=False,
        precompute=True,
    )
    refuse_wrong_inn = fields.Boolean(
        string="Reject rows with a wrong INN",
        compute="_compute_options",
        store=True,
        readonly=False,
        precompute=True,
    )
    column_ids = fields.One2many("its.import.column", "import_id", string="Columns")
    line_ids = fields.One2many("its.import.line", "import_id", string="All rows")
    doubtful_line_ids = fields.One2many(
        "its.import.line",
        "import_id",
        string="Doubtful",
        domain=[("plan", "=", "doubtful")],
    )
    archive_deleted = fields.Boolean(
        string="Archive them",
        copy=False,
        help="Archived clients are hidden but keep their history. Undoing the import "
        "restores them.",
    )
    contract_ids = fields.One2many(
        "its.import.contract", "import_id", string="Kinds of contracts"
    )
    contract_count = fields.Integer(
        "Contracts in the file", compute="_compute_contract_count"
    )
    open_kind_count = fields.Integer(
        "Kinds without a service", compute="_compute_contract_count"
    )
    check_needed = fields.Boolean(readonly=True, copy=False)
    check_stopped = fields.Boolean(readonly=True, copy=False)
    stop_summary = fields.Char(compute="_compute_stop_summary")
    can_undo = fields.Boolean(compute="_compute_can_undo")
    # When undoing began, and what it removes beside clients.
    undo_start = fields.Datetime(readonly=True, copy=False)
    made_tag_ids = fields.Json(readonly=True, copy=False)
    undo_counts = fields.Json(readonly=True, copy=False)
    undo_summary = fields.Char(compute="_compute_undo_summary")

    # What the rows were read from, and how.
    reading_key = fields.Char(readonly=True, copy=False, index="btree_not_null")
    # Clients that came later than this one have not been compared with the file.
    matched_to = fields.Integer(readonly=True, copy=False)
    # Divisions up to this row have been seen to.
    after_row = fields.Integer(readonly=True, copy=False)

    rows_kept = fields.Selection(
        [
            ("all", "All"),
            ("changes", "What was changed"),
            ("rejected", "Rejected ones"),
        ],
        readonly=True,
        required=True,
        default="all",
        copy=False,
        help="Of the rows of an earlier import only these are kept; the counts stay.",
    )
    row_count = fields.Integer(string="Rows", readonly=True, copy=False)
    done_count = fields.Integer(string="Rows done", readonly=True, copy=False)
    plan_counts = fields.Json(readonly=True, copy=False)
    outcome_counts = fields.Json(readonly=True, copy=False)
    new_count = fields.Integer("New", compute="_compute_counts")
    changed_count = fields.Integer("Will change", compute="_compute_counts")
    same_count = fields.Integer("Without changes", compute="_compute_counts")
    folder_count = fields.Integer("Folder rows", compute="_compute_counts")
    doubtful_count = fields.Integer("Doubtful rows", compute="_compute_counts")
    deleted_count = fields.Integer("Marked for deletion", compute="_compute_counts")
    wrong_count = fields.Integer("With errors", compute="_compute_counts")
    contract_plan_count = fields.Integer(
        "Contracts to import", compute="_compute_counts"
    )
    created_count = fields.Integer("Created", compute="_compute_counts")
    updated_count = fields.Integer("Updated", compute="_compute_counts")
    unchanged_count = fields.Integer("Unchanged", compute="_compute_counts")
    skipped_count = fields.Integer("Skipped", compute="_compute_counts")
    rejected_count = fields.Integer("Rejected", compute="_compute_counts")
    warning_count = fields.Integer("Remarks", compute="_compute_warning_count")
    progress = fields.Float(compute="_compute_progress", help="From 0 to 100.")
    time_left = fields.Char(
        compute="_compute_progress", help="In minutes and seconds; empty at the start."
    )
    date_start = fields.Datetime(string="Started", readonly=True, copy=False)
    date_done = fields.Datetime(string="Finished", readonly=True, copy=False)

    _one_running_per_source = models.UniqueIndex(
        "(source_id) WHERE state IN ('running', 'undoing')",
        "An import from this source is running. Wait until it has finished.",
    )
    _one_per_connection = models.UniqueIndex(
        "(connection_id) WHERE state IN ('checking', 'running', 'undoing')",
        "This connection is being synchronized right now. Wait until it has finished.",
    )

    @api.model
    def _default_source(self):
        return self.env["its.import.source"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        )

    # -------------------------------------------------------------------------
    # Computes
    # -------------------------------------------------------------------------

    @api.depends("file_name", "connection_id", "create_date")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for job in self:
            job.display_name = job._source().name()

    @api.depends("file_kind", "connection_id")
    def _compute_is_exchange(self):
        for job in self:
            job.is_exchange = job._source().is_exchange()

    @api.depends("source_id")
    def _compute_options(self):
        for job in self:
            job.folder_mode = job.source_id.folder_mode or "category"
            job.overwrite = job.source_id.overwrite
            job.refuse_wrong_inn = job.source_id.refuse_wrong_inn

    @api.depends("plan_counts", "outcome_counts")
    def _compute_counts(self):
        for job in self:
            plan = job.plan_counts or {}
            job.new_count = plan.get("new", 0)
            job.changed_count = plan.get("changed", 0)
            job.same_count = plan.get("unchanged", 0)
            job.folder_count = plan.get("folder", 0)
            job.doubtful_count = plan.get("doubtful", 0)
            job.deleted_count = plan.get("deleted", 0)
            job.wrong_count = plan.get("wrong", 0)
            job.contract_plan_count = plan.get("contract", 0)
            outcome = job.outcome_counts or {}
            for name in OUTCOMES:
                job[f"{name}_count"] = outcome.get(name, 0)

    def _compute_warning_count(self):
        counts = dict(
            self.env["its.import.line"]._read_group(
                [("import_id", "in", self.ids), ("has_issues", "=", True)],
                ["import_id"],
                ["__count"],
            )
        )
        for job in self:
            # Rows of a check that was stopped may still be there.
            job.warning_count = counts.get(job, 0) if job.row_count else 0

    @api.depends("done_count", "row_count", "state", "date_start", "reading")
    def _compute_progress(self):
        now = fields.Datetime.now()
        for job in self:
            share = job.done_count / job.row_count if job.row_count else 0
            spent = (now - job.date_start).total_seconds() if job.date_start else 0
            left = round(spent / share - spent) if share else 0
            job.time_left = left > 0 and f"{left // 60}:{left % 60:02}"
            job.progress = 100 * (job._source().share_read() or share)

    @api.depends("reading", "state", "wait_until", "row_count")
    @api.depends_context("lang", "tz")
    def _compute_reading_text(self):
        for job in self:
            source = job._source()
            job.reading_text = source.reading_progress_text()
            job.left_out_text = source.left_out_text()

    @api.depends("contract_ids.count", "contract_ids.service_id")
    def _compute_contract_count(self):
        for job in self:
            kinds = job.contract_ids
            job.contract_count = sum(kinds.mapped("count"))
            job.open_kind_count = len(kinds.filtered(lambda kind: not kind.service_id))

    @api.depends("state", "check_stopped", "done_count", "row_count", "outcome_counts")
    @api.depends_context("lang")
    def _compute_stop_summary(self):
        for job in self:
            job.stop_summary = " ".join(job._stop_sentences()) or False

    def _stop_sentences(self):
        """Say how far a stopped import has come and what can be done about it.

        :return: a list of sentences in the user's language
        """
        self.ensure_one()
        _ = self.env._
        if self.state == "draft" and self.check_stopped:
            return self._source().check_stopped_sentences()
        if self.state != "cancelled":
            return []
        if not self.done_count:
            return [
                _("The import was stopped before anything was written."),
                _("To start over, import the same file again."),
            ]
        sentences = [
            _(
                "The import was stopped after %(done)s of %(rows)s rows; the rest has "
                "not been touched.",
                done=self.done_count,
                rows=self.row_count,
            )
        ]
        if self.can_undo and (self.created_count or self.updated_count):
            sentences.append(_("Press «Undo the import» to revert what it has done."))
        sentences.append(
            _(
                "To continue, import the same file again: rows already imported stay "
                "as they are."
            )
        )
        return sentences

    def _compute_can_undo(self):
        for job in self:
            job.can_undo = (
                job.state in ("done", "cancelled")
                and job.rows_kept != "rejected"
                and not job._later_imports()
            )

    def _later_imports(self):
        """Imports of the same source that wrote clients after this one."""
        self.ensure_one()
        later = self.search(
            [
                ("source_id", "=", self.source_id.id),
                "|",
                ("date_start", ">", self.date_start),
                "&",
                ("date_start", "=", self.date_start),
                ("id", ">", self.id),
                ("state", "in", ("running", "done", "cancelled", "undoing")),
            ]
        )
        # One that has changed nothing, as most nights, is in nobody's way.
        return later.filtered(
            lambda job: job.state in WORKING or job.created_count or job.updated_count
        )[:1]

    @api.depends("undo_counts")
    def _compute_undo_summary(self):
        for job in self:
            counts = job.undo_counts or {}
            job.undo_summary = bool(counts) and self.env._(
                "Clients deleted: %(removed)s; archived because they have been worked "
                "with since: %(archived)s; values restored: %(restored)s; later edits "
                "kept: %(kept)s.",
                removed=counts.get("removed", 0),
                archived=counts.get("archived", 0),
                restored=counts.get("restored", 0),
                kept=counts.get("kept", 0),
            )

    # -------------------------------------------------------------------------
    # CRUD
    # -------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # Who has dropped it stands on the page, and what becomes of it is in the chatter.
        silent = self.with_context(its_no_index=True, mail_create_nolog=True)
        jobs = super(ItsImport, silent).create(vals_list).with_env(self.env)
        for job in jobs.filtered("file"):
            job._do_read_header()
        return jobs

    def write(self, vals):
        if "file" in vals and any(job.state != "draft" for job in self):
            raise ImportRefused(
                self.env._("This import already has a file. Start a new import.")
            )
        result = super(ItsImport, self.with_context(its_no_index=True)).write(vals)
        if HOW_TO_READ & vals.keys():
            for job in self.filtered(lambda job: job.file and job.state in UNDECIDED):
                job._do_read_header()
            self._mapping_changed()
        elif OPTIONS & vals.keys():
            self._mapping_changed()
        return result

    def _do_read_header(self):
        """Find header, columns and encoding, and propose where each column goes."""
        FileSource(by_code(self)).read_header()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_working(self):
        working = self.filtered(lambda job: job.state in WORKING)
        if working:
            raise ImportRefused(
                self.env._(
                    "%(name)s is still running. Stop it before deleting it.",
                    name=working[0].display_name,
                )
            )

    def _mapping_changed(self):
        """What was checked holds no longer; ask for a new check before importing."""
        jobs = by_code(self).filtered(lambda job: job.state == "checked")
        if jobs:
            jobs.check_needed = True

    # -------------------------------------------------------------------------
    # Actions
    # -------------------------------------------------------------------------

    def action_check(self):
        """Read all rows and say what an import would do."""
        self.ensure_one()
        self = by_code(self)
        source = self._source()
        source.check_is_there()
        if self.state not in ("draft", "checked"):
            raise ImportRefused(
                self.env._(
                    "This import has already started. Create a new one to check the "
                    "file again."
                )
            )
        self._start("checking", source.prepare_check())

    def action_import(self):
        """Write the clients: at once from a small file, as a job from a big one."""
        self.ensure_one()
        if self.state != "checked" or self.check_needed:
            raise ImportRefused(
                self.env._(
                    "Check the file first: press «Check the file» to see what will happen."
                )
            )
        self._check_answered()
        running = self.search(
            [
                ("source_id", "=", self.source_id.id),
                ("state", "in", ("running", "undoing")),
            ],
            limit=1,
        )
        if running:
            raise ImportRefused(
                self.env._(
                    "%(user)s is importing from %(base)s right now. "
                    "Wait until that import has finished.",
                    user=running.user_id.name,
                    base=self.source_id.name,
                )
            )
        self._start("running")

    def action_import_users(self):
        """Hand a list of users over to where it belongs.

        :return: an action that opens its review
        """
        self.ensure_one()
        self.check_access("write")
        users = self.env["its.user.import"]
        if self.file and self.file_kind == "users":
            users = users.create(
                {
                    "source_id": self.source_id.id,
                    "file": self.with_context(bin_size=False).file,
                    "file_name": self.file_name,
                }
            )
            users.action_check()
            # There is nothing to be imported here.
            self.unlink()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "its_quality.its_user_import_action"
        )
        return {**action, "views": [(False, "form")], "res_id": users.id}

    def action_undo(self):
        """Take back what this import did, if nothing was imported after it."""
        self.ensure_one()
        if not self.can_undo:
            raise ImportRefused(
                self.env._(
                    "Only the last import of a source can be undone, "
                    "and only after it has finished."
                )
            )
        self._start("undoing")

    def action_open_lines(self):
        """Open the rows of the file; ``context['its_lines']`` names which."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "its_quality.its_import_line_action"
        )
        action["domain"] = [("import_id", "=", self.id)]
        chosen = self.env.context.get("its_lines")
        action["context"] = {f"search_default_{chosen}": 1} if chosen else {}
        return action

    def action_download_rejected(self):
        """Download the rejected rows with the reason, ready to be mended."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/its_quality/import/{self.id}/rejected",
            "target": "download",
        }

    def _rejected_workbook(self):
        """The rejected rows with the reason.

        :return: ``(file name, bytes of an XLSX)``
        """
        return rejected_workbook(self)
