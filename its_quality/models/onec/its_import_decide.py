from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.by_code import by_code
from .its_import_line import NAME_ONLY
from .refused import ImportRefused

DECISIONS = ("new", "same", "skip")
NOT_STARTED = ("draft", "checking", "checked")


class ItsImport(models.Model):
    """What the user says of rows that resemble a client, one by one or all at once; and
    what is asked of a whole file before it makes clients."""

    _inherit = "its.import"

    duplicate_line_ids = fields.One2many(
        "its.import.line",
        "import_id",
        string="Duplicates in 1C",
        domain=[("reason", "=", "duplicate")],
    )
    duplicate_count = fields.Integer(
        "Rows with the INN and KPP of another client",
        compute="_compute_duplicate_count",
    )

    goods = fields.Char(
        "Titles of a price list",
        readonly=True,
        copy=False,
        help="The columns that a list of goods has and a list of clients has not.",
    )
    lists_clients = fields.Boolean("These are clients", readonly=True, copy=False)
    name_only_count = fields.Integer(
        "Rows with a name only", compute="_compute_name_only_count"
    )
    name_only = fields.Selection(
        [("client", "Clients"), ("folder", "Empty folders")],
        string="Rows with a name only are",
        compute="_compute_name_only",
        store=True,
        precompute=True,
        help="In a list with folders, a row with nothing but a name may be a client or "
        "a folder with nothing in it.",
    )

    @api.depends("source_id")
    def _compute_name_only(self):
        for job in self:
            job.name_only = job.source_id.name_only

    @api.depends("state", "plan_counts", "name_only")
    def _compute_name_only_count(self):
        """Rows that may be folders, where there are folders at all; asked while the
        check is looked at, and never of an exchange file, which says it itself."""
        self.env["its.import.line"].flush_model()
        asked = self.filtered(
            lambda job: (
                job.state == "checked" and job.folder_count and not job.is_exchange
            )
        )
        counts = dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT line.import_id, count(*) FILTER (WHERE %(name_only)s)
                      FROM its_import_line line
                     WHERE line.import_id = ANY(%(jobs)s)
                       AND (line.plan = 'folder' OR line.has_issues)
                     GROUP BY line.import_id
                    HAVING bool_or(line.plan = 'folder' AND NOT (%(name_only)s))
                    """,
                    name_only=NAME_ONLY,
                    jobs=asked.ids,
                )
            )
        )
        for job in self:
            job.name_only_count = counts.get(job.id, 0)

    def _compute_duplicate_count(self):
        counts = dict(
            self.env["its.import.line"]._read_group(
                [("import_id", "in", self.ids), ("reason", "=", "duplicate")],
                ["import_id"],
                ["__count"],
            )
        )
        for job in self:
            job.duplicate_count = counts.get(job, 0)

    def action_are_clients(self):
        """Say that a file that looks like a price list is a list of clients."""
        self.ensure_one()
        self.check_access("write")
        self._check_decidable()
        by_code(self).lists_clients = True

    def action_name_only(self):
        """Say what the rows with a name only are, for this file and the next of its
        source; ``its_name_only`` of the context is a value of ``name_only``."""
        self.ensure_one()
        self.check_access("write")
        self._check_decidable()
        answer = self.env.context.get("its_name_only")
        if answer not in ("client", "folder"):
            raise ImportRefused(
                self.env._(
                    "Choose what the rows with a name only are: clients or folders."
                )
            )
        job = by_code(self)
        was, job.name_only = job.name_only, answer
        job.source_id.sudo().name_only = answer
        if job.state == "checked" and (was or "folder") != answer:
            self.action_check()

    def _check_answered(self):
        """Make no clients of what may be none before the user has said so.

        :raises UserError: saying what to answer
        """
        if self.goods and self.new_count and not self.lists_clients:
            raise ImportRefused(
                self.env._(
                    "Are these contractors? The file looks like a price list: it has "
                    "the columns %(titles)s. If it does list clients, press «Yes, these "
                    "are clients»; otherwise start a new import with another file.",
                    titles=self.goods,
                )
            )
        if self.name_only_count and not self.name_only:
            raise ImportRefused(
                self.env._(
                    "Rows with a name only: %(count)s. Choose first whether they are "
                    "clients or empty folders.",
                    count=self.name_only_count,
                )
            )

    def action_decide_doubtful(self):
        """Decide all rows in doubt at once; ``its_decision`` of the context is a value
        of ``decision``.

        A client whom several rows resemble is the same as the first of them: the
        others are two contractors in 1C, and stay to be decided one by one.
        """
        self.ensure_one()
        lines = self.doubtful_line_ids
        decision = self._decision()
        if decision == "same":
            firsts = {}
            for line in lines.sorted("row"):
                firsts.setdefault(line.partner_id, line)
            lines = lines.browse([line.id for line in firsts.values()])
        lines.decision = decision

    def action_decide_duplicates(self):
        """Join all rows with the clients whose ИНН and КПП they have, or leave them
        clients of their own; ``its_decision`` of the context is ``same`` or ``new``."""
        self.ensure_one()
        self.duplicate_line_ids.decision = self._decision()

    @api.model
    def _decision(self):
        decision = self.env.context.get("its_decision", "new")
        if decision not in DECISIONS:
            raise ImportRefused(
                self.env._(
                    "Choose what to do with the rows: same client, different client "
                    "or skip."
                )
            )
        return decision

    def _check_decidable(self):
        """Decisions count while the check is looked at.

        :raises UserError: later
        """
        if any(job.state not in NOT_STARTED for job in self):
            raise ImportRefused(
                self.env._(
                    "This import has already started, so you can no longer decide "
                    "about its rows. Merge duplicate clients in the list of contacts."
                )
            )

    def _count_plans_again(self):
        for job in self.filtered(lambda job: job.state == "checked"):
            job.sudo()._count_plans()
