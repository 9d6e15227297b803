"""The commands and their help."""

from __future__ import annotations

import argparse
import shutil
import signal
from collections.abc import Callable, Sequence

from . import databases, demo, lint, neighbours, odoo_process, postgres, server
from .bench import runner as bench_runner
from .console import Problem, say
from .paths import ADDON_NAME, NODE_MODULES, RUN, VENV, cache_folder
from .testing import runner as test_runner

DESCRIPTION = """\
One command for everything a developer of its_quality does. It needs Python 3.10 or
newer and gets the rest by itself, without root: Odoo 19.0, its Python packages,
PostgreSQL, the PDF printer.

  start here     ./its demo              a full demo in Russian, in about a minute
  develop        ./its db play --fast    a database with the addon
                 ./its serve -d play --fast --dev all
                 ./its shell -d play --fast < script.py
  check          ./its lint --fix        format, then look for faults
                 ./its test              everything; the last line has the counts
                 ./its test --all        everything at length, before a release
                 ./its test --day 2024-02-29
                 ./its test --tags /its_quality:TestClaim
                 ./its test -k onec
  measure        ./its bench
  tidy up        ./its stop              end what ./its has started
                 ./its clean             delete what it has made
"""

EPILOG = """\
What you have already is used instead:
  ODOO_HOME                a folder with the Odoo 19.0 sources
  PGHOST, PGPORT, PGUSER   a PostgreSQL whose role may create databases
  wkhtmltopdf on PATH      if it is the one with the patched Qt
Otherwise two PostgreSQL clusters are kept under .run/: a safe one for demo, db, serve
and shell, and one without fsync for test, bench and whatever is told --fast.

./its COMMAND --help tells more about each. Logs are in .run/log/.
"""


