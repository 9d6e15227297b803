"""What comes over from 1C: files read, matched, written, undone.

Stands on the client and the call; beside the claim and 1C-Connect it knows of neither."""

from . import (
    its_dropped_file,
    its_import,
    its_import_after,
    its_import_again,
    its_import_change,
    its_import_change_subscription,
    its_import_column,
    its_import_contract,
    its_import_contract_read,
    its_import_create,
    its_import_decide,
    its_import_job,
    its_import_line,
    its_import_line_decide,
    its_import_match,
    its_import_read,
    its_import_rejected,
    its_import_remember,
    its_import_row,
    its_import_same,
    its_import_source,
    its_import_stop,
    its_import_texts,
    its_import_undo,
    its_import_verdict,
    its_import_write,
    res_partner_prepared,
)

# isort: split
from . import odata, users
