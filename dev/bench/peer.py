"""An addon of others that does what ours does, for cases to be measured beside.

Helpdesk of the Odoo Community Association, pinned in `dev/requirements/bench.txt`. It
is fetched from PyPI when a case asks for it, and never for the tests.
"""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

from .. import python_env
from ..locks import locked
from ..odoo_process import Odoo
from ..paths import REQUIREMENTS, RUN
from ..processes import run
from ..stamps import Stamp, digest_of_files

NAME = "helpdesk_mgmt"
LOCK = REQUIREMENTS / "bench.txt"
FOLDER = RUN / "bench" / "peer"
STAMP = Stamp(FOLDER / "its.stamp")


def digest() -> str:
    """Hash what is installed."""
    return digest_of_files([LOCK])


def beside(odoo: Odoo) -> Odoo:
    """Return an Odoo that finds the addon besides all that the given one finds."""
    addons = _ensure()
    path = odoo.configuration.with_name(f"bench-{odoo.configuration.name}")
    text = odoo.configuration.read_text(encoding="utf-8")
    text = text.replace("addons_path = ", f"addons_path = {addons},", 1)
    path.write_text(text, encoding="utf-8")
    return dataclasses.replace(odoo, configuration=path)


def _ensure() -> Path:
    """Fetch the addon; return the folder it lies in."""
    with locked(RUN / "bench-peer.lock", f"the addon {NAME}"):
        if not STAMP.matches(digest()):
            shutil.rmtree(FOLDER, ignore_errors=True)
            command = [
                python_env.PYTHON,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-deps",
            ]
            command += ["--disable-pip-version-check", "--no-input"]
            run(
                [*command, "--target", FOLDER, "-r", LOCK],
                what=f"Fetching {NAME} (is the package index reachable?)",
                env=python_env.environment(),
            )
            STAMP.write(digest())
    return FOLDER / "odoo" / "addons"
