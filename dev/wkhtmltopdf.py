"""The PDF printer that Odoo calls: wkhtmltopdf with the patched Qt.

Distributions ship it without the patches, and then headers, footers and paper
formats of the reports are lost; a pinned Python package brings the right build.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from . import python_env
from .paths import RUN

SHIM_FOLDER = RUN / "bin"


def ensure() -> Path | None:
    """Return the folder to put on PATH for Odoo; None when PATH is right already."""
    installed = shutil.which("wkhtmltopdf")
    if installed and _is_patched(installed):
        return None
    target = python_env.program("wkhtmltopdf-pack")
    shim = SHIM_FOLDER / "wkhtmltopdf"
    if not shim.is_symlink() or shim.readlink() != target:
        SHIM_FOLDER.mkdir(parents=True, exist_ok=True)
        shim.unlink(missing_ok=True)
        shim.symlink_to(target)
    return SHIM_FOLDER


def _is_patched(program: str) -> bool:
    try:
        done = subprocess.run(
            [program, "--version"], capture_output=True, text=True, check=False
        )
    except OSError:
        return False
    return "with patched qt" in done.stdout
