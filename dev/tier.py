"""The two tiers of the tests, `./its test` and `./its test --all`: what tells them.

tests/tier.py and its_quality/tests/tier.py read it.
"""

from __future__ import annotations

import os

VARIABLE = "ITS_TEST_ALL"


def is_all() -> bool:
    """Tell whether this is the thorough tier."""
    return os.environ.get(VARIABLE) == "1"


def choose_all() -> None:
    """Let the tests that are started from now on be thorough."""
    os.environ[VARIABLE] = "1"
