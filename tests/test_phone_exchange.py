"""A telephone exchange and a real server: events come shuffled, twice, some not at all,
twenty at once, while the server is killed; the journal is right all the same."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from fake_exchange import SECRET, FakeExchange
from odoo_server import OdooServer
from odoo_shell import Shell
from tier import count

CALLS, KILLS, AT_ONCE = count(250, 2500), count(1, 10), 20
NUMBERS = [f"+7833210{number:04}" for number in range(count(40, 200))]
EXTENSIONS = ["101", "102", "103"]
FILL = f"""
users = env["res.users"].create([
    {{"name": f"user {{number}}", "login": f"user{{number}}",
      "group_ids": [(6, 0, env.ref("its_quality.group_client_manager").ids)]}}
    for number in {EXTENSIONS}
])
env["res.partner"].create([
    {{"name": number, "is_company": True, "its_client": True, "phone": number,
      "user_id": users[place % 3].id}}
    for place, number in enumerate({NUMBERS})
])
connection = env["its.phone.connection"].create({{
    "name": "Станция", "password": "{SECRET}",
    "extension_ids": [
        (0, 0, {{"number": number, "user_id": user.id}})
        for number, user in zip({EXTENSIONS}, users)
    ],
}})
env.cr.commit()
"""


@pytest.fixture(scope="module")
def server(phone_server: OdooServer) -> Iterator[OdooServer]:
    Shell(phone_server, FILL).end()
    phone_server.start()
    yield phone_server
    phone_server.kill()


def test_a_storm_and_a_server_that_dies(server) -> None:
    exchange = FakeExchange(NUMBERS, EXTENSIONS, CALLS)
    assert len(exchange.events) >= 4 * CALLS
    [key] = server.query("SELECT key FROM its_phone_connection")
    done = threading.Semaphore(0)

    def send(event: dict) -> str:
        # The port is another one after each death.
        status = exchange.tell(event, f"http://127.0.0.1:{server.port}/its/phone/{key}")
        done.release()
        return status

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = [pool.submit(send, event) for event in exchange.events]
        for _kill in range(KILLS):
            for _event in range(len(exchange.events) // (KILLS + 1)):
                assert done.acquire(timeout=240)
            server.kill()
            server.start()
        statuses = [answer.result() for answer in answers]
    assert set(statuses) <= {"taken", "known"}
    waiting = "SELECT count(*) FROM its_phone_event WHERE state = 'new'"
    server.wait_until(lambda: not server.number(waiting), "the journal is written")
    open_ones = "SELECT count(*) FROM its_phone_call WHERE state = 'open'"
    lost = sum(not call.has_end for call in exchange.calls)
    assert server.number(open_ones) == lost
    Shell(server, CLOSE).end()
    assert server.number(open_ones) == 0
    rows = server.query(
        "SELECT call.call_ref || ' ' || round(talk.duration * 3600)"
        "  FROM its_interaction AS talk"
        "  JOIN its_phone_call AS call ON call.id = talk.phone_call_id"
    )
    expected = [f"{ref} {seconds}" for ref, seconds in exchange.talks().items()]
    assert sorted(rows) == sorted(expected)
    assert server.number("SELECT count(*) FROM its_interaction") == len(expected)
    tasks = server.query(
        "SELECT client.name || ' ' || count(call.id)"
        "  FROM mail_activity AS task"
        "  JOIN res_partner AS client ON client.id = task.its_client_id"
        "  JOIN its_phone_call AS call ON call.callback_id = task.id"
        "   AND call.date_called_back IS NULL AND call.state = 'missed'"
        " WHERE task.active AND task.its_phone_key IS NOT NULL"
        " GROUP BY task.id, client.name"
    )
    expected = [f"{name} {many}" for name, many in exchange.to_call_back().items()]
    assert sorted(tasks) == sorted(expected)


# The end of some calls never comes; four hours later they are closed.
CLOSE = """
from odoo.addons.its_quality.models.phone.journal import Journal
for call in env["its.phone.call"].search([("state", "=", "open")]):
    Journal(call.connection_id).close(call)
env.cr.commit()
"""
