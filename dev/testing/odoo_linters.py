"""The checks that Odoo's own source has to pass, on our addon.

They come with Odoo as the module test_lint: part of them are tests, part of them
are plug-ins of pylint.
"""

from __future__ import annotations

import subprocess

from .. import python_env, tier
from ..console import say
from ..odoo_process import Odoo
from ..paths import ADDON, ROOT
from .counts import Counts, one

LINTERS = (
    "ManifestLinter",
    "PotLinter",
    "RoutesLinter",
    "TestDocstring",
    "TestDunderinit",
    "TestI18n",
    "TestIndex",
    "TestJsTranslations",
    "TestLintOverrideSignatures",
    "TestNaming",
    "TestTestHoles",
)
# Calls each onchange method of all of Odoo, which takes longer than all of the others.
THOROUGH_LINTERS = ("TestOnchangeDomains",)
PLUGINS = (
    "_odoo_checker_sql_injection",
    "_odoo_checker_gettext",
    "_odoo_checker_unlink_override",
)
MESSAGES = (
    "used-before-assignment",
    "undefined-variable",
    "eval-used",
    "unreachable",
    "function-redefined",
    "sql-injection",
    "missing-gettext",
    "gettext-variable",
    "gettext-placeholders",
    "gettext-repr",
    "raise-unlink-override",
)


def tags() -> list[str]:
    """Return what --test-tags chooses those that are tests by."""
    linters = LINTERS + (THOROUGH_LINTERS if tier.is_all() else ())
    return [f"/test_lint:{name}" for name in linters]


def run_pylint(odoo: Odoo) -> Counts:
    """Run Odoo's pylint plug-ins on the addon."""
    plugins = odoo.source.package / "addons" / "test_lint" / "tests"
    if not plugins.is_dir():
        plugins = next(
            (path / "test_lint" / "tests" for path in odoo.source.addons_paths), plugins
        )
    command = [
        str(python_env.program("pylint")),
        "--rcfile=/dev/null",
        # Remarks in the source may name checks of ./its lint, unknown here.
        "--disable=all,unknown-option-value",
        f"--enable={','.join(MESSAGES)}",
        f"--load-plugins={','.join(PLUGINS)}",
        # They take five times as long as all the rest, and ruff reads them, too.
        "--ignore=tests",
        "--reports=n",
        "--score=n",
        str(ADDON),
    ]
    search = f"{plugins}:{odoo.source.python_path}"
    done = subprocess.run(
        command,
        env={**odoo.env, "PYTHONPATH": search},
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        say(f"Odoo's pylint checks:\n{done.stdout}{done.stderr}")
    return one(not done.returncode)
