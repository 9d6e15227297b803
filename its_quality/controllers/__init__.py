from . import (
    binary,
    claim_form,
    claim_link,
    claim_portal,
    claim_thread,
    connect,
    export,
    its_import,
    survey,
)
