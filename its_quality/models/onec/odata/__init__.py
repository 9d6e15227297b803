"""A base of 1C that is asked over OData, at once or by a schedule: an import without a file."""

from . import (
    its_onec_connection,
    its_onec_connection_schedule,
    its_onec_object,
)
