"""./its serve with workers: pages learn of news, by the port it tells a proxy to use."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator

import pytest
import websocket
from odoo_server import WAIT, OdooServer

from dev.processes import is_alive

TOLD = re.compile(r"/websocket to port (\d+) and the rest to (\d+)")
STARTED = re.compile(
    r"^\S+ \S+ (\d+) INFO .*Evented Service \(longpolling\) running on \S+:(\d+)",
    re.MULTILINE,
)
# What our gevent, newer than the one Odoo was made with, says of its code.
OF_GEVENT = "DeprecationWarning: Queue(0)"


@pytest.fixture(scope="module")
def server() -> Iterator[OdooServer]:
    server = OdooServer("workers")
    try:
        server.serve(workers=2)
        yield server
    finally:
        server.end()
        server.remove()


def log_of(server: OdooServer) -> str:
    return server.log.read_text(encoding="utf-8")


def started(server: OdooServer) -> tuple[str, str]:
    """Return the id and the port of the process for websockets, started but once."""
    server.wait_until(lambda: STARTED.search(log_of(server)), "websockets are served")
    [process] = STARTED.findall(log_of(server))
    return process


def test_news_come_by_the_port_that_is_told(server):
    """A to-do that one worker makes is heard of by whoever listens on that port."""
    process_id, opened_port = started(server)
    [(websocket_port, main_port)] = TOLD.findall(log_of(server))
    assert (main_port, opened_port) == (str(server.port), websocket_port)

    address = f"127.0.0.1:{websocket_port}"
    with urllib.request.urlopen(f"http://{address}/websocket/health") as answer:
        assert json.load(answer) == {"status": "pass"}
    session = server.sign_in("admin", "admin")
    listener = websocket.create_connection(
        f"ws://{address}/websocket", timeout=WAIT, cookie=session.cookie
    )
    try:
        asked = {"channels": [], "last": 0}
        listener.send(json.dumps({"event_name": "subscribe", "data": asked}))
        [user] = session.call("res.users", "search", [["login", "=", "admin"]])
        [partner] = session.call("res.partner", "search", [], limit=1)
        session.call(
            "res.partner",
            "activity_schedule",
            [partner],
            act_type_xmlid="mail.mail_activity_data_todo",
            date_deadline="2020-01-01",
            user_id=user,
        )
        heard: list[str] = []
        while "mail.activity/updated" not in heard:
            heard += [one["message"]["type"] for one in json.loads(listener.recv())]
    finally:
        listener.close()

    # It is the same process still, and it had nothing to complain of.
    assert started(server) == (process_id, opened_port)
    assert is_alive(int(process_id))
    assert [one for one in server.complaints(since=0) if OF_GEVENT not in one] == []


def test_all_of_it_ends_with_ctrl_c(server):
    process_id, _port = started(server)
    assert server.end() == 0
    server.wait_until(lambda: not is_alive(int(process_id)), "all of it has ended")
