"""Tests tagged `days`: each on days, and in time zones, that are apt to go wrong."""

from __future__ import annotations

import dataclasses
from datetime import date

from .. import clock, databases, odoo_process
from ..paths import ADDON_NAME
from . import odoo_tests, python_tests
from .counts import Counts

TAG = "days"
TAGS = f"{TAG}/{ADDON_NAME}"
DAYS = {
    date(2024, 2, 29): "29 February",
    date(2024, 3, 10): "clocks are put forward in New York",
    date(2024, 6, 16): "a Sunday",
    date(2024, 8, 31): "a Saturday that is the 31st",
    date(2024, 12, 31): "the last of a year",
    date(2025, 1, 1): "the first of a year",
}
ZONES = ("Europe/Moscow", "Asia/Vladivostok", "America/New_York")
# What tells the tests inside Odoo where their company works.
ZONE_VARIABLE = "ITS_TEST_ZONE"
# Proves that the clock is moved, and that what PostgreSQL limits still ends.
CLOCK_TEST = "tests/test_clock.py"


def run_day(day: date, *, keep: bool = False) -> Counts:
    """Run the tests tagged `days` as on a day, in all zones."""
    with clock.as_on(day):
        counts = prove()
        if counts.failed:
            return counts
        odoo = odoo_process.prepare(fast=True)
        odoo_tests.drop_abandoned(odoo)
        name = odoo_tests.own_name("days")
        try:
            databases.create(odoo, name, demo=True)
            for zone in ZONES:
                # A browser has the clock of the day, in whatever zone the company is.
                browser = "" if zone == ZONES[0] else f",-{odoo_tests.BROWSER}"
                counts += odoo_tests.run_tags(
                    dataclasses.replace(odoo, env={**odoo.env, ZONE_VARIABLE: zone}),
                    name,
                    f"{TAGS} on {day}, {DAYS.get(day, 'a day')}, in {zone}",
                    TAGS + browser,
                )
        finally:
            if not keep:
                databases.drop(odoo, name)
        return counts + python_tests.run(keyword=None, more=["-m", TAG, "tests"])


def prove() -> Counts:
    """Run the tests of the clock itself."""
    return python_tests.run(keyword=None, more=[CLOCK_TEST])
