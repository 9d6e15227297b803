"""Which parts are run, and the closing line."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from .. import (
    chromium,
    clock,
    node,
    odoo_process,
    odoo_source,
    python_env,
    templates,
    tier,
    wkhtmltopdf,
)
from ..console import Problem, say
from ..paths import ADDON_NAME, LOGS
from . import (
    core_tests,
    days,
    neighbour_tests,
    odoo_linters,
    odoo_tests,
    python_tests,
)
from .counts import Counts
from .record import Record

USUAL_PARTS = ("odoo", "pytest", "lint")
# Before a release.
PARTS = (*USUAL_PARTS, "core", "neighbours", "days")
# Parts that are many → what they consist of; a thorough run remembers each.
MANY = {"core": tuple(core_tests.SUITES), "days": tuple(days.DAYS)}


@dataclass
class TestOptions:
    """What the command line asks for.

    :ivar only: one of PARTS, or None for all
    :ivar keyword: as for `pytest -k`
    :ivar tags: as for Odoo's --test-tags
    :ivar database: an existing database to run Odoo's tests on
    :ivar keep: keep the test databases
    :ivar more: arguments for pytest
    :ivar day: the day to run as on, as text
    :ivar thorough: everything, with full counts
    :ivar suite: of the tests of Odoo's own modules, the only one to run
    """

    only: str | None = None
    keyword: str | None = None
    tags: str | None = None
    database: str | None = None
    keep: bool = False
    more: Sequence[str] = field(default_factory=list)
    day: str | None = None
    thorough: bool = False
    suite: str | None = None

    @property
    def is_filtered(self) -> bool:
        """Whether less than a whole part is asked for."""
        others = (self.database, self.keyword, self.more, self.suite)
        return bool(self.tags or any(others))

    @property
    def part(self) -> str | None:
        """The only part to run: said, or told by a filter that only it has."""
        if self.only:
            return self.only
        if self.suite:
            return "core"
        if self.tags or self.database:
            return "odoo"
        return "pytest" if self.keyword or self.more else None


def run(options: TestOptions) -> int:
    """Run the tests; print the counts; return the exit code."""
    began = time.monotonic()
    counts = Counts()
    try:
        counts += _run(options)
    except Problem as problem:
        say(f"its: {problem}")
        counts += Counts(failed=1)
    if not counts.passed and not counts.failed:
        say("Not one test was run: that is a failure too.")
        counts += Counts(failed=1)
    minutes, seconds = divmod(round(time.monotonic() - began), 60)
    say(f"All took {minutes} min {seconds} s.")
    print(counts, flush=True)
    return 1 if counts.failed else 0


def _run(options: TestOptions) -> Counts:
    if options.thorough:
        tier.choose_all()
    if options.day:
        return _run_on_day(options)
    if options.part in MANY or (options.thorough and not options.is_filtered):
        return _run_recorded(options)
    return _run_part(options.part, options) if options.part else _run_usual(options)


def _run_on_day(options: TestOptions) -> Counts:
    """Run the same as on another day."""
    if options.thorough and not options.part:
        raise Problem(
            "--all runs on days of its own: leave out --day, or name a part of it by "
            "--only."
        )
    begin = clock.parse_day(options.day)
    _fetch()
    if options.part == "days":
        return days.run_day(options.day, keep=options.keep)
    with clock.as_on(begin):
        counts = days.prove()
        if counts.failed:
            return counts
        part = options.part
        return counts + (_run_part(part, options) if part else _run_usual(options))


def _fetch() -> None:
    """Get all that is missing by today's clock: downloads are signed for some time."""
    python_env.ensure()
    odoo_source.find()
    wkhtmltopdf.ensure()
    chromium.ensure()
    node.axe()


def _run_recorded(options: TestOptions) -> Counts:
    """Run what has not passed yet for the source as it is; what is asked for by name is
    run again."""
    record = Record()
    counts = Counts()
    for step in _steps(options):
        passed = None if options.part else record.passed(step)
        if passed:
            say(f"{step}: {passed}, in a run before this")
        else:
            passed = _run_step(step, options)
            record.add(step, passed)
        counts += passed
    return counts


def _steps(options: TestOptions) -> list[str]:
    """Return the parts of a thorough run, each day and each suite of Odoo being one."""
    steps = []
    for part in [options.part] if options.part else PARTS:
        of_part = [options.suite] if options.suite else MANY.get(part, ())
        steps += [f"{part} {one}" for one in of_part] or [part]
    return steps


def _run_step(step: str, options: TestOptions) -> Counts:
    part, _space, which = step.partition(" ")
    if part == "days":
        _fetch()
        return days.run_day(which, keep=options.keep)
    return _run_part(part, dataclasses.replace(options, suite=which or None))


def _run_usual(options: TestOptions) -> Counts:
    """Run the usual parts: what pytest runs, and then the linters, beside what Odoo does,
    since each keeps but one core busy."""
    python_env.ensure()
    chromium.ensure()
    odoo_process.prepare(fast=True)
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / "pytest.log"
    say(f"Testing tests/ beside, log: {log} …")
    counts = Counts()
    with log.open("w", encoding="utf-8") as output, ThreadPoolExecutor(1) as pool:
        beside = pool.submit(python_tests.run, keyword=None, more=(), output=output)
        linters = pool.submit(_run_part, "lint", options)
        counts += _run_part("odoo", options)
        counts += beside.result() + linters.result()
    print(log.read_text(encoding="utf-8", errors="replace"), flush=True)
    return counts


def _run_part(part: str, options: TestOptions) -> Counts:
    python_env.ensure()
    if part == "pytest":
        chromium.ensure()
        return python_tests.run(keyword=options.keyword, more=options.more)
    odoo = odoo_process.prepare(fast=True)
    if part == "core":
        chromium.ensure()
        suites = [options.suite] if options.suite else core_tests.SUITES
        return core_tests.run(odoo, suites, keep=options.keep)
    if part == "neighbours":
        chromium.ensure()
        return neighbour_tests.run(odoo, keep=options.keep)
    if part == "lint":
        return _run_linters(odoo, options)
    chromium.ensure()
    if options.database:
        tags = options.tags or odoo_tests.TAGS
        return odoo_tests.run_on(odoo, options.database, tags)
    if options.tags:
        return odoo_tests.run_fresh(
            odoo,
            "some",
            modules=[ADDON_NAME],
            tags=[options.tags],
            keep=options.keep,
        )
    return odoo_tests.run_all(odoo, keep=options.keep)


def _run_linters(odoo: odoo_process.Odoo, options: TestOptions) -> Counts:
    """Run those of Odoo's linters that read the source, and those that ask a registry."""
    return odoo_linters.run_pylint(odoo) + odoo_tests.run_fresh(
        odoo,
        "lint",
        modules=["test_lint"],
        tags=odoo_linters.tags(),
        keep=options.keep,
        template=templates.WITH_ADDON,
    )
