"""The two tiers of the tests: `./its test` is quick, `./its test --all` is thorough.

tests/tier.py says the same to the tests that run outside Odoo.
"""

import os

VARIABLE = "ITS_TEST_ALL"


def is_all():
    """Tell whether this is the thorough tier."""
    return os.environ.get(VARIABLE) == "1"


def count(usual, all_):
    """Choose how many seeds or rounds a test takes.

    :param usual: for `./its test`
    :param all_: for `./its test --all`
    """
    return all_ if is_all() else usual


def thinned(cases, every, turn=0):
    """Choose which of many cases that are alike are tried: all of them, or, in the quick
    tier, each of so many.

    :param turn: which is the first, so that each has its turn with one thing or another
    """
    every = count(every, 1)
    return list(cases)[turn % every :: every]
