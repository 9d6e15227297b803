"""The tests of the modules of Odoo that we extend, on a database with the addon.

What they ask of Odoo holds with the addon installed, but for the deviations below.
"""

from __future__ import annotations

import dataclasses

from .. import databases, odoo_process
from ..console import say
from ..odoo_process import Odoo
from ..paths import ADDON_NAME, DEV
from ..server import free_port
from . import odoo_log
from .counts import Counts, one
from .odoo_tests import LONGEST_THOROUGH_RUN, own_name

SCRIPT = DEV / "scripts" / "core_tests.py"
MODULES = (
    "contacts",
    "digest",
    "mail",
    "phone_validation",
    "portal",
    "resource",
    "survey",
)
# The pattern of a test → why it fails with the addon installed, or without it.
DEVIATIONS: dict[str, str] = {}


def run(odoo: Odoo, *, keep: bool = False) -> Counts:
    """Run them; a deviation that does not fail any more is a failure, too."""
    name = own_name("core")
    databases.create(odoo, name, demo=False)
    try:
        report = _run(odoo, name)
    finally:
        if not keep:
            databases.drop(odoo, name)
    for test in sorted(report.failed - set(DEVIATIONS)):
        say(f"Fails with the addon installed: {test}")
    kept = sorted(set(DEVIATIONS) - report.failed)
    for test in kept:
        say(f"Does not fail any more, strike it out of the deviations: {test}")
    expected = len(report.failed & set(DEVIATIONS))
    return Counts(
        passed=report.counts.passed,
        failed=report.counts.failed - expected + len(kept),
        skipped=report.counts.skipped + expected,
    ) + one(report.is_complete)


def _run(odoo: Odoo, name: str) -> odoo_log.Report:
    tags = ",".join(f"/{module}" for module in MODULES)
    odoo = dataclasses.replace(odoo, env={**odoo.env, "ITS_CORE_TAGS": tags})
    port = str(free_port(None, first=18069))
    log, _code = odoo_process.run_watched(
        odoo,
        f"Testing Odoo's own modules with {ADDON_NAME}",
        f"{name}-test",
        ["shell", "-d", name, "--http-port", port],
        seconds=LONGEST_THOROUGH_RUN,
        script=SCRIPT,
    )
    with log.open(encoding="utf-8", errors="replace") as lines:
        report = odoo_log.read(lines)
    for failure in report.failures:
        say(f"Failed: {failure}\n")
    if not report.is_complete:
        say(f"The tests were cut off before their end: {log}")
    say(f"Odoo's own modules: {report.counts} (log: {log})")
    return report
