from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_datetime

from ....onec.odata.objects import CONTRACTORS

# So long a night without changes is shown among the synchronisations.
KEPT_DAYS = 14


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
    # How far reading has come; see pages.
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

    @api.depends("connection_id", "create_date")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        super()._compute_display_name()
        for job in self.filtered("connection_id"):
            begun = format_datetime(self.env, job.create_date, dt_format="short")
            job.display_name = f"{job.connection_id.sudo().name}, {begun}"

    @api.depends("connection_id")
    def _compute_is_exchange(self):
        super()._compute_is_exchange()
        # Objects of 1C as an exchange file holds them.
        self.filtered("connection_id").is_exchange = True

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

    def _nothing_read(self):
        return {
            **super()._nothing_read(),
            "reading": False,
            "error": False,
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

    @api.autovacuum
    def _gc_empty_nights(self):
        """Synchronisations of the schedule that have found nothing say nothing."""
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.search(
            [
                ("unattended", "=", True),
                ("state", "=", "done"),
                ("row_count", "=", 0),
                ("date_done", "<", limit),
            ],
            limit=1000,
        ).unlink()

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
                       partner_id = CASE WHEN line.outcome != 'skipped'
                                         THEN line.partner_id END,
                       pending = CASE
                           WHEN line.outcome = 'skipped'
                            AND line.plan IN ('doubtful', 'deleted')
                            -- Nobody was asked.
                            AND (%(unattended)s OR line.decision IS NULL)
                           THEN 'decide'
                           WHEN line.entity = 'contract' AND line.outcome = 'skipped'
                            AND NOT line.data ? 'deletion_mark'
                           THEN CASE WHEN line.data ? 'service_id'
                                     THEN 'client' ELSE 'names' END
                           -- A row that was not understood whole: see _remember().
                           WHEN EXISTS (
                               SELECT FROM its_import_snapshot snapshot
                                WHERE snapshot.source_id = %(source)s
                                  AND snapshot.partner_id = line.partner_id
                                  AND snapshot.unresolved
                           ) THEN 'names'
                       END
                  FROM its_import_line line
                 WHERE object.import_id = %(job)s AND line.import_id = %(job)s
                   AND line.row = object.row
                   AND line.outcome IN ('created', 'updated', 'unchanged', 'skipped')
                """,
                unattended=self.unattended,
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

    def _brought_by_others(self, partner_ids):
        """Also those of whom an object tells that has not changed: of two contractors
        that are one client here, the spare one is marked for deletion."""
        kept = super()._brought_by_others(partner_ids)
        if self.connection_id:
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT DISTINCT object.partner_id FROM its_onec_object object
                     WHERE object.connection_id = %s AND object.catalogue = %s
                       AND object.partner_id = ANY(%s)
                       AND object.import_id IS DISTINCT FROM %s
                    """,
                    self.connection_id.id,
                    CONTRACTORS,
                    partner_ids,
                    self.id,
                )
            )
            kept |= {partner_id for (partner_id,) in rows}
        return kept

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
                       count(*) FILTER (
                            WHERE plan = 'deleted' AND outcome = 'skipped'
                       ),
                       count(*) FILTER (WHERE outcome = 'rejected')
                  FROM its_import_line
                 WHERE import_id = %s
                """,
                self.id,
            )
        )
        counts = {"doubtful": doubtful, "marked": marked, "rejected": rejected}
        return {name: count for name, count in counts.items() if count}

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
