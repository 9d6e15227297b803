from datetime import timedelta

from odoo import fields
from odoo.tools import SQL

FINISHED = ("done", "cancelled", "undone")
# What neither undoing nor a report asks for: the row said what it had said before, or
# was none of a client.
SAYS_NOTHING = SQL(
    "(line.outcome = 'unchanged' OR line.outcome = 'skipped'"
    " AND line.plan IN ('folder', 'skip', 'unchanged'))"
)
NOT_REJECTED = SQL("line.outcome IS DISTINCT FROM 'rejected'")


class History:
    """Rows of finished imports: a list that comes every night is not kept every night.

    The last import of a source keeps all of its rows, so that the same file is not
    read again. Those before it keep what they have changed, for undoing and for people
    to look up, and after some time nothing but what was rejected. The counts stay.

    :param source: an ``its.import.source``
    """

    def __init__(self, source):
        self.source = source
        self.env = source.env

    def forget_unchanged(self, latest):
        """Forget rows that say nothing, but for those of an import.

        :param latest: the ``its.import`` that has just ended
        """
        former = self.env["its.import"].search(
            [
                ("source_id", "=", self.source.id),
                ("state", "in", FINISHED),
                ("id", "!=", latest.id),
                ("rows_kept", "=", "all"),
            ]
        )
        if former:
            self._drop(former, SAYS_NOTHING)
            former.write({"rows_kept": "changes", "reading_key": False})

    def expire(self):
        """Forget all rows but rejected ones of imports that ended long ago."""
        days = self.source.keep_days
        former = self.env["its.import"].search(
            [
                ("source_id", "=", self.source.id),
                ("state", "in", FINISHED),
                ("rows_kept", "!=", "rejected"),
                ("date_done", "<", fields.Datetime.now() - timedelta(days=days)),
            ],
            order="id",
            limit=100,
        )
        if former:
            self._drop(former, NOT_REJECTED)
            former.write({"rows_kept": "rejected", "reading_key": False})

    def _drop(self, jobs, which):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "DELETE FROM its_import_line line WHERE line.import_id IN %s AND %s",
                tuple(jobs.ids),
                which,
            )
        )
        self._gather(jobs)
        self.env.invalidate_all()

    def _gather(self, jobs):
        """Give the few rows that are left of many new ids, one after the other: a page of
        the table and of its key is free again when nothing in it is left."""
        left = dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT import_id, count(*) FROM its_import_line
                     WHERE import_id IN %s AND is_gathered IS NOT TRUE GROUP BY 1
                    """,
                    tuple(jobs.ids),
                )
            )
        )
        few = [job.id for job in jobs if 0 < left.get(job.id, 0) <= job.row_count / 4]
        if not few:
            return
        self.env.cr.execute(
            SQL(
                """
                WITH moved AS MATERIALIZED (
                    SELECT nextval('its_import_line_id_seq') AS id, line.id AS former_id,
                           line.first_line_id
                      FROM (SELECT id, first_line_id FROM its_import_line
                             WHERE import_id IN %s AND is_gathered IS NOT TRUE
                             ORDER BY import_id, row) line
                )
                UPDATE its_import_line line
                   SET id = moved.id, first_line_id = first.id, is_gathered = TRUE
                  FROM moved LEFT JOIN moved first
                    ON first.former_id = moved.first_line_id
                 WHERE line.id = moved.former_id
                """,
                tuple(few),
            )
        )
