"""What a client sends becomes one claim, whatever happens meanwhile: on a real server,
with transactions that get into each other's way."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from browser import Browser, Page
from odoo_server import OdooServer
from odoo_shell import Shell

PASSWORD = "only-once"
FILL = f"""
env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2c")
env["res.users"].create({{
    "name": "quality", "login": "quality", "email": "quality@example.com",
    "group_ids": [(6, 0, env.ref("its_quality.group_quality_manager").ids)],
}})
client = env["res.partner"].create(
    {{"name": "ООО «Клиент»", "is_company": True, "its_client": True,
      "email": "firm@client.example.com"}}
)
for login in ("anna", "boris"):
    person = env["res.partner"].create({{
        "name": login, "parent_id": client.id, "email": f"{{login}}@client.example.com",
    }})
    env["res.users"].create({{
        "name": login, "login": login, "password": "{PASSWORD}",
        "partner_id": person.id,
        "group_ids": [(6, 0, env.ref("base.group_portal").ids)],
    }})
env.cr.commit()
"""
FIRM = "(SELECT id FROM res_partner WHERE name = 'ООО «Клиент»')"
# A colleague saves the card.
SAVED = f"UPDATE res_partner SET comment = 'Новое' WHERE id = {FIRM}"
PEOPLE = f"UPDATE res_partner SET comment = 'Новое' WHERE parent_id = {FIRM}"
# Whoever registers a claim has it in hand when he gets here.
STOP = "LOCK TABLE its_claim_movement IN EXCLUSIVE MODE"
# As if another transaction had been faster, as often as is said; a sequence is not
# rolled back.
STUMBLE = """
CREATE SEQUENCE stumbles;
CREATE FUNCTION stumble() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('stumbles') <= {times} THEN
        RAISE EXCEPTION 'faster' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stumble AFTER INSERT ON {table}
    FOR EACH ROW EXECUTE FUNCTION stumble();
