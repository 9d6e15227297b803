"""tests/ by pytest."""

from __future__ import annotations

import os
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from .. import python_env
from ..console import say
from ..paths import LOGS, ROOT, TESTS
from .counts import Counts, one


def run(
    *, keyword: str | None, more: Sequence[str], output: IO[str] | None = None
) -> Counts:
    """Run pytest; return the counts.

    :param keyword: as for `pytest -k`
    :param more: further arguments for pytest; the default is all of `tests/`
    :param output: where its output goes; by default it is shown
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    results = LOGS / f"pytest-{os.getpid()}.xml"
    results.unlink(missing_ok=True)
    command = [python_env.program("pytest"), f"--junitxml={results}", "--durations=20"]
    command += ["-k", keyword] if keyword else []
    command += more or [str(TESTS)]
    done = subprocess.run(
        [str(part) for part in command],
        env=python_env.environment(),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        check=False,
    )
    counts = _read(results)
    results.unlink(missing_ok=True)
    if done.returncode and not counts.failed:
        say(f"pytest ended with exit code {done.returncode}.")
        counts += one(False)
    return counts


def _read(results: Path) -> Counts:
    if not results.exists():
        return Counts()
    total = failed = skipped = 0
    for suite in ElementTree.parse(results).getroot().iter("testsuite"):
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
    # A test that fails and whose clean-up fails too is counted twice by pytest.
    return Counts(max(total - failed - skipped, 0), failed, skipped)
