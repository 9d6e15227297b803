"""Listening to Asterisk as a service: it goes on when Asterisk or PostgreSQL has been
restarted, and another takes over when it is dead."""

from __future__ import annotations

import importlib.util
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from odoo_server import WAIT, OdooServer
from odoo_shell import Shell
from tier import is_all

from dev import odoo_process
from dev.paths import ROOT

pytestmark = pytest.mark.skipif(not is_all(), reason="./its test --all starts services")
SECRET = "secret-of-the-exchange"
NOW = "now() AT TIME ZONE 'UTC'"
FILL = """
connection = env["its.phone.connection"].create({{
    "name": "Asterisk {kind}", "kind": "asterisk", "login": "odoo",
    "password": "{secret}", "address": "ami://127.0.0.1:{port}",
    "extension_ids": [(0, 0, {{"number": "101", "user_id": env.uid}})],
}})
env.cr.commit()
"""


def load(name: str):
    """Load a module of the tests inside Odoo that knows nothing of Odoo."""
    path = ROOT / "its_quality" / "tests" / "phone" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


fake_asterisk, real_asterisk = load("fake_asterisk"), load("real_asterisk")


class Fake(fake_asterisk.FakeAsterisk):
    """Tells a call from its beginning to its end."""

    calls = 0

    def __init__(self, _folder: Path) -> None:
        super().__init__("odoo", SECRET)

    def call(self) -> None:
        """Somebody calls 101, who answers."""
        self.calls += 1
        ref = f"fake-{self.calls}"
        trunk = {"Linkedid": ref, "Uniqueid": ref, "Channel": "PJSIP/trunk-00000001"}
        ours = {**trunk, "DestChannel": "PJSIP/101-00000002"}
        self.tell(
            [
                {**trunk, "Event": "Newchannel", "CallerIDNum": "+78332111111"},
                {**ours, "Event": "DialBegin"},
                {**ours, "Event": "DialEnd", "DialStatus": "ANSWER"},
                {**trunk, "Event": "Hangup"},
            ]
        )


class Real(real_asterisk.RealAsterisk):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder, SECRET)
        self.start()

    def call(self) -> None:
        self.call_line(real_asterisk.CLIENT)


class Service:
    """A process of ``odoo-bin its_phone``."""

    def __init__(self, server: OdooServer, log: Path) -> None:
        odoo = odoo_process.prepare(fast=True)
        self._log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                odoo.command("its_phone", "-d", server.database),
                # Before it knows the command, Odoo reads this one only.
                env={**odoo.env, "ODOO_RC": str(odoo.configuration)},
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def says(self, words: str, times: int = 1) -> bool:
        """Whether it has said something so often; it must be running."""
        said = self._log.read_text(encoding="utf-8", errors="replace")
        assert self.process.poll() is None, said
        assert "Traceback" not in said, said
        return said.count(words) >= times

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(WAIT)


@pytest.fixture(
    params=[
        Fake,
        pytest.param(
            Real,
            marks=pytest.mark.skipif(
                not real_asterisk.program(),
                reason="there is no Asterisk: neither on PATH nor in ITS_ASTERISK",
            ),
        ),
    ]
)
def exchange(request, tmp_path) -> Iterator[Fake | Real]:
    exchange = request.param(tmp_path / "asterisk")
    yield exchange
    exchange.stop()


def test_it_goes_on(phone_server, exchange, tmp_path) -> None:
    server, kind = phone_server, type(exchange).__name__
    fill = FILL.format(kind=kind, secret=SECRET, port=exchange.port)
    Shell(server, fill).end()
    of_ours = f"FROM its_phone_connection WHERE name = 'Asterisk {kind}'"
    heard = (
        "SELECT count(*) FROM its_phone_event"
        f" WHERE connection_id = (SELECT id {of_ours}) AND kind = 'ended'"
        " AND (SELECT count(*) FROM its_phone_event AS other"
        "       WHERE other.call_ref = its_phone_event.call_ref) = 3"
    )

    def holders() -> list[str]:
        return server.query(f"SELECT lease_holder {of_ours} AND lease_until > {NOW}")

    def wait_for(calls: int, after: str) -> None:
        server.wait_until(
            lambda: server.number(heard) == calls, f"the call {after} is heard", 0.5
        )

    first = Service(server, tmp_path / "first.log")
    server.wait_until(lambda: first.says("signed in"), "it listens", 0.5)
    second = Service(server, tmp_path / "second.log")
    server.wait_until(lambda: second.says("listening"), "another is there", 0.5)
    try:
        exchange.call()
        wait_for(1, "of an ordinary day")

        with server.without_database():
            exchange.call()
            server.wait_until(
                lambda: first.says("the database does not answer"), "it is lost", 0.5
            )
        wait_for(2, "while PostgreSQL was away")

        exchange.stop()
        exchange.start()
        server.wait_until(lambda: first.says("signed in", 2), "it listens again", 0.5)
        assert not second.says("signed in")
        exchange.call()
        wait_for(3, "after Asterisk was restarted")

        [holder] = holders()
        assert holder.endswith(f":{first.process.pid}")
        first.end(signal.SIGKILL)
        server.wait_until(lambda: second.says("signed in"), "the other listens", 0.5)
        exchange.call()
        wait_for(4, "after the first had died")

        # In order: whoever is next need not wait until the lease has run out.
        assert second.end(signal.SIGTERM) == 0
        assert holders() == []
    finally:
        for service in (first, second):
            service.process.kill()
            service.process.wait()
