"""Debian packages for the whole machine, where we may install them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence

from .console import say
from .processes import run

_updated = False


def may_install() -> bool:
    """Tell whether apt is here and we are root or may become it unasked."""
    return shutil.which("apt-get") is not None and _prefix() is not None


def install(packages: Sequence[str], what: str) -> None:
    """Install Debian packages for the whole machine.

    :raise Problem: when apt fails
    """
    global _updated
    say(f"Installing {what} ({', '.join(packages)}) …")
    prefix = _prefix() or []
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    if not _updated:
        run(
            [*prefix, "apt-get", "update", "-qq"],
            what="Reading the package lists",
            env=env,
        )
        _updated = True
    run(
        [*prefix, "apt-get", "install", "-qq", "-y", "--no-install-recommends"]
        + list(packages),
        what=f"Installing {what}",
        env=env,
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
