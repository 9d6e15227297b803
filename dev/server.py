"""./its serve and ./its shell: Odoo on a database that is there."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

from . import databases, neighbours, odoo_process
from .console import Problem, say
from .odoo_process import Odoo
from .paths import LOGS, ROOT, RUN
from .processes import PidFile, tail

FIRST_PORT = 8069
PORTS_TO_TRY = 50


def serve(
    database: str,
    *,
    fast: bool = False,
    port: int | None = None,
    workers: int = 0,
    dev: str | None = None,
) -> int:
    """Serve a database until Ctrl-C; return the exit code."""
    odoo = odoo_process.prepare(fast=fast)
    databases.require(odoo, database)
    odoo = neighbours.finding_those_of(odoo, database)
    chosen = free_port(port)
    say(f"http://localhost:{chosen}  (database {database}, Ctrl-C ends it)")
    say(f"The first steps: http://localhost:{chosen}/odoo/its-home")
    options = ["--dev", dev] if dev else []
    if workers:
        # It follows the main port, so that two servers can run.
        websocket_port = free_port(None, first=chosen + 1)
        options += ["--gevent-port", str(websocket_port), "--proxy-mode"]
        say(
            "With workers, pages learn of news through a proxy only: it sends /websocket "
            f"to port {websocket_port} and the rest to {chosen}."
        )
    options += ["--workers", str(workers)]
    return run_server(odoo, database, chosen, options=options)


def shell(database: str, *, fast: bool = False) -> int:
    """Run the script on standard input, or a prompt, with `env` of a database."""
    odoo = odoo_process.prepare(fast=fast)
    databases.require(odoo, database)
    odoo = neighbours.finding_those_of(odoo, database)
    command = odoo.command("shell", "-d", database, "--no-http", "--log-level", "warn")
    try:
        return subprocess.run(command, env=odoo.env, cwd=ROOT, check=False).returncode
    except KeyboardInterrupt:
        return 130


def run_server(
    odoo: Odoo,
    database: str,
    port: int,
    *,
    options: Sequence[str] = (),
    log_to_file: bool = False,
) -> int:
    """Run the server in the foreground; Ctrl-C ends it in order."""
    arguments = ["-d", database, "--db-filter", f"^{database}$"]
    arguments += ["--http-port", str(port), *options]
    log = LOGS / f"{database}-server.log"
    with _output(log if log_to_file else None) as output:
        process = subprocess.Popen(
            odoo.command(*arguments),
            env=odoo.env,
            cwd=ROOT,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    pid_file = PidFile(RUN / f"server-{port}.pid")
    pid_file.write(process.pid)
    try:
        code = _wait(process)
    finally:
        pid_file.path.unlink(missing_ok=True)
    if code and log_to_file:
        end_of_log = tail(log.read_text(encoding="utf-8", errors="replace"), 25)
        raise Problem(f"The server has failed. The end of {log}:\n{end_of_log}")
    return code


def _output(log: Path | None) -> contextlib.AbstractContextManager:
    """Open the log, or leave the output where ours goes."""
    if log is None:
        return contextlib.nullcontext()
    log.parent.mkdir(parents=True, exist_ok=True)
    return log.open("w", encoding="utf-8")


def _wait(process: subprocess.Popen) -> int:
    """Wait for the server; pass a Ctrl-C or a request to end on to it, once.

    It runs in a session of its own: a Ctrl-C that reached it and us at once would
    count as two, and the second makes Odoo end in disorder.
    """
    asked = False

    def ask(*_arguments) -> None:
        nonlocal asked
        if not asked:
            asked = True
            process.send_signal(signal.SIGTERM)

    previous = {
        number: signal.signal(number, ask)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        code = process.wait()
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    return 0 if asked else code


def free_port(wanted: int | None, first: int = FIRST_PORT) -> int:
    """Return the wanted port, or the first free one from `first` on."""
    if wanted is not None:
        if not _is_free(wanted):
            raise Problem(f"Port {wanted} is taken; choose another by --port.")
        return wanted
    for port in range(first, first + PORTS_TO_TRY):
        if _is_free(port):
            return port
    raise Problem(f"No port from {first} on is free; name one by --port.")


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def stop_servers() -> list[int]:
    """End every server that `its` started here; return their ports."""
    stopped = []
    for path in sorted(RUN.glob("server-*.pid")):
        if PidFile(path).stop():
            stopped.append(int(path.stem.partition("-")[2]))
    return stopped


def running_ports() -> list[int]:
    """Return the ports of the servers of `its` that run now."""
    files = sorted(RUN.glob("server-*.pid"))
    return [
        int(path.stem.partition("-")[2])
        for path in files
        if PidFile(path).read() not in (None, os.getpid())
    ]
