"""The two tiers of the tests: `./its test` is quick, `./its test --all` is thorough.

its_quality/tests/tier.py says the same to the tests that run inside Odoo.
"""

from __future__ import annotations

import os

VARIABLE = "ITS_TEST_ALL"


def is_all() -> bool:
    """Tell whether this is the thorough tier."""
    return os.environ.get(VARIABLE) == "1"


def count(usual: int, all_: int) -> int:
    """Choose how many examples, seeds or rounds a test takes.

    :param usual: for `./its test`
    :param all_: for `./its test --all`
    """
    return all_ if is_all() else usual
