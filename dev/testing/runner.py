"""Which parts are run, and the closing line."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from .. import chromium, odoo_process, python_env
from ..console import Problem, say
from ..paths import ADDON_NAME, LOGS
from . import odoo_linters, odoo_tests, python_tests
from .counts import Counts

PARTS = ("odoo", "pytest", "lint")


@dataclass
class TestOptions:
    """What the command line asks for.

    :ivar only: one of PARTS, or None for all
    :ivar keyword: as for `pytest -k`
    :ivar tags: as for Odoo's --test-tags
    :ivar database: an existing database to run Odoo's tests on
    :ivar keep: keep the test databases
    :ivar more: arguments for pytest
    """

    only: str | None = None
    keyword: str | None = None
    tags: str | None = None
    database: str | None = None
    keep: bool = False
    more: Sequence[str] = field(default_factory=list)

    @property
    def part(self) -> str | None:
        """The only part to run: said, or told by a filter that only it has."""
        if self.only:
            return self.only
        if self.tags or self.database:
            return "odoo"
        return "pytest" if self.keyword or self.more else None


def run(options: TestOptions) -> int:
    """Run the tests; print the counts; return the exit code."""
    began = time.monotonic()
    counts = Counts()
    try:
        counts += (
            _run_part(options.part, options) if options.part else _run_all(options)
        )
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


def _run_all(options: TestOptions) -> Counts:
    """Run everything: what pytest runs beside what Odoo does, since each keeps but one
    core busy."""
    python_env.ensure()
    chromium.ensure()
    odoo_process.prepare(fast=True)
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / "pytest.log"
    say(f"Testing tests/ beside, log: {log} …")
    counts = Counts()
    with log.open("w", encoding="utf-8") as output, ThreadPoolExecutor(1) as pool:
        beside = pool.submit(python_tests.run, keyword=None, more=(), output=output)
        for part in ("odoo", "lint"):
            counts += _run_part(part, options)
        counts += beside.result()
    print(log.read_text(encoding="utf-8", errors="replace"), flush=True)
    return counts


def _run_part(part: str, options: TestOptions) -> Counts:
    python_env.ensure()
    if part == "pytest":
        chromium.ensure()
        return python_tests.run(keyword=options.keyword, more=options.more)
    odoo = odoo_process.prepare(fast=True)
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
    """In a full run the linters that need a database have run with the tests."""
    counts = odoo_linters.run_pylint(odoo)
    if options.part == "lint":
        counts += odoo_tests.run_fresh(
            odoo,
            "lint",
            modules=[ADDON_NAME, "test_lint"],
            tags=odoo_linters.LINTER_TAGS,
            keep=options.keep,
            demo=False,
        )
    return counts
