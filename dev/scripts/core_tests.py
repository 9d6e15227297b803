"""Run inside `odoo shell`: tests of Odoo's own modules, with ours loaded beside them.

Odoo's usual runner tests a module as soon as it is loaded, before those that extend it.
"""
# ruff: noqa: F821 - env is what the shell gives

import os

from odoo.tests.shell import run_tests

run_tests(env, os.environ["ITS_CORE_TAGS"]).log_stats()
