"""The telephone: whose number it is among few clients and among many; and events that an
exchange reports.

Clients are filled in by SQL; their numbers are taken over as the installation of the
addon takes them over. Events go to a real server with workers, in turns with requests to
a bare route of it that inserts a row; of each the median of the rounds counts. The job
that writes the journal afterwards does not run: it is no part of an answer.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import queue
import random
import statistics
import subprocess
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar

from ... import odoo_process
from ...paths import DEV, LOGS, ROOT
from ...server import free_port
from .. import filling
from ..case import Case, Limit, Part

FEW, MANY = 1_000, 100_000
RUNS = 2_000
# Requests of a round, and how many are on their way at once.
ROUNDS, REQUESTS, AT_ONCE = 7, 300, 4
BARE = DEV / "bench" / "addons"
SECRET = "secret-of-the-bench"
WAIT = 120


def match_few(env, clients):
    """Look numbers up among few clients."""
    return {"peer": _match(env, clients)}


def match_many(env, clients):
    """Look numbers up among many clients."""
    return {"ours": _match(env, clients), "rows": clients}


def _match(env, clients):
    """Seconds of a look-up; the median of many, of numbers that are there."""
    ids = list(_clients(env, clients, [env.uid]))
    numbers, times = env["its.phone.number"], []
    for client in random.Random(22).choices(ids, k=RUNS):
        started = time.perf_counter()
        found = numbers._cards(f"8912{client:07}", env.company)
        times.append(time.perf_counter() - started)
        assert found.ids == [client], (found, client)
    return statistics.median(times)


def _clients(env, clients, managers):
    """Make clients with numbers; return whose they are, by their ids."""
    filling.clients(env, clients, managers)
    env.cr.execute(
        "UPDATE res_partner SET phone = '+7 (912) ' || to_char(id, 'FM0000000')"
        " WHERE its_client"
    )
    env.cr.execute("DELETE FROM its_phone_number")
    env["its.phone.number"]._fill()
    env.cr.execute("ANALYZE its_phone_number")
    filling.analyze(env)
    env.cr.commit()
    env.cr.execute("SELECT id, user_id FROM res_partner WHERE its_client ORDER BY id")
    found = dict(env.cr.fetchall())
    assert len(found) == clients, len(found)
    return found


def event_answered(env, workers):
    """Requests per second: events of calls, and rows of a bare route."""
    env.cr.execute("CREATE TABLE its_bench_row (id serial PRIMARY KEY, body text)")
    key = _connection(env, filling.users(env, "client_manager", 3)).key
    env.cr.commit()
    events = _events()
    with _server(env.cr.dbname, workers) as (base, _websocket_port):
        ours, peer = [], []
        for _round in range(ROUNDS + 1):
            batch = list(itertools.islice(events, REQUESTS))
            peer.append(_rate(f"{base}/its_bench/row", batch))
            ours.append(_rate(f"{base}/its/phone/{key}", batch))
    count = REQUESTS * (ROUNDS + 1)
    # What others have written since is seen by a new transaction only.
    env.cr.commit()
    for table in ("its_phone_event", "its_bench_row"):
        env.cr.execute(f"SELECT count(*) FROM {table}")
        assert env.cr.fetchone() == (count,), table
    # In the first round the workers read what they know from then on.
    return {
        "ours": statistics.median(ours[1:]),
        "peer": statistics.median(peer[1:]),
        "rows": REQUESTS * ROUNDS,
    }


def _connection(env, users):
    """An exchange at which users have the extensions 100, 101, …"""
    return env["its.phone.connection"].create(
        {
            "name": "Bench",
            "password": SECRET,
            "extension_ids": [
                (0, 0, {"number": str(100 + place), "user_id": user.id})
                for place, user in enumerate(users)
            ],
        }
    )


def card_shown(env, workers, readers):
    """Seconds from an event to what the card shows, the slowest of all.

    :param readers: so many users have one open, and it rings at each, one after another
    """
    users = filling.users(env, "client_manager", readers)
    users[0].password = SECRET
    env.flush_all()
    env.cr.execute(
        "UPDATE res_users SET password ="
        " (SELECT password FROM res_users WHERE id = %s) WHERE id = ANY(%s)",
        [users[0].id, users.ids],
    )
    key = _connection(env, users).key
    numbers = {
        user: f"+7912{client:07}"
        for client, user in _clients(env, FEW, users.ids).items()
    }
    with (
        _server(env.cr.dbname, workers) as (base, websocket_port),
        contextlib.ExitStack() as stack,
    ):
        pages = [
            _Page(base, websocket_port, env.cr.dbname, login)
            for login in users.mapped("login")
        ]
        for page in pages:
            stack.enter_context(page)
        times = []
        # Once around, and the workers know what they know from then on.
        for turn in ("first", "second"):
            for place, (page, user) in enumerate(zip(pages, users, strict=True)):
                event = {
                    "event": "ringing",
                    "call_id": f"{turn}-{place}",
                    "from": numbers[user.id],
                    "direction": "in",
                    "extension": str(100 + place),
                }
                started = time.perf_counter()
                _post(f"{base}/its/phone/{key}", json.dumps(event).encode())
                card = page.card()
                times.append(time.perf_counter() - started)
                assert card["number"] == numbers[user.id], card
                assert [client["is_own"] for client in card["clients"]] == [True]
    return {"ours": max(times[readers:]), "rows": readers}


class _Page:
    """A page that somebody has open: it hears of calls, and asks for the card."""

    def __init__(self, base, websocket_port, database, login):
        self._base, self._port = base, websocket_port
        self._rung = queue.Queue()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar())
        )
        self._ask(
            "/web/session/authenticate",
            {"db": database, "login": login, "password": SECRET},
        )

    def __enter__(self):
        import websocket

        [jar] = [one for one in self._opener.handlers if hasattr(one, "cookiejar")]
        cookie = "; ".join(f"{one.name}={one.value}" for one in jar.cookiejar)
        self._socket = websocket.create_connection(
            f"ws://127.0.0.1:{self._port}/websocket", timeout=WAIT, cookie=cookie
        )
        asked = {"event_name": "subscribe", "data": {"channels": [], "last": 0}}
        self._socket.send(json.dumps(asked))
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_error):
        self._socket.close()

    def _listen(self):
        import websocket

        # A server hangs up on whoever does not answer that they are there.
        with contextlib.suppress(OSError, ValueError, websocket.WebSocketException):
            while heard := self._socket.recv():
                for one in json.loads(heard):
                    if one["message"]["type"] == "its_phone/ringing":
                        self._rung.put(one["message"]["payload"]["event"])

    def card(self):
        """Wait until it rings; return what the card shows."""
        event = self._rung.get(timeout=WAIT)
        return self._ask(
            "/web/dataset/call_kw/its.phone.desk/get_card",
            {
                "model": "its.phone.desk",
                "method": "get_card",
                "args": [event],
                "kwargs": {},
            },
        )

    def _ask(self, path, params):
        body = json.dumps({"jsonrpc": "2.0", "params": params}).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self._base + path, body, headers)
        with self._opener.open(request, timeout=WAIT) as answer:
            said = json.load(answer)
        assert "error" not in said, said["error"]["data"]["message"]
        return said["result"]


def _events():
    """Calls one after the other, each rings, is answered, and ends."""
    for number in itertools.count():
        of_all = {
            "call_id": f"call-{number}",
            "from": f"+7912{number:07}",
            "to": "+78332500000",
            "direction": "in",
        }
        there = {**of_all, "extension": f"10{number % 3}"}
        yield json.dumps({**there, "event": "ringing"}).encode()
        yield json.dumps({**there, "event": "answered"}).encode()
        yield json.dumps({**of_all, "event": "ended", "seconds": 60}).encode()


def _post(address, body):
    headers = {"Content-Type": "application/json", "X-Its-Secret": SECRET}
    request = urllib.request.Request(address, body, headers)
    with urllib.request.urlopen(request, timeout=WAIT) as answer:
        assert json.load(answer) == {"status": "taken"}


def _rate(address, bodies):
    """Requests per second."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        started = time.perf_counter()
        for _answer in pool.map(lambda body: _post(address, body), bodies):
            pass
        return len(bodies) / (time.perf_counter() - started)


