"""Starting, watching and ending other programs; ending always by process id."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from .console import Problem


def run(
    command: Sequence[str | Path],
    *,
    what: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: str | None = None,
    **options,
) -> str:
    """Run a program to its end and return its standard output.

    :param what: what it is for, as the start of a sentence on failure
    :raise Problem: when it cannot be started or fails, with the end of its output
    """
    try:
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            env=env,
            cwd=cwd,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            check=False,
            **options,
        )
    except OSError as error:
        raise Problem(f"{what} failed: {command[0]}: {error.strerror}.") from error
    if done.returncode:
        raise Problem(f"{what} failed:\n{tail(done.stderr or done.stdout)}")
    return done.stdout


def tail(text: str, lines: int = 15) -> str:
    """Return the last lines of a program's output, indented."""
    kept = [line for line in text.strip().splitlines() if line.strip()][-lines:]
    return "\n".join(f"  {line}" for line in kept) or "  (it printed nothing)"


def is_alive(process_id: int) -> bool:
    """Tell whether a process with this id runs and is not a zombie."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        stat = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8")
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] != "Z"


def start_time(process_id: int) -> str:
    """Return the kernel's start time of a process; ids are reused, pairs are not."""
    try:
        stat = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


class PidFile:
    """The id of a process that `its` started, with its start time."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, process_id: int) -> None:
        """Remember a process that has just been started."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(
            f"{process_id} {start_time(process_id)}\n", encoding="utf-8"
        )

    def read(self) -> int | None:
        """Return the id when that very process still runs, else None."""
        try:
            words = self.path.read_text(encoding="utf-8").split()
            process_id = int(words[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None
        known_start = words[1] if len(words) > 1 else ""
        if not is_alive(process_id) or start_time(process_id) != known_start:
            return None
        return process_id

    def stop(self, timeout: float = 20) -> bool:
        """End the process if it runs; return whether there was one."""
        process_id = self.read()
        if process_id is not None:
            end(process_id, timeout)
        self.path.unlink(missing_ok=True)
        return process_id is not None


def end(process_id: int, timeout: float = 20) -> None:
    """Ask a process to end, and insist when it has not after `timeout` seconds."""
    started = start_time(process_id)
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(process_id, number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if not is_alive(process_id) or start_time(process_id) != started:
                return
            time.sleep(0.05)
