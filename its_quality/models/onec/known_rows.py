from odoo import models
from odoo.tools import SQL


class ItsImport(models.Model):
    """Rows that the source has told before: most of a list that comes every night."""

    _inherit = "its.import"

    def _mark_unchanged_rows(self, column):
        """Settle in one statement the rows the source said before, word for word.

        Skipped when the user wants the file to win over edits made in Odoo, because
        then an equal row may still have something to change.

        :param column: ``plan`` when checking, ``outcome`` when importing
        """
        if self.overwrite:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE its_import_line line
                   SET %(column)s = 'unchanged', partner_id = snapshot.partner_id,
                       known_id = snapshot.id
                  FROM its_import_snapshot snapshot
                 WHERE line.import_id = %(job)s
                   AND line.%(column)s IS NULL
                   AND (line.plan IS NULL OR line.plan IN ('unchanged', 'changed', 'new'))
                   AND %(says_the_same)s
                """,
                column=SQL.identifier(column),
                job=self.id,
                says_the_same=self._says_the_same(SQL("line")),
            )
        )
        self.env.invalidate_all()

    def _says_the_same(self, line):
        """A condition about a row and a ``snapshot``: the source said it before."""
        return SQL(
            """
            snapshot.source_id = %(source)s
            AND snapshot.digest = %(line)s.digest
            AND snapshot.unresolved IS NOT TRUE
            AND (%(line)s.subscription_digest IS NULL
                 OR snapshot.subscriptions ? %(line)s.subscription_digest)
            """,
            line=line,
            source=self.source_id.id,
        )

    def _mark_unchanged_contracts(self, column):
        """Settle the contracts that the source has told before, word for word.

        :param column: ``plan`` when checking, ``outcome`` when importing
        """
        if self.overwrite or not self.is_exchange:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE its_import_line line
                   SET %(column)s = 'unchanged', partner_id = snapshot.partner_id
                  FROM its_import_snapshot owner
                  JOIN its_import_snapshot snapshot
                    ON snapshot.source_id = owner.source_id
                   AND snapshot.partner_id = owner.partner_id
                   AND snapshot.is_leading
                 WHERE line.import_id = %(job)s
                   AND line.entity = 'contract'
                   AND line.%(column)s IS NULL
                   AND (line.plan IS NULL OR line.plan IN ('unchanged', 'changed'))
                   AND owner.source_id = %(source)s
                   AND owner.ref = line.ref
                   AND snapshot.subscriptions ? line.subscription_digest
                """,
                column=SQL.identifier(column),
                job=self.id,
                source=self.source_id.id,
            )
        )
        self.env.invalidate_all()
