"""The two tiers of the tests: `./its test` is quick, `./its test --all` is thorough."""

from __future__ import annotations

from dev.tier import is_all


def count(usual: int, all_: int) -> int:
    """Choose how many examples, seeds or rounds a test takes.

    :param usual: for `./its test`
    :param all_: for `./its test --all`
    """
    return all_ if is_all() else usual
