"""A full disk, or one that is not there: whichever way a file comes, somebody is told in
a sentence, nothing is half kept, and the words are not lost with the file."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from browser import Browser, Page
from odoo_server import OdooServer, Refused
from odoo_shell import Shell

PASSWORD = "file-store"
SENTENCE = "The file was not saved"
LIMIT = 2**18
# What is larger is put aside by the server while it comes.
ASIDE = 500 * 1024
FILL = f"""
def user(login, group, **values):
    return env["res.users"].create({{
        "name": login, "login": login, "password": "{PASSWORD}",
        "email": f"{{login}}@example.com", "group_ids": [(6, 0, env.ref(group).ids)],
        **values,
    }})
user("chief", "its_quality.group_administrator")
client = env["res.partner"].create(
    {{"name": "ООО «Клиент»", "is_company": True, "its_client": True}}
)
person = env["res.partner"].create({{"name": "Анна", "parent_id": client.id}})
user("anna", "base.group_portal", partner_id=person.id)
env["its.claim"].create({{"subject": "Не работает", "partner_id": client.id}})
env.cr.commit()
"""
LETTER = """
import base64, resource
limit = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, limit[1]))
content = base64.encodebytes("{word}".encode() * 100_000).decode()
letter = '''From: Ольга <olga@novaya.example.com>
To: anybody@example.com
Subject: {subject}
Message-Id: <{subject}@novaya.example.com>
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Она не открывается.
--b
Content-Type: text/plain; name=act.txt
Content-Disposition: attachment; filename=act.txt
Content-Transfer-Encoding: base64

''' + content + '''
--b--
'''
import logging
logging.getLogger("odoo.addons.its_quality.models.base.ir_attachment").disabled = True
env["mail.thread"].message_process("its.claim", letter)
env.cr.commit()
"""
Way = Callable[[OdooServer, str], str]


@pytest.fixture(scope="module")
def server() -> Iterator[OdooServer]:
    server = OdooServer("files")
    try:
        Shell(server, FILL).end()
        server.start()
        yield server
    finally:
        server.remove()


def file_of(subject: str, size: int = LIMIT * 3 // 2) -> tuple[str, bytes]:
    """A text that is larger than what is left on the disk."""
    line = f"{subject};1\n".encode()
    content = "Наименование;Код\n".encode() + line * (size // len(line))
    return f"{subject}.txt", content


def token_of(page: Page) -> str:
    return re.search(r"csrf_token: \"([^\"]+)\"", page.text)[1]


# The ways: each tries to bring a file named after its subject, and returns what the one
# who sent it is told.


def public_form(server: OdooServer, subject: str) -> str:
    browser = Browser(server)
    fields = {
        **browser.open("/its/claim").hidden,
        "subject": subject,
        "description": "Текст",
        "name": "Ольга",
        "email": f"{subject}@novaya.example.com",
    }
    page = browser.send("/its/claim", fields, [file_of(subject)])
    assert page.status == 507 or page.url.endswith("/sent"), page.text[-2000:]
    assert page.status == 200 or f'value="{subject}"' in page.text, "what was typed"
    return page.text


def portal_form(server: OdooServer, subject: str) -> str:
    browser = Browser(server, "anna", PASSWORD)
    fields = {
        **browser.open("/my/claims/new").hidden,
        "subject": subject,
        "description": "Текст",
    }
    page = browser.send("/my/claims/new", fields, [file_of(subject)])
    assert page.status in (200, 507), page.text[-2000:]
    assert page.status == 200 or f'value="{subject}"' in page.text, "what was typed"
    return page.text


def upload(server: OdooServer, subject: str, login: str) -> str:
    browser = Browser(server, login, PASSWORD)
    claim = server.query("SELECT min(id) FROM its_claim")[0]
    fields = {
        "csrf_token": token_of(browser.open("/my/home")),
        "thread_id": claim,
        "thread_model": "its.claim",
        # As the page names it to whoever is logged in.
        "token": "login",
    }
    if login != "anna":
        del fields["token"]
    page = browser.send("/mail/attachment/upload", fields, [file_of(subject)], "ufile")
    assert page.status == 200, page.text[-2000:]
    return json.loads(page.text).get("error", "")


def portal_thread(server: OdooServer, subject: str) -> str:
    return upload(server, subject, "anna")


def staff_thread(server: OdooServer, subject: str) -> str:
    return upload(server, subject, "chief")


def staff_field(server: OdooServer, subject: str) -> str:
    browser = Browser(server, "chief", PASSWORD)
    fields = {
        "csrf_token": token_of(browser.open("/my/home")),
        "model": "its.claim",
        "id": server.query("SELECT min(id) FROM its_claim")[0],
    }
    page = browser.send(
        "/web/binary/upload_attachment", fields, [file_of(subject)], "ufile"
    )
    assert page.status == 200, page.text[-2000:]
    return json.loads(page.text)[0].get("error", "")


def called(server: OdooServer, model: str, method: str, *arguments, **options) -> str:
    try:
        server.sign_in("chief", PASSWORD).call(model, method, *arguments, **options)
    except Refused as refused:
        return str(refused)
    return ""


def call(server: OdooServer, subject: str) -> str:
    name, content = file_of(subject)
    values = {
        "name": name,
        "datas": base64.b64encode(content).decode(),
        "res_model": "its.claim",
        "res_id": server.number("SELECT min(id) FROM its_claim"),
    }
    return called(server, "ir.attachment", "create", values)


def import_of_clients(server: OdooServer, subject: str) -> str:
    name, content = file_of(subject)
    values = {"file": base64.b64encode(content).decode(), "file_name": name}
    return called(server, "its.import", "web_save", [], values, specification={})


WAYS = pytest.mark.parametrize(
    "way",
    [
        public_form,
        portal_form,
        portal_thread,
        staff_thread,
        staff_field,
        call,
        import_of_clients,
    ],
)


def full(server: OdooServer) -> AbstractContextManager[None]:
    return server.small_files(LIMIT)


def gone(server: OdooServer) -> AbstractContextManager[None]:
    return server.without_file_store()


@pytest.mark.parametrize("trouble", [full, gone])
@WAYS
def test_a_file_that_is_not_saved(
    server: OdooServer,
    way: Way,
    trouble: Callable[[OdooServer], AbstractContextManager[None]],
) -> None:
    subject = f"{way.__name__}-{trouble.__name__}"
    _name, content = file_of(subject)
    counted = [
        f"SELECT count(*) FROM {table}" for table in ("its_claim", "ir_attachment")
    ]
    counted.append("SELECT count(*) FROM its_import")
    before = [server.number(sql) for sql in counted]
    with trouble(server):
        said = way(server, subject)
    assert SENTENCE in said
    assert [server.number(sql) for sql in counted] == before
    # What was written of it is not taken for it.
    assert SENTENCE not in way(server, subject)
    checksum = hashlib.sha1(content).hexdigest()
    sql = f"SELECT store_fname FROM ir_attachment WHERE checksum = '{checksum}'"
    assert server.file(server.query(sql)[0]) == content


def test_a_file_that_does_not_even_come(server: OdooServer) -> None:
    """There is no room where files lie until all of them has come."""
    browser = Browser(server, "anna", PASSWORD)
    fields = {
        **browser.open("/my/claims/new").hidden,
        "subject": "aside",
        "description": "Текст",
    }
    file = file_of("aside", 2 * ASIDE)
    with server.small_files(ASIDE // 2):
        page = browser.send("/my/claims/new", fields, [file])
    assert page.status == 507
    assert SENTENCE in page.text
    assert browser.send("/my/claims/new", fields, [file]).status == 200


def test_a_letter_is_not_lost_with_its_file(server: OdooServer) -> None:
    script = LETTER.format(limit=LIMIT, word="никуда не помещается ", subject="letter")
    Shell(server, script).end()
    body = "\n".join(
        server.query(
            "SELECT m.body FROM mail_message m JOIN its_claim c ON c.id = m.res_id"
            " WHERE m.model = 'its.claim' AND c.subject = 'letter'"
            " AND m.message_type = 'email'"
        )
    )
    assert "Она не открывается." in body
    assert SENTENCE in body
    assert "act.txt" in body
