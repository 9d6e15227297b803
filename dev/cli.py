"""The commands and their help."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from . import databases, odoo_process, postgres, server
from .console import Problem, say
from .paths import ADDON_NAME


def main(arguments: Sequence[str]) -> int:
    """Run a command; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options) or 0
    except Problem as problem:
        say(f"its: {problem}")
        return 1
    except KeyboardInterrupt:
        say("\nits: interrupted.")
        return 130


def _db(options: argparse.Namespace) -> None:
    odoo = odoo_process.prepare(fast=options.fast)
    name = databases.check_name(options.name)
    if databases.exists(odoo, name):
        if not options.force:
            raise Problem(
                f"The database {name} exists; --force drops it and makes it anew."
            )
        databases.drop(odoo, name)
    modules = [ADDON_NAME, *options.also] if not options.only else options.only
    databases.create(odoo, name, demo=options.demo, modules=modules)
    fast = " --fast" if options.fast else ""
    say(f"{name} is ready: ./its serve -d {name}{fast}")


def _serve(options: argparse.Namespace) -> int:
    return server.serve(
        options.database,
        fast=options.fast,
        port=options.port,
        workers=options.workers,
        dev=options.dev,
    )


def _shell(options: argparse.Namespace) -> int:
    return server.shell(options.database, fast=options.fast)


def _stop(_options: argparse.Namespace) -> None:
    for port in server.stop_servers():
        say(f"The server on port {port} has ended.")
    for name in ("demo", "test"):
        if postgres.Cluster(name).stop():
            say(f"PostgreSQL of the {name} databases has ended.")


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./its")
    commands = parser.add_subparsers(dest="command", required=True)
    fast = argparse.ArgumentParser(add_help=False)
    fast.add_argument("--fast", action="store_true")

    db = commands.add_parser("db", parents=[fast])
    db.add_argument("name")
    db.add_argument("--demo", action="store_true")
    db.add_argument("--with", dest="also", type=_names, default=[])
    db.add_argument("--only", type=_names, default=[])
    db.add_argument("--force", action="store_true")
    db.set_defaults(run=_db)

    serve = commands.add_parser("serve", parents=[fast])
    serve.add_argument("-d", "--database", required=True)
    serve.add_argument("--port", type=int)
    serve.add_argument("--workers", type=int, default=0)
    serve.add_argument("--dev")
    serve.set_defaults(run=_serve)

    shell = commands.add_parser("shell", parents=[fast])
    shell.add_argument("-d", "--database", required=True)
    shell.set_defaults(run=_shell)

    stop = commands.add_parser("stop")
    stop.set_defaults(run=_stop)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
