"""The tests of those modules of Odoo that we stand on, with the addon as without it.

A suite is run on a database with the addon. What fails there, and what the lists in
core_failures name of the suite, is run once more on a database without it.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence

from .. import odoo_process, postgres, templates
from ..console import say
from ..odoo_process import Odoo
from ..paths import ADDON_NAME, DEV
from ..server import free_port
from . import odoo_log, odoo_tests
from .core_failures import (
    FAIL_ON_POSTGRESQL,
    FAIL_WITH_US,
    FAIL_WITHOUT_US,
    POSTGRESQL,
)
from .counts import Counts, one

SCRIPT = DEV / "scripts" / "core_tests.py"
# The module that is tested → where its tests lie: Odoo has addons that are tests only.
SUITES: dict[str, tuple[str, ...]] = {
    "auth_signup": ("auth_signup",),
    "base_import": ("test_import_export",),
    "contacts": ("contacts",),
    "digest": ("digest",),
    "mail": ("mail",),
    "phone_validation": ("phone_validation",),
    "portal": ("portal",),
    "portal_rating": ("test_mail_full",),
    "rating": ("rating",),
    "resource": ("resource", "test_resource"),
    "survey": ("survey",),
    "test_access_rights": ("test_access_rights",),
    "test_mail": ("test_mail",),
}
TEST = re.compile(
    r"odoo\.addons\.(?P<module>\w+)\.tests\.(?:\w+\.)*?(?P<test>\w+\.test\w*)$"
)
# What is set up for all tests of a class.
CLASS = re.compile(r"\(odoo\.addons\.(?P<module>\w+)\.tests\.(?:\w+\.)*(?P<test>\w+)\)")


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What two runs of a suite say, with the addon and without it.

    :ivar broken: the tests that fail with the addon only
    :ivar unlisted: those that fail without it, too, and nobody has said why
    :ivar outdated: those that are listed and do not fail any more
    :ivar expected: those that fail for a reason that is listed
    """

    broken: set[str]
    unlisted: set[str]
    outdated: set[str]
    expected: set[str]


@dataclasses.dataclass(frozen=True)
class Listed:
    """What is said of the tests of a suite.

    :ivar without_us: those that fail without the addon, too
    :ivar with_us: those that fail by what the addon does on purpose
    """

    without_us: set[str]
    with_us: set[str]


def judge(failed: set[str], failed_bare: set[str], listed: Listed) -> Verdict:
    """Compare the tests that fail with the addon, without it, and in the lists."""
    ours, theirs = failed - failed_bare, failed & failed_bare
    return Verdict(
        broken=ours - listed.with_us,
        unlisted=theirs - listed.without_us,
        outdated=(listed.without_us - failed_bare) | (listed.with_us - ours),
        expected=(ours & listed.with_us) | (theirs & listed.without_us),
    )


def listed_of(suite: str, postgresql: int) -> Listed:
    """Return what is said of the tests of a suite.

    :param postgresql: its version
    """
    without_us = set(FAIL_WITHOUT_US)
    if postgresql >= POSTGRESQL:
        without_us |= set(FAIL_ON_POSTGRESQL)
    return Listed(
        *(
            {test for test in tests if module_of(test) in SUITES[suite]}
            for tests in (without_us, set(FAIL_WITH_US))
        )
    )


def module_of(test: str) -> str:
    """Return the module that a test lies in, by its name in the log."""
    return _found(test)["module"]


def tag_of(test: str) -> str:
    """Return what names a test of the log for Odoo's --test-tags."""
    found = _found(test)
    return f"/{found['module']}:{found['test']}"


def _found(test: str) -> re.Match:
    found = CLASS.search(test) or TEST.match(test)
    if not found:
        raise ValueError(f"{test} is not the name of a test in a log")
    return found


