"""How tests read a file: as the import does, with the columns that were found."""

from __future__ import annotations

import contextlib
from pathlib import Path

import onec


def read(path: Path, **options) -> list[onec.Record]:
    """Return all records of a file, by the mapping that is proposed."""
    with contextlib.closing(onec.open_table(path, **options)) as table:
        header = onec.find_header(table)
        return list(onec.read_records(table, header, proposed(header)))


def proposed(header: onec.Header) -> dict[int, str]:
    """Return which column goes where, as found by the titles."""
    return {column.index: column.field for column in header.columns if column.field}


def items(records: list[onec.Record]) -> list[onec.Record]:
    """Return the records that are contractors."""
    return [r for r in records if not r.is_folder and not r.skip_reason]


def codes(record: onec.Record) -> list[str]:
    """Return what is the matter with a record."""
    return [issue.code for issue in record.issues]


def comparable(values: dict[str, str]) -> dict[str, str]:
    """Return values with the code as it is compared: it may have lost its zeros."""
    code = values.get("code")
    return {**values, "code": onec.normalise_code(code)} if code else dict(values)
