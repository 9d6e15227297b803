from . import (
    binary,
    claim_form,
    claim_portal,
    claim_thread,
    connect,
    its_import,
    survey,
)
