"""./its test --day: Odoo, pytest, PostgreSQL and the browser run as on another day.

libfaketime, loaded before each program, moves its clock. All are moved by the same
number of seconds, so they agree whenever they are started. PostgreSQL gets a cluster
of its own, since one that runs keeps the clock it was started with.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timezone
from pathlib import Path

from . import environment, postgres, system_packages
from .console import Problem, say
from .locks import locked
from .paths import RUN, cache_folder
from .processes import run

PACKAGE = "libfaketime"
LIBRARY = "libfaketimeMT.so.1"
FOLDERS = ("usr/lib/*/faketime", "usr/lib/faketime", "usr/lib64/faketime")
# Then it is the same day in Vladivostok, in Moscow and in New York, for some hours.
BEGIN = time(9)
SETTINGS = {
    # Files keep their true dates: whoever compares them with the files of the machine
    # would take these for young.
    "NO_FAKE_STAT": "1",
    # What waits for some seconds goes by a clock that nobody moves. The browser hangs
    # where the library corrects such waiting for programs that do not need it.
    "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    "FAKETIME_FORCE_MONOTONIC_FIX": "0",
}


def parse_day(text: str) -> datetime:
    """Read the day of the command line, with an hour or without one.

    :return: the moment by UTC at which the clock begins
    :raise Problem: when it is none, or not in the past
    """
    try:
        begin = datetime.fromisoformat(text).replace(tzinfo=timezone.utc)
    except ValueError:
        raise Problem(
            f"--day takes a day as 2024-02-29, or one with an hour of UTC as "
            f"2024-02-29T21:30, not {text!r}."
        ) from None
    if len(text) == len("2024-02-29"):
        begin = datetime.combine(begin, BEGIN, timezone.utc)
    today = datetime.now(timezone.utc).date()
    if begin.date() >= today:
        raise Problem(
            f"--day takes a day before today ({today}), not {begin.date()}: with a "
            "clock that runs ahead PostgreSQL's time limits never come."
        )
    return begin


@contextmanager
def as_on(begin: datetime) -> Iterator[None]:
    """Let every program that is started within run by a clock that begins at a moment.

    :raise Problem: when there is no libfaketime to be had, or PostgreSQL is not ours
    """
    if isinstance(postgres.choose(fast=True), postgres.ExternalServer):
        raise Problem(
            "--day moves the clock of PostgreSQL, too, and cannot move that of yours; "
            "unset PGHOST, PGPORT and PGUSER to use one that ./its makes."
        )
    library = _library()
    before = dict(os.environ)
    with locked(RUN / "day.lock", "the tests of another day"):
        cluster = postgres.Cluster(postgres.DAY_CLUSTER)
        cluster.stop()
        try:
            os.environ.update(_environment(library, begin))
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)
            cluster.stop()


def _environment(library: Path, begin: datetime) -> dict[str, str]:
    back = datetime.now(timezone.utc) - begin
    loaded = [str(library), os.environ.get("LD_PRELOAD", "")]
    return {
        **SETTINGS,
        "LD_PRELOAD": ":".join(filter(None, loaded)),
        "FAKETIME": f"-{round(back.total_seconds())}",
        environment.DAY: begin.date().isoformat(),
    }


def _library() -> Path:
    """Return the library, fetching it if it is not here."""
    root = cache_folder() / PACKAGE
    found = _find(Path("/")) or _find(root)
    if not found and system_packages.may_install():
        system_packages.install([PACKAGE], "what moves the clock of the tests")
        found = _find(Path("/"))
    elif not found and all(map(shutil.which, ("apt-get", "dpkg"))):
        found = _unpack(root)
    if not found:
        raise Problem(
            "--day needs libfaketime, which moves the clock of the tests, and it "
            f"cannot be installed without root: apt install {PACKAGE}."
        )
    return found


def _find(root: Path) -> Path | None:
    found = (path for folder in FOLDERS for path in root.glob(f"{folder}/{LIBRARY}"))
    return next(found, None)


def _unpack(root: Path) -> Path | None:
    """Take it from the Debian archive without installing it, as apt lets anybody do."""
    say("Fetching libfaketime from the Debian archive …")
    root.mkdir(parents=True, exist_ok=True)
    try:
        run(
            ["apt-get", "download", "-qq", PACKAGE],
            what="Downloading libfaketime",
            cwd=root,
        )
        for package in root.glob("*.deb"):
            run(["dpkg", "-x", package, root], what=f"Unpacking {package.name}")
            package.unlink()
    except Problem as problem:
        say(str(problem))
    return _find(root)
