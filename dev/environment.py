"""What the environment variables tell about where we run."""

from __future__ import annotations

import os


def in_ci() -> bool:
    """Tell whether this is continuous integration: there nothing may be skipped."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")
