"""The browser that the tests drive."""

from __future__ import annotations

import shutil

from . import system_packages
from .console import Problem, say
from .environment import in_ci

# In the order in which Odoo's own test runner looks for them.
NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-dejavu-core")


def find() -> str | None:
    """Return the path of a browser that is installed."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def ensure() -> str | None:
    """Return the path of a browser, installing one where we may.

    :return: None when there is none to be had; the browser tests are then skipped
    :raise Problem: the same in CI, where nothing may be skipped
    """
    found = find()
    if not found and system_packages.may_install():
        system_packages.install(PACKAGES, "a browser for the tests")
        found = find()
    if not found:
        sentence = (
            "There is no Chromium on PATH and it cannot be installed without root; "
            "the browser tests need it: apt install chromium."
        )
        if in_ci():
            raise Problem(sentence)
        say(sentence)
    return found
