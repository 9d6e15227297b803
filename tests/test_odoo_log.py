"""What a log of Odoo's test runner says of a run."""

from __future__ import annotations

import pytest

from dev.testing import odoo_log

HEAD = "2026-01-01 10:00:00,000 7 {} base {}: {}"
STARTED = HEAD.format(
    "INFO", "odoo.addons.its_quality.tests.test_one", "Starting TestOne.test_it ... "
)


def read(*lines: str) -> odoo_log.Report:
    return odoo_log.read(f"{line}\n" for line in lines)


@pytest.mark.parametrize(
    ("logger", "closing"),
    [
        ("odoo.tests.result", "0 failed, 0 error(s) of 1 tests when loading database"),
        ("odoo.tests.shell", "Tests passed: 0 failed, 0 error(s) of 1 tests"),
        ("odoo.tests.shell", "Tests failed: 1 failed, 0 error(s) of 1 tests"),
    ],
)
def test_a_closing_line_completes_a_run(logger, closing):
    report = read(STARTED, HEAD.format("INFO", logger, closing))
    assert report.is_complete and report.found_tests
    assert report.counts.passed == 1
    assert not report.noise


def test_a_run_without_it_was_cut_off():
    assert not read(STARTED).is_complete


def test_what_nobody_expected_is_noise():
    wrong = HEAD.format("WARNING", "odoo.addons.its_quality.models.base", "Something")
    assert read(STARTED, wrong).noise == [wrong]


def test_a_failure_is_counted_once():
    failed = HEAD.format(
        "ERROR", "odoo.addons.its_quality.tests.test_one", "FAIL: TestOne.test_it"
    )
    report = read(STARTED, failed)
    assert (report.counts.passed, report.counts.failed) == (0, 1)


def test_how_long_tests_took():
    report = read(
        HEAD.format("DEBUG", odoo_log.TIMES, "Detailed Tests Report:"),
        "\tits_quality: 3.50s 30 queries",
        "\tits_quality.call.test_one.TestOne: 3.50s 30 queries",
        "\tits_quality.call.test_one.TestOne.setUpClass: 1.25s 10 queries",
        "\tits_quality.call.test_one.TestOne.test_it: 2.25s 20 queries",
    )
    assert report.seconds == {
        "its_quality.call.test_one.TestOne.setUpClass": 1.25,
        "its_quality.call.test_one.TestOne.test_it": 2.25,
    }


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("FAIL: TestOne.test_it", "odoo.one.TestOne.test_it"),
        ("ERROR: Subtest TestOne.test_it (i=1)", "odoo.one.TestOne.test_it"),
        ("ERROR: setUpClass (odoo.TestOne)", "odoo.one.setUpClass (odoo.TestOne)"),
    ],
)
def test_a_failure_has_the_name_of_its_test(message, name):
    assert read(HEAD.format("ERROR", "odoo.one", message)).failed == {name}
