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


def test_words_make_claims_on_every_line(session, fake, connection) -> None:
    [other] = session.call(
        "its.connect",
        "create",
        [
            {
                "keywords": "жалоба",
                "rest_url": f" {fake.url}/ ",
                "rest_login": LOGIN,
                "rest_password": PASSWORD,
                "line_ids": [(0, 0, {"name": "ЭДО", "line_ref": LINE})],
            }
        ],
    )
    before = len(fake.hooks)
    session.call("its.connect", "action_register_hook", [other])
    [hook] = fake.hooks[before:]
    del fake.hooks[before:]
    assert "id" not in hook


@pytest.mark.parametrize(
    ("mode", "changes", "sentence"),
    [
        ("well", {"rest_password": "wrong"}, "does not accept the login"),
        ("well", {"rest_login": "Логин"}, "does not accept the login"),
        ("well", {"rest_url": "http://example.com"}, "begins with https"),
        ("well", {"rest_url": "push.1c-connect.com"}, "begins with https"),
        ("well", {"rest_url": "https://[x"}, "begins with https"),
        ("well", {"rest_url": "https://no-such.invalid"}, "was not found"),
        ("well", {"rest_url": "http://127.0.0.1:9"}, "port 9"),
        ("busy", {}, "Too many requests"),
        ("html", {}, "not a response from 1C-Connect"),
        ("broken", {}, "not a response from 1C-Connect"),
        ("cut", {}, "was interrupted"),
        ("slow", {}, "did not respond within 15 seconds"),
    ],
)
def test_why_it_is_not(
    server, session, fake, connection, mode, changes, sentence
) -> None:
    """A sentence for each, and the secret that was is still the one that counts."""
    [other] = session.call(
        "its.connect",
        "create",
        [
            {
                "name": "Другое",
                "rest_url": fake.url,
                "rest_login": LOGIN,
                "rest_password": PASSWORD,
                **changes,
            }
        ],
    )
    session.call("its.connect", "action_new_secret", [other])
    digest = f"SELECT secret_digest FROM its_connect WHERE id = {other}"
    [before] = server.query(digest)
    fake.mode = mode
    try:
        with pytest.raises(Refused, match=sentence):
            session.call("its.connect", "action_register_hook", [other])
    finally:
        fake.mode = "well"
    assert server.query(digest) == [before]


def conversations(count: int, words: int) -> list[list[dict]]:
    """What so many clients write, each so often."""
    users = [str(uuid.uuid4()) for _number in range(count)]
    return [
        [message(LINE, f"{user} {word}", user_id=user) for word in range(words)]
        for user in users
    ]


def test_at_full_rate(server, fake, connection, capsys) -> None:
    """Nothing is lost, nothing is taken twice, and the log is clean."""
    before = server.number(COUNT)
    size = server.log.stat().st_size
    # Everybody writes twice, the second time when all have written once.
    clients = conversations(RATE * SECONDS // 2, 2)
    events = [event for turn in zip(*clients, strict=True) for event in turn]
    started = time.monotonic()

    def send(number: int) -> dict:
        time.sleep(max(0.0, started + number / RATE - time.monotonic()))
        status, answer = fake.tell(events[number], server.port)
        assert status == 200, status
        return answer

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(len(events))))
    seconds = time.monotonic() - started
    with capsys.disabled():
        print(f" {len(events) / seconds:.1f} events/s", end="")
    half = len(clients)
    assert {answer["status"] for answer in answers[:half]} == {"registered"}
    assert {answer["status"] for answer in answers[half:]} == {"added"}
    claims = [answer["claim"] for answer in answers]
    assert claims[:half] == claims[half:]
    assert len(set(claims)) == half
    assert server.number(COUNT) - before == half
    for client in clients:
        [second] = server.query(
            "SELECT count(*) FROM mail_message"
            f" WHERE model = 'its.claim' AND body LIKE '%{client[1]['text']}%'"
        )
        assert second == "1"
    assert server.complaints(size) == []


def at_once(fake, server, events: list[dict]) -> list[dict]:
    """Tell events in the same moment; each is taken."""
    barrier = threading.Barrier(len(events))

    def send(event: dict) -> tuple[int, dict]:
        barrier.wait()
        return fake.tell(event, server.port)

    with ThreadPoolExecutor(len(events)) as pool:
        answers = list(pool.map(send, events))
    assert {status for status, _answer in answers} == {200}
    return [answer for _status, answer in answers]


def test_one_message_many_times_at_once(server, fake, connection) -> None:
    before = server.number(COUNT)
    size = server.log.stat().st_size
    answers = at_once(fake, server, [message(LINE)] * 8)
    assert server.number(COUNT) - before == 1
    assert all(answer == answers[0] for answer in answers)
    assert server.complaints(size) == []


def test_one_message_by_two_connections_at_once(
    server, session, fake, connection
) -> None:
    """Of a firm that has two, with the same line in both."""
    [other] = session.call("its.connect", "copy", [connection], {"rest_login": LOGIN})
    session.call("its.connect", "write", [other], {"rest_password": PASSWORD})
    session.call(
        "its.connect.line",
        "create",
        [{"connect_id": other, "name": "ЭДО", "line_ref": LINE, "makes_claims": True}],
    )
    hook = fake.hooks[-1]
    session.call("its.connect", "action_register_hook", [other])
    hooks = [hook, fake.hooks.pop()]
    before = server.number(COUNT)
    for _turn in range(5):
        event = message(LINE)
        barrier = threading.Barrier(len(hooks))

        def send(hook: dict, event=event, barrier=barrier) -> tuple[int, dict]:
            barrier.wait()
            return fake.tell(event, server.port, hook)

        with ThreadPoolExecutor(len(hooks)) as pool:
            first, second = pool.map(send, hooks)
        assert first[0] == second[0] == 200
        assert first[1] == second[1]
    assert server.number(COUNT) - before == 5


def test_one_client_many_messages_at_once(server, fake, connection) -> None:
    """They are one claim, whichever of them comes first."""
    before = server.number(COUNT)
    size = server.log.stat().st_size
    [events] = conversations(1, 8)
    answers = at_once(fake, server, events)
    assert server.number(COUNT) - before == 1
    statuses = sorted(answer["status"] for answer in answers)
    assert statuses == ["added"] * 7 + ["registered"]
    assert server.complaints(size) == []


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
