"""./its demo: a database full of made-up clients, in Russian, ready to click."""

from __future__ import annotations

import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import databases, odoo_process, postgres, server
from .console import Problem, say
from .odoo_process import Odoo
from .paths import ADDON, ADDON_NAME, DEV, LOGS
from .stamps import digest_of_files, digest_of_tree

DATABASE = "its_demo"
SCRIPT = DEV / "scripts" / "prepare_demo.py"
# Kept in the database itself: a dropped or half-made database has none.
STAMP_KEY = "its_quality.demo_source_digest"
ROLES = (
    "group_client_manager",
    "group_quality_manager",
    "group_head",
    "group_administrator",
)


def demo(*, port: int | None = None, fresh: bool = False) -> int:
    """Serve the demo database until Ctrl-C, making or updating it first."""
    database_server = postgres.choose(fast=False)
    try:
        odoo = odoo_process.prepare()
        _make_current(odoo, fresh=fresh)
        chosen = server.free_port(port)
        _announce_when_up(odoo, chosen)
        return server.run_server(odoo, DATABASE, chosen, log_to_file=True)
    finally:
        if isinstance(database_server, postgres.Cluster) and not server.running_ports():
            _stop_if_ours(database_server)


def _stop_if_ours(cluster: postgres.Cluster) -> None:
    """Leave the database server to whoever started it before us."""
    if postgres.started_here(cluster.name) and cluster.stop():
        say("The demo has ended; ./its demo starts it again in seconds.")


def _make_current(odoo: Odoo, *, fresh: bool) -> None:
    """Create the database, or update it when the addon's source has changed."""
    digest = digest_of_tree(ADDON)
    known = _read_stamp(odoo) if databases.exists(odoo, DATABASE) else None
    if fresh or known is None:
        _replace(odoo, fresh=fresh)
    elif known == _full_digest(digest):
        return
    else:
        arguments = ["-d", DATABASE, "-u", ADDON_NAME, "--i18n-overwrite"]
        arguments += ["--stop-after-init", "--no-http"]
        title = f"The addon has changed: updating {DATABASE}"
        odoo_process.run_logged(odoo, title, f"{DATABASE}-update", arguments)
        _run_script(odoo)
    _write_stamp(odoo, _full_digest(digest))


def _full_digest(addon: str) -> str:
    return digest_of_files([SCRIPT], addon)


def _replace(odoo: Odoo, *, fresh: bool) -> None:
    if databases.exists(odoo, DATABASE):
        if odoo.server.name == "external" and not fresh:
            raise Problem(
                f"The database {DATABASE} on your PostgreSQL was not finished by "
                "./its demo; ./its demo --fresh drops it and makes it anew."
            )
        databases.drop(odoo, DATABASE)
    databases.create(odoo, DATABASE, demo=True, options=["--load-language=ru_RU"])
    _run_script(odoo)


def _run_script(odoo: Odoo) -> None:
    say("Preparing the demo …")
    odoo_process.run_script(odoo, DATABASE, SCRIPT)


def _read_stamp(odoo: Odoo) -> str | None:
    sql = f"SELECT value FROM ir_config_parameter WHERE key = '{STAMP_KEY}'"
    try:
        rows = postgres.query(odoo.server, sql, database=DATABASE)
    except Problem:
        return None
    return rows[0] if rows else None


def _write_stamp(odoo: Odoo, digest: str) -> None:
    sql = (
        "INSERT INTO ir_config_parameter (key, value) "
        f"VALUES ('{STAMP_KEY}', '{digest}') "
        "ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value"
    )
    postgres.query(odoo.server, sql, database=DATABASE)


def _announce_when_up(odoo: Odoo, port: int) -> None:
    """Print address and logins as soon as the server answers."""
    people = _people(odoo)
    log = LOGS / f"{DATABASE}-server.log"

    def announce() -> None:
        if _wait_for(f"http://127.0.0.1:{port}/web/login"):
            print(_greeting(port, people, log), flush=True)

    threading.Thread(target=announce, daemon=True).start()


def _wait_for(address: str, timeout: float = 120) -> bool:
    deadline = time.monotonic() + timeout
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline:
        try:
            with opener.open(address, timeout=30):
                return True
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    return False


def _greeting(port: int, people: list[tuple[str, str]], log: Path) -> str:
    width = max(len(login) for login, _role in people) + 2
    rows = [f"    {login:<{width}}{login:<{width}}{role}" for login, role in people]
    return "\n".join(
        [
            "",
            f"  http://localhost:{port}",
            "",
            f"    {'login':<{width}}{'password':<{width}}role",
            *rows,
            "",
            f"  Ctrl-C ends it. The server's log: {log}",
            "",
        ]
    )


def _people(odoo: Odoo) -> list[tuple[str, str]]:
    """Return (login, role) of the demo users, one per role, and of the admin.

    A demo user's password is his login.
    """
    groups = ", ".join(f"'{name}'" for name in ROLES)
    sql = f"""
        SELECT DISTINCT ON (data.name) data.name, login, groups.name ->> 'en_US'
          FROM ir_model_data data
          JOIN res_groups groups ON groups.id = data.res_id
          JOIN res_groups_users_rel membership ON membership.gid = groups.id
          JOIN res_users users ON users.id = membership.uid
         WHERE data.module = '{ADDON_NAME}' AND data.model = 'res.groups'
           AND data.name IN ({groups})
           AND users.active AND users.login NOT IN ('admin', '__system__')
         ORDER BY data.name, users.id
    """
    rows = postgres.query(odoo.server, sql, database=DATABASE)
    found = {name: (login, role) for name, login, role in (r.split("|") for r in rows)}
    people = [found[name] for name in ROLES if name in found]
    return [*people, ("admin", "the whole of Odoo")]
