from dataclasses import dataclass

from odoo import models
from odoo.tools import SQL

# What a row is, in the words of onec.
CONTRACTOR, CONTRACT = "contractor", "contract"
# Rows that somebody has yet to find a client for, when checking and when importing.
TO_PLAN = SQL("line.plan IS NULL")
TO_IMPORT = SQL(
    "line.outcome IS NULL AND line.plan IN ('new', 'changed', 'unchanged', 'doubtful')"
)


@dataclass(slots=True, eq=False)
class Row:
    """A row of the file as the work of a batch sees it: plain values.

    A batch reads each of them many times, and records of the ORM would cost more
    than all the work itself. The names are those of ``its.import.line``; ``first_…``
    tell of the row that has brought the same client before, if there is one, and
    ``like`` is the name of whom it resembles.
    """

    id: int
    row: int
    plan: str | None
    decision: str | None
    data: dict
    folder_path: list | None
    issues: list | None
    ref: str | None
    inn: str | None
    code_key: str | None
    name_key: str | None
    digest: str | None
    subscription_digest: str | None
    first_id: int | None
    first_row: int | None
    first_plan: str | None
    first_partner_id: int | None
    entity: str | None = CONTRACTOR
    partner_id: int | None = None
    verdict: str | None = None
    reason: str | None = None
    known_id: int | None = None
    follows: bool | None = None
    like: str | None = None

    @property
    def is_contract(self):
        """Whether the row is a contract of a client and not a client."""
        return self.entity == CONTRACT

    @property
    def is_contractor(self):
        """Whether the row is the one that tells of its contractor: no contract, and
        none that repeats another."""
        return not self.is_contract and (self.is_joined or not self.first_id)

    @property
    def is_joined(self):
        """Whether the user has said that it is one with a client it resembles."""
        return self.reason == "duplicate" and self.decision == "same"


class ItsImport(models.Model):
    """The rows of a batch, as plain values."""

    _inherit = "its.import"

    def _rows(self, condition, limit=None):
        """Fetch rows of this import in the order of the file.

        :param condition: an ``SQL`` about ``line``
        :param limit: at most so many
        :return: a list of :class:`Row`
        """
        self.env["its.import.line"].flush_model()
        found = self.env.execute_query(
            SQL(
                """
                SELECT line.id, line.row, line.plan, line.decision, line.data,
                       line.folder_path, line.issues, line.ref, line.inn,
                       line.code_key, line.name_key, line.digest,
                       line.subscription_digest,
                       first.id, first.row, first.plan, first.partner_id,
                       line.entity, line.partner_id, line.verdict, line.reason,
                       line.known_id, line.follows,
                       CASE WHEN line.reason IS NOT NULL
                            THEN COALESCE(twin.name, partner.name) END
                  FROM its_import_line line
                  LEFT JOIN its_import_line first ON first.id = line.first_line_id
                  LEFT JOIN its_import_line twin ON twin.id = line.twin_row
                  LEFT JOIN res_partner partner
                         ON partner.id = COALESCE(line.twin_card, line.partner_id)
                        AND line.reason IS NOT NULL
                 WHERE line.import_id = %(job)s AND %(condition)s
                 ORDER BY line.row
                 LIMIT %(limit)s
                """,
                job=self.id,
                condition=condition,
                limit=limit,
            )
        )
        return [Row(*values) for values in found]