def main(arguments: Sequence[str]) -> int:
    """Run a command; return the exit code."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return options.run(options) or 0
    except Problem as problem:
        say(f"its: {problem}")
        return 1
    except KeyboardInterrupt:
        say("\nits: interrupted.")
        return 130


def _interrupt(*_arguments) -> None:
    """A request to end is taken as Ctrl-C: what runs below us ends with us."""
    raise KeyboardInterrupt


def _demo(options: argparse.Namespace) -> int:
    return demo.demo(port=options.port, fresh=options.fresh)


def _test(options: argparse.Namespace) -> int:
    return test_runner.run(
        test_runner.TestOptions(
            only=options.only,
            keyword=options.keyword,
            tags=options.tags,
            database=options.on,
            keep=options.keep,
            more=options.more,
            day=options.day,
            thorough=options.all,
            suite=options.suite,
        )
    )


def _lint(options: argparse.Namespace) -> int:
    return lint.run(fix=options.fix)


def _bench(options: argparse.Namespace) -> int:
    return bench_runner.run(options.cases, options.json)


def _db(options: argparse.Namespace) -> None:
    odoo = odoo_process.prepare(fast=options.fast)
    name = databases.check_name(options.name)
    if databases.exists(odoo, name):
        if not options.force:
            raise Problem(
                f"The database {name} exists; --force drops it and makes it anew."
            )
        databases.drop(odoo, name)
    also = neighbours.ALL if options.neighbours else ()
    modules = [*(options.instead or [ADDON_NAME]), *options.also, *also]
    odoo = neighbours.finding(odoo, modules)
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
    for name in postgres.CLUSTERS:
        if postgres.Cluster(name).stop():
            say(f"PostgreSQL of the {name} databases has ended.")


def _clean(options: argparse.Namespace) -> None:
    _stop(options)
    for name in postgres.CLUSTERS:
        postgres.Cluster(name).remove()
    folders = [RUN, VENV, NODE_MODULES]
    folders += [cache_folder()] if options.downloads else []
    for folder in folders:
        if folder.exists():
            shutil.rmtree(folder)
            say(f"Deleted {folder}")


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./its",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", dest="command", required=True
    )

    def add(
        name: str, run: Callable, text: str, more: str = ""
    ) -> argparse.ArgumentParser:
        command = commands.add_parser(
            name, help=text, description=f"{text[0].upper()}{text[1:]}. {more}"
        )
        command.set_defaults(run=run)
        return command

    _add_demo(add)
    _add_test(add)
    _add_lint_and_bench(add)
    _add_databases(add)
    _add_tidying(add)
    return parser


def _add_demo(add: Callable) -> None:
    command = add(
        "demo",
        _demo,
        "serve a demo database, in Russian, until Ctrl-C",
        "It is made on the first start, updated when the addon's source has changed, "
        "and else served within seconds.",
    )
    command.add_argument("--port", type=int, help="instead of the first free from 8069")
    command.add_argument("--fresh", action="store_true", help="make the database anew")


def _add_test(add: Callable) -> None:
    command = add(
        "test",
        _test,
        "run the tests",
        "Without options the usual ones: Odoo's runner on its_quality/tests with demo "
        "data and in a real browser, an install without demo data, Odoo's own "
        "linters, pytest on tests/. A WARNING in the log is a failure.",
    )
    command.add_argument("--only", choices=test_runner.PARTS, help="one part of them")
    command.add_argument(
        "--all",
        action="store_true",
        help="before a release: with full counts, the tests of Odoo's own modules and "
        "those that depend on the day as well; what has passed for this very source is "
        "not run again",
    )
    command.add_argument(
        "--suite",
        choices=test_runner.MANY["core"],
        help="the tests of Odoo's own modules alone, those of this one",
    )
    command.add_argument(
        "--day",
        metavar="YYYY-MM-DD[THH:MM]",
        help="as on a day in the past, from 9:00 or another hour of UTC: Odoo, PostgreSQL, pytest and the browser",
    )
    command.add_argument(
        "-k", dest="keyword", metavar="EXPR", help="pytest alone, as for pytest -k"
    )
    command.add_argument(
        "--tags", metavar="SPEC", help="Odoo alone, as for --test-tags of odoo-bin"
    )
    command.add_argument(
        "--on",
        metavar="DB",
        help="Odoo alone, on a database made by ./its db --fast: quick to repeat",
    )
    command.add_argument(
        "--keep", action="store_true", help="do not drop the test databases"
    )
    command.add_argument("more", nargs="*", metavar="FILE", help="pytest alone, these")


def _add_lint_and_bench(add: Callable) -> None:
    command = add("lint", _lint, "look for faults in all source files")
    command.add_argument(
        "--fix", action="store_true", help="format and repair what can be repaired"
    )
    command = add("bench", _bench, "measure how fast it is", "See dev/bench.")
    command.add_argument("cases", nargs="*", metavar="CASE", help="only these")
    command.add_argument("--json", metavar="FILE", help="write the results there")


def _add_databases(add: Callable) -> None:
    command = add("db", _db, "create a database with the addon installed")
    command.add_argument("name", metavar="NAME")
    command.add_argument("--demo", action="store_true", help="with demo data")
    command.add_argument(
        "--with",
        dest="also",
        type=_names,
        default=[],
        metavar="MODULE,…",
        help="more modules to install",
    )
    command.add_argument(
        "--instead",
        type=_names,
        metavar="MODULE,…",
        help="install these and not the addon",
    )
    command.add_argument(
        "--neighbours",
        action="store_true",
        help="more modules: the addons of Odoo and of the OCA that firms work in "
        "besides; the first time they are fetched",
    )
    command.add_argument(
        "--force", action="store_true", help="drop the database first if it exists"
    )
    _add_fast(command)

    command = add("serve", _serve, "serve a database until Ctrl-C")
    _add_database(command)
    command.add_argument("--port", type=int, help="instead of the first free from 8069")
    command.add_argument("--workers", type=int, default=0, help="as for odoo-bin")
    command.add_argument("--dev", metavar="FEATURE,…", help="as for odoo-bin: all, xml")
    _add_fast(command)

    command = add(
        "shell",
        _shell,
        "run a script, or a prompt, with `env` of a database",
        "The script comes on standard input; it commits by env.cr.commit().",
    )
    _add_database(command)
    _add_fast(command)


def _add_database(command: argparse.ArgumentParser) -> None:
    command.add_argument("-d", "--database", required=True, metavar="DB")


def _add_fast(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--fast",
        action="store_true",
        help="on the cluster for trials: quick, and lost if the machine goes down",
    )


def _add_tidying(add: Callable) -> None:
    add("stop", _stop, "end the servers that ./its has started here")
    command = add(
        "clean", _clean, "delete what ./its has made here, databases included"
    )
    command.add_argument(
        "--downloads", action="store_true", help="the shared cache with Odoo as well"
    )
