from odoo.tools import SQL

from ....onec.odata.objects import CONTRACTORS, PARTNERS, Named, named_of
from ....onec.odata.walk import key_of, version_of
from ..its_import_line import BATCH


class KnownObjects:
    """What is remembered of the objects of a base: their versions, which of them the
    rows of an import are, and the names that others refer to. See
    :class:`.its_onec_object.ItsOnecObject`.

    :param job: the ``its.import``
    """

    def __init__(self, job):
        self.job = job
        self.env = job.env
        self.connection = job.connection_id

    # -------------------------------------------------------------------------
    # Versions
    # -------------------------------------------------------------------------

    def has_any_of(self, catalogue):
        """Whether objects of a set were imported before."""
        return bool(
            self.env.execute_query(
                SQL(
                    """
                    SELECT FROM its_onec_object
                     WHERE connection_id = %s AND catalogue = %s
                       AND data_version IS NOT NULL LIMIT 1
                    """,
                    self.connection.id,
                    catalogue,
                )
            )
        )

    def changed(self, catalogue, rows, again):
        """Find those objects whose version is not in.

        :param again: which are read again although it is, as values of ``pending``
        :return: ``{reference: version}``
        """
        versions = {key_of(row): version_of(row) for row in rows}
        if not versions:
            return {}
        changed = self.env.execute_query(
            SQL(
                """
                SELECT told.ref, told.version
                  FROM unnest(%s::text[], %s::text[]) AS told (ref, version)
                  LEFT JOIN LATERAL (
                        SELECT true AS is_in FROM its_onec_object known
                         WHERE known.connection_id = %s AND known.catalogue = %s
                           AND known.ref = told.ref
                           AND known.data_version = told.version
                           AND (known.pending IS NULL OR NOT (
                                known.pending = ANY(%s)
                                OR known.pending = 'client' AND EXISTS (
                                    SELECT FROM res_partner client
                                     WHERE client.onec_ref = known.parent
                                    UNION ALL
                                    SELECT FROM its_import_snapshot client
                                     WHERE client.ref = known.parent
                                )
                           ))
                         -- Looked up key by key: a join reads all there are, each
                         -- page anew.
                        OFFSET 0
                  ) known ON true
                 WHERE known.is_in IS NULL
                """,
                list(versions),
                list(versions.values()),
                self.connection.id,
                catalogue,
                again,
            )
        )
        return dict(changed)

    def keep_versions(self, catalogue, versions, rows=None):
        """Note versions that were read, and the rows they are in.

        :param versions: ``{reference: version}``
        :param rows: ``{reference: row}``, of those that have one; left out where they
            are yet to be read
        """
        values = [
            (
                self.connection.id,
                catalogue,
                ref,
                version,
                self.job.id,
                None if rows is None else rows.get(ref, 0),
            )
            for ref, version in versions.items()
        ]
        if values:
            self.env.cr.execute_values(
                """
                INSERT INTO its_onec_object (
                    connection_id, catalogue, ref, read_version, import_id, row
                ) VALUES %s
                ON CONFLICT (connection_id, ref, catalogue) DO UPDATE
                   SET read_version = EXCLUDED.read_version,
                       import_id = EXCLUDED.import_id, row = EXCLUDED.row
                """,
                values,
                page_size=BATCH,
            )

    def to_fetch(self, catalogue, limit):
        """The references of those that have changed and are yet to be read."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT ref FROM its_onec_object
                 WHERE import_id = %s AND catalogue = %s AND row IS NULL
                 ORDER BY ref LIMIT %s
                """,
                self.job.id,
                catalogue,
                limit,
            )
        )
        return [ref for (ref,) in rows]

    def leave_out(self, catalogue, refs):
        """Read no more those that have vanished since they were listed."""
        if refs:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE its_onec_object SET import_id = NULL
                     WHERE import_id = %s AND catalogue = %s AND ref IN %s
                    """,
                    self.job.id,
                    catalogue,
                    tuple(refs),
                )
            )

    def count_rows(self):
        """How many of the objects that the import has read last have a row."""
        [(count,)] = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM its_onec_object WHERE import_id = %s AND row > 0",
                self.job.id,
            )
        )
        return count

    # -------------------------------------------------------------------------
    # Names
    # -------------------------------------------------------------------------

    def keep_names(self, catalogue, rows):
        """Note names, for those that refer to them."""
        if rows:
            self.env.cr.execute_values(
                """
                INSERT INTO its_onec_object (
                    connection_id, catalogue, ref, name, parent
                ) VALUES %s
                ON CONFLICT (connection_id, ref, catalogue) DO UPDATE
                   SET name = EXCLUDED.name,
                       parent = COALESCE(EXCLUDED.parent, its_onec_object.parent)
                """,
                [
                    (self.connection.id, catalogue, ref, named.name, named.parent)
                    for ref, named in {key_of(r): named_of(r) for r in rows}.items()
                ],
                page_size=BATCH,
            )

    def names_of(self, refs):
        """Look up what references lead to, and the folders above that.

        :return: ``{reference: Named}``
        """
        known, wanted = {}, set(refs)
        while wanted:
            found = self.env.execute_query(
                SQL(
                    """
                    SELECT ref, name, parent FROM its_onec_object
                     WHERE connection_id = %s AND ref IN %s AND name IS NOT NULL
                    """,
                    self.connection.id,
                    tuple(wanted),
                )
            )
            known.update(
                (ref, Named(name, parent or "")) for ref, name, parent in found
            )
            parents = {parent for _ref, _name, parent in found if parent}
            wanted = parents - known.keys()
        return known

    # -------------------------------------------------------------------------
    # What becomes of the rows
    # -------------------------------------------------------------------------

    def settle(self, state):
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
                    self.job.id,
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
                           -- A row that was not understood whole: see snapshot.remember().
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
                unattended=self.job.unattended,
                source=self.job.source_id.id,
                job=self.job.id,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE its_onec_object
                   SET data_version = NULLIF(read_version, ''), pending = NULL
                 WHERE import_id = %s AND row = 0
                """,
                self.job.id,
            )
        )

    def forget(self):
        """The rows are gone; nor will it be said that they were imported."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE its_onec_object
                   SET import_id = NULL, read_version = NULL, row = NULL
                 WHERE import_id = %s
                """,
                self.job.id,
            ),
            log_exceptions=False,
        )

    def cards_of_others(self, partner_ids):
        """Which of these clients an object tells of that this import has not read."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT object.partner_id FROM its_onec_object object
                 WHERE object.connection_id = %s AND object.catalogue IN %s
                   AND object.partner_id = ANY(%s)
                   AND object.import_id IS DISTINCT FROM %s
                """,
                self.connection.id,
                (CONTRACTORS, PARTNERS),
                partner_ids,
                self.job.id,
            )
        )
        return {partner_id for (partner_id,) in rows}
