"""its_quality/tests on fresh databases, with demo data and without."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from .. import databases, odoo_process, postgres, tier
from ..console import say
from ..environment import in_ci
from ..odoo_process import Odoo
from ..paths import ADDON_NAME
from ..processes import is_alive
from ..server import free_port
from . import odoo_log
from .counts import Counts, one

PREFIX = "its_test"
TAGS = f"/{ADDON_NAME}"
# Seconds; far more than the tests take, so that one that hangs is found out.
LONGEST_RUN = 40 * 60
LONGEST_THOROUGH_RUN = 3 * LONGEST_RUN


def run_all(odoo: Odoo, *, keep: bool) -> Counts:
    """Run our tests with demo data; install without."""
    drop_abandoned(odoo)
    main = run_fresh(odoo, "demo", modules=[ADDON_NAME], tags=[TAGS], keep=keep)
    return main + install_plain(odoo, keep=keep)


def run_fresh(
    odoo: Odoo,
    purpose: str,
    *,
    modules: Sequence[str],
    tags: Sequence[str],
    keep: bool = False,
    demo: bool = True,
) -> Counts:
    """Install modules into a new database and run the tests with these tags."""
    name = own_name(purpose)
    databases.drop(odoo, name)
    arguments = ["-d", name, "-i", ",".join(modules), "--test-tags", ",".join(tags)]
    arguments += ["--with-demo"] if demo else []
    try:
        return _run(odoo, name, f"Testing {', '.join(tags)[:60]}", arguments)
    finally:
        if not keep:
            databases.drop(odoo, name)


def run_on(odoo: Odoo, name: str, tags: str, *, note: str | None = None) -> Counts:
    """Update the addon in a database that is there, and run tests on it.

    :param note: what is told of the run; by default the database
    """
    databases.require(odoo, name)
    arguments = ["-d", name, "-u", ADDON_NAME, "--test-tags", tags]
    return _run(odoo, name, f"Testing {tags} on {note or name}", arguments)


def install_plain(odoo: Odoo, *, keep: bool) -> Counts:
    """Install the addon without demo data; a clean log is the test."""
    name = own_name("plain")
    databases.drop(odoo, name)
    arguments = ["-d", name, "-i", ADDON_NAME, "--stop-after-init", "--no-http"]
    title = "Installing without demo data"
    try:
        log, code = odoo_process.run_watched(odoo, title, f"{name}-test", arguments)
        with log.open(encoding="utf-8", errors="replace") as lines:
            report = odoo_log.read(lines)
        _show("Unexpected in the log", report.noise)
        if code:
            say(f"Installing without demo data ended with exit code {code}: {log}")
        return one(not code and not report.noise)
    finally:
        if not keep:
            databases.drop(odoo, name)


def own_name(purpose: str) -> str:
    """Return a database name of this run: two runs do not meet."""
    return f"{PREFIX}_{purpose}_{os.getpid()}"


def drop_abandoned(odoo: Odoo) -> None:
    """Drop what runs that were killed have left behind."""
    sql = f"SELECT datname FROM pg_database WHERE datname LIKE '{PREFIX}\\_%'"
    for name in postgres.query(odoo.server, sql, database="postgres"):
        found = re.fullmatch(rf"{PREFIX}_[a-z]+_(\d+)", name)
        if found and not is_alive(int(found[1])):
            databases.drop(odoo, name)


def _run(odoo: Odoo, name: str, title: str, arguments: list[str]) -> Counts:
    port = free_port(None, first=18069)
    arguments = [*arguments, "--http-port", str(port), "--stop-after-init"]
    longest = LONGEST_THOROUGH_RUN if tier.is_all() else LONGEST_RUN
    log, code = odoo_process.run_watched(
        odoo, title, f"{name}-test", arguments, seconds=longest
    )
    with log.open(encoding="utf-8", errors="replace") as lines:
        report = odoo_log.read(lines)
    _show("Failed", report.failures)
    _show("Unexpected in the log", report.noise)
    for test, reason in report.skips.items():
        say(f"Skipped: {test}: {reason}")
    counts = report.counts + one(not report.noise)
    if not report.found_tests:
        say(f"No test was run at all: {log}")
        counts += one(False)
    elif not report.is_complete:
        say(f"The tests were cut off before their end: {log}")
        counts += one(False)
    if code and not report.failures and not report.noise:
        say(f"Odoo ended with exit code {code} for no reason that its log tells: {log}")
        counts += one(False)
    if in_ci() and report.browser_skips:
        say("In CI no browser test may be skipped.")
        counts += Counts(failed=len(report.browser_skips))
    say(f"{title}: {report.counts} (log: {log})")
    return counts


def _show(title: str, entries: list[str]) -> None:
    for entry in entries:
        say(f"{title}: {entry}\n")
