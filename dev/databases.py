"""Creating and dropping databases."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from . import odoo_process, postgres
from .console import Problem
from .odoo_process import Odoo
from .paths import ADDON, ADDON_NAME, LOGS
from .processes import is_alive


def check_name(name: str) -> str:
    """Return the name when it is a safe one.

    :raise Problem: when it is not
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,62}", name):
        raise Problem(
            f"{name!r} cannot be a database's name: use Latin letters, digits, _ and -."
        )
    return name


def exists(odoo: Odoo, name: str) -> bool:
    """Tell whether the server has a database of this name."""
    sql = f"SELECT 1 FROM pg_database WHERE datname = '{check_name(name)}'"
    return bool(postgres.query(odoo.server, sql, database="postgres"))


def require(odoo: Odoo, name: str) -> None:
    """Raise a Problem unless the database is there."""
    if not exists(odoo, name):
        fast = " --fast" if odoo.server.name == "test" else ""
        raise Problem(
            f"There is no database {name} on the {odoo.server.name} server; "
            f"create it: ./its db {name}{fast}"
        )


def drop(odoo: Odoo, name: str) -> None:
    """Drop a database and its files, putting out whoever is in it.

    PostgreSQL's own cleaning of a table is put out by PostgreSQL alone: with ``FORCE`` it
    would be for us, who may not.
    """
    sql = f"""
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = '{check_name(name)}' AND usename = current_user
    """
    postgres.query(odoo.server, sql, database="postgres")
    sql = f'DROP DATABASE IF EXISTS "{name}"'
    postgres.query(odoo.server, sql, database="postgres")
    shutil.rmtree(odoo.data_folder(name), ignore_errors=True)


def drop_abandoned(odoo: Odoo, prefix: str) -> None:
    """Drop what runs that were killed have left: their names end with the id of the
    process that made them."""
    sql = f"SELECT datname FROM pg_database WHERE datname LIKE '{prefix}\\_%'"
    for name in postgres.query(odoo.server, sql, database="postgres"):
        found = re.fullmatch(rf"{prefix}_[a-z]+_(\d+)", name)
        if found and not is_alive(int(found[1])):
            drop(odoo, name)


def copy(odoo: Odoo, template: str, name: str) -> None:
    """Make a database, and its files, from another that nobody is in."""
    drop(odoo, name)
    sql = f'CREATE DATABASE "{check_name(name)}" TEMPLATE "{check_name(template)}"'
    postgres.query(odoo.server, sql, database="postgres")
    source, target = odoo.data_folder(template), odoo.data_folder(name)
    if source.exists():
        shutil.copytree(source, target, copy_function=_link)


def _link(source: str, target: str) -> None:
    """The files of attachments are named by their content and never change."""
    Path(target).hardlink_to(source)


def install_log(name: str) -> Path:
    """Return where the log of installing into a database is."""
    return LOGS / f"{name}-install.log"


def create(
    odoo: Odoo,
    name: str,
    *,
    demo: bool,
    modules: Sequence[str] = (ADDON_NAME,),
    options: Sequence[str] = (),
) -> None:
    """Create a database with these modules installed, or leave none behind."""
    check_name(name)
    if ADDON_NAME in modules and not (ADDON / "__manifest__.py").exists():
        raise Problem(f"{ADDON} has no __manifest__.py: there is nothing to install.")
    arguments = ["-d", name, "-i", ",".join(modules), "--stop-after-init", "--no-http"]
    arguments += ["--with-demo"] if demo else []
    arguments += options
    title = f"Installing {', '.join(modules)} into {name}"
    try:
        odoo_process.run_logged(odoo, title, install_log(name).stem, arguments)
        _check_installed(odoo, name, modules)
    except BaseException:
        drop(odoo, name)
        raise


def _check_installed(odoo: Odoo, name: str, modules: Sequence[str]) -> None:
    """Odoo ends well even when it does not know a module's name."""
    sql = "SELECT name FROM ir_module_module WHERE state = 'installed'"
    installed = postgres.query(odoo.server, sql, database=name)
    missing = sorted(set(modules) - set(installed))
    if missing:
        raise Problem(f"Odoo did not install {', '.join(missing)}: is the name right?")