"""
UPRIGHT = "DROP FUNCTION stumble CASCADE; DROP SEQUENCE stumbles"
FILES = [("one.txt", "Первый".encode()), ("two.txt", "Второй".encode())]


@pytest.fixture(scope="module")
def server() -> Iterator[OdooServer]:
    server = OdooServer("once")
    try:
        Shell(server, FILL).end()
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(autouse=True)
def nobody_is_limited(server: OdooServer) -> None:
    server.query("DELETE FROM its_claim_attempt")


def portal(server: OdooServer, login: str = "anna") -> Browser:
    return Browser(server, login, PASSWORD)


class Form:
    """A page with a form for a claim, open in a browser.

    :param browser: whose
    """

    def __init__(self, browser: Browser, path: str) -> None:
        self.browser = browser
        self.path = path
        page = browser.open(path)
        assert page.status == 200, page.text
        self.fields = page.hidden

    def send(self, subject: str, files: list[tuple[str, bytes]] = FILES) -> Page:
        fields = {"subject": subject, "description": "Что-то случилось"}
        if self.path == "/its/claim":
            fields |= {"name": "Ольга", "email": f"{subject}@novaya.example.com"}
        page = self.browser.send(self.path, {**self.fields, **fields}, files)
        self.is_of_claim(page, subject)
        return page

    def is_of_claim(self, page: Page, subject: str) -> None:
        """The page that follows is of a claim that is there."""
        assert page.status == 200, page.text[-2000:]
        if self.path == "/its/claim":
            assert page.url.endswith("/its/claim/sent"), page.text[-2000:]
            assert re.search(r"RC-\d+", page.text), page.text[-2000:]
        else:
            assert re.search(r"/my/claims/\d+$", page.url), page.url
            assert f"{subject}</h1>" in page.text


def portal_form(server: OdooServer) -> Form:
    return Form(portal(server), "/my/claims/new")


def public_form(server: OdooServer) -> Form:
    return Form(Browser(server), "/its/claim")


FORMS = pytest.mark.parametrize("form_of", [portal_form, public_form])


def claims(server: OdooServer, subject: str) -> list[str]:
    return server.query(f"SELECT id FROM its_claim WHERE subject = '{subject}'")


def has_its_files(server: OdooServer, subject: str) -> bool:
    [claim] = claims(server, subject)
    names = server.query(
        "SELECT name FROM ir_attachment WHERE res_model = 'its.claim'"
        f" AND res_id = {claim} ORDER BY name"
    )
    return names == [name for name, _content in FILES]


def at_once(*todos: Callable[[], object]) -> list[threading.Thread]:
    threads = [threading.Thread(target=todo) for todo in todos]
    for thread in threads:
        thread.start()
    return threads


@pytest.mark.parametrize("held", [SAVED, PEOPLE])
@FORMS
def test_somebody_saves_the_card_meanwhile(
    server: OdooServer, form_of: Callable[[OdooServer], Form], held: str
) -> None:
    """Nothing waits for whoever writes to the card, so nothing is undone by him."""
    subject = f"card-{form_of.__name__}-{held == SAVED}"
    form = form_of(server)
    with server.holding(held, commit=True):
        form.send(subject)
    assert has_its_files(server, subject)


def test_nothing_from_outside_writes_to_the_card(server: OdooServer) -> None:
    """The same for what a client writes and says later on."""
    written = f"SELECT xmin FROM res_partner WHERE id = {FIRM} OR parent_id = {FIRM}"
    before = server.query(written)
    portal_form(server).send("untouched")
    assert server.query(written) == before


def test_two_people_of_one_firm_at_once(server: OdooServer) -> None:
    each = 12
    forms = [
        Form(portal(server, login), "/my/claims/new") for login in ("anna", "boris")
    ]
    failed: list[AssertionError] = []

    def send_all(form: Form) -> None:
        try:
            for number in range(each):
                form.send(f"firm-{id(form)}-{number}", files=[])
        except AssertionError as error:
            failed.append(error)

    for thread in at_once(*(lambda form=form: send_all(form) for form in forms)):
        thread.join()
    assert not failed
    count = "SELECT count(*) FROM its_claim WHERE subject LIKE 'firm-%'"
    assert server.number(count) == 2 * each


@pytest.mark.parametrize("table", ["its_claim", "mail_mail", "ir_attachment"])
@FORMS
def test_odoo_tries_again(
    server: OdooServer, form_of: Callable[[OdooServer], Form], table: str
) -> None:
    subject = f"again-{form_of.__name__}-{table}"
    form = form_of(server)
    server.query(STUMBLE.format(times=1, table=table))
    try:
        form.send(subject)
    finally:
        server.query(UPRIGHT)
    assert has_its_files(server, subject)


@FORMS
def test_a_double_click(
    server: OdooServer, form_of: Callable[[OdooServer], Form]
) -> None:
    subject = f"double-{form_of.__name__}"
    form = form_of(server)
    pages: list[Page] = []
    with server.holding(STOP):
        threads = at_once(*[lambda: pages.append(form.send(subject))] * 2)
        server.wait_until(
            lambda: (
                server.number(
                    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                    " AND datname = current_database()"
                )
                == 2
            ),
            "one is registering it, the other waits for him",
        )
    for thread in threads:
        thread.join()
    # Going back, and sending it once more.
    pages.append(form.send(subject))
    assert len(pages) == 3
    assert len({page.url for page in pages}) == 1
    assert len({re.search(r"RC-\d+", page.text)[0] for page in pages}) == 1
    assert has_its_files(server, subject)


@FORMS
def test_two_windows(server: OdooServer, form_of: Callable[[OdooServer], Form]) -> None:
    subject = f"windows-{form_of.__name__}"
    first = form_of(server)
    second = Form(first.browser, first.path)
    for form in (first, second, first):
        form.send(subject)
    assert has_its_files(server, subject)
    # Whoever opens the form anew, or writes something else, means another claim.
    Form(first.browser, first.path).send(subject)
    assert len(claims(server, subject)) == 2
    second.send(f"other-{subject}")
    assert len(claims(server, f"other-{subject}")) == 1


@FORMS
def test_the_server_dies_meanwhile(
    server: OdooServer, form_of: Callable[[OdooServer], Form]
) -> None:
    subject = f"killed-{form_of.__name__}"
    form = form_of(server)

    def lost() -> None:
        with suppress(OSError):
            form.send(subject)

    with server.holding(STOP):
        threads = at_once(lost)
        server.wait_until(server.is_waiting, "it is being registered")
        server.kill()
    for thread in threads:
        thread.join()
    assert claims(server, subject) == []
    server.start()
    form.send(subject)
    assert has_its_files(server, subject)


@FORMS
def test_in_vain(server: OdooServer, form_of: Callable[[OdooServer], Form]) -> None:
    """Nothing of a claim is left where Odoo has given up, nor a word of it."""
    subject = f"vain-{form_of.__name__}"
    form = form_of(server)
    server.query(STUMBLE.format(times=5, table="its_claim"))
    try:
        with pytest.raises(AssertionError):
            form.send(subject)
    finally:
        server.query(UPRIGHT)
    assert claims(server, subject) == []
    assert "RC-" not in form.browser.open("/its/claim/sent").text
    form.send(subject)
    assert has_its_files(server, subject)
