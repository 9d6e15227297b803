"""Measuring inside the process of a part: time, queries, memory."""

from __future__ import annotations

import gc
import re
import statistics
import time
from pathlib import Path

STATUS = Path("/proc/self/status")
# Writing 5 there makes the kernel count the peak anew; see proc(5).
CLEAR_REFS = Path("/proc/self/clear_refs")


RUNS = 5


class Meter:
    """A `with` block that is measured.

    :ivar seconds: how long it took
    :ivar queries: how many there were, if a cursor was given
    :ivar mib: how much more memory the process held at the peak than before
    """

    def __init__(self, cr=None) -> None:
        self._cr = cr
        self.seconds = 0.0
        self.queries = 0
        self.mib = 0.0

    def __enter__(self) -> Meter:
        gc.collect()
        CLEAR_REFS.write_text("5", encoding="ascii")
        self._memory = _mib("VmRSS")
        self._count = self._cr.sql_log_count if self._cr else 0
        self._start = time.perf_counter()
        return self

    def __exit__(self, *_error) -> None:
        self.seconds = time.perf_counter() - self._start
        self.queries = (self._cr.sql_log_count if self._cr else 0) - self._count
        self.mib = max(_mib("VmHWM") - self._memory, 0.0)


def median_of(env, read):
    """Read some times after a first one.

    :return: the median of the seconds, and the queries of the last
    """
    times = []
    for _run in range(RUNS + 1):
        env.cr.commit()
        env.invalidate_all()
        meter = Meter(env.cr)
        with meter:
            read()
        times.append(meter.seconds)
    return statistics.median(times[1:]), meter.queries


def _mib(name: str) -> float:
    status = STATUS.read_text(encoding="ascii")
    found = re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE)
    assert found
    return int(found[1]) / 1024
