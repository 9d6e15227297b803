"""A real server on a database of its own, used from outside as a browser uses it."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar

import psycopg2

from dev import databases, odoo_process, postgres, templates
from dev.paths import ROOT
from dev.server import free_port

# Seconds.
WAIT = 240
NUDGE_EVERY = 2
COMPLAINT = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) .*", re.MULTILINE)


class Refused(Exception):
    """The server answered with an error; the sentence the user would see."""


def connect(database: str) -> psycopg2.extensions.connection:
    """Open a connection to a database past Odoo; whoever asks closes it."""
    environment = odoo_process.prepare(fast=True).server.env
    return psycopg2.connect(
        dbname=database,
        host=environment.get("PGHOST"),
        port=environment.get("PGPORT"),
        user=environment.get("PGUSER"),
    )


class OdooServer:
    """A database with the addon, and a server that can be killed and started anew.

    :ivar database: its name; the runner of the tests drops what a killed run leaves
    """

    def __init__(self, purpose: str, template: str = templates.WITH_ADDON) -> None:
        """
        :param template: the kind of template to begin with
        """
        self._odoo = odoo_process.prepare(fast=True)
        self.database = f"its_test_{purpose}_{os.getpid()}"
        templates.copy(self._odoo, template, self.database)
        self.port = 0
        self.log = odoo_process.LOGS / f"{self.database}.log"
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start it, unless it runs, and wait until it answers."""
        if self._process and self._process.poll() is None:
            return
        arguments = ["-d", self.database, "--http-port", str(self._own_port())]
        arguments += ["--max-cron-threads", "1", "--no-database-list"]
        self._launch(self._odoo.command(*arguments), self._odoo.env)

    def serve(self, workers: int) -> None:
        """Start it as ./its does, with workers, and wait until it answers."""
        command = [sys.executable, str(ROOT / "its"), "serve", "-d", self.database]
        command += ["--fast", "--port", str(self._own_port())]
        self._launch([*command, "--workers", str(workers)], dict(os.environ))

    def end(self) -> int:
        """End it in order, as Ctrl-C does; return the exit code."""
        self._process.terminate()
        return self._process.wait(WAIT)

    def _own_port(self) -> int:
        # As late as can be, or another run of the tests takes it as well.
        self.port = self.port or free_port(None, first=28069)
        return self.port

    def _launch(self, command: list[str], env: dict[str, str]) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                env=env,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait_until(self._answers, "the server answers")

    @contextmanager
    def small_files(self, size: int) -> Iterator[None]:
        """Let it write no file larger than this many bytes: the rest is refused as by a
        full disk, in the middle of the file."""
        kind = resource.RLIMIT_FSIZE
        before = resource.prlimit(self._process.pid, kind)
        resource.prlimit(self._process.pid, kind, (size, before[1]))
        try:
            yield
        finally:
            resource.prlimit(self._process.pid, kind, before)

    @contextmanager
    def without_file_store(self) -> Iterator[None]:
        """Put something else where its files are, as when a disk is not there."""
        folder = self._odoo.data_folder(self.database)
        aside = folder.with_name(f"{folder.name}.aside")
        folder.mkdir(parents=True, exist_ok=True)
        folder.rename(aside)
        folder.write_bytes(b"")
        try:
            yield
        finally:
            folder.unlink()
            aside.rename(folder)

    @contextmanager
    def without_database(self) -> Iterator[None]:
        """Have PostgreSQL throw everybody out of it and let nobody in, as while it is
        restarted: others use the same PostgreSQL."""

        def tell(sql: str) -> None:
            postgres.query(self._odoo.server, sql, database="postgres")

        tell(f"ALTER DATABASE {self.database} ALLOW_CONNECTIONS false")
        try:
            tell(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                f" WHERE datname = '{self.database}'"
            )
            yield
        finally:
            tell(f"ALTER DATABASE {self.database} ALLOW_CONNECTIONS true")

    def file(self, name: str) -> bytes:
        """Read a file of the file store past Odoo."""
        return (self._odoo.data_folder(self.database) / name).read_bytes()

    def kill(self) -> None:
        """End it as a power cut does: at once, whatever it is doing."""
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def remove(self) -> None:
        """End it and drop the database."""
        self.kill()
        databases.drop(self._odoo, self.database)

    def query(self, sql: str) -> list[str]:
        """Ask the database past Odoo."""
        return postgres.query(self._odoo.server, sql, database=self.database)

    def number(self, sql: str) -> int:
        """Ask the database for one number."""
        return int(self.query(sql)[0])

    @contextmanager
    def holding(self, sql: str, *, commit: bool = False) -> Iterator[None]:
        """Keep a transaction open in which a statement has been run: who needs what it
        has locked waits.

        :param commit: whether it comes to pass in the end
        """
        connection = self.connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql)
            yield
            if commit:
                connection.commit()
        finally:
            connection.close()

    def connect(self) -> psycopg2.extensions.connection:
        """Open a connection to the database past Odoo; whoever asks closes it."""
        return connect(self.database)

    def is_waiting(self) -> bool:
        """Tell whether something waits for what :meth:`holding` holds."""
        return bool(
            self.number(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
        )

    def complaints(self, since: int) -> list[str]:
        """Return the warnings and errors in the log.

        :param since: how long the log was, in bytes, where to begin
        """
        content = self.log.read_bytes()[since:].decode(errors="replace")
        return [found[0] for found in COMPLAINT.finditer(content)]

    def wait_until(self, holds, what: str, pause: float = 0.05) -> None:
        """Look again and again until something holds."""
        deadline = time.monotonic() + WAIT
        nudged = time.monotonic()
        while not holds():
            if time.monotonic() > nudged + NUDGE_EVERY:
                self._nudge()
                nudged = time.monotonic()
            if time.monotonic() > deadline:
                end = self.log.read_text(encoding="utf-8", errors="replace")[-3000:]
                raise AssertionError(f"Not within {WAIT} s: {what}\n{end}")
            time.sleep(pause)

    def _nudge(self) -> None:
        """Wake the scheduler as a new trigger does: one that has just been started
        looks for its jobs a minute later."""
        sql = f"SELECT pg_notify('cron_trigger', '{self.database}')"
        postgres.query(self._odoo.server, sql, database="postgres")

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}/web/login", timeout=60
            )
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False
        return True

    def sign_in(self, login: str, password: str) -> Session:
        """Sign in as a browser does."""
        return Session(self, login, password)


class Session:
    """Somebody who is signed in."""

    def __init__(self, server: OdooServer, login: str, password: str) -> None:
        self._base = f"http://127.0.0.1:{server.port}"
        self._cookies = CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(self._cookies),
        )
        self._post(
            "/web/session/authenticate",
            {"db": server.database, "login": login, "password": password},
        )

    @property
    def cookie(self) -> str:
        """What the browser sends along with each request."""
        return "; ".join(f"{one.name}={one.value}" for one in self._cookies)

    def call(self, model: str, method: str, *arguments, **options):
        """Call a public method of a model.

        :raises Refused: with the sentence of the server
        """
        return self._post(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": arguments, "kwargs": options},
        )

    def _post(self, path: str, params: dict):
        request = urllib.request.Request(
            self._base + path,
            json.dumps({"jsonrpc": "2.0", "params": params}).encode(),
            {"Content-Type": "application/json"},
        )
        with self._opener.open(request, timeout=WAIT) as response:
            answer = json.load(response)
        if "error" in answer:
            raise Refused(answer["error"]["data"]["message"])
        return answer.get("result")
