import io

from odoo import api, fields, models
from odoo.tools import SQL

from ..onec import write_rejected
from ..onec.exchange import TITLES
from ..onec.odata import CONTRACTORS, SHEETS

# Titles of the workbook of rejected rows.
REJECTED_TITLES = TITLES[SHEETS[CONTRACTORS]]


class ItsImport(models.Model):
    """An import without a file: its rows are read from a base of 1C.

    All that is done with rows of a file is done with these: they are compared, shown,
    imported and undone.
    """

    _inherit = "its.import"

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
        help="Begun by the schedule: what is in doubt is left out and told.",
    )
    # How far reading has come; see its_onec_import_read.
    reading = fields.Json(readonly=True, copy=False)
    reading_text = fields.Char(compute="_compute_reading_text")
    wait_until = fields.Datetime(readonly=True, copy=False)
    waits = fields.Integer(readonly=True, copy=False)

    _one_per_connection = models.UniqueIndex(
        "(connection_id) WHERE state IN ('checking', 'running', 'undoing')",
        "This connection is being synchronised right now. Wait until that has ended.",
    )

    # -------------------------------------------------------------------------
    # Computes
    # -------------------------------------------------------------------------

    @api.depends("connection_id")
    def _compute_display_name(self):
        super()._compute_display_name()
        for job in self.filtered("connection_id"):
            job.display_name = job.connection_id.sudo().name

    @api.depends("reading")
    def _compute_progress(self):
        super()._compute_progress()
        for job in self:
            place = (job.reading or {}).get("place") or {}
            if job._is_reading() and place.get("total", 0) > 0:
                job.progress = min(100, 100 * place["seen"] / place["total"])

    @api.depends("reading", "state", "wait_until", "row_count")
    @api.depends_context("lang", "tz")
    def _compute_reading_text(self):
        for job in self:
            job.reading_text = job._is_reading() and job._say_what_is_read()

    def _is_reading(self):
        return bool(
            self.connection_id and self.state == "checking" and not self.row_count
        )

    # -------------------------------------------------------------------------
    # The job
    # -------------------------------------------------------------------------

    def action_check(self):
        if not self.connection_id:
            return super().action_check()
        self.ensure_one()
        self.connection_id._check_is_free()
        return self._start("checking")

    def _nothing_read(self):
        return {
            **super()._nothing_read(),
            "reading": False,
            "wait_until": False,
            "waits": 0,
        }

    def _drop_lines(self):
        super()._drop_lines()
        # Nor will it be said that they were imported.
        self.env.cr.execute(
            SQL(
                """
                UPDATE its_onec_object
                   SET import_id = NULL, read_version = NULL, row = NULL
                 WHERE import_id IN %s
                """,
                tuple(self.ids) or (0,),
            ),
            log_exceptions=False,
        )

    def _is_small(self):
        # 1C is never asked while a user waits.
        return not self.connection_id and super()._is_small()

    def _finish_check(self):
        if self.unattended and self._is_other_running():
            self._wait(60)
            return
        super()._finish_check()
        if self.unattended:
            self._import_unattended()

    def _is_other_running(self):
        return bool(
            self.search_count(
                [
                    ("source_id", "=", self.source_id.id),
                    ("state", "in", ("running", "undoing")),
                ],
                limit=1,
            )
        )

    def _import_unattended(self):
        """Import what is beyond doubt; the rest waits for somebody who decides."""
        self.env["its.import.line"].search(
            [("import_id", "=", self.id), ("plan", "=", "doubtful")]
        ).decision = "skip"
        self._start("running")

    def _finish(self, state):
        result = super()._finish(state)
        for job in self.filtered("connection_id"):
            job._settle_versions(state)
            job.connection_id._synchronised(job)
        return result

    def _give_up(self, reason):
        if self.connection_id:
            self.connection_id._failed(self, reason)
        return super()._give_up(reason)

    # -------------------------------------------------------------------------
    # What is remembered
    # -------------------------------------------------------------------------

    def _settle_versions(self, state):
        """Remember which version of each object is in, now that its row is.

        A row that was rejected is read again the next time. What an unattended import
        has left to be decided is read again when somebody looks on.

        :param state: the one that the import has come to
        """
        self.env.flush_all()
        if state == "undone":
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE its_onec_object SET data_version = NULL, pending = NULL
                     WHERE import_id = %s
                    """,
                    self.id,
                )
            )
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE its_onec_object object
                   SET data_version = NULLIF(object.read_version, ''),
                       pending = CASE
                           WHEN %(unattended)s AND (
                               line.plan = 'doubtful' AND line.outcome = 'skipped'
                               OR %(is_marked)s
                           ) THEN 'decide'
                           -- A row that was not understood whole: see _remember().
                           WHEN EXISTS (
                               SELECT FROM its_import_snapshot snapshot
                                WHERE snapshot.source_id = %(source)s
                                  AND snapshot.partner_id = line.partner_id
                                  AND snapshot.digest IS NULL
                           ) THEN 'names'
                       END
                  FROM its_import_line line
                 WHERE object.import_id = %(job)s AND line.import_id = %(job)s
                   AND line.row = object.row
                   AND line.outcome IN ('created', 'updated', 'unchanged', 'skipped')
                """,
                unattended=self.unattended,
                is_marked=self._is_marked(),
                source=self.source_id.id,
                job=self.id,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE its_onec_object
                   SET data_version = NULLIF(read_version, ''), pending = NULL
                 WHERE import_id = %s AND row = 0
                """,
                self.id,
            )
        )

    def _is_marked(self):
        """A condition about ``line``: marked for deletion in 1C, and a client here."""
        return SQL(
            """
            line.data ? 'deletion_mark' AND EXISTS (
                SELECT FROM res_partner client
                 WHERE client.onec_ref = line.ref AND client.its_client
                   AND client.active
            )
            """
        )

    def _left_to_decide(self):
        """Count what an unattended import has left out.

        :return: ``{"doubtful" | "marked" | "rejected": rows}``
        """
        self.env.flush_all()
        [(doubtful, marked, rejected)] = self.env.execute_query(
            SQL(
                """
                SELECT count(*) FILTER (
                            WHERE plan = 'doubtful' AND outcome = 'skipped'
                       ),
                       count(*) FILTER (WHERE %(is_marked)s),
                       count(*) FILTER (WHERE outcome = 'rejected')
                  FROM its_import_line line
                 WHERE import_id = %(job)s
                """,
                is_marked=self._is_marked(),
                job=self.id,
            )
        )
        counts = {"doubtful": doubtful, "marked": marked, "rejected": rejected}
        return {name: count for name, count in counts.items() if count}

    def _rejected_workbook(self):
        if not self.connection_id:
            return super()._rejected_workbook()
        self.ensure_one()
        rejected = self.env["its.import.line"].search(
            [("import_id", "=", self.id), ("outcome", "=", "rejected")]
        )
        rows = (
            (
                [(line.data or {}).get(name, "") for name in REJECTED_TITLES],
                line.message or "",
            )
            for line in rejected
        )
        with io.BytesIO() as workbook:
            write_rejected(
                workbook, list(REJECTED_TITLES.values()), rows, self.env._("Reason")
            )
            name = self.env._("%(file)s, rejected rows.xlsx", file=self.display_name)
            return name, workbook.getvalue()

    # -------------------------------------------------------------------------
    # What is said
    # -------------------------------------------------------------------------

    def _say_what_was_stopped(self):
        if not (self.connection_id and self.state == "draft" and self.check_stopped):
            return super()._say_what_was_stopped()
        return [
            self.env._("Reading was stopped; nothing has been imported."),
            self.env._("Press «Read from 1C» to begin it again."),
        ]

    def _say_what_is_read(self):
        """Say how far reading has come, or why it waits.

        :return: a sentence in the user's language
        """
        if self.wait_until and self.wait_until > fields.Datetime.now():
            at = fields.Datetime.context_timestamp(self, self.wait_until)
            return self.env._(
                "It goes on by itself at %(time)s; nothing read so far is lost.",
                time=at.strftime("%H:%M"),
            )
        place = (self.reading or {}).get("place") or {}
        if place.get("total", 0) > 0:
            return self.env._(
                "Read from 1C: %(seen)s of %(total)s.",
                seen=place["seen"],
                total=place["total"],
            )
        return self.env._("1C is being asked…")
