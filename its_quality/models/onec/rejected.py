import io
from pathlib import Path

from odoo import models

from ...onec import FIELD_TITLES, find_header, write_rejected

# As a list of 1C says it; the record of a row has words of ours.
KINDS = {
    "company": "Юридическое лицо",
    "sole_trader": "Индивидуальный предприниматель",
    "person": "Физическое лицо",
}


class ItsImport(models.Model):
    """The rejected rows as a sheet, to be mended and imported again."""

    _inherit = "its.import"

    def _rejected_workbook(self):
        """The rejected rows with the reason in a last column: those of a sheet as they
        stand there, those of an exchange file as a sheet would have them.

        :return: ``(file name, bytes of an XLSX)``
        """
        self.ensure_one()
        rejected = self.env["its.import.line"].search(
            [("import_id", "=", self.id), ("outcome", "=", "rejected")]
        )
        write = self._write_rejected_records
        if self.file and not self.is_exchange:
            write = self._write_rejected_rows
        with io.BytesIO() as workbook:
            write(workbook, rejected)
            name = Path(self.file_name or self.display_name).stem
            name = self.env._("%(file)s, rejected rows.xlsx", file=name)
            return name, workbook.getvalue()

    def _write_rejected_rows(self, workbook, rejected):
        reasons = {line.row: line.message or "" for line in rejected}
        with self._open_table() as table:
            columns = find_header(table).columns
            rows = (row for row in table.rows() if row.number in reasons)
            write_rejected(
                workbook,
                [column.title for column in columns],
                (
                    (
                        [
                            row.cells[column.index]
                            if column.index < len(row.cells)
                            else ""
                            for column in columns
                        ],
                        reasons[row.number],
                    )
                    for row in rows
                ),
                self.env._("Reason"),
            )

    def _write_rejected_records(self, workbook, rejected):
        keys = [
            key for key in FIELD_TITLES if any(key in line.data for line in rejected)
        ]
        write_rejected(
            workbook,
            [FIELD_TITLES[key] for key in keys],
            (
                ([self._cell(line.data, key) for key in keys], line.message or "")
                for line in rejected
            ),
            self.env._("Reason"),
        )

    def _cell(self, data, key):
        value = data.get(key, "")
        return KINDS.get(value, value) if key == "kind" else value
