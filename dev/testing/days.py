"""Tests tagged `days`: each on days, and in time zones, that are apt to go wrong."""

from __future__ import annotations

import dataclasses

from .. import clock, databases, odoo_process
from ..paths import ADDON_NAME
from . import odoo_tests, python_tests
from .counts import Counts

TAG = "days"
TAGS = f"{TAG}/{ADDON_NAME}"
# As the command line takes them; at 21:30 by UTC it is the next day in Moscow.
DAYS = {
    "2024-02-29": "29 February",
    "2024-03-10": "clocks are put forward in New York",
    "2024-06-16": "a Sunday",
    "2024-08-31": "a Saturday that is the 31st",
    "2024-10-09T21:30": "an evening that is the next day in Moscow",
    "2024-12-31": "the last of a year",
    "2025-01-01": "the first of a year",
}
ZONES = ("Europe/Moscow", "Asia/Vladivostok", "America/New_York")
# What tells the tests inside Odoo where their company works.
ZONE_VARIABLE = "ITS_TEST_ZONE"
# Proves that the clock is moved, and that what PostgreSQL limits still ends.
CLOCK_TEST = "tests/test_clock.py"


def run_day(day: str, *, keep: bool = False) -> Counts:
    """Run the tests tagged `days` as on a day, in all zones.

    :param day: as the command line takes it
    """
    with clock.as_on(clock.parse_day(day)):
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
