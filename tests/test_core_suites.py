"""The tests of Odoo's own modules: what is said of those that fail."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from dev.testing import core_failures, core_tests
from dev.testing.counts import Counts
from dev.testing.odoo_log import Report

ADDONS = "odoo.addons"
SETUP = f"odoo.tests.suite.setUpClass ({ADDONS}.survey.tests.test_one.TestOne)"


@pytest.mark.parametrize(
    ("test", "tag"),
    [
        (f"{ADDONS}.survey.tests.test_one.TestOne.test_it", "/survey:TestOne.test_it"),
        (
            f"{ADDONS}.mail.tests.discuss.test_a_channel.TestAll.test_is",
            "/mail:TestAll.test_is",
        ),
        (SETUP, "/survey:TestOne"),
    ],
)
def test_a_test_is_named_for_odoo(test, tag):
    assert core_tests.tag_of(test) == tag
    assert core_tests.module_of(test) == tag[1:].partition(":")[0]


def test_each_is_judged_by_both_runs():
    verdict = core_tests.judge(
        failed={"ours", "on purpose", "theirs, known", "theirs, new", "moved"},
        failed_bare={"theirs, known", "theirs, new", "only without us", "moved"},
        listed=core_tests.Listed(
            without_us={"theirs, known", "only without us", "mended"},
            with_us={"on purpose", "not any more", "moved"},
        ),
    )
    assert verdict == core_tests.Verdict(
        broken={"ours"},
        unlisted={"theirs, new", "moved"},
        outdated={"mended", "not any more", "moved"},
        expected={"theirs, known", "on purpose"},
    )


def test_what_fails_by_the_database_is_listed_for_it():
    [test] = core_failures.FAIL_ON_POSTGRESQL
    newest, older = (core_tests.listed_of("test_mail", version) for version in (18, 17))
    assert test in newest.without_us
    assert test not in older.without_us


def test_list_tells_why():
    modules = {module for homes in core_tests.SUITES.values() for module in homes}
    lists = (
        core_failures.FAIL_WITHOUT_US,
        core_failures.FAIL_ON_POSTGRESQL,
        core_failures.FAIL_WITH_US,
    )
    for test, reason in (one for listed in lists for one in listed.items()):
        assert core_tests.module_of(test) in modules, test
        assert reason.endswith(".") and len(reason.split()) > 4, test


@pytest.fixture
def runs(monkeypatch):
    """What is run, and of which tests; the first fails with the addon, the second and
    the third without it, too."""
    found = []
    names = [f"{ADDONS}.mail.tests.test_a.TestA.test_{one}" for one in "abcd"]

    def run(_odoo, _suite, kind, tags, *, keep):
        found.append((kind, tags))
        failed = set(names[:3]) if kind == "addon" else set(names[1:3])
        counts = Counts(passed=10, failed=len(failed))
        return Report(counts, failed=failed, found_tests=True, is_complete=True)

    monkeypatch.setattr(core_tests, "_run", run)
    monkeypatch.setattr(core_tests.odoo_tests, "drop_abandoned", lambda _odoo: None)
    monkeypatch.setattr(core_tests.templates, "clear", lambda _odoo: None)
    known = dict.fromkeys([names[1], names[3]], "It has always been so.")
    monkeypatch.setattr(core_tests, "FAIL_WITHOUT_US", known)
    monkeypatch.setattr(core_tests.postgres, "query", lambda *_a, **_o: ["17"])
    return found


def test_what_fails_or_is_listed_is_run_without_us(runs):
    """Broken, not in the list, and not failing any more are failures; the run being
    whole is one more that has passed."""
    odoo = SimpleNamespace(server=None)
    assert core_tests.run(odoo, ["mail"]) == Counts(passed=11, failed=3, skipped=1)
    assert runs == [
        ("addon", ["/mail"]),
        ("plain", [f"/mail:TestA.test_{one}" for one in "abcd"]),
    ]
