"""Two people at one claim in the same moment, on a real server: one wins, the other is
told so in a sentence."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from odoo_server import OdooServer, Refused, Session
from odoo_shell import Shell

PASSWORD = "at-once"
FILL = f"""
def user(login, group):
    return env["res.users"].create({{
        "name": login, "login": login, "password": "{PASSWORD}",
        "email": f"{{login}}@example.com",
        "group_ids": [(6, 0, env.ref(f"its_quality.{{group}}").ids)],
    }})
quality = [user(f"quality{{n}}", "group_quality_manager") for n in range(2)]
head = user("head", "group_head")
team = env["its.team"].create({{"name": "Направление", "head_id": head.id}})
client = env["res.partner"].create(
    {{"name": "ООО «Клиент»", "is_company": True, "its_client": True}}
)
env["its.claim"].create(
    {{"subject": "Не работает", "partner_id": client.id, "team_id": team.id}}
)
env.cr.commit()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[OdooServer]:
    server = OdooServer("claims")
    try:
        Shell(server, FILL).end()
        server.start()
        yield server
    finally:
        server.remove()


def press(session: Session, outcomes: list[str], method: str, claim: int) -> None:
    try:
        session.call("its.claim", method, [claim])
        outcomes.append("")
    except Refused as refused:
        outcomes.append(str(refused))


def test_two_press_at_once(server: OdooServer) -> None:
    claim = server.number("SELECT id FROM its_claim")
    sessions = [server.sign_in(f"quality{n}", PASSWORD) for n in range(2)]
    outcomes: list[str] = []
    threads = [
        threading.Thread(target=press, args=[s, outcomes, "action_dispatch", claim])
        for s in sessions
    ]
    # Whoever is first waits here with the claim in his hands.
    with server.holding("LOCK TABLE its_claim_movement IN EXCLUSIVE MODE"):
        threads[0].start()
        server.wait_until(server.is_waiting, "one is writing the movement")
        threads[1].start()
        threads[1].join()
    threads[0].join()
    assert "" in outcomes
    assert [text for text in outcomes if "Someone else is moving this claim" in text]
    movements = f"SELECT count(*) FROM its_claim_movement WHERE claim_id = {claim}"
    assert server.number(movements) == 2
    assert server.number("SELECT count(*) FROM mail_activity WHERE active") == 1


def test_the_later_one_is_told_who_was_first(server: OdooServer) -> None:
    claim = server.number("SELECT id FROM its_claim")
    outcomes: list[str] = []
    press(server.sign_in("quality1", PASSWORD), outcomes, "action_dispatch", claim)
    assert "has moved it" in outcomes[0]
    assert "quality" in outcomes[0]
