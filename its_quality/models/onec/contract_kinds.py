from dataclasses import replace

from odoo import api, fields, models
from odoo.tools import SQL

from ...onec import CONTRACTS, find_header, read_records
from .reading import digest_of

# What makes a contract another one than it was.
CONTRACT_KEYS = frozenset(
    {"contract_ref", "contract_number", "contract_date", "date_end", "service_id"}
)


class ItsImport(models.Model):
    """The kinds of contracts that a file has, for the user to say what they mean."""

    _inherit = "its.import"

    contract_ids = fields.One2many(
        "its.import.contract", "import_id", string="Kinds of contracts"
    )
    contract_count = fields.Integer(
        "Contracts in the file", compute="_compute_contract_count"
    )

    @api.depends("contract_ids.count")
    def _compute_contract_count(self):
        for job in self:
            job.contract_count = sum(job.contract_ids.mapped("count"))

    def _services_of_contracts(self):
        """What the user has said of kinds of contracts, in a fixed order.

        :return: ``[[key of the kind, id of its service], ...]``
        """
        kinds = self.env["its.import.contract"].search(
            [("source_id", "=", self.source_id.id), ("service_id", "!=", False)],
            order="key",
        )
        return [[kind.key, kind.service_id.id] for kind in kinds]

    def _note_kinds(self):
        """Note which kinds the rows of this import are of, and how many of each."""
        self.contract_ids.import_id = False
        counts = dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT data ->> 'contract_key', count(*) FROM its_import_line
                     WHERE import_id = %s AND entity = 'contract' GROUP BY 1
                    """,
                    self.id,
                )
            )
        )
        for kind in self.env["its.import.contract"].search(
            [("source_id", "=", self.source_id.id), ("key", "in", list(counts))]
        ):
            kind.write({"import_id": self.id, "count": counts[kind.key]})

    def _contracts(self, table, last_row):
        """Read the contracts of an exchange file, numbered after its contractors."""
        table.select(CONTRACTS)
        if not table.head(2):
            return
        header = find_header(table, CONTRACTS)
        mapping = {column.index: column.field for column in header.columns}
        for record in read_records(table, header, mapping):
            yield replace(record, row=last_row + record.row - 1)

    def _contract_line_values(self, record, kinds):
        """One row of ``its_import_line`` from a contract, which is found by the
        reference to its client alone."""
        values = {key: value for key, value in record.values.items() if value}
        issues = [[i.code, i.field, i.value, i.severity] for i in record.issues]
        kind = kinds.of(values)
        service_id = kind.service_id.id
        title = values.get("contract_name") or values.get("contract_number") or ""
        plan = None
        if any(issue[3] == "error" for issue in issues):
            plan = "wrong"
        elif values.get("deletion_mark"):
            plan = "skip"
            issues.append(["contract_deleted", "deletion_mark", "", "info"])
        elif not service_id:
            plan = "skip"
            issues.append(["contract_of_nothing", "name", title, "info"])
        values["contract_key"] = kind.key
        if service_id:
            values["service_id"] = service_id
        said = {key: values[key] for key in CONTRACT_KEYS & values.keys()}
        return (
            record.row,
            title,
            plan,
            values,
            None,
            issues or None,
            values.get("ref"),
            None,
            None,
            None,
            None,
            digest_of(said),
            record.entity,
        )
