"""Calls planned and made by real processes: two at once, one killed in the middle.

What is planned is compared as a whole: who is called, by which cadence, by whom and
on which day.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest
from odoo_server import OdooServer, Refused, Session
from odoo_shell import Shell
from tier import count

# More than are planned in one batch.
CLIENTS = count(1200, 3000)
MANAGERS = 4
CAP = 40
PASSWORD = "planning"
# Whoever starts to plan waits for this lock, so that all start in the same moment.
START = 190_042
PLANNED = """
SELECT its_client_id, its_cadence_id, user_id, date_deadline
  FROM mail_activity WHERE active AND its_cadence_id IS NOT NULL
"""

FILL = f"""
group = env.ref("its_quality.group_client_manager")
quality = env.ref("its_quality.group_quality_manager")
users = env["res.users"].create([
    {{
        "name": f"Менеджер {{number}}",
        "login": f"planning{{number}}",
        "email": f"planning{{number}}@example.com",
        "password": "{PASSWORD}",
        "group_ids": [(6, 0, (quality if number < 2 else group).ids)],
    }}
    for number in range({MANAGERS})
])
env.company.its_daily_calls = {CAP}
env["ir.cron"].search([]).active = False
cadences = env["its.cadence"].search([])
kept = env.ref("its_quality.its_cadence_monthly")
kept += env.ref("its_quality.its_cadence_quarterly")
(cadences - kept).active = False
service = env["its.service"].search([("kind", "=", "contract")], limit=1)
env.flush_all()
env.cr.execute(
    '''
    INSERT INTO res_partner (
        name, complete_name, active, type, is_company, color, its_client, user_id,
        its_name_key, create_uid, write_uid, create_date, write_date
    )
    SELECT 'ООО Клиент ' || n, 'ООО Клиент ' || n, true, 'contact', true, 0, true,
           (%s)[1 + n %% %s], 'клиент ' || n, 1, 1, now(), now()
      FROM generate_series(1, %s) AS n
    ''',
    [users.ids, {MANAGERS}, {CLIENTS}],
)
env.cr.execute("UPDATE res_partner SET commercial_partner_id = id WHERE its_client")
env.cr.execute(
    '''
    INSERT INTO its_subscription (
        partner_id, service_id, service_kind, company_id, user_id, date_start, state,
        create_uid, write_uid, create_date, write_date
    )
    SELECT id, %s, 'contract', %s, user_id, current_date - 365, 'active',
           1, 1, now(), now()
      FROM res_partner WHERE its_client
    ''',
    [service.id, env.company.id],
)
env.cr.commit()
"""

PLAN = f"""
env.cr.execute("SELECT pg_advisory_xact_lock_shared({START})")
env.cr.commit()
env["its.cadence"]._cron_plan()
print("planned")
"""
TWICE = """
env["its.cadence"]._cron_plan()
env.cr.execute("SELECT count(*) FROM mail_activity WHERE its_cadence_id IS NOT NULL")
first = env.cr.fetchone()
env["its.cadence"]._cron_plan()
env.cr.execute("SELECT count(*) FROM mail_activity WHERE its_cadence_id IS NOT NULL")
assert env.cr.fetchone() == first, first
print("planned")
"""
# Things to tidy up before the planning itself, which two nights do at once, too.
UNTIDY = """
WITH old AS (
    SELECT id FROM res_partner WHERE its_client ORDER BY id LIMIT 300
)
INSERT INTO mail_activity (
    res_model_id, res_model, res_id, its_client_id, its_cadence_id, user_id,
    activity_type_id, date_deadline, active, create_uid, write_uid
)
SELECT model.id, 'res.partner', old.id, old.id, cadence.id, {user},
       kind.id, current_date - 30, true, 1, 1
  FROM old, ir_model model, its_cadence cadence, mail_activity_type kind
 WHERE model.model = 'res.partner' AND cadence.trigger = 'before_end'
   AND kind.category = 'phonecall' AND cadence.company_id = 1
"""
# The calls of the nearest day that has any are to be made now.
DUE_TODAY = """
UPDATE mail_activity SET date_deadline = current_date
 WHERE date_deadline = (SELECT min(date_deadline) FROM mail_activity
                         WHERE its_cadence_id IS NOT NULL AND active)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[OdooServer]:
    server = OdooServer("planning")
    try:
        Shell(server, FILL).end()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="module")
