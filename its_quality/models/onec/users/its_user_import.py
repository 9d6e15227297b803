from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError

from ..refused import ImportRefused
from .texts import TextsOfList

# What a user may say of an import; all else follows from the file and from what is done.
EDITABLE = frozenset(
    {"file", "file_name", "source_id", "whole_list", "message_main_attachment_id"}
)


class ItsUserImport(models.Model):
    """The users of an infobase on their way to accounts («пользователи ИБ»).

    Reading the list writes nothing but rows for review. What is to be done about each
    person is decided there, row by row; only then accounts are made, people linked or
    archived. Passwords and rights of 1C are never read, and people already in Odoo
    keep their rights.
    """

    _name = "its.user.import"
    _description = "Users from 1C"
    _inherit = ["its.dropped.file", "mail.thread"]
    _order = "id desc"
    _check_company_auto = True

    source_id = fields.Many2one(
        "its.import.source",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["its.import"]._default_source(),
        help="The infobase: Odoo remembers for each which person is which user.",
    )
    company_id = fields.Many2one(related="source_id.company_id", store=True, index=True)
    state = fields.Selection(
        [("draft", "File"), ("checked", "Review"), ("done", "Result")],
        default="draft",
        required=True,
        readonly=True,
        index=True,
    )
    found = fields.Char(string="Found in the file", readonly=True, copy=False)
    known_count = fields.Integer(
        string="Known from this source", readonly=True, copy=False
    )
    whole_list = fields.Boolean(
        string="This is the whole list of users",
        copy=False,
        help="People missing from the list have left the firm.",
    )
    is_partial = fields.Boolean(compute="_compute_is_partial")
    line_ids = fields.One2many("its.user.import.line", "import_id", string="All rows")
    create_line_ids = fields.One2many(
        "its.user.import.line",
        "import_id",
        string="New accounts",
        domain=[("proposal", "=", "create")],
    )
    link_line_ids = fields.One2many(
        "its.user.import.line",
        "import_id",
        string="Already in Odoo",
        domain=[("proposal", "=", "link")],
    )
    archive_line_ids = fields.One2many(
        "its.user.import.line",
        "import_id",
        string="To archive",
        domain=[("proposal", "=", "archive")],
    )
    skip_line_ids = fields.One2many(
        "its.user.import.line",
        "import_id",
        string="Skipped",
        domain=[("proposal", "=", "skip")],
    )
    create_count = fields.Integer("New", compute="_compute_counts")
    link_count = fields.Integer("In Odoo", compute="_compute_counts")
    archive_count = fields.Integer("No longer listed", compute="_compute_counts")
    skip_count = fields.Integer("Not needed", compute="_compute_counts")
    open_count = fields.Integer("To decide", compute="_compute_counts")
    ready_count = fields.Integer("Decided", compute="_compute_counts")
    created_count = fields.Integer("Accounts created", compute="_compute_counts")
    linked_count = fields.Integer("Linked", compute="_compute_counts")
    archived_count = fields.Integer("Archived", compute="_compute_counts")
    failed_count = fields.Integer("Failed", compute="_compute_counts")
    inviting_count = fields.Integer("E-mails being sent", compute="_compute_counts")
    uninvited_count = fields.Integer("E-mails not sent", compute="_compute_counts")
    review_summary = fields.Char(compute="_compute_summaries")
    partial_summary = fields.Char(compute="_compute_summaries")
    failed_summary = fields.Char(compute="_compute_summaries")
    letters_summary = fields.Char(compute="_compute_summaries")
    uninvited_summary = fields.Char(compute="_compute_summaries")

    # -------------------------------------------------------------------------
    # Computes
    # -------------------------------------------------------------------------

    @api.depends("file_name", "create_date")
    def _compute_display_name(self):
        for job in self:
            job.display_name = job.file_name or self.env._("Users from 1C")

    @api.depends(
        "line_ids.proposal",
        "line_ids.outcome",
        "line_ids.invitation",
        "line_ids.is_decided",
        "create_line_ids.is_decided",
        "link_line_ids.is_decided",
        "archive_line_ids.is_decided",
    )
    def _compute_counts(self):
        for job in self:
            lines = job.line_ids
            for name in ("create", "link", "archive", "skip"):
                job[f"{name}_count"] = sum(line.proposal == name for line in lines)
            waiting = lines.filtered(
                lambda line: line._is_open() and line.proposal != "skip"
            )
            job.ready_count = sum(line.is_decided for line in waiting)
            job.open_count = len(waiting) - job.ready_count
            for name in ("created", "linked", "archived", "failed"):
                job[f"{name}_count"] = sum(line.outcome == name for line in lines)
            job.inviting_count = sum(
                line.invitation in ("waiting", "sending") for line in lines
            )
            job.uninvited_count = sum(
                line.invitation in ("failed", "unknown") for line in lines
            )

    @api.depends("known_count", "line_ids.proposal", "line_ids.issues")
    def _compute_is_partial(self):
        for job in self:
            gone = len(job._lines_gone())
            job.is_partial = gone > 1 and 3 * gone > job.known_count

    @api.depends(
        "state",
        "ready_count",
        "open_count",
        "is_partial",
        "known_count",
        "line_ids.issues",
        "failed_count",
        "inviting_count",
        "uninvited_count",
    )
    @api.depends_context("lang")
    def _compute_summaries(self):
        for job in self:
            texts = TextsOfList(job)
            in_review = job.state == "checked"
            is_partial = in_review and job.is_partial
            job.review_summary = in_review and texts.review()
            job.partial_summary = is_partial and texts.partial()
            job.failed_summary = bool(job.failed_count) and texts.failed()
            job.letters_summary = bool(job.inviting_count) and texts.letters()
            job.uninvited_summary = bool(job.uninvited_count) and texts.uninvited()

    def _lines_gone(self):
        """Rows of people whom the list does not name any more."""
        return self.line_ids.filtered(
            lambda line: line.proposal == "archive" and line._has_issue("gone")
        )

    def _is_colleague(self, user):
        """Whether this is an account of an employee of the company of this import."""
        user = user.sudo()
        return (
            not user.share
            and user.id != SUPERUSER_ID
            and self.company_id in user.company_ids
        )

    def _known_links(self):
        """Whom the information base is known to have, and who they are here."""
        return self.env["its.user.link"].search([("source_id", "=", self.source_id.id)])

    # -------------------------------------------------------------------------
    # CRUD
    # -------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._check_fields(set().union(*vals_list))
        silent = self.with_context(its_no_index=True)
        jobs = super(ItsUserImport, silent).create(vals_list).with_env(self.env)
        jobs._check_file()
        return jobs

    def write(self, vals):
        if not self.env.su:
            self._check_fields(vals)
        if vals.get("file") and any(job.state != "draft" for job in self):
            raise ImportRefused(
                self.env._("This import already has a file. Start a new import.")
            )
        moved = self.browse()
        if "source_id" in vals:
            moved = self.filtered(lambda job: job.source_id.id != vals["source_id"])
            moved._check_may_be_read_again()
        silent = self.with_context(its_no_index=True)
        result = super(ItsUserImport, silent).write(vals)
        if vals.get("file"):
            self._check_file()
        if moved and not self.env.su:
            # Record rules were asked about the old values only.
            moved.check_access("write")
        for job in moved.filtered(lambda job: job.state == "checked"):
            job._propose_again()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_inviting(self):
        for job in self:
            if job.inviting_count:
                raise ImportRefused(
                    self.env._(
                        "E-mails of %(name)s are still being sent. Delete it after "
                        "they have been sent.",
                        name=job.display_name,
                    )
                )

    def _check_fields(self, names):
        """Refuse what follows from the file and from what is done.

        :raises AccessError: naming what nobody may write
        """
        wrong = sorted(
            name
            for name in names
            if name in self._fields
            and name not in EDITABLE
            and self._fields[name].type != "one2many"
            and not name.startswith(("message_", "activity_"))
        )
        if wrong:
            raise AccessError(
                self.env._(
                    "These fields cannot be set manually: %(fields)s.",
                    fields=", ".join(wrong),
                )
            )

    def _check_may_be_read_again(self):
        """Refuse to begin anew once something has been done.

        :raises UserError: saying what to do instead
        """
        for job in self:
            if job.state == "done" or any(line.outcome for line in job.line_ids):
                raise ImportRefused(
                    self.env._(
                        "This list has already been processed. Start a new import to "
                        "read it again."
                    )
                )

    # -------------------------------------------------------------------------
    # Actions
    # -------------------------------------------------------------------------

    def action_open_lines(self):
        """Open the rows to decide on several at once; ``its_lines`` names which."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "its_quality.its_user_import_line_action"
        )
        action["domain"] = [("import_id", "=", self.id)]
        chosen = self.env.context.get("its_lines")
        action["context"] = {f"search_default_{chosen}": 1} if chosen else {}
        return action
