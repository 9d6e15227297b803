"""Debian packages for the whole machine, where we may install them."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from collections.abc import Sequence

from .console import say
from .processes import run


def may_install() -> bool:
    """Tell whether apt is here and we are root or may become it unasked."""
    return shutil.which("apt-get") is not None and _prefix() is not None


def install(packages: Sequence[str], what: str) -> None:
    """Install Debian packages for the whole machine.

    :raise Problem: when apt fails
    """
    say(f"Installing {what} ({', '.join(packages)}) …")
    update()
    _apt(
        "install", "-y", "--no-install-recommends", *packages, what=f"Installing {what}"
    )


def is_offered(package: str) -> bool:
    """Tell whether the package lists have a package of this name."""
    found = subprocess.run(
        ["apt-cache", "show", "--no-all-versions", package],
        capture_output=True,
        check=False,
    )
    return not found.returncode


@functools.cache
def update() -> None:
    """Read the package lists, once."""
    _apt("update", what="Reading the package lists")


def _apt(*words: str, what: str) -> None:
    run(
        [*(_prefix() or []), "apt-get", "-qq", *words],
        what=what,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"},
    )


def _prefix() -> list[str] | None:
    """Return what goes before a command to run it as root; None if we may not."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo:
        done = subprocess.run([sudo, "-n", "true"], capture_output=True, check=False)
        if done.returncode == 0:
            return [sudo, "-n"]
    return None