def undisturbed(server) -> list[str]:
    """What one process plans that nothing gets in the way of; planning it again
    changes nothing."""
    assert "planned" in Shell(server, TWICE).end()
    return planned(server)


@pytest.fixture
def nothing_planned(server, undisturbed):
    forget(server)


def planned(server: OdooServer) -> list[str]:
    """All planned calls, in order; the same client and cadence never twice."""
    calls = sorted(server.query(PLANNED))
    assert len(calls) == 2 * CLIENTS
    rows = [call.split("|") for call in calls]
    assert len({(client, cadence) for client, cadence, *_rest in rows}) == len(rows)
    days = Counter((user, day) for _client, _cadence, user, day in rows)
    assert max(days.values()) == CAP
    assert all(date.fromisoformat(day).weekday() < 5 for _user, day in days)
    stale = """
        SELECT count(*) FROM res_partner WHERE its_client AND its_next_contact
            IS DISTINCT FROM (SELECT min(date_deadline) FROM mail_activity
                               WHERE its_client_id = res_partner.id AND active)
    """
    assert server.number(stale) == 0
    return calls


def change(server: OdooServer, sql: str) -> None:
    """Change the database past Odoo."""
    with server.holding("BEGIN; " + sql + "; COMMIT"):
        pass


def forget(server: OdooServer) -> None:
    change(
        server,
        "DELETE FROM its_interaction; DELETE FROM mail_activity;"
        " UPDATE res_partner SET its_next_contact = NULL, its_last_contact = NULL",
    )


def waiting(server: OdooServer) -> int:
    return server.number(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )


def test_two_nights_at_once(server, undisturbed, nothing_planned):
    user = server.query("SELECT id FROM res_users WHERE login = 'planning3'")[0]
    change(server, UNTIDY.format(user=user))
    with server.holding(f"SELECT pg_advisory_xact_lock({START})"):
        shells = [Shell(server, PLAN) for _worker in range(2)]
        server.wait_until(lambda: waiting(server) == 2, "both are about to plan")
    for shell in shells:
        assert "planned" in shell.end()
    assert planned(server) == undisturbed
    closed = "SELECT count(*) FROM mail_activity WHERE NOT active"
    assert server.number(closed) == 300


def test_killed_in_the_middle(server, undisturbed, nothing_planned):
    last = server.number("SELECT max(id) FROM res_partner WHERE its_client")
    calls = "SELECT count(*) FROM mail_activity WHERE its_cadence_id IS NOT NULL"
    # The last batch has to tell this client when he will be called.
    with server.holding(f"SELECT FROM res_partner WHERE id = {last} FOR UPDATE"):
        shell = Shell(server, PLAN)
        server.wait_until(server.is_waiting, "a batch is half written")
        shell.kill()
        written = server.number(calls)
        assert 0 < written < 2 * CLIENTS
    assert "planned" in Shell(server, PLAN).end()
    assert planned(server) == undisturbed


@pytest.fixture
def desk(server, nothing_planned) -> Iterator[Session]:
    Shell(server, PLAN).end()
    # On a day off nothing is planned for today, and the desk would be empty.
    change(server, DUE_TODAY)
    server.start()
    yield server.sign_in("planning3", PASSWORD)
    server.kill()


def test_the_same_call_finished_twice_at_once(server, desk):
    """A manager presses the button in two windows: one talk, and a sentence."""
    call = desk.call("its.call.desk", "get_queue")["calls"][0]["id"]
    other = server.sign_in("planning3", PASSWORD)
    log_size = server.log.stat().st_size
    outcomes: list[str] = []

    def finish(session: Session) -> None:
        try:
            session.call("its.call.desk", "finish_call", call, "reached", {})
            outcomes.append("")
        except Refused as refused:
            outcomes.append(str(refused))

    threads = [threading.Thread(target=finish, args=[s]) for s in (desk, other)]
    # Whoever is first waits here with the talk in his hands.
    with server.holding("LOCK TABLE its_interaction IN EXCLUSIVE MODE"):
        for thread in threads:
            thread.start()
        server.wait_until(server.is_waiting, "one is recording the talk")
    for thread in threads:
        thread.join()
    talks = f"SELECT count(*) FROM its_interaction WHERE activity_id = {call}"
    assert server.number(talks) == 1
    assert sorted(outcomes)[0] == ""
    assert "already closed" in sorted(outcomes)[1]
    assert [line for line in server.complaints(log_size) if "closed" not in line] == []
