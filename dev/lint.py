"""./its lint: what looks for faults in the source files, one row a check."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from . import node, odoo_source, python_env
from .console import Problem, say
from .environment import in_ci
from .paths import ADDON, ADDON_NAME, ROOT

AT_ONCE = 2
SCRIPTS = (f"{ADDON_NAME}/static", "eslint.config.mjs")
FORMATTED = (f"{ADDON_NAME}/**/*.{{xml,js,scss}}", "eslint.config.mjs", "package.json")


@dataclass(frozen=True)
class Check:
    """One way to find faults.

    :ivar name: what it is called in the output
    :ivar look: the program and the arguments with which it only looks
    :ivar fix: the same with which it repairs, if it can
    :ivar source: the module that brings the program
    """

    name: str
    look: Sequence[str]
    fix: Sequence[str] = ()
    source: Callable[[str], Path] = python_env.program

    def run(self, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run the program; what it says is kept."""
        program, *arguments = words
        return subprocess.run(
            [str(self.source(program)), *arguments],
            env=python_env.environment(),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )


def checks() -> list[Check]:
    """List the checks, in the order in which they repair."""
    translations = [str(path) for path in sorted(ADDON.glob("i18n/*.po*"))]
    return [
        Check(
            "ruff check",
            ["ruff", "check", "--output-format=concise"],
            ["ruff", "check", "--fix"],
        ),
        Check("ruff format", ["ruff", "format", "--check"], ["ruff", "format"]),
        Check("pylint-odoo", ["pylint", "--score=n", ADDON_NAME]),
        # It takes only the files right in `tests` for tests, whose texts nobody reads.
        Check(
            "pylint-odoo of tests",
            [
                "pylint",
                "--score=n",
                "--ignore-paths=^$",
                "--disable=translation-required",
                f"{ADDON_NAME}/tests",
            ],
        ),
        Check("rooms", ["lint-imports", "--no-cache"]),
        Check(
            "data files",
            ["oca-checks-odoo-module", ADDON_NAME],
            ["oca-checks-odoo-module", "--fix", ADDON_NAME],
        ),
        # Its pretty format would empty the translations that equal the original.
        Check(
            "translations",
            ["oca-checks-po", "--disable=po-pretty-format", *translations],
        ),
        Check("manifest", [*_manifestoo(), "check-licenses"]),
        Check(
            "eslint", ["eslint", *SCRIPTS], ["eslint", "--fix", *SCRIPTS], node.program
        ),
        Check(
            "prettier",
            ["prettier", "--check", *FORMATTED],
            ["prettier", "--write", *FORMATTED],
            node.program,
        ),
    ]


def _manifestoo() -> list[str]:
    """What depends on what, and under which licence: the addons are read, not run."""
    odoo = odoo_source.find()
    folders = [ROOT, odoo.package / "addons", *odoo.addons_paths]
    return [
        "manifestoo",
        "--no-addons-path-from-import-odoo",
        f"--addons-path={','.join(map(str, folders))}",
        f"--select-include={ADDON_NAME}",
    ]


def run(*, fix: bool) -> int:
    """Look for faults, after repairing what can be repaired; return the exit code."""
    chosen = _possible(checks())
    # What is missing is fetched before, not by two threads at once.
    for check in chosen:
        check.source(check.look[0])
    if fix:
        for check in chosen:
            if check.fix:
                check.run(check.fix)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(lambda check: check.run(check.look), chosen))
    failed = []
    for check, result in zip(chosen, results, strict=True):
        if result.returncode:
            failed.append(check)
            say(f"--- {check.name}\n{result.stdout.strip()}\n")
    return _conclude(len(chosen), failed, fixed=fix)


def _possible(wanted: list[Check]) -> list[Check]:
    """Leave out what needs Node.js where there is none; CI leaves nothing out."""
    if node.is_there():
        return wanted
    sentence = (
        "There is no Node.js {}.{} or newer with npm on PATH: JavaScript, SCSS and XML "
        "are neither formatted nor checked (on Debian: apt install nodejs npm)."
    ).format(*node.OLDEST)
    if in_ci():
        raise Problem(sentence)
    say(sentence)
    return [check for check in wanted if check.source is not node.program]


def _conclude(total: int, failed: list[Check], *, fixed: bool) -> int:
    if not failed:
        say(f"lint: {total} checks passed")
        return 0
    names = ", ".join(check.name for check in failed)
    fixable = any(check.fix for check in failed) and not fixed
    hint = "; ./its lint --fix repairs a part" if fixable else ""
    say(f"lint: {len(failed)} of {total} checks failed: {names}{hint}")
    return 1
