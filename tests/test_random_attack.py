"""Random calls over JSON-2 with the keys of every role: none changes what its role may
not change, none tells what it may not read, none breaks the server.

Each call is made of the numbers of its run and its place, and meets the same world: what
it has changed is put back. So a call that failed is made again by itself, by
``ITS_ATTACK=seed:index ./its test -k random_attack``.
"""

from __future__ import annotations

import json
import os
import re
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import attack_calls
import attack_world
import pytest
from attack_calls import Call
from attack_rights import Rights
from attack_tables import Tables
from attack_world import DATA, NAME, SCOPES, World
from odoo_server import OdooServer
from tier import count

from dev.paths import ROOT

ADDON = f"{ROOT / 'its_quality'}{os.sep}"
SEED = 19
COUNT = count(500, 5000)
# What of clients each role may read: their data, and their names.
READS = {
    "client_manager": (("own", "unassigned"), ("own", "unassigned")),
    "quality_manager": (SCOPES[:5], SCOPES[:5]),
    "head": (("team",), ("team",)),
    "worker": (("assigned",), ("assigned",)),
    # Names of contacts are not ours to hide.
    "employee": ((), SCOPES[:5]),
    "clerk": ((), SCOPES[:5]),
    "portal": ((), ("own",)),
    "quality_abroad": (("abroad",), ("abroad",)),
}
# The innermost of our frames in a traceback, and whether it is the innermost of all.
FRAME = re.compile(r'File "([^"]+)", line \d+, in (\w+)')
SHOWN = 40


@dataclass
class Answer:
    status: int
    text: str


@dataclass
class Attack:
    """A server with a world to attack."""

    server: OdooServer
    world: World
    tables: Tables
    rights: Rights
    statuses: Counter = field(default_factory=Counter)

    def send(self, call: Call) -> Answer:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.server.port}/json/2/{call.model}/{call.method}",
            json.dumps(call.body).encode(),
            {
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self.world.keys[call.role]}",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return Answer(response.status, response.read().decode())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read().decode())

    def faults(self, call: Call) -> list[str]:
        """Make a call and say what is wrong with what came of it."""
        answer = self.send(call)
        self.statuses[answer.status] += 1
        found = [*self._told(call, answer), *self._broken(answer)]
        changes = self.tables.changes()
        for change in changes:
            refusal = self.rights.refusal(call.role, change, changes)
            if refusal:
                found.append(f"{refusal}: {change}")
        self.tables.restore(changes)
        return found

    def _told(self, call: Call, answer: Answer) -> Iterator[str]:
        data, names = READS[call.role]
        text = _unescaped(answer.text)
        for mark, seen in ((DATA, data), (NAME, names)):
            for scope in set(SCOPES) - set(seen):
                if mark + scope in text:
                    place = text.index(mark + scope)
                    yield f"tells {mark}{scope}: …{text[max(0, place - 200) : place + 60]}"

    def _broken(self, answer: Answer) -> Iterator[str]:
        if answer.status != 500:
            return
        told = json.loads(answer.text)
        frames = FRAME.findall(told.get("debug", ""))
        database = "psycopg2" in told["name"]
        ours = [n for n, frame in enumerate(frames) if frame[0].startswith(ADDON)]
        if not ours:
            # Odoo answers nonsense so by itself; what we do with it is ours.
            return
        place = ours[-1]
        within = frames[place + 1 :]
        passed_on = within and within[0][1] == frames[place][1]
        if not within or (database and not passed_on):
            where = frames[place]
            yield f"breaks in {where}: {told['name']}: {told['message'][:200]}"


def _unescaped(text: str) -> str:
    """JSON hides letters behind numbers, and JSON within JSON does it twice."""
    for _time in range(2):
        text = re.sub(
            r"\\+u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text
        )
    return text


@pytest.fixture(scope="module")
def attack() -> Iterator[Attack]:
    server = OdooServer("attack")
    try:
        world = attack_world.build(server)
        server.start()
        tables = Tables(server)
        try:
            yield Attack(server, world, tables, Rights(world, tables))
        finally:
            tables.close()
    finally:
        server.remove()


def chosen() -> list[tuple[int, int]]:
    """Seed and place of each call: all of a run, or the one that is asked for."""
    asked = os.environ.get("ITS_ATTACK")
    if asked:
        seed, _colon, index = asked.partition(":")
        return [(int(seed), int(index))]
    return [(SEED, index) for index in range(COUNT)]


def test_random_attack(attack: Attack) -> None:
    faults = {}
    for seed, index in chosen():
        call = attack_calls.make(attack.world, seed, index)
        found = attack.faults(call)
        if found:
            faults[call] = found
    if "ITS_ATTACK" not in os.environ:
        # The attack is one: some get in, by every role, and some are refused.
        assert attack.statuses[200] > COUNT / 10, attack.statuses
        assert attack.statuses[403] > COUNT / 50, attack.statuses
    smallest = sorted(faults, key=lambda call: len(str(call)))
    assert not faults, "\n\n".join(
        [
            f"{len(faults)} of {len(chosen())} calls; the smallest first:",
            *(
                "\n  ".join([str(call)[:1500], *faults[call]])
                for call in smallest[:SHOWN]
            ),
        ]
    )


def test_what_is_put_back(attack: Attack) -> None:
    """A change is seen, and undone: else no call meets the world of the others."""
    client = attack.world.clients["colleague"]
    connection = attack.server.connect()
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("UPDATE res_partner SET user_id = NULL WHERE id = %s", [client])
        cursor.execute("DELETE FROM its_claim_movement WHERE id = 1")
    connection.close()
    changes = attack.tables.changes()
    assert {(c.table, c.kind) for c in changes} == {
        ("res_partner", "update"),
        ("its_claim_movement", "delete"),
    }
    for role in attack_world.ROLES:
        for change in changes:
            assert attack.rights.refusal(role, change, changes), (role, change)
    attack.tables.restore(changes)
    assert attack.tables.changes() == []
