"""Planning calls by cadences, and the call desk.

Beside our planning stands what Odoo itself offers, `activity_schedule`, client by client.
Clients, subscriptions and calls are filled in by SQL, as the figures ask for many.
"""

from __future__ import annotations

import statistics

from .. import filling
from ..case import Case, Limit, Part
from ..figures import Meter

PEER = "activity_schedule"
PEER_CLIENTS = 300
MANAGERS = 20
DESK_RUNS = 15


def ours_plan(env, rows):
    """Plan the monthly call of every client, as the night does, commits included."""
    _fill(env, rows)
    meter = Meter(env.cr)
    with meter:
        env["its.cadence"]._cron_plan()
    assert _open_calls(env) == rows, _open_calls(env)
    return {
        "ours": rows / meter.seconds,
        "queries": meter.queries / rows,
        "mib": meter.mib,
        "rows": rows,
    }


def peer_plan(env):
    """Schedule a call for another user, client by client, each with a commit."""
    _fill(env, PEER_CLIENTS)
    clients = env["res.partner"].search([("its_client", "=", True)])
    meter = Meter(env.cr)
    with meter:
        for client in clients:
            client.activity_schedule(
                "mail.mail_activity_data_call", user_id=client.user_id.id
            )
            env.cr.commit()
    assert _open_calls(env) == PEER_CLIENTS
    return {"peer": PEER_CLIENTS / meter.seconds}


def idle_night(env, rows):
    """Plan the calls of a night, and then a night in which there is nothing to do."""
    _fill(env, rows)
    first, second = Meter(env.cr), Meter(env.cr)
    with first:
        env["its.cadence"]._cron_plan()
    assert _open_calls(env) == rows
    env.cr.execute("ANALYZE mail_activity")
    env.cr.commit()
    with second:
        env["its.cadence"]._cron_plan()
    assert _open_calls(env) == rows
    return {
        "ours": second.seconds,
        "peer": first.seconds,
        "queries": second.queries,
        "rows": rows,
    }


def desk(env, calls):
    """Open the call desk of a manager who has so many calls; the median of some."""
    _fill(env, calls, managers=1)
    env["its.cadence"]._cron_plan()
    # On a day off they are planned for the next working day.
    env.cr.execute(
        "UPDATE mail_activity SET date_deadline = %(today)s"
        " WHERE date_deadline > %(today)s AND its_client_id IS NOT NULL",
        {"today": env.company._its_today()},
    )
    env.cr.execute("ANALYZE mail_activity")
    env.cr.commit()
    assert _open_calls(env) == calls
    user = env["res.users"].search([("login", "=", "bench0")])
    times, queries = [], 0
    for _run in range(DESK_RUNS):
        env.invalidate_all()
        page = env(user=user.id, su=False)["its.call.desk"]
        meter = Meter(env.cr)
        with meter:
            found = page.get_queue()
            assert len(found["calls"]) == min(calls, 80)
        times.append(meter.seconds)
        queries = meter.queries
    return {"seconds": statistics.median(times), "queries": queries}


def desk_few(env, calls):
    """The desk with few calls."""
    figures = desk(env, calls)
    return {"peer": figures["seconds"]}


def desk_many(env, calls):
    """The desk with many calls."""
    figures = desk(env, calls)
    return {"ours": figures["seconds"], "queries": figures["queries"], "rows": calls}


# -----------------------------------------------------------------------------
# Filling
# -----------------------------------------------------------------------------


def _fill(env, rows, managers=MANAGERS):
    """Make clients of a year's standing, each with a contract, and their managers."""
    users = filling.users(env, "client_manager", managers, "Менеджер")
    env.company.its_daily_calls = 1_000_000
    env["its.cadence"].search([]).active = False
    env.ref("its_quality.its_cadence_monthly").write(
        {"active": True, "service_kind": False}
    )
    service = env["its.service"].search([("kind", "=", "contract")], limit=1)
    filling.clients(env, rows, users.ids)
    env.cr.execute(
        """
        INSERT INTO its_subscription (
            partner_id, service_id, service_kind, company_id, user_id, date_start, state,
            create_uid, write_uid, create_date, write_date
        )
        SELECT id, %s, 'contract', %s, user_id, current_date - 365, 'active',
               1, 1, now(), now()
          FROM res_partner WHERE its_client
        """,
        [service.id, env.company.id],
    )
    filling.analyze(env)


def _open_calls(env):
    env.cr.execute(
        "SELECT count(*) FROM mail_activity WHERE active AND its_client_id IS NOT NULL"
    )
    return env.cr.fetchone()[0]


CASES = (
    Case(
        "plan.50k",
        "calls planned for other users, at 50 000 clients",
        "calls/s",
        (Part(ours_plan, arguments={"rows": 50_000}), Part(peer_plan)),
        PEER,
        (Limit("ratio", at_least=50), Limit("queries", at_most=0.1)),
    ),
    Case(
        "plan.idle.100k",
        "a night with nothing to do, at 100 000 clients",
        "s",
        (Part(idle_night, arguments={"rows": 100_000}),),
        "planning them",
        (Limit("ratio", at_least=20),),
    ),
    Case(
        "desk.open",
        "opening the call desk with 50 000 open calls",
        "s",
        (
            Part(desk_few, arguments={"calls": 500}),
            Part(desk_many, arguments={"calls": 50_000}),
        ),
        "500 calls",
        (Limit("ratio", at_least=0.8), Limit("queries", at_most=15)),
    ),
)
