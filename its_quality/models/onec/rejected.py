"""The rejected rows as a sheet, to be mended and imported again."""

import io
from pathlib import Path

from ...onec import FIELD_TITLES, write_rejected
from .file_source import FileSource

# As a list of 1C says it; the record of a row has words of ours.
KINDS = {
    "company": "Юридическое лицо",
    "sole_trader": "Индивидуальный предприниматель",
    "person": "Физическое лицо",
}


def rejected_workbook(job):
    """The rejected rows with the reason in a last column: those of a sheet as they
    stand there, those of an exchange file as a sheet would have them.

    :return: ``(file name, bytes of an XLSX)``
    """
    job.ensure_one()
    rejected = job.env["its.import.line"].search(
        [("import_id", "=", job.id), ("outcome", "=", "rejected")]
    )
    write = _write_records
    if job.file and not job.is_exchange:
        write = _write_rows
    with io.BytesIO() as workbook:
        write(job, workbook, rejected)
        name = Path(job.file_name or job.display_name).stem
        name = job.env._("%(file)s, rejected rows.xlsx", file=name)
        return name, workbook.getvalue()


def _write_rows(job, workbook, rejected):
    reasons = {line.row: line.message or "" for line in rejected}
    source = FileSource(job)
    with source.open_table() as table:
        columns = source.header_of(table).columns
        rows = (row for row in table.rows() if row.number in reasons)
        write_rejected(
            workbook,
            [column.title or column.letter for column in columns],
            (
                (
                    [
                        row.cells[column.index] if column.index < len(row.cells) else ""
                        for column in columns
                    ],
                    reasons[row.number],
                )
                for row in rows
            ),
            job.env._("Reason"),
        )


def _write_records(job, workbook, rejected):
    keys = [key for key in FIELD_TITLES if any(key in line.data for line in rejected)]
    write_rejected(
        workbook,
        [FIELD_TITLES[key] for key in keys],
        (
            ([_cell(line.data, key) for key in keys], line.message or "")
            for line in rejected
        ),
        job.env._("Reason"),
    )


def _cell(data, key):
    value = data.get(key, "")
    return KINDS.get(value, value) if key == "kind" else value
