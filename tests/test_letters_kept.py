"""A letter that Odoo fails to take in, in a transaction that is really undone: it is in
the list of letters set aside, whoever brought it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from odoo_server import OdooServer
from odoo_shell import Shell

FILL = """
env["mail.alias.domain"].search([]).unlink()
env.company.alias_domain_id = env["mail.alias.domain"].create(
    {"name": "its.example.org"}
)
env.company.its_claim_alias = "quality"
env.cr.commit()
"""
# The claims cannot be written: their table is as if the disk were full.
FAIL = """
env.cr.execute("ALTER TABLE its_claim ADD CONSTRAINT made_up CHECK (false) NOT VALID")
env.cr.commit()
import logging
logging.getLogger("odoo.sql_db").setLevel(logging.CRITICAL)
raw = (
    b"From: a@b.example.com\\nTo: quality@its.example.org\\n"
    b"Subject: %s\\nMessage-Id: <%s@t>\\n\\nwords"
)
"""
END = """
env.cr.execute("ALTER TABLE its_claim DROP CONSTRAINT made_up")
env.cr.commit()
"""
FETCHED = (
    FAIL
    + """
from unittest.mock import patch

class Connection:
    def check_unread_messages(self):
        return 2
    def retrieve_unread_messages(self):
        yield 1, raw % (b"one", b"one")
        yield 2, raw % (b"two", b"two")
    def handled_message(self, number):
        print("HANDLED", number)
    def disconnect(self):
        pass

logging.getLogger("odoo.addons.mail.models.fetchmail").setLevel(logging.WARNING)
server = env["fetchmail.server"].create(
    {"name": "x", "server": "mail.example.org", "state": "done"}
)
env.cr.commit()
with patch.object(type(server), "_connect__", lambda *_args, **_kw: Connection()):
    server._fetch_mail()
"""
    + END
)
PIPED = (
    FAIL
    + """
for turn in range(2):
    try:
        env["mail.thread"].message_process(None, raw % (b"piped", b"piped"))
    except Exception as error:
        print("FAILED", type(error).__name__)
        env.cr.rollback()
"""
    + END
)
PRESS = """
for letter in env["its.letter"].search([("subject", "in", ("one", "piped"))]):
    letter.action_make_claim()
env.cr.commit()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[OdooServer]:
    server = OdooServer("letters")
    try:
        Shell(server, FILL).end()
        yield server
    finally:
        server.remove()


def test_fetched(server: OdooServer) -> None:
    """The mailbox is told that they were read, so here they have to be."""
    assert Shell(server, FETCHED).end().count("HANDLED") == 2
    assert server.number("SELECT count(*) FROM its_letter WHERE reason = 'failed'") == 2
    assert server.number("SELECT count(*) FROM its_claim") == 0


def test_brought_twice(server: OdooServer) -> None:
    """A mail server tries again: it is told each time, and one is kept."""
    assert Shell(server, PIPED).end().count("FAILED") == 2
    assert server.number("SELECT count(*) FROM its_letter WHERE subject = 'piped'") == 1


def test_made_claims_later(server: OdooServer) -> None:
    Shell(server, PRESS).end()
    assert server.number("SELECT count(*) FROM its_claim") == 2
    assert (
        server.number("SELECT count(*) FROM its_letter WHERE claim_id IS NOT NULL") == 2
    )
