"""Users from 1C on a real server: two who confirm at once, a server that is killed, and
how many letters really go."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import pytest
from letters import LetterBox
from odoo_server import OdooServer, Refused, Session
from odoo_shell import Shell

PASSWORD = "users"
FILL = """
import base64
env["ir.mail_server"].create(
    {{"name": "Letters", "smtp_host": "127.0.0.1", "smtp_port": {port}}}
)
groups = [env.ref("base.group_erp_manager").id]
groups.append(env.ref("its_quality.group_administrator").id)
for number in range(2):
    login = f"boss{{number}}"
    env["res.users"].with_context(no_reset_password=True).create({{
        "name": login, "login": login, "password": "users",
        "email": f"{{login}}@example.com", "group_ids": [(6, 0, groups)],
    }})
# Odoo's digest goes by post, too, some hours after the installation.
env.ref("digest.ir_cron_digest_scheduler_action").active = False
source = env["its.import.source"].create({{"name": "База"}})
for letters in ("ab", "cd", "e"):
    rows = ["Полное имя;E-mail"]
    rows += [f"Человек {{x}};{{x}}@example.com" for x in letters]
    job = env["its.user.import"].create({{
        "source_id": source.copy({{"name": letters}}).id,
        "file": base64.b64encode("\\n".join(rows).encode()),
        "file_name": letters,
    }})
    job.action_check()
    job.line_ids.write({{"role": "client_manager"}})
env.cr.commit()
"""
NO_LINKS = "LOCK TABLE its_user_link IN EXCLUSIVE MODE"


@pytest.fixture(scope="module")
def box() -> Iterator[LetterBox]:
    box = LetterBox()
    yield box
    box.shutdown()


@pytest.fixture(scope="module")
def server(box: LetterBox) -> Iterator[OdooServer]:
    server = OdooServer("users")
    try:
        Shell(server, FILL.format(port=box.port)).end()
        server.start()
        yield server
    finally:
        box.answering.set()
        server.remove()


def job_of(server: OdooServer, name: str) -> int:
    return server.number(f"SELECT id FROM its_user_import WHERE file_name = '{name}'")


def people(server: OdooServer) -> list[str]:
    return server.query(
        "SELECT login FROM res_users WHERE login LIKE '_@example.com' ORDER BY login"
    )


def press(session: Session, outcomes: list[str], job: int) -> None:
    # A server that was killed answers nobody.
    with contextlib.suppress(OSError):
        try:
            session.call("its.user.import", "action_confirm", [job])
            outcomes.append("")
        except Refused as refused:
            outcomes.append(str(refused))


def test_two_confirm_at_once(server: OdooServer, box: LetterBox) -> None:
    job = job_of(server, "ab")
    outcomes: list[str] = []
    threads = [
        threading.Thread(
            target=press, args=[server.sign_in(f"boss{n}", PASSWORD), outcomes, job]
        )
        for n in range(2)
    ]
    # Whoever is first waits here with the first account made.
    with server.holding(NO_LINKS):
        threads[0].start()
        server.wait_until(server.is_waiting, "one is writing whom he has made")
        threads[1].start()
        assert box.letters == [], "no letter before the account is there for certain"
    for thread in threads:
        thread.join()
    assert sorted(outcomes)[0] == ""
    assert "has already been confirmed" in sorted(outcomes)[1]
    assert people(server) == ["a@example.com", "b@example.com"]
    server.wait_until(lambda: len(box.letters) >= 2, "the letters have come")
    sent = "SELECT count(*) FROM its_user_import_line WHERE invitation = 'sent'"
    server.wait_until(lambda: server.number(sent) == 2, "they are noted as sent")
    assert box.addresses() == ["a@example.com", "b@example.com"]
    assert all("/web/signup" in letter.text for letter in box.letters)


def test_killed_while_accounts_are_made(server: OdooServer, box: LetterBox) -> None:
    box.letters.clear()
    job = job_of(server, "cd")
    outcomes: list[str] = []
    session = server.sign_in("boss0", PASSWORD)
    thread = threading.Thread(target=press, args=[session, outcomes, job])
    with server.holding(NO_LINKS):
        thread.start()
        server.wait_until(server.is_waiting, "one is writing whom he has made")
        server.kill()
    thread.join()
    assert outcomes == []
    assert people(server) == ["a@example.com", "b@example.com"], "all or nothing"
    server.start()
    press(server.sign_in("boss0", PASSWORD), outcomes, job)
    assert outcomes == [""]
    server.wait_until(lambda: len(box.letters) >= 2, "the letters have come")
    assert box.addresses() == ["c@example.com", "d@example.com"], "one letter each"


def test_killed_while_a_letter_goes(server: OdooServer, box: LetterBox) -> None:
    sent = "SELECT count(*) FROM its_user_import_line WHERE invitation = 'sent'"
    server.wait_until(lambda: server.number(sent) == 4, "the others are noted as sent")
    box.letters.clear()
    box.arrived.clear()
    box.answering.clear()
    outcomes: list[str] = []
    press(server.sign_in("boss0", PASSWORD), outcomes, job_of(server, "e"))
    assert outcomes == [""]
    assert box.arrived.wait(60), "the letter has come"
    server.kill()
    box.answering.set()
    server.start()
    unsure = "SELECT count(*) FROM its_user_import_line WHERE invitation = 'unknown'"
    server.wait_until(lambda: server.number(unsure) == 1, "the job has looked again")
    assert box.addresses() == ["e@example.com"], "what may have gone is not sent again"
    assert people(server)[-1] == "e@example.com"
