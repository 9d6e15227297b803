"""The two tiers of the tests, and what `./its test --all` remembers between runs."""

from __future__ import annotations

from datetime import datetime

import pytest
from tier import count

from dev import tier
from dev.testing import core_tests, days, record, runner
from dev.testing.counts import Counts

PASSED = Counts(passed=3, skipped=1)


@pytest.fixture
def kept(monkeypatch, tmp_path):
    monkeypatch.setattr(record, "PATH", tmp_path / "passed.json")
    return record.Record()


@pytest.mark.parametrize(("told", "number"), [("1", 900), ("0", 9), ("", 9)])
def test_count(monkeypatch, told, number):
    monkeypatch.setenv(tier.VARIABLE, told)
    assert count(9, 900) == number


def test_what_has_passed_is_remembered(kept):
    kept.add("odoo", PASSED)
    kept.add("lint", Counts(passed=1))
    again = record.Record()
    assert again.passed("odoo") == PASSED
    assert again.passed("lint") == Counts(passed=1)
    assert again.passed("pytest") is None


@pytest.mark.parametrize(
    "counts", [Counts(passed=3, failed=1), Counts(), Counts(0, 0, 2)]
)
def test_what_has_failed_is_run_again(kept, counts):
    kept.add("odoo", PASSED)
    kept.add("odoo", counts)
    assert kept.passed("odoo") is None


def test_another_source_has_passed_nothing(kept, monkeypatch):
    kept.add("odoo", PASSED)
    monkeypatch.setattr(record, "digest_of_tree", lambda _folder: "changed")
    changed = record.Record()
    assert changed.passed("odoo") is None
    changed.add("lint", PASSED)
    assert kept.passed("odoo") is None, "one state is remembered, the last"


def test_record_that_was_cut_off(kept):
    record.PATH.write_text("{", encoding="utf-8")
    assert kept.passed("odoo") is None


@pytest.fixture
def steps(kept, monkeypatch):
    """What is run, in order; each step passes unless it is told to fail."""
    ran: list[str] = []

    def step(name, _options):
        ran.append(name)
        return Counts(failed=1) if name == "lint" else PASSED

    monkeypatch.setattr(runner, "_run_step", step)
    monkeypatch.setattr(tier, "choose_all", lambda: None)
    return ran


def test_a_thorough_run_goes_on_where_it_was(steps):
    everything = [*runner.USUAL_PARTS]
    everything += [f"core {suite}" for suite in core_tests.SUITES]
    everything += ["neighbours", *(f"days {day}" for day in days.DAYS)]
    assert runner.run(runner.TestOptions(thorough=True)) == 1
    assert steps == everything
    steps.clear()
    assert runner.run(runner.TestOptions(thorough=True)) == 1
    assert steps == ["lint"]


def test_what_is_asked_for_by_name_is_run_again(steps):
    for _time in range(2):
        assert runner.run(runner.TestOptions(thorough=True, only="odoo")) == 0
    assert steps == ["odoo", "odoo"]


def test_a_suite_of_odoo_can_be_run_alone(steps):
    """And is remembered: then all of it goes on with the others."""
    assert runner.run(runner.TestOptions(suite="mail")) == 0
    assert steps == ["core mail"]
    steps.clear()
    runner.run(runner.TestOptions(thorough=True))
    assert "core survey" in steps and "core mail" not in steps


def test_days_are_odd_ones():
    begins = [datetime.fromisoformat(day) for day in days.DAYS]
    assert {(day.weekday(), day.day) for day in begins} >= {(5, 31)}
    assert any(day.weekday() == 6 for day in begins)
    assert any(day.hour >= 21 for day in begins), "the next day in Moscow"
    assert {(day.month, day.day) for day in begins} >= {(2, 29), (12, 31), (1, 1)}
    assert max(begins) < datetime.now() or runner.clock.environment.on_another_day()
