import hashlib

from odoo.modules.module import get_manifest
from odoo.tools import SQL

from ...onec import EXCHANGE_KINDS, ISSUE_CODES
from .contract_kinds import services_of_contracts
from .reading import condition_unchanged, to_sorted_json

# What reading says of a row; whatever else a row tells came from matching it with
# clients, and is found anew each time.
REMARKS_OF_READING = (
    *ISSUE_CODES,
    "deletion_mark",
    "contract_deleted",
    "contract_of_nothing",
)
# A row may also be left out for what there is, or is not, in the database.
SKIPPED_BY_READING = SQL(
    """
    CASE WHEN former.entity = 'contract'
         THEN former.data ? 'deletion_mark' OR NOT former.data ? 'service_id'
         ELSE NOT former.data ? 'deletion_mark' END
    """
)


class ReadingCache:
    """The same file again: what was read once is not read a second time.

    Firms export the whole list every night, and most nights it is the list of the
    night before.

    :param job: the ``its.import``
    """

    def __init__(self, job):
        self.job = job
        self.env = job.env

    def take_over(self, key):
        """Take the rows over from an import that has read the same.

        :param key: of :meth:`key_of`
        :return: how many rows; 0 if there is no such import
        """
        former = self.job.search(
            [
                ("reading_key", "=", key),
                ("source_id", "=", self.job.source_id.id),
                ("row_count", ">", 0),
                ("id", "!=", self.job.id),
            ],
            limit=1,
        )
        return self._copy_rows(former) if former else 0

    def _copy_rows(self, former):
        """Copy rows as they were read, and plan at once those that change nothing.

        Rows may follow others about the same client, and that comes first
        (see :class:`.reading.Reading`); so a file that has such is planned as any other.

        :param former: an import that has read the same
        :return: how many
        """
        repeats = self.env["its.import.line"].search_count(
            [("import_id", "=", former.id), ("first_line_id", "!=", False)], limit=1
        )
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO its_import_line (
                    import_id, row, name, plan, partner_id, known_id, data, folder_path, issues,
                    has_issues, ref, inn, code_key, name_key, digest,
                    subscription_digest, decision, entity
                )
                SELECT %(job)s, former.row, former.name,
                       CASE WHEN former.first_line_id IS NULL AND (
                                former.plan = 'wrong'
                                -- What the user took for a folder is asked anew.
                                OR former.plan = 'folder' AND NOT COALESCE(
                                    former.issues @> '[["name_only"]]', false)
                                OR former.plan = 'skip' AND %(skipped_by_reading)s
                            ) THEN former.plan
                            WHEN known.partner_id IS NOT NULL THEN 'unchanged' END,
                       known.partner_id, known.id, former.data, former.folder_path,
                       remarks.of_reading, remarks.of_reading IS NOT NULL,
                       former.ref, former.inn, former.code_key, former.name_key,
                       former.digest, former.subscription_digest, 'new',
                       former.entity
                  FROM its_import_line former
                  LEFT JOIN LATERAL (
                        SELECT jsonb_agg(remark ORDER BY number) AS of_reading
                          FROM jsonb_array_elements(former.issues)
                               WITH ORDINALITY AS said (remark, number)
                         WHERE remark ->> 0 IN %(remarks)s
                  ) remarks ON former.has_issues
                  LEFT JOIN LATERAL (
                        SELECT snapshot.id, snapshot.partner_id
                          FROM its_import_snapshot snapshot
                         WHERE %(settle)s AND %(condition_unchanged)s
                         LIMIT 1
                  ) known ON true
                 WHERE former.import_id = %(former)s AND former.is_gathered IS NOT TRUE
                 ORDER BY former.row
                """,
                job=self.job.id,
                former=former.id,
                remarks=REMARKS_OF_READING,
                condition_unchanged=condition_unchanged(self.job, SQL("former")),
                settle=not self.job.overwrite and not repeats,
                skipped_by_reading=SKIPPED_BY_READING,
            )
        )
        return self.env.cr.rowcount

    def key_of(self, content):
        """Hash all that the rows depend on: the file, how it is read, and by what.

        :param content: a hash of what is in the file
        """
        job = self.job
        columns = {str(c.index): c.target for c in job.column_ids if c.target}
        version = get_manifest("its_quality")["version"]
        told = [content, columns, job.sheet, job.encoding, job.folder_mode, version]
        told.append(job.header_row or "")
        told.append(job.refuse_wrong_inn)
        if job.file_kind in EXCHANGE_KINDS:
            told += services_of_contracts(job)
        text = to_sorted_json(told)
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
