"""The warnings that are no fault of ours, each with its reason.

A line of the log at WARNING or above is a failure unless one of these patterns is
found in it. The list is to stay short: silence a warning at its source instead.
"""

from __future__ import annotations

import re

EXPECTED = (
    # Odoo repeats at the end what it has reported test by test; we count those.
    r"odoo\.tests\.result: \d+ failed, \d+ error\(s\) of \d+ tests",
    r"odoo\.modules\.loading: Module \S+: \d+ failures, \d+ errors of \d+ tests",
    r"odoo\.modules\.loading: At least one test failed when loading the modules",
)

_PATTERN = re.compile("|".join(f"(?:{pattern})" for pattern in EXPECTED))


def is_expected(text: str) -> bool:
    """Tell whether a record of the log is in the list."""
    return _PATTERN.search(text) is not None
