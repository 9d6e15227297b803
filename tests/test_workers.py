"""./its serve with workers: pages learn of news, by the port it tells a proxy to use."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator

import pytest
import websocket
from odoo_server import WAIT, OdooServer
from odoo_shell import Shell
from playwright.sync_api import Page, Playwright, sync_playwright
from proxy import Proxy

from dev import chromium
from dev.processes import is_alive

TOLD = re.compile(r"/websocket to port (\d+) and the rest to (\d+)")
STARTED = re.compile(
    r"^\S+ \S+ (\d+) INFO .*Evented Service \(longpolling\) running on \S+:(\d+)",
    re.MULTILINE,
)
# What our gevent, newer than the one Odoo was made with, says of its code.
OF_GEVENT = "DeprecationWarning: Queue(0)"

PASSWORD = "by-the-bus"
# A claim that waits for the quality manager, and then for the head. Odoo counts what is
# due by the day of UTC.
FILL = f"""
env.company.resource_calendar_id.tz = "UTC"
def user(login, group):
    return env["res.users"].create({{
        "name": login, "login": login, "password": "{PASSWORD}",
        "email": f"{{login}}@example.com", "tz": "UTC",
        "group_ids": [(6, 0, env.ref(f"its_quality.{{group}}").ids)],
    }})
user("quality", "group_quality_manager")
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
TODOS = ".o-mail-ActivityMenu-counter"


@pytest.fixture(scope="module")
def server() -> Iterator[OdooServer]:
    server = OdooServer("workers")
    try:
        Shell(server, FILL).end()
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


def open_browser(playwright: Playwright, address: str, login: str) -> Page:
    """Open a browser of somebody's own, and sign in."""
    browser = playwright.chromium.launch(
        executable_path=chromium.find(), args=["--no-sandbox", "--disable-gpu"]
    )
    page = browser.new_page(base_url=address)
    page.set_default_timeout(WAIT * 1000)
    page.goto("/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_selector(".o_main_navbar")
    return page


@pytest.mark.skipif(not chromium.find(), reason="there is no browser")
def test_a_todo_appears_in_another_browser(server):
    """What a quality manager does in one is counted in the head's, who does nothing."""
    started(server)
    [(websocket_port, main_port)] = TOLD.findall(log_of(server))
    proxy = Proxy(int(main_port), int(websocket_port))
    with proxy, sync_playwright() as playwright:
        quality = open_browser(playwright, proxy.address, "quality")
        head = open_browser(playwright, proxy.address, "head")
        present = """
            SELECT count(*) FROM mail_presence presence
              JOIN res_users ON res_users.id = presence.user_id
             WHERE login = 'head' AND status = 'online'
        """
        server.wait_until(lambda: server.number(present), "the head's page is heard of")
        assert head.locator(TODOS).count() == 0

        claim = server.number("SELECT id FROM its_claim")
        quality.goto(f"/odoo/action-its_quality.its_claim_action/{claim}")
        quality.click("button[name=action_dispatch]")
        head.wait_for_selector(TODOS)
        assert head.inner_text(TODOS) == "1"
        head.click(TODOS)
        assert "Claim" in head.inner_text(".o-mail-ActivityGroup")


def test_all_of_it_ends_with_ctrl_c(server):
    process_id, _port = started(server)
    assert server.end() == 0
    server.wait_until(lambda: not is_alive(int(process_id)), "all of it has ended")
