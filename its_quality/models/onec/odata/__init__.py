"""An infobase queried over OData, now or on a schedule: an import without a file."""

from . import (
    its_onec_connection,
    its_onec_connection_schedule,
    its_onec_object,
)
