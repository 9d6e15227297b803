"""The clock that the tests run by, moved (`./its test --day`) or not: it is one for all,
and what is limited in time ends all the same."""

from __future__ import annotations

import os
import subprocess
import time
from datetime import date, datetime, timedelta, timezone

import psycopg2
import pytest
from psycopg2 import errors

from dev import chromium, clock, environment, odoo_process, postgres
from dev.console import Problem

pytestmark = pytest.mark.days
# Seconds.
LIMIT = 0.5
MUCH_LONGER = 60
CLOCKS_APART = timedelta(minutes=2)
PAGE = "data:text/html,<script>document.write(new Date().toISOString())</script>"


@pytest.fixture(scope="module")
def server() -> postgres.Server:
    return odoo_process.prepare(fast=True).server


@pytest.fixture
def connection(server):
    connections = []

    def connect():
        made = psycopg2.connect(
            dbname="postgres",
            host=server.env.get("PGHOST"),
            port=server.env.get("PGPORT"),
            user=server.env.get("PGUSER"),
        )
        connections.append(made)
        return made

    yield connect
    for made in connections:
        made.close()


def test_a_statement_is_ended_in_time(connection):
    began = time.monotonic()
    with connection().cursor() as cursor, pytest.raises(errors.QueryCanceled):
        cursor.execute("SET statement_timeout = %s", [f"{LIMIT}s"])
        cursor.execute("SELECT pg_sleep(%s)", [MUCH_LONGER])
    assert LIMIT * 0.9 <= time.monotonic() - began < MUCH_LONGER


def test_waiting_for_a_lock_is_ended_in_time(connection):
    with connection().cursor() as holder, connection().cursor() as waiter:
        holder.execute("SELECT pg_advisory_xact_lock(190043)")
        waiter.execute("SET lock_timeout = %s", [f"{LIMIT}s"])
        with pytest.raises(errors.LockNotAvailable):
            waiter.execute("SELECT pg_advisory_xact_lock(190043)")


def test_python_sleeps_and_wakes():
    began = time.monotonic()
    time.sleep(LIMIT)
    assert LIMIT * 0.9 <= time.monotonic() - began < MUCH_LONGER


def test_postgresql_sleeps_and_wakes(connection):
    began = time.monotonic()
    with connection().cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [LIMIT])
    assert LIMIT * 0.9 <= time.monotonic() - began < MUCH_LONGER


def test_all_have_one_clock(connection):
    """Python and PostgreSQL, and the browser where there is one."""
    clocks = {"python": datetime.now(timezone.utc)}
    with connection().cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        clocks["postgresql"] = cursor.fetchone()[0]
    browser = chromium.find()
    if browser:
        clocks["browser"] = _clock_of(browser)
    now = datetime.now(timezone.utc)
    assert {
        name for name, told in clocks.items() if abs(now - told) > CLOCKS_APART
    } == (set())
    day = os.environ.get(environment.DAY)
    assert not day or now.date() == date.fromisoformat(day)


def _clock_of(browser: str) -> datetime:
    page = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", PAGE],
        capture_output=True,
        text=True,
        timeout=MUCH_LONGER,
        check=True,
    ).stdout
    told = page.partition("<body>")[2].partition("Z")[0]
    return datetime.fromisoformat(told).replace(tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2023-02-29", "29.02.2024", "2024-02-29T25:00"]
)
def test_no_day(text):
    with pytest.raises(Problem, match="takes a day as 2024-02-29"):
        clock.parse_day(text)


@pytest.mark.parametrize("days", [0, 1, 400])
def test_a_day_that_is_not_over(days):
    day = datetime.now(timezone.utc).date() + timedelta(days=days)
    with pytest.raises(Problem, match="takes a day before today"):
        clock.parse_day(day.isoformat())


def test_a_day_in_the_past():
    day = datetime.now(timezone.utc).date() - timedelta(days=1)
    for text, hour in (("", 9), ("T00:00", 0), ("T21:30", 21)):
        begin = clock.parse_day(f"{day.isoformat()}{text}")
        assert (begin.date(), begin.hour) == (day, hour)
        assert begin.tzinfo == timezone.utc


def test_a_database_server_that_is_not_ours(monkeypatch):
    monkeypatch.setenv("PGHOST", "db.example.com")
    with (
        pytest.raises(Problem, match="unset PGHOST"),
        clock.as_on(clock.parse_day("2020-02-29")),
    ):
        pass


def test_no_library_to_be_had(monkeypatch, tmp_path):
    monkeypatch.delenv("PGHOST", raising=False)
    monkeypatch.delenv("PGPORT", raising=False)
    monkeypatch.delenv("PGUSER", raising=False)
    monkeypatch.setattr(clock, "FOLDERS", ())
    monkeypatch.setattr(clock.system_packages, "may_install", lambda: False)
    monkeypatch.setattr(clock.shutil, "which", lambda _program: None)
    with (
        pytest.raises(Problem, match="apt install libfaketime"),
        clock.as_on(clock.parse_day("2020-02-29")),
    ):
        pass
