"""Addons of others, beside which ours has to work: of Odoo, and of the Odoo Community
Association (OCA).

Those of the OCA are pinned in `dev/requirements/neighbours.txt` and fetched from PyPI
when somebody asks for one. Their code is not ours: it stays under `.run/`.
"""

from __future__ import annotations

import dataclasses
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from . import postgres, python_env
from .locks import locked
from .odoo_process import Odoo
from .paths import REQUIREMENTS, RUN
from .processes import run
from .stamps import Stamp, digest_of_files

LOCK = REQUIREMENTS / "neighbours.txt"
FOLDER = RUN / "neighbours"
STAMP = Stamp(FOLDER / "its.stamp")
# What most firms that we think of work in already.
FEW = ("crm", "sale_management", "account")
OF_ODOO = (
    *FEW,
    "purchase",
    "stock",
    "project",
    "website",
    "base_vat",
    "hr",
    "hr_holidays",
    "mass_mailing",
    "website_crm",
    "survey_crm",
)
OF_OCA = tuple(
    name.replace("-", "_")
    for name in re.findall(
        r"^odoo-addon-([\w-]+)==", LOCK.read_text(encoding="utf-8"), re.MULTILINE
    )
)
ALL = (*OF_ODOO, *OF_OCA)


def digest() -> str:
    """Hash which of them there are."""
    return digest_of_files([LOCK])


def finding(odoo: Odoo, modules: Iterable[str]) -> Odoo:
    """Return an Odoo that finds these modules, fetching the addons if one is of them."""
    if not set(OF_OCA).intersection(modules):
        return odoo
    addons = _ensure()
    path = odoo.configuration.with_name(f"neighbours-{odoo.configuration.name}")
    text = odoo.configuration.read_text(encoding="utf-8")
    text = text.replace("addons_path = ", f"addons_path = {addons},", 1)
    path.write_text(text, encoding="utf-8")
    return dataclasses.replace(odoo, configuration=path)


def finding_those_of(odoo: Odoo, database: str) -> Odoo:
    """Return an Odoo that finds the modules installed in a database."""
    sql = "SELECT name FROM ir_module_module WHERE state = 'installed'"
    return finding(odoo, postgres.query(odoo.server, sql, database=database))


def _ensure() -> Path:
    """Fetch the addons of the OCA; return the folder they lie in."""
    with locked(RUN / "neighbours.lock", "the addons of the OCA"):
        if not STAMP.matches(digest()):
            shutil.rmtree(FOLDER, ignore_errors=True)
            command = [python_env.PYTHON, "-m", "pip", "install", "--quiet"]
            # Each asks for Odoo, which is no package of the index.
            command += ["--no-deps", "--disable-pip-version-check", "--no-input"]
            run(
                [*command, "--target", FOLDER, "-r", LOCK],
                what="Fetching addons of the OCA (is the package index reachable?)",
                env=python_env.environment(),
            )
            STAMP.write(digest())
    return FOLDER / "odoo" / "addons"
