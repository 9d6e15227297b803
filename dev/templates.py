"""Databases to take copies of.

Three templates are kept on the fast cluster, since they take a minute to make: Odoo with
what the addon depends on, the same with the addon, and that with the addon of others
besides. They are made anew when Odoo or an addon has changed. On a server of the user's
they are dropped after the run.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator
from pathlib import Path

from . import databases, neighbours, odoo_process, postgres
from .locks import locked
from .odoo_process import Odoo
from .paths import ADDON, ADDON_NAME, ROOT, RUN
from .stamps import digest_of_files, digest_of_tree

BUNDLES = ROOT / "dev" / "scripts" / "make_bundles.py"
PLAIN = "plain"
WITH_ADDON = "addon"
PEER = "peer"
PEER_NAME = "helpdesk_mgmt"
TEMPLATES = {kind: f"its_template_{kind}" for kind in (PLAIN, WITH_ADDON, PEER)}
# What a template is made of: the one before it, and an addon.
STEPS = {WITH_ADDON: (PLAIN, ADDON_NAME), PEER: (WITH_ADDON, PEER_NAME)}


@contextlib.contextmanager
def copy_of(odoo: Odoo, kind: str, name: str, *, keep: bool = False) -> Iterator[str]:
    """Give a database of one's own, made from a template, and drop it afterwards.

    :param kind: of the template
    :param keep: do not drop it
    """
    copy(odoo, kind, name)
    try:
        yield name
    finally:
        if not keep:
            databases.drop(odoo, name)


def copy(odoo: Odoo, kind: str, name: str) -> None:
    """Make a database from a template, which is made first if it has to be.

    :param kind: of the template
    """
    with locked(RUN / "templates.lock", "the databases to take copies of"):
        _ensure(odoo, kind)
        databases.copy(odoo, TEMPLATES[kind], name)


def make_bundles(odoo: Odoo, name: str) -> None:
    """Build the web client's bundles in a database: each of its copies would."""
    odoo_process.run_script(odoo, name, BUNDLES)


def install_log(kind: str) -> Path:
    """Return where the log of making a template is."""
    return databases.install_log(TEMPLATES[kind])


def clear(odoo: Odoo) -> None:
    """Drop the templates where they are no one's but the user's to keep."""
    if odoo.server.name == "external":
        for name in TEMPLATES.values():
            databases.drop(odoo, name)


def _ensure(odoo: Odoo, kind: str) -> None:
    """Make a template unless it is there and as it should be."""
    name = TEMPLATES[kind]
    digest = _digest(odoo, kind)
    sql = (
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
        f"WHERE datname = '{name}'"
    )
    if postgres.query(odoo.server, sql, database="postgres") == [digest]:
        return
    databases.drop(odoo, name)
    if kind == PLAIN:
        databases.create(odoo, name, demo=False, modules=_dependencies())
    else:
        former, addon = STEPS[kind]
        _ensure(odoo, former)
        databases.copy(odoo, TEMPLATES[former], name)
        arguments = ["-d", name, "-i", addon, "--stop-after-init", "--no-http"]
        title = f"Installing {addon} into {name}"
        odoo_process.run_logged(odoo, title, install_log(kind).stem, arguments)
        make_bundles(odoo, name)
    sql = f"""COMMENT ON DATABASE "{name}" IS '{digest}'"""
    postgres.query(odoo.server, sql, database="postgres")


def _digest(odoo: Odoo, kind: str) -> str:
    """Hash what a template is made of."""
    plain = digest_of_files(
        [odoo.source.package / "release.py"], str(odoo.source.package), *_dependencies()
    )
    if kind == PLAIN:
        return plain
    ours = digest_of_files([], plain, digest_of_tree(ADDON))
    if kind == WITH_ADDON:
        return ours
    return digest_of_files([], ours, neighbours.digest())


def _dependencies() -> list[str]:
    manifest = (ADDON / "__manifest__.py").read_text(encoding="utf-8")
    return ast.literal_eval(manifest)["depends"]
