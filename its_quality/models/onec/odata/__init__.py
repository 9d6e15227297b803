"""A base of 1C that is asked over OData, at once or by a schedule: an import without a file."""

from . import (
    its_onec_connection,
    its_onec_connection_ask,
    its_onec_connection_texts,
    its_onec_connection_users,
    its_onec_import,
    its_onec_import_again,
    its_onec_import_keep,
    its_onec_import_read,
    its_onec_object,
    its_onec_schedule,
)
