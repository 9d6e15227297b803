"""What comes from npm: the programs that format and check JavaScript, SCSS and XML, and
axe-core, by which the tests look whether everybody can use our pages.

They are pinned in `package-lock.json`. The lock names no registry: npm asks the one
that the machine is set up with.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from . import system_packages
from .console import Problem, say
from .environment import in_ci
from .locks import locked
from .paths import NODE_MODULES, ROOT, RUN
from .processes import run
from .stamps import Stamp, digest_of_files

OLDEST = (18, 18)
PACKAGES = ("nodejs", "npm")
AXE_VARIABLE = "ITS_AXE"
MANIFESTS = (ROOT / "package.json", ROOT / "package-lock.json")
STAMP = Stamp(NODE_MODULES / "its.stamp")


def is_there() -> bool:
    """Tell whether there is a Node.js that will do; in CI it is installed if need be."""
    if not _works() and in_ci() and system_packages.may_install():
        system_packages.install(PACKAGES, "Node.js for the linters and axe-core")
    return _works()


def program(name: str) -> Path:
    """Return the path of a program that one of the pinned packages brings.

    :raise Problem: when the packages cannot be installed
    """
    _ensure()
    return NODE_MODULES / ".bin" / name


def axe() -> dict[str, str]:
    """Return what tells the tests in a browser where axe-core is.

    :return: variables of the environment; none where there is no Node.js: those tests
        are then skipped
    :raise Problem: the same in CI, where nothing may be skipped
    """
    if is_there():
        _ensure()
        return {AXE_VARIABLE: str(NODE_MODULES / "axe-core" / "axe.min.js")}
    sentence = (
        "There is no Node.js {}.{} or newer with npm on PATH: axe-core, by which the "
        "tests look at our pages, cannot be had (on Debian: apt install nodejs npm)."
    ).format(*OLDEST)
    if in_ci():
        raise Problem(sentence)
    say(sentence)
    return {}


def _ensure() -> None:
    if not STAMP.matches(_digest()):
        with locked(RUN / "node.lock", "the packages of npm"):
            if not STAMP.matches(_digest()):
                _install()


def _works() -> bool:
    if not all(map(shutil.which, ("node", "npm"))):
        return False
    version = run(["node", "--version"], what="Asking Node.js for its version")
    found = re.match(r"v(\d+)\.(\d+)", version)
    return found is not None and (int(found[1]), int(found[2])) >= OLDEST


def _digest() -> str:
    return digest_of_files(MANIFESTS)


def _install() -> None:
    say("Installing the packages of npm …")
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    run(
        [*command, "--no-update-notifier", "--loglevel=error"],
        what="Installing the packages of npm (is the package registry reachable?)",
        cwd=ROOT,
    )
    STAMP.write(_digest())
