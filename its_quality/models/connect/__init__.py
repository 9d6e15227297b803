"""1C-Connect: the conversations and calls that it reports.

Stands on the claim."""

from . import (
    its_connect,
    its_connect_attempt,
    its_connect_event,
    its_connect_hook,
    its_personal_request,
)
