"""Where things lie in the checkout, and where downloads are kept."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEV = ROOT / "dev"
ADDON_NAME = "its_quality"
ADDON = ROOT / ADDON_NAME
TESTS = ROOT / "tests"
REQUIREMENTS = DEV / "requirements"
VENV = ROOT / ".venv"
RUN = ROOT / ".run"
LOGS = RUN / "log"
NODE_MODULES = ROOT / "node_modules"


def cache_folder() -> Path:
    """Downloads that all checkouts of a user share."""
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / ADDON_NAME


def checkout_digest() -> str:
    """A short name for this checkout, for files that must lie elsewhere."""
    return hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
