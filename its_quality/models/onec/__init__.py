"""What comes over from 1C: files read, matched, written, undone.

Depends on all the others: when a user of 1C leaves, calls and claims are handed over.

The way of a row: a source (`file_source`, `odata/odata_source`) returns it, `reading`
stores it, `matching` finds its client, `changes` says what it would change,
`writing` makes a client of it, `snapshot` remembers what was said, `finishing` does what
needs all rows; `undoing` goes back. `its_import_job` takes these steps, in batches."""

from . import (
    its_dropped_file,
    its_import,
    its_import_column,
    its_import_contract,
    its_import_decide,
    its_import_job,
    its_import_line,
    its_import_snapshot,
    its_import_source,
    its_personal_request,
    its_settings,
    res_company,
    res_partner_prepared,
)

# isort: split
from . import odata, users