def run(
    odoo: Odoo, suites: Iterable[str] = tuple(SUITES), *, keep: bool = False
) -> Counts:
    """Run suites one after another.

    :param suites: of SUITES
    """
    odoo_tests.drop_abandoned(odoo)
    counts = Counts()
    try:
        for suite in suites:
            counts += _run_suite(odoo, suite, keep=keep)
    finally:
        templates.clear(odoo)
    return counts


def _run_suite(odoo: Odoo, suite: str, *, keep: bool) -> Counts:
    sql = "SELECT current_setting('server_version_num')::int / 10000"
    [version] = postgres.query(odoo.server, sql, database="postgres")
    listed = listed_of(suite, int(version))
    tags = [f"/{module}" for module in SUITES[suite]]
    report = _run(odoo, suite, templates.WITH_ADDON, tags, keep=keep)
    for failure in report.failures:
        say(f"Failed: {failure}\n")
    suspects = report.failed | listed.without_us
    bare = odoo_log.Report(is_complete=True)
    if suspects:
        tags = sorted(map(tag_of, suspects))
        bare = _run(odoo, suite, templates.PLAIN, tags, keep=keep)
    verdict = judge(report.failed, bare.failed, listed)
    _tell(verdict)
    for test, reason in report.skips.items():
        say(f"Skipped: {test}: {reason}")
    counts = Counts(
        passed=report.counts.passed,
        failed=len(verdict.broken) + len(verdict.unlisted) + len(verdict.outdated),
        skipped=report.counts.skipped + len(verdict.expected),
    )
    say(f"{suite} of Odoo: {counts}")
    is_whole = report.found_tests and report.is_complete and bare.is_complete
    return counts + one(is_whole)


def _tell(verdict: Verdict) -> None:
    for test in sorted(verdict.broken):
        say(f"Fails with {ADDON_NAME} installed, and not without it: {test}")
    for test in sorted(verdict.unlisted):
        say(f"Fails without {ADDON_NAME}, too; say why in core_failures.py: {test}")
    for test in sorted(verdict.outdated):
        say(f"Does not fail any more; strike it out of core_failures.py: {test}")


def _run(
    odoo: Odoo, suite: str, kind: str, tags: Sequence[str], *, keep: bool
) -> odoo_log.Report:
    """Run tests on a copy of a template.

    :param kind: of the template
    """
    bare = kind == templates.PLAIN
    name = odoo_tests.own_name("corebare" if bare else "core")
    how = "without" if bare else "with"
    with templates.copy_of(odoo, kind, name, keep=keep):
        _install(odoo, name, SUITES[suite])
        odoo = dataclasses.replace(
            odoo, env={**odoo.env, "ITS_CORE_TAGS": ",".join(tags)}
        )
        port = str(free_port(None, first=18069))
        log, _code = odoo_process.run_watched(
            odoo,
            f"Testing {suite} of Odoo {how} {ADDON_NAME}",
            f"core-{suite}-{how}",
            ["shell", "-d", name, "--http-port", port],
            seconds=odoo_tests.LONGEST_THOROUGH_RUN,
            script=SCRIPT,
        )
    with log.open(encoding="utf-8", errors="replace") as lines:
        report = odoo_log.read(lines)
    if not report.found_tests:
        say(f"No test was run at all: {log}")
    elif not report.is_complete:
        say(f"The tests were cut off before their end: {log}")
    say(f"{suite} of Odoo {how} {ADDON_NAME}: {report.counts} (log: {log})")
    return report


def _install(odoo: Odoo, name: str, modules: Sequence[str]) -> None:
    """Install those of the modules that are not there yet."""
    sql = "SELECT name FROM ir_module_module WHERE state = 'installed'"
    missing = sorted(
        set(modules) - set(postgres.query(odoo.server, sql, database=name))
    )
    if missing:
        title = f"Installing {', '.join(missing)} into {name}"
        arguments = ["-d", name, "-i", ",".join(missing)]
        arguments += ["--stop-after-init", "--no-http"]
        odoo_process.run_logged(odoo, title, f"{name}-install", arguments)
