"""1С-Коннект and a real server: the hook is registered, events come at the rate at which
1С-Коннект sends them, twice at once, and while the server dies."""

from __future__ import annotations

import threading
import time
import urllib.error
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from fake_connect import LOGIN, PASSWORD, FakeConnect, message
from odoo_server import OdooServer, Refused, Session

RATE, SECONDS = 20, 10
LINE = str(uuid.uuid4())
COUNT = "SELECT count(*) FROM its_claim WHERE channel = 'connect'"


@pytest.fixture(scope="module")
def server() -> Iterator[OdooServer]:
    server = OdooServer("connect")
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeConnect]:
    fake = FakeConnect()
    yield fake
    fake.stop()


@pytest.fixture(scope="module")
def session(server) -> Session:
    return server.sign_in("admin", "admin")


@pytest.fixture(scope="module")
def connection(session, fake) -> int:
    """A connection with one line, registered in 1С-Коннект."""
    [connection] = session.call(
        "its.connect",
        "create",
        [
            {
                "name": "Проверка",
                "rest_url": fake.url,
                "rest_login": LOGIN,
                "rest_password": PASSWORD,
                "line_ids": [
                    (0, 0, {"name": "ЭДО", "line_ref": LINE, "makes_claims": True})
                ],
            }
        ],
    )
    session.call("its.connect", "action_register_hook", [connection])
    return connection


def test_the_hook_is_registered(fake, connection) -> None:
    hook = fake.hooks[-1]
    assert hook["type"] == "line"
    assert hook["id"] == LINE
    assert hook["back_auth"]["type"] == "bearer"
    assert len(hook["back_auth"]["token"]) > 30


@pytest.mark.parametrize(
    ("mode", "password", "sentence"),
    [
        ("well", "wrong", "does not accept the login"),
        ("busy", PASSWORD, "asked too often"),
        ("html", PASSWORD, "not as 1C-Connect does"),
        ("cut", PASSWORD, "cannot be reached"),
    ],
)
def test_why_it_is_not(session, fake, connection, mode, password, sentence) -> None:
    [other] = session.call(
        "its.connect",
        "create",
        [{"name": "Другое", "rest_url": fake.url, "rest_login": LOGIN}],
    )
    session.call("its.connect", "write", [other], {"rest_password": password})
    fake.mode = mode
    try:
        with pytest.raises(Refused, match=sentence):
            session.call("its.connect", "action_register_hook", [other])
    finally:
        fake.mode = "well"


def test_at_full_rate(server, fake, connection, capsys) -> None:
    """Nothing is lost, nothing is taken twice, and the log is clean."""
    before = server.number(COUNT)
    size = server.log.stat().st_size
    started = time.monotonic()

    def send(number: int) -> str:
        time.sleep(max(0.0, started + number / RATE - time.monotonic()))
        status, answer = fake.tell(message(LINE, f"Сообщение {number}"), server.port)
        assert status == 200, status
        return answer["claim"]

    total = RATE * SECONDS
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(send, range(total)))
    seconds = time.monotonic() - started
    with capsys.disabled():
        print(f" {total / seconds:.1f} events/s", end="")
    assert len(set(numbers)) == total
    assert server.number(COUNT) - before == total
    assert server.complaints(size) == []


def test_one_message_many_times_at_once(server, fake, connection) -> None:
    before = server.number(COUNT)
    event = message(LINE)
    barrier = threading.Barrier(8)

    def send(_number: int) -> tuple[int, dict]:
        barrier.wait()
        return fake.tell(event, server.port)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert server.number(COUNT) - before == 1
    told = {answer["claim"] for status, answer in answers if status == 200}
    assert len(told) == 1
    # Whoever was turned away asks again, and is told the same.
    assert fake.tell(event, server.port)[1]["claim"] in told


def test_the_server_dies_in_the_middle(server, fake, connection) -> None:
    before = server.number(COUNT)
    events = [message(LINE, f"№ {number}") for number in range(30)]

    def send(event: dict) -> bool:
        try:
            return fake.tell(event, server.port)[0] == 200
        except (urllib.error.URLError, OSError):
            return False

    with ThreadPoolExecutor(4) as pool:
        sent = [pool.submit(send, event) for event in events]
        sent[5].result()
        server.kill()
    server.start()
    assert before < server.number(COUNT) < before + len(events)
    for event in events:
        assert fake.tell(event, server.port)[0] == 200
    assert server.number(COUNT) - before == len(events)
