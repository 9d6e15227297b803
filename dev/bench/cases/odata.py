"""Synchronising with a base of 1C, beside its own first time.

The base is the made-up one of the tests, in a process of its own on this machine. An
administrator synchronises as the job does it, commits included: what has changed is
found, read, compared and imported. Then one contractor of a hundred changes.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys

from ...paths import ROOT
from ..case import Case, Limit, Part
from ..figures import Meter
from .imports import _as_administrator

TESTS = ROOT / "tests"
FIRST = "its first time"
TIMES = 3


def again(env, rows, share):
    """Synchronise, and then again some times; each time a share of the contractors has
    changed, another one. The time in the middle counts."""
    sys.path.insert(0, str(TESTS))
    from fake_odata import LOGIN, PASSWORD
    from fake_odata_base import folder_count

    env = _as_administrator(env)
    with _base(rows) as base:
        address = base.stdout.readline().strip()
        connection = env["its.onec.connection"].create(
            {
                "name": "Bench",
                "address": address,
                "login": LOGIN,
                "password": PASSWORD,
            }
        )
        env.cr.commit()
        first = Meter(env.cr)
        with first:
            job = _synchronise(connection)
        clients = rows - folder_count(rows)
        assert job.created_count == clients, job.outcome_counts
        meters = []
        for _time in range(TIMES):
            base.stdin.write(f"change {share}\n")
            base.stdin.flush()
            changed = int(base.stdout.readline())
            meters.append(Meter(env.cr))
            with meters[-1]:
                job = _synchronise(connection)
            assert job.updated_count == job.row_count == changed, job.outcome_counts
    second = sorted(meters, key=lambda meter: meter.seconds)[TIMES // 2]
    return {
        "ours": second.seconds,
        "peer": first.seconds,
        "queries": second.queries / changed,
        "mib": second.mib,
        "rows": rows,
    }


@contextlib.contextmanager
def _base(rows):
    """Serve a made-up base until the block ends."""
    program = [sys.executable, TESTS / "fake_odata.py", str(rows)]
    pipe = subprocess.PIPE
    with subprocess.Popen(program, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.stdin.close()
            process.wait(10)


def _synchronise(connection):
    """Read, check and import; return the import."""
    env = connection.env
    connection.action_sync()
    env.cr.commit()
    job = connection.last_import_id
    env["its.import"].sudo()._cron_process()
    assert job.state == "checked", (job.state, job.error)
    job.action_import()
    env.cr.commit()
    env["its.import"].sudo()._cron_process()
    assert job.state == "done", (job.state, job.error)
    return job


CASES = (
    Case(
        "odata.again.100k",
        "synchronising 100000 contractors of 1C of whom 1 % have changed",
        "s",
        (Part(again, arguments={"rows": 100_000, "share": 0.01}),),
        FIRST,
        (Limit("ratio", at_least=20),),
    ),
)
