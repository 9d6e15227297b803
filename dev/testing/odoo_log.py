"""What a log of Odoo's test runner says.

The exit code alone does not do: an ERROR that is logged in a passing test leaves it
at 0, and so does a run that found no test at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .counts import Counts
from .expected_log import is_expected

RECORD = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) \S+ "
    r"(?P<logger>[^\s:]+): (?P<message>.*)",
    re.DOTALL,
)
STARTED = re.compile(r"Starting (?P<test>\w+\.test\w*) \.\.\.")
SKIPPED = re.compile(r"skipped (?P<test>\S+(?: \(\S+\))?) : (?P<reason>.*)", re.DOTALL)
FAILED = re.compile(
    r"(?:FAIL|ERROR): (?:Subtest )?(?P<test>(?:setUp|tearDown)\w+ \(\S+\)|\S+)"
)
# The second form is that of tests run in a shell.
TOTAL = re.compile(
    r"(?:Tests (?:failed|passed): )?(\d+) failed, (\d+) error\(s\) of (\d+) tests"
)
# The logger that tells, at DEBUG, how long each test took; of a class and of a module
# it tells the sum as well.
TIMES = "odoo.tests.stats"
TIME = re.compile(
    r"^\t(?P<test>\w+\.\S+\.(?:test|setUp)\w*): (?P<seconds>\d+\.\d+)s", re.MULTILINE
)
RUNNERS = ("odoo.tests.result", "odoo.tests.shell")
BROWSER = re.compile(r"chrome|chromium|websocket", re.IGNORECASE)
LINTERS = "odoo.addons.test_lint"
OURS = re.compile(r"its_quality|\bits\.[a-z]")


@dataclass
class Report:
    """The outcome of one run of Odoo's test runner.

    :ivar failures: the records of failed tests, as logged
    :ivar failed: the names of the failed tests
    :ivar noise: the records at WARNING or above that nobody expected
    :ivar skips: test → reason
    :ivar seconds: test, or setting up of a class → how long it took
    :ivar found_tests: whether at least one test was started
    :ivar is_complete: whether the runner came to its closing line
    """

    counts: Counts = field(default_factory=Counts)
    failures: list[str] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)
    noise: list[str] = field(default_factory=list)
    skips: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    found_tests: bool = False
    is_complete: bool = False

    @property
    def browser_skips(self) -> list[str]:
        """The tests that were skipped because there was no working browser."""
        return [test for test, reason in self.skips.items() if BROWSER.search(reason)]


def records(lines: Iterable[str]) -> Iterator[str]:
    """Join the lines of a log to its records: tracebacks go with their line."""
    current: list[str] = []
    for line in lines:
        if RECORD.match(line) and current:
            yield "".join(current)
            current = []
        current.append(line)
    if current:
        yield "".join(current)


def read(lines: Iterable[str]) -> Report:
    """Read a log; the report's counts are of tests, not of subtests."""
    report = Report()
    started: set[str] = set()
    for record in records(lines):
        found = RECORD.match(record)
        if not found:
            continue
        logger, message = found["logger"], found["message"]
        test = STARTED.match(message)
        skip = SKIPPED.match(message)
        fail = FAILED.match(message)
        total = TOTAL.match(message)
        if test:
            started.add(f"{logger}.{test['test']}")
        elif skip:
            report.skips[f"{logger}.{skip['test']}"] = skip["reason"].strip()
        elif fail and found["level"] == "ERROR":
            if _is_ours(logger, message):
                report.failed.add(f"{logger}.{fail['test']}")
                report.failures.append(record.rstrip())
        elif logger == TIMES:
            times = TIME.finditer(message)
            report.seconds.update((one["test"], float(one["seconds"])) for one in times)
        elif total and logger in RUNNERS:
            report.is_complete = True
        elif _is_noise(found["level"], logger, record):
            report.noise.append(record.rstrip())
    _count(report, started)
    return report


def _count(report: Report, started: set[str]) -> None:
    """A failing set-up fails tests that were never started."""
    failed = report.failed
    skipped = set(report.skips) - failed
    report.found_tests = bool(started)
    report.counts = Counts(
        passed=len(started - failed - skipped),
        failed=len(failed),
        skipped=len(skipped),
    )


def _is_noise(level: str, logger: str, record: str) -> bool:
    if level not in ("WARNING", "ERROR", "CRITICAL") or is_expected(record):
        return False
    return _is_ours(logger, record)


def _is_ours(logger: str, text: str) -> bool:
    """Odoo's linters look at all of Odoo; what they find there is not ours."""
    return not logger.startswith(LINTERS) or OURS.search(text) is not None
