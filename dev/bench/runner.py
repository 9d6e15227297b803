"""Runs cases and shows what came out."""

from __future__ import annotations

import json as json_format
import os
from collections.abc import Sequence
from pathlib import Path

from .. import databases, neighbours, odoo_process, python_env, templates
from ..console import Problem, say
from ..odoo_process import Odoo
from ..paths import DEV, ROOT
from ..processes import run as run_program
from ..templates import PEER, PEER_NAME
from . import part, registry
from .case import NO_DATABASE, Case, Part

PREFIX = "its_bench"
SCRIPT = DEV / "bench" / "part.py"


def run(cases: Sequence[str], json: str | None) -> int:
    """Run these cases, or all; print a table, and write the results to a file.

    A figure that is missed is told and no failure: machines differ.

    :return: 0, or 1 when a case could not be run to its end
    """
    chosen = registry.choose(cases)
    if json and not Path(json).absolute().parent.is_dir():
        raise Problem(f"There is no folder to write {json} into.")
    odoo = odoo_process.prepare(fast=True)
    rows, misses, failures = [], [], []
    try:
        for case in chosen:
            say(f"{case.name}: {case.what}")
            try:
                row = case.result(_measure(odoo, case))
            except Problem as problem:
                failures.append(f"{case.name} could not be measured: {problem}")
                continue
            rows.append(row)
            misses += [f"{case.name}: {x} is required" for x in case.misses(row)]
    finally:
        databases.drop_abandoned(odoo, PREFIX)
        templates.clear(odoo)
        if json:
            text = json_format.dumps(rows, ensure_ascii=False, indent=2)
            Path(json).write_text(f"{text}\n", encoding="utf-8")
    print(table(rows))
    for line in [*misses, *failures]:
        print(line)
    return 1 if failures else 0


def _measure(odoo: Odoo, case: Case) -> dict:
    """Run the parts of a case; return all their figures."""
    figures: dict = {}
    for number, one in enumerate(case.parts, start=1):
        told = ", ".join(f"{key} {value}" for key, value in one.arguments.items())
        say(f"  {number} of {len(case.parts)}: {one.function.__name__} ({told}) …")
        figures.update(_perform(odoo, one, figures))
    return figures


def _perform(odoo: Odoo, one: Part, known: dict) -> dict:
    told = part.message(one.function, one.arguments, known)
    if one.database == NO_DATABASE:
        output = run_program(
            [python_env.PYTHON, "-m", "dev.bench.part"],
            what=f"Measuring {one.function.__name__}",
            env={**python_env.environment(), **told},
            cwd=ROOT,
        )
    else:
        if one.database == PEER:
            odoo = neighbours.finding(odoo, [PEER_NAME])
        name = f"{PREFIX}_{one.database}_{os.getpid()}"
        with templates.copy_of(odoo, one.database, name) as database:
            output = odoo_process.run_script(odoo, database, SCRIPT, **told)
    return part.answer(output)


def table(rows: Sequence[dict]) -> str:
    """Lay results out for the eye."""
    titles = (
        "case",
        "ours",
        "peer",
        "unit",
        "ratio",
        "queries",
        "MiB",
        "rows",
        "grown",
    )
    lines = [titles] + [
        (
            row["case"],
            shown(row["ours"]),
            shown(row["peer"]),
            row["unit"],
            shown(row["ratio"]),
            shown(row["queries"]),
            shown(row["mib"]),
            str(row["rows"] or ""),
            shown(row["grown"]),
        )
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    left = (0, 3)
    return "\n".join(
        "  ".join(
            f"{cell:<{width}}" if index in left else f"{cell:>{width}}"
            for index, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def shown(value: float | None) -> str:
    """Write a figure as exactly as it is worth."""
    if value is None:
        return ""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 1 else 3
    return f"{value:.{digits}f}"
