"""Write docs/en/performance.md anew from what the bench has measured.

    ./its bench --json run.json
    python3 dev/scripts/write_performance.py run.json [another.json …]

Of a case that several runs have measured, the median of the ratios is told, and how many
runs there were.
"""

from __future__ import annotations

import json
import os
import platform
import re
import statistics
import sys
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from dev.bench.case import Case
from dev.bench.registry import all_cases
from dev.bench.runner import shown
from dev.paths import ROOT

PAGE = ROOT / "docs" / "en" / "performance.md"
TEXT = """\
# Performance

What `./its bench` has measured of version {version} on {day}, on {machine}. Times differ from machine
to machine; so what counts is the ratio: ours and a peer (Odoo's own way of doing the same, or a bare
statement) are measured in one run, one after the other. A ratio of 2 is twice as good as the peer,
whether more is better (`rows/s`) or less (`s`, `ms`). Limits are those of `dev/bench/cases/`; what
misses one is marked. Where a case has been run several times, figures are those of the run with the
median ratio.

| Case | What | Ours | Peer | Ratio | Queries | MiB | Grown | Runs | Limit |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
{rows}

*Queries* are those of one operation, *MiB* is the memory added at the peak, *grown* how many times
longer it takes than with a hundredth of the rows (in `grow.*`: with 200 000 clients than with 20 000).
"""


def page(runs: list[list[dict]]) -> str:
    """Return the page.

    :param runs: the results of each run, as `./its bench --json` writes them
    """
    by_case: dict[str, list[dict]] = {}
    for row in (row for run in runs for row in run):
        by_case.setdefault(row["case"], []).append(row)
    rows = [
        _row(case, by_case[name])
        for name, case in all_cases().items()
        if name in by_case
    ]
    return TEXT.format(
        version=_version(),
        day=f"{date.today():%-d %B %Y}",
        machine=_machine(),
        rows="\n".join(rows),
    )


def _row(case: Case, results: list[dict]) -> str:
    median = statistics.median_low([row["ratio"] or 0 for row in results])
    row = next(row for row in results if (row["ratio"] or 0) == median)
    missed = case.misses(row)
    limits = ", ".join(
        f"**missed:** {limit}" if str(limit) in missed else str(limit)
        for limit in case.required
    )
    peer = f"{shown(row['peer'])} {row['unit']} ({row['peer_name']})"
    cells = [
        f"`{case.name}`",
        case.what,
        f"{shown(row['ours'])} {row['unit']}",
        peer if row["peer"] is not None else "",
        *(shown(row[name]) for name in ("ratio", "queries", "mib", "grown")),
        str(len(results)),
        limits,
    ]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _version() -> str:
    manifest = (ROOT / "its_quality" / "__manifest__.py").read_text(encoding="utf-8")
    return re.search(r'"version": "([^"]+)"', manifest)[1]


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"a shared virtual machine with {os.cpu_count()} processors and {memory:.0f} GiB, "
        f"Python {platform.python_version()}"
    )


if __name__ == "__main__":
    texts = [Path(name).read_text(encoding="utf-8") for name in sys.argv[1:]]
    PAGE.write_text(page([json.loads(text) for text in texts]), encoding="utf-8")
