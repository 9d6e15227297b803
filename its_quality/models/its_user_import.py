import contextlib
import tempfile

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..onec import (
    OnecError,
    UserRecord,
    find_user_header,
    open_users,
    read_user_entities,
    read_users,
)

# What a user may say of an import; all else follows from the file and from what is done.
EDITABLE = frozenset(
    {"file", "file_name", "source_id", "whole_list", "message_main_attachment_id"}
)


class ItsUserImport(models.Model):
    """The users of an information base on their way to accounts («пользователи ИБ»).

    Reading the list writes nothing but rows for review. What is to be done about each
    person is decided there, row by row; only then accounts are made, people linked or
    archived. Passwords and rights of 1C are never read, and whoever is in Odoo already
    keeps the rights he has.
    """

    _name = "its.user.import"
    _description = "Users from 1C"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _check_company_auto = True

    source_id = fields.Many2one(
        "its.import.source",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["its.import"]._default_source(),
        help="The information base: who of it is which user is remembered for each.",
    )
    company_id = fields.Many2one(related="source_id.company_id", store=True, index=True)
    state = fields.Selection(
        [("draft", "File"), ("checked", "Review"), ("done", "Result")],
        default="draft",
        required=True,
        readonly=True,
        index=True,
    )
    file = fields.Binary(attachment=True, copy=False)
    file_name = fields.Char(copy=False)
    found = fields.Char(string="Found in the file", readonly=True, copy=False)
    known_count = fields.Integer(
        string="Known from this source", readonly=True, copy=False
    )
    whole_list = fields.Boolean(
        string="This is the whole list of users",
        copy=False,
        help="Whoever is missing from the list has left the firm.",
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
        string="Left out",
        domain=[("proposal", "=", "skip")],
    )
    create_count = fields.Integer("New", compute="_compute_counts")
    link_count = fields.Integer("In Odoo", compute="_compute_counts")
    archive_count = fields.Integer("Gone", compute="_compute_counts")
    skip_count = fields.Integer("Not needed", compute="_compute_counts")
    open_count = fields.Integer("To decide", compute="_compute_counts")
    ready_count = fields.Integer("Decided", compute="_compute_counts")
    created_count = fields.Integer("Accounts made", compute="_compute_counts")
    linked_count = fields.Integer("Linked", compute="_compute_counts")
    archived_count = fields.Integer("Archived", compute="_compute_counts")
    failed_count = fields.Integer("Failed", compute="_compute_counts")
    inviting_count = fields.Integer("Letters on their way", compute="_compute_counts")
    uninvited_count = fields.Integer("Letters not sent", compute="_compute_counts")

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

    def _lines_gone(self):
        """Rows of people whom the list does not name any more."""
        return self.line_ids.filtered(
            lambda line: line.proposal == "archive" and line._has_issue("gone")
        )

    # -------------------------------------------------------------------------
    # CRUD
    # -------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._check_fields(set().union(*vals_list))
        jobs = super().create(vals_list)
        jobs._check_file()
        return jobs

    def write(self, vals):
        if not self.env.su:
            self._check_fields(vals)
        if vals.get("file") and any(job.state != "draft" for job in self):
            raise UserError(
                self.env._("The file of this import is in already. Start a new import.")
            )
        moved = self.browse()
        if "source_id" in vals:
            moved = self.filtered(lambda job: job.source_id.id != vals["source_id"])
            moved._check_may_be_read_again()
        result = super().write(vals)
        if vals.get("file"):
            self._check_file()
        if moved and not self.env.su:
            # Record rules were asked about the old values only.
            moved.check_access("write")
        for job in moved.filtered(lambda job: job.state == "checked"):
            job._propose(job._records_told(), job.found)
        return result

    def _check_file(self):
        """Refuse a file that is no list of users, before it is kept.

        :raises UserError: saying what is wrong with it
        """
        for job in self.filtered("file"):
            with job._open_table() as table:
                find_user_header(table)

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
                    "Nobody may set this by hand: %(fields)s.", fields=", ".join(wrong)
                )
            )

    def _check_may_be_read_again(self):
        """Refuse to begin anew once something has been done.

        :raises UserError: saying what to do instead
        """
        for job in self:
            if job.state == "done" or any(line.outcome for line in job.line_ids):
                raise UserError(
                    self.env._(
                        "This list has been worked on. Start a new import to read it "
                        "again."
                    )
                )

    # -------------------------------------------------------------------------
    # Reading
    # -------------------------------------------------------------------------

    def action_check(self):
        """Read the file and propose what to do about each person."""
        self.ensure_one()
        self.check_access("write")
        if not self.file:
            raise UserError(self.env._("Drop a list of users from 1C here first."))
        self._check_may_be_read_again()
        self._do_check()

    def _do_check(self):
        self.ensure_one()
        with self._open_table() as table:
            header = find_user_header(table)
            records = list(read_users(table, header))
            sheet, row = table.sheet, header.row
        if not records:
            raise UserError(
                self.env._("There is not one row below the header of this file.")
            )
        place = self.env._("header in row %(row)s", row=row)
        if sheet:
            place = self.env._("sheet %(sheet)s, %(place)s", sheet=sheet, place=place)
        self._propose(records, place)

    def _read_entities(self, entities, names=None):
        """Propose what to do about the users that 1C itself has told over OData.

        :param entities: of ``Catalog_Пользователи``, as dicts
        :param names: names by ``Ref_Key`` in small letters, of departments for example
        :raises UserError: where they cannot be read
        """
        self.ensure_one()
        self.check_access("write")
        self._check_may_be_read_again()
        with self._telling_errors():
            records = list(read_user_entities(entities, names))
        if not records:
            raise UserError(
                self.env._(
                    "1C has told of no users. See that the catalogue «Пользователи» is "
                    "published and that the login of Odoo may read it."
                )
            )
        self._propose(records, self.env._("read from 1C directly"))

    @contextlib.contextmanager
    def _open_table(self):
        """Open the dropped file as an ``onec`` table of users.

        :raises UserError: the sentence of the reader, in the user's language
        """
        with tempfile.NamedTemporaryFile() as copy:
            copy.write(self.with_context(bin_size=False)._file_bytes())
            copy.flush()
            with (
                self._telling_errors(),
                contextlib.closing(open_users(copy.name)) as table,
            ):
                yield table

    def _file_bytes(self):
        # The attachment of a field is read by whoever may read the record.
        attachment = self.env["ir.attachment"].sudo()
        attachment = attachment.search(
            [
                ("res_model", "=", self._name),
                ("res_field", "=", "file"),
                ("res_id", "=", self.id),
            ],
            limit=1,
        )
        return attachment.raw or b""

    @contextlib.contextmanager
    def _telling_errors(self):
        try:
            yield
        except OnecError as error:
            sentence = self.env["its.import"]._error_sentence(error)
            raise UserError(sentence) from error

    def _propose(self, records, found):
        """Replace the rows by proposals for these people.

        :param records: of ``onec``
        :param found: where they were found, for the user
        """
        known = self._known_links()
        lines = self._plan(records)
        # The rows are made by nobody but this method, which has asked for the right
        # to change the import; see the access rights of the rows.
        self.sudo().line_ids.unlink()
        self.env["its.user.import.line"].sudo().create(
            [{**line, "import_id": self.id} for line in lines]
        )
        # A file of 1C says more of people than is needed here, so it is not kept.
        self.sudo().write(
            {
                "state": "checked",
                "file": False,
                "found": found,
                "known_count": len(known.user_id.filtered("active")),
                "whole_list": False,
            }
        )

    def _records_told(self):
        """The people of the list once more, as they were read."""
        return [
            UserRecord(
                line.row,
                line.data["values"],
                [tuple(issue) for issue in line.data["issues"]],
                line.data["skip_reason"],
            )
            for line in self.line_ids
            if line.data
        ]

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
