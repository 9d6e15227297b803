"""Read by every Python that is started with a moved clock: it can sleep.

Since 3.11 Python sleeps until a moment of the clock that is not moved, and libfaketime
moves that moment all the same: `time.sleep` ends with an error.
"""

import select
import time


def sleep(seconds):
    """Sleep as `time.sleep` does, by another call of the system."""
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    select.select([], [], [], seconds)


time.sleep = sleep
