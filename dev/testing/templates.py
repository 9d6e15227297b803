"""Databases that the parts of one run begin with, each made by whoever asks first.

Parts run beside each other in processes of their own: ``ITS_TEST_RUN`` tells them which
process began the run; that one drops the databases at the end.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from .. import databases
from ..locks import locked
from ..odoo_process import Odoo
from ..paths import ADDON, ADDON_NAME, RUN
from . import odoo_log
from .counts import Counts, one

PREFIX = "its_test"
RUN_VARIABLE = "ITS_TEST_RUN"
BARE = "bare"
INSTALLED = "installed"


def run_number() -> int:
    """Return the number of the process that began this run of the tests."""
    return int(os.environ.get(RUN_VARIABLE) or os.getpid())


@contextmanager
def of_this_run(odoo: Odoo) -> Iterator[None]:
    """Let all processes that are started meanwhile share them, and drop them then."""
    if RUN_VARIABLE in os.environ:
        yield
        return
    os.environ[RUN_VARIABLE] = str(os.getpid())
    try:
        yield
    finally:
        del os.environ[RUN_VARIABLE]
        drop_all(odoo)


def drop_all(odoo: Odoo) -> None:
    """Drop the templates of the run of this process."""
    for purpose in (INSTALLED, BARE):
        databases.drop(odoo, _name(purpose))


def bare(odoo: Odoo) -> str:
    """Return the name of a database with all that the addon stands on, and no more."""
    with _locked():
        return _bare(odoo)


def installed(odoo: Odoo) -> str:
    """Return the name of a database with the addon, and no demo data."""
    with _locked():
        name = _name(INSTALLED)
        if not databases.exists(odoo, name):
            databases.copy(odoo, _bare(odoo), name)
            databases.create(odoo, name, demo=False)
        return name


def check_log(odoo: Odoo) -> tuple[Counts, list[str]]:
    """Tell whether installing the addon left a clean log, and what is not clean."""
    log = databases.install_log(installed(odoo))
    with log.open(encoding="utf-8", errors="replace") as lines:
        noise = odoo_log.read(lines).noise
    return one(not noise), noise


def _bare(odoo: Odoo) -> str:
    name = _name(BARE)
    if not databases.exists(odoo, name):
        text = (ADDON / "__manifest__.py").read_text(encoding="utf-8")
        depends = ast.literal_eval(text)["depends"]
        databases.create(odoo, name, demo=False, modules=depends)
    return name


def _name(purpose: str) -> str:
    return f"{PREFIX}_{purpose}_{run_number()}"


def _locked() -> AbstractContextManager[None]:
    return locked(
        RUN / "templates.lock", f"the databases that tests of {ADDON_NAME} copy"
    )
