"""Registering claims, beside the tickets of the helpdesk of the OCA.

Both are installed in one database and take turns, so that a hiccup of the machine meets
both: claim by claim, in batches, from mails. The user is a quality manager, and of the
peer a manager, without superuser rights; mails come as the gateway brings them.

Ours writes to the client that it has got his message, wherever his address is known. In
the first two cases it is not, so that both only register. Where mails come in, the peer
writes, too, by the template of the stage, as it is meant to.
"""

from __future__ import annotations

from email.message import EmailMessage
from typing import NamedTuple

from ...templates import PEER
from ..case import Case, Limit, Part
from ..figures import Meter

NAME = "helpdesk_mgmt"
CLIENTS = 200
BATCH = 500
SUBJECT = "Не проводится реализация товаров"
WORDS = "Добрый день! С утра не проводится реализация: «Поле объекта не обнаружено».\n"


class Office(NamedTuple):
    """Whoever registers, and about whom."""

    env: object
    clients: list


def single(env, rounds, rows):
    """Register claims and tickets one by one, each with a commit."""
    office = _fill(env)

    def ours(first):
        for number in range(first, first + rows):
            office.env["its.claim"].create(_claim(office, number))
            env.cr.commit()

    def peer(first):
        for number in range(first, first + rows):
            office.env["helpdesk.ticket"].create(_ticket(office, number))
            env.cr.commit()

    return _in_turns(env, rounds, rows, ours, peer)


def batch(env, rounds, rows):
    """Register claims and tickets many at a time."""
    office = _fill(env)

    def ours(first):
        numbers = range(first, first + rows)
        office.env["its.claim"].create([_claim(office, number) for number in numbers])
        env.cr.commit()

    def peer(first):
        numbers = range(first, first + rows)
        office.env["helpdesk.ticket"].create(
            [_ticket(office, number) for number in numbers]
        )
        env.cr.commit()

    return _in_turns(env, rounds, rows, ours, peer)


def mails(env, rounds, rows):
    """Take mails of known senders in, each with a commit."""
    _fill(env, addresses=True)
    gateway = env["mail.thread"]
    team = {"team_id": _answering_team(env).id}

    def ours(first):
        for number in range(first, first + rows):
            mail = _mail(number, "claims")
            gateway.message_process("its.claim", mail)
            env.cr.commit()

    def peer(first):
        for number in range(first, first + rows):
            mail = _mail(number, "tickets")
            gateway.message_process("helpdesk.ticket", mail, custom_values=team)
            env.cr.commit()

    figures = _in_turns(env, rounds, rows, ours, peer)
    for model in ("its.claim", "helpdesk.ticket"):
        letters = env["mail.mail"].search_count([("model", "=", model)])
        assert letters >= (rounds + 1) * rows, (model, letters)
    return figures


def _in_turns(env, rounds, rows, ours, peer):
    """Let both do the same number of rows a round; the first round warms up."""
    spent = {ours: 0.0, peer: 0.0}
    queries = 0
    for turn in range(rounds + 1):
        for way in (ours, peer):
            meter = Meter(env.cr)
            with meter:
                way(turn * rows)
            if turn:
                spent[way] += meter.seconds
                queries += meter.queries if way is ours else 0
    _expect(env, (rounds + 1) * rows)
    done = rounds * rows
    return {
        "ours": done / spent[ours],
        "peer": done / spent[peer],
        "queries": queries / done,
        "rows": done,
    }


def _expect(env, rows):
    """Make sure that what has been measured is what should be."""
    counted = """
        SELECT (SELECT count(*) FROM helpdesk_ticket WHERE partner_id IS NOT NULL),
               (SELECT count(*) FROM its_claim WHERE partner_id IS NOT NULL),
               (SELECT count(*) FROM its_claim_movement),
               (SELECT count(*) FROM mail_activity WHERE res_model = 'its.claim')
    """
    env.cr.execute(counted)
    found = env.cr.fetchone()
    assert found == (rows,) * 4, (rows, found)


# -----------------------------------------------------------------------------
# What is registered
# -----------------------------------------------------------------------------


def _fill(env, addresses=False):
    """Make clients, and the one who registers.

    :param addresses: whether the addresses of the clients are known
    """
    group = env.ref("its_quality.group_quality_manager")
    group |= env.ref(f"{NAME}.group_helpdesk_manager")
    user = env["res.users"].create(
        {
            "name": "Ольга Белова",
            "login": "bench",
            "email": "bench@example.com",
            "group_ids": [(6, 0, group.ids)],
        }
    )
    clients = env["res.partner"].create(
        [
            {
                "name": f"ООО Клиент {number}",
                "email": addresses and _address(number),
                "is_company": True,
                "its_client": True,
            }
            for number in range(CLIENTS)
        ]
    )
    env.cr.commit()
    env.cr.execute("ANALYZE")
    env.cr.commit()
    return Office(env(user=user.id, su=False), clients.ids)


def _answering_team(env):
    """A team of the peer that answers whoever writes to it."""
    template = env.ref(f"{NAME}.changed_stage_template")
    env.ref(f"{NAME}.helpdesk_ticket_stage_new").mail_template_id = template
    env.company.email = "office@example.com"
    return env["helpdesk.ticket.team"].create({"name": "Линия консультаций"})


def _address(number):
    return f"buh@client{number % CLIENTS}.example.com"


def _claim(office, number):
    return {
        "subject": f"{SUBJECT} {number}",
        "description": WORDS,
        "partner_id": office.clients[number % CLIENTS],
        "priority": "2",
    }


def _ticket(office, number):
    return {
        "name": f"{SUBJECT} {number}",
        "description": f"<p>{WORDS}</p>",
        "partner_id": office.clients[number % CLIENTS],
        "priority": "2",
    }


def _mail(number, to):
    mail = EmailMessage()
    mail["From"] = f"Бухгалтерия <{_address(number)}>"
    mail["To"] = f"{to}@example.com"
    mail["Subject"] = f"{SUBJECT} {number}"
    mail["Date"] = "Mon, 05 Oct 2026 09:15:00 +0300"
    mail["Message-Id"] = f"<{number}.{to}@client.example.com>"
    mail.set_content(WORDS)
    mail.add_alternative(f"<p>{WORDS}</p>", subtype="html")
    return mail.as_bytes()


CASES = (
    Case(
        "claim.create.single",
        "claims registered one by one, each with a commit",
        "claims/s",
        (Part(single, PEER, {"rounds": 10, "rows": 30}),),
        NAME,
        (Limit("ratio", at_least=1.2),),
    ),
    Case(
        "claim.create.batch",
        f"claims registered {BATCH} at a time",
        "claims/s",
        (Part(batch, PEER, {"rounds": 5, "rows": BATCH}),),
        NAME,
        (Limit("ratio", at_least=1),),
    ),
    Case(
        "claim.email",
        "claims of mails of known senders",
        "mails/s",
        (Part(mails, PEER, {"rounds": 10, "rows": 15}),),
        NAME,
        (Limit("ratio", at_least=1.1),),
    ),
)
