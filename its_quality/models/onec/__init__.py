"""What comes over from 1C: files read, matched, written, undone.

Stands on the client and the call; beside the claim and 1C-Connect it knows of neither."""

from . import (
    changes,
    contract_kinds,
    finishing,
    its_dropped_file,
    its_import,
    its_import_column,
    its_import_contract,
    its_import_create,
    its_import_decide,
    its_import_job,
    its_import_line,
    its_import_line_decide,
    its_import_row,
    its_import_source,
    its_import_stop,
    known_rows,
    matching,
    planning,
    reading,
    reading_cache,
    rejected,
    res_partner_prepared,
    snapshot,
    subscription_changes,
    texts,
    undoing,
    writing,
)

# isort: split
from . import odata, users
