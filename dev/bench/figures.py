"""Measuring inside the process of a part: time, queries, memory."""

from __future__ import annotations

import gc
import re
import time
from pathlib import Path

STATUS = Path("/proc/self/status")
# Writing 5 there makes the kernel count the peak anew; see proc(5).
CLEAR_REFS = Path("/proc/self/clear_refs")


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


def _mib(name: str) -> float:
    status = STATUS.read_text(encoding="ascii")
    found = re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE)
    assert found
    return int(found[1]) / 1024
