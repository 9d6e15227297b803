"""What the environment variables tell about where we run."""

from __future__ import annotations

import os


def in_ci() -> bool:
    """Tell whether this is continuous integration: there nothing may be skipped."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


# What tells the programs of a run that its day is another one; see clock.
DAY = "ITS_TEST_DAY"


def on_another_day() -> bool:
    """Tell whether the clock of what we start is moved."""
    return bool(os.environ.get(DAY))
