"""its_quality/tests on fresh databases, with demo data and without."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .. import databases, neighbours, node, odoo_process, templates, tier
from ..console import say
from ..environment import in_ci
from ..odoo_process import Odoo
from ..paths import ADDON, ADDON_NAME
from ..server import free_port
from . import odoo_log
from .counts import Counts, one

PREFIX = "its_test"
TAGS = f"/{ADDON_NAME}"
# Tests that wait for a browser most of their time have this tag; they run beside the
# others, and so do those of these rooms, which makes both halves end at about one time.
BROWSER = "browser"
ROOMS_BESIDE = ("onec", "report", "survey", "client")
# Tests of what others try already, in another width or another way, have this tag.
THOROUGH = "thorough"
# Tests that are run beside addons of others, too.
NEIGHBOURS = f"neighbours{TAGS}"
# Seconds; far more than the tests take, so that one that hangs is found out.
LONGEST_RUN = 40 * 60
LONGEST_THOROUGH_RUN = 3 * LONGEST_RUN
SHOWN_SLOWEST = 20


def run_all(odoo: Odoo, *, keep: bool) -> Counts:
    """Run our tests with demo data, one half beside the other, each on a database of its
    own; then beside a few addons of others, without demo data."""
    drop_abandoned(odoo)
    with ThreadPoolExecutor(1) as pool:
        name, beside = own_name("demo"), own_name("beside")
        try:
            counts = install(odoo, name)
            if counts.failed:
                return counts
            templates.make_bundles(odoo, name)
            databases.copy(odoo, name, beside)
            other_half = pool.submit(_run_beside, odoo, beside, keep=keep)
            tags = [TAGS, f"-{BROWSER}", *(f"-{path}" for path in _files_beside())]
            counts += run_tags(odoo, name, TAGS, ",".join(tags + _left_out()))
            return counts + other_half.result()
        finally:
            if not keep:
                databases.drop(odoo, name)


def _left_out() -> list[str]:
    """Return what is added to --test-tags for the tier."""
    return [] if tier.is_all() else [f"-{THOROUGH}"]


def _files_beside() -> list[str]:
    """Return the files of tests of the rooms beside, as Odoo's --test-tags names them."""
    return [
        f"/{path.relative_to(ADDON.parent).as_posix()}"
        for room in ROOMS_BESIDE
        for path in sorted((ADDON / "tests" / room).glob("test_*.py"))
    ]


def _run_beside(odoo: Odoo, name: str, *, keep: bool) -> Counts:
    tags = ",".join([f"{BROWSER}{TAGS}", *_files_beside(), *_left_out()])
    what = f"{TAGS} in a browser, and of {' and '.join(ROOMS_BESIDE)}"
    try:
        counts = run_tags(odoo, name, what, tags)
    finally:
        if not keep:
            databases.drop(odoo, name)
    with templates.copy_of(odoo, templates.WITH_ADDON, own_name("plain")) as plain:
        counts += _check_installing(templates.install_log(templates.WITH_ADDON))
        return counts + add_few(odoo, plain)


def _check_installing(log: Path) -> Counts:
    """Without demo data; a clean log is the test."""
    with log.open(encoding="utf-8", errors="replace") as lines:
        noise = odoo_log.read(lines).noise
    _show("Unexpected when installing without demo data", noise)
    return one(not noise)


def add_few(odoo: Odoo, name: str) -> Counts:
    """Install a few addons of others beside ours, and look for what clashes."""
    few = ", ".join(neighbours.FEW)
    counts = add(odoo, name, f"Installing {few} after {ADDON_NAME}", neighbours.FEW)
    tags = f"{NEIGHBOURS},-{BROWSER}"
    return counts + run_tags(odoo, name, f"{NEIGHBOURS} beside {few}", tags)


def run_tags(odoo: Odoo, name: str, what: str, tags: str) -> Counts:
    """Run tests on a database as it is."""
    return _run(odoo, name, f"Testing {what}", ["-d", name, "--test-tags", tags])


def run_fresh(
    odoo: Odoo,
    purpose: str,
    *,
    modules: Sequence[str],
    tags: Sequence[str],
    keep: bool = False,
    template: str | None = None,
) -> Counts:
    """Install modules into a new database and run the tests with these tags.

    :param template: the kind of template to begin with; by default the database is
        empty, and has demo data
    """
    name = own_name(purpose)
    arguments = ["-d", name, "-i", ",".join(modules), "--test-tags", ",".join(tags)]
    if template:
        templates.copy(odoo, template, name)
    else:
        databases.drop(odoo, name)
        arguments.append("--with-demo")
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
    odoo = neighbours.finding_those_of(odoo, name)
    arguments = ["-d", name, "-u", ADDON_NAME, "--test-tags", tags]
    return _run(odoo, name, f"Testing {tags} on {note or name}", arguments)


def install(odoo: Odoo, name: str) -> Counts:
    """Install the addon with demo data into a new database; a clean log is the test."""
    databases.drop(odoo, name)
    return add(odoo, name, "Installing with demo data", [ADDON_NAME], ["--with-demo"])


def add(
    odoo: Odoo,
    name: str,
    title: str,
    modules: Sequence[str],
    options: Sequence[str] = (),
) -> Counts:
    """Install modules into a database; a clean log is the test."""
    arguments = ["-d", name, "-i", ",".join(modules), "--stop-after-init", "--no-http"]
    arguments += options
    log, code = odoo_process.run_watched(odoo, title, f"{name}-install", arguments)
    with log.open(encoding="utf-8", errors="replace") as lines:
        report = odoo_log.read(lines)
    _show("Unexpected in the log", report.noise)
    if code:
        say(f"{title} ended with exit code {code}: {log}")
    return one(not code and not report.noise)


def own_name(purpose: str) -> str:
    """Return a database name of this run: two runs do not meet."""
    return f"{PREFIX}_{purpose}_{os.getpid()}"


def drop_abandoned(odoo: Odoo) -> None:
    """Drop what runs that were killed have left behind."""
    databases.drop_abandoned(odoo, PREFIX)


def _run(odoo: Odoo, name: str, title: str, arguments: list[str]) -> Counts:
    # Runs side by side begin to look for a port at different ones.
    is_beside = name in (own_name("beside"), own_name("plain"))
    port = free_port(None, first=18069 + os.getpid() % 80 * 100 + 50 * is_beside)
    arguments = [*arguments, "--http-port", str(port), "--stop-after-init"]
    arguments.append(f"--log-handler={odoo_log.TIMES}:DEBUG")
    longest = LONGEST_THOROUGH_RUN if tier.is_all() else LONGEST_RUN
    odoo = dataclasses.replace(odoo, env={**odoo.env, **node.axe()})
    began = time.monotonic()
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
    seconds = round(time.monotonic() - began)
    say(f"{title}: {report.counts} in {seconds} s (log: {log})")
    _show_slowest(report.seconds)
    return counts


def _show_slowest(seconds: dict[str, float]) -> None:
    # A test that moves the clock took years, or less than nothing.
    tests = [test for test, taken in seconds.items() if taken < LONGEST_RUN]
    slowest = sorted(tests, key=seconds.__getitem__, reverse=True)[:SHOWN_SLOWEST]
    for test in slowest if len(tests) > SHOWN_SLOWEST else ():
        say(f"{seconds[test]:8.1f} s  {test}")


def _show(title: str, entries: list[str]) -> None:
    for entry in entries:
        say(f"{title}: {entry}\n")
