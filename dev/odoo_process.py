"""How Odoo is started: interpreter, paths, configuration, log."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import chromium, odoo_source, postgres, python_env, wkhtmltopdf
from .console import Problem, Progress
from .paths import DEV, LOGS, ROOT, RUN
from .processes import run, tail

PROGRAM = DEV / "scripts" / "odoo_bin.py"
LOADING = re.compile(r"Loading module (\S+) \((\d+)/(\d+)\)")
BAD_LINE = re.compile(r"^\S+ \S+ \d+ (ERROR|CRITICAL) ")


@dataclass(frozen=True)
class Odoo:
    """Everything that is needed to start Odoo on one database server."""

    source: odoo_source.OdooSource
    server: postgres.Server
    configuration: Path
    env: dict[str, str]

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of an Odoo with these arguments.

        :param arguments: options, a sub-command (as `shell`) being the first
        """
        words = list(arguments)
        subcommand = [words.pop(0)] if words and words[0][0] != "-" else []
        start = [str(python_env.PYTHON), str(PROGRAM), *subcommand]
        return [*start, "-c", str(self.configuration), *words]

    def data_folder(self, database: str) -> Path:
        """Return where the files of a database's attachments lie."""
        return _data_folder(self.server) / "filestore" / database


def prepare(*, fast: bool = False) -> Odoo:
    """Make sure of Python packages, Odoo, PostgreSQL and the PDF printer."""
    python_env.ensure()
    source = odoo_source.find()
    printer = wkhtmltopdf.ensure()
    server = postgres.choose(fast=fast).ensure()
    front = filter(None, (printer, chromium.ensure_found()))
    env = python_env.environment(*front)
    env.update(server.env)
    path = [str(source.python_path), env.get("PYTHONPATH", "")]
    env["PYTHONPATH"] = os.pathsep.join(filter(None, path))
    env["PYTHONUNBUFFERED"] = "1"
    return Odoo(source, server, _write_configuration(source, server), env)


def _data_folder(server: postgres.Server) -> Path:
    return RUN / f"data-{server.name}"


def _write_configuration(
    source: odoo_source.OdooSource, server: postgres.Server
) -> Path:
    """Write a configuration of our own, so that the user's ~/.odoorc has no say."""
    addons = [*source.addons_paths, source.package / "addons", ROOT]
    settings = {
        "addons_path": ",".join(str(path) for path in addons),
        "data_dir": str(_data_folder(server)),
        "http_interface": "127.0.0.1",
        "list_db": "True",
        "max_cron_threads": "1",
        "db_maxconn": "32",
    }
    path = RUN / f"odoo-{server.name}.conf"
    lines = ["[options]", *(f"{key} = {value}" for key, value in settings.items())]
    # The made-up 1C of the tests and of the bench stands on this machine.
    lines += ["", "[its_quality]", "allowed_hosts = 127.0.0.1"]
    RUN.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}")
    partial.write_text("\n".join(lines) + "\n", encoding="utf-8")
    partial.rename(path)
    return path


def run_logged(odoo: Odoo, title: str, log_name: str, arguments: Sequence[str]) -> Path:
    """Run Odoo to its end with the log in a file and progress on the terminal.

    :return: the log file
    :raise Problem: when Odoo ends with an error, with the end of its log
    """
    log, code = run_watched(odoo, title, log_name, arguments)
    if code:
        raise Problem(f"{title} failed. From {log}:\n{_explain(log)}")
    return log


def run_watched(
    odoo: Odoo,
    title: str,
    log_name: str,
    arguments: Sequence[str],
    *,
    seconds: float | None = None,
    script: Path = Path(os.devnull),
) -> tuple[Path, int]:
    """Like :func:`run_logged`, but return the exit code whatever it is.

    :param seconds: after this time Odoo is ended, and the exit code tells
    :param script: what the sub-command `shell` is to run
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{log_name}.log"
    progress = Progress(title)
    # Line by line, so that whoever waits may follow it.
    with log.open("w", encoding="utf-8", buffering=1) as handle, script.open() as text:
        process = subprocess.Popen(
            odoo.command(*arguments),
            env=odoo.env,
            cwd=ROOT,
            stdin=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        guard = threading.Timer(seconds, process.kill) if seconds else None
        if guard:
            guard.daemon = True
            guard.start()
        try:
            for line in _lines(process):
                handle.write(line)
                found = LOADING.search(line)
                if found:
                    progress.update(f"{found[2]} of {found[3]}: {found[1]}")
            code = process.wait()
        except BaseException:
            process.terminate()
            process.wait()
            raise
        finally:
            if guard:
                guard.cancel()
            progress.done()
    return log, code


def run_script(odoo: Odoo, database: str, script: Path, **values: str) -> str:
    """Run a script of ours inside an Odoo shell; return what it prints.

    :param values: environment variables for the script
    :raise Problem: when it raises
    """
    return run(
        odoo.command("shell", "-d", database, "--no-http", "--log-level", "warn"),
        what=f"{script.name} on the database {database}",
        env={**odoo.env, **values},
        cwd=ROOT,
        stdin=script.read_text(encoding="utf-8"),
    )


def _lines(process: subprocess.Popen) -> Iterator[str]:
    assert process.stdout is not None
    yield from process.stdout


def _explain(log: Path) -> str:
    """Return what matters of a failed run: from the first error on, and the end."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    for number, line in enumerate(lines):
        if BAD_LINE.match(line):
            return tail("\n".join(lines[number:][-40:]), 40)
    return tail("\n".join(lines))
