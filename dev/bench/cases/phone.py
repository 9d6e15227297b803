"""The telephone: whose number it is among few clients and among many.

Clients are filled in by SQL; their numbers are taken over as the installation of the
addon takes them over.
"""

from __future__ import annotations

import random
import statistics
import time

from .. import filling
from ..case import Case, Limit, Part

FEW, MANY = 1_000, 100_000
RUNS = 2_000


def match_few(env, clients):
    """Look numbers up among few clients."""
    return {"peer": _match(env, clients)}


def match_many(env, clients):
    """Look numbers up among many clients."""
    return {"ours": _match(env, clients), "rows": clients}


def _match(env, clients):
    """Seconds of a look-up; the median of many, of numbers that are there."""
    filling.clients(env, clients, [env.uid])
    env.cr.execute(
        "UPDATE res_partner SET phone = '+7 (912) ' || to_char(id, 'FM0000000')"
        " WHERE its_client"
    )
    env.cr.execute("DELETE FROM its_phone_number")
    env["its.phone.number"]._fill()
    env.cr.execute("ANALYZE its_phone_number")
    filling.analyze(env)
    env.cr.commit()
    env.cr.execute("SELECT id FROM res_partner WHERE its_client")
    ids = [row[0] for row in env.cr.fetchall()]
    assert len(ids) == clients, len(ids)
    numbers, times = env["its.phone.number"], []
    for client in random.Random(22).choices(ids, k=RUNS):
        started = time.perf_counter()
        found = numbers._cards(f"8912{client:07}", env.company)
        times.append(time.perf_counter() - started)
        assert found.ids == [client], (found, client)
    return statistics.median(times)


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
)
