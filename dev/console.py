"""What is said to the person at the terminal."""

from __future__ import annotations

import sys


class Problem(Exception):
    """An expected failure: one sentence on what is wrong and what to do.

    `its` prints the sentence without a traceback and ends with exit code 1.
    """


def say(text: str) -> None:
    """Tell progress on standard error, so that standard output stays data."""
    print(text, file=sys.stderr, flush=True)


class Progress:
    """A line that is rewritten in place on a terminal and quiet elsewhere."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._live = sys.stderr.isatty()
        say(f"{title} …")

    def update(self, detail: str) -> None:
        """Show how far it is; does nothing when nobody watches a terminal."""
        if self._live:
            line = f"  {detail}"[:78]
            print(f"\r{line:<78}", end="", file=sys.stderr, flush=True)

    def done(self) -> None:
        """Wipe the progress line."""
        if self._live:
            print(f"\r{'':<78}\r", end="", file=sys.stderr, flush=True)