@contextlib.contextmanager
def _server(database, workers):
    """Serve a database, and the bare route, until the block ends.

    :return: its address, and the port for websockets
    """
    odoo = odoo_process.prepare(fast=True)
    port = free_port(None, first=28169)
    lines = odoo.configuration.read_text(encoding="utf-8").splitlines()
    [paths] = [line for line in lines if line.startswith("addons_path")]
    arguments = ["-d", database, "--no-database-list", "--max-cron-threads", "0"]
    arguments += ["--workers", str(workers), "--http-port", str(port)]
    websocket_port = free_port(None, first=port + 1)
    arguments += ["--gevent-port", str(websocket_port)]
    arguments += ["--load", "base,web,its_bench_route", "--log-level", "warn"]
    arguments += ["--addons-path", f"{paths.partition('= ')[2]},{BARE}"]
    log = LOGS / f"{database}-server.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            odoo.command(*arguments),
            env=odoo.env,
            cwd=ROOT,
            stdout=output,
            stderr=output,
        ) as process,
    ):
        base = f"http://127.0.0.1:{port}"
        try:
            _wait_for(f"{base}/web/health", process, log)
            _wait_for(
                f"http://127.0.0.1:{websocket_port}/websocket/health", process, log
            )
            yield base, websocket_port
        finally:
            process.terminate()


def _wait_for(address, process, log):
    deadline = time.monotonic() + WAIT
    while True:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address, timeout=WAIT).close()
            return
        end = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        assert process.poll() is None and time.monotonic() < deadline, end
        time.sleep(0.2)


CASES = (
    Case(
        "phone.match",
        "whose number it is, at 100 000 clients",
        "s",
        (
            Part(match_few, arguments={"clients": FEW}),
            Part(match_many, arguments={"clients": MANY}),
        ),
        peer_name="1000 clients",
        required=(Limit("ratio", at_least=0.5),),
    ),
    Case(
        "phone.event",
        "taking an event of an exchange, on a server with two workers",
        "rows/s",
        (Part(event_answered, arguments={"workers": 2}),),
        "a bare route",
        (Limit("ratio", at_least=0.5),),
    ),
    Case(
        "phone.card",
        "from an event to the card of who calls, with 50 pages open: the slowest",
        "s",
        (Part(card_shown, arguments={"workers": 2, "readers": 50}),),
        required=(Limit("ours", at_most=1),),
    ),
)
