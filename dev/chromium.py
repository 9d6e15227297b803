"""The browser that the tests drive."""

from __future__ import annotations

import shutil
from pathlib import Path

from . import system_packages
from .console import Problem, say
from .environment import in_ci
from .paths import RUN

# Chromium without its windows: a tour takes a fifth less of the processor with it. It
# has the name of its package, and Odoo's own test runner does not look for it.
LIGHT = "chromium-headless-shell"
FULL = "chromium"
# In the order in which Odoo's test runner looks for them.
OTHERS = ("google-chrome", FULL, "chromium-browser", "google-chrome-stable")
FONTS = "fonts-dejavu-core"
SHIM = RUN / "bin-browser" / OTHERS[0]


def find() -> str | None:
    """Return the path of a browser that is installed."""
    return next(filter(None, map(shutil.which, (LIGHT, *OTHERS))), None)


def ensure() -> str | None:
    """Return the path of a browser, installing one where we may.

    :return: None when there is none to be had; the browser tests are then skipped
    :raise Problem: the same in CI, where nothing may be skipped
    """
    if not shutil.which(LIGHT) and system_packages.may_install():
        _install()
    found = find()
    if not found:
        sentence = (
            "There is no Chromium on PATH and it cannot be installed without root; "
            f"the browser tests need it: apt install {FULL}."
        )
        if in_ci():
            raise Problem(sentence)
        say(sentence)
    return found


def _install() -> None:
    """Install the light browser, or the full one where there is none at all."""
    found = find()
    if not found:
        system_packages.update()
    offered = system_packages.is_offered(LIGHT)
    if offered or not found:
        package = LIGHT if offered else FULL
        system_packages.install([package, FONTS], "a browser for the tests")


def ensure_found() -> Path | None:
    """Return the folder to put on PATH for Odoo; None when it finds what we find."""
    light = shutil.which(LIGHT)
    if not light:
        return None
    if not SHIM.is_symlink() or SHIM.readlink() != Path(light):
        SHIM.parent.mkdir(parents=True, exist_ok=True)
        SHIM.unlink(missing_ok=True)
        SHIM.symlink_to(light)
    return SHIM.parent
