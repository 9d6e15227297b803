"""Two workers at one import, as when the lock of Odoo's scheduler is lost: whoever comes
second leaves, and a page in hand is the most that is lost.

They run in one process, each with a connection of its own, until nothing is left to do.
Pages and batches are a tenth of what they are otherwise: it is how they follow each other
that counts.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from fake_odata import LOGIN, PASSWORD, FakeOdata
from fake_odata_base import CONTRACTORS, Base
from odoo_server import COMPLAINT, OdooServer
from odoo_shell import Shell
from onec.odata.walk import OVERLAP

COUNT, PAGE = 200, 60
FILE_ROWS, BATCH = 450, 200
# The page at which two meet: each begins five objects before the end of the former.
MEETING = 2 * (PAGE - OVERLAP)
# Longer than a transaction may idle in «idle», and shorter than anybody waits.
SLOW, IDLE = 0.4, "200ms"
KILL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name = 'worker'"
)
SKIP = re.compile(r"\$skip=(\d+)")

SCRIPT = """
import base64, json, threading, psycopg2
from odoo.addons.its_quality.models.onec import (
    changes, file_source, finishing, its_import_job, reading, writing
)
from odoo.addons.its_quality.models.onec.odata import pages
ADDRESSES, LOGIN, PASSWORD, ROWS, IDLE, PAGE, BATCH = json.loads({told!r})
pages.WHOLE_PAGE = PAGE
# Neither is the file done at once, while the user waits.
file_source.SMALL_FILE = 0
for module in (changes, finishing, its_import_job, reading, writing):
    module.BATCH = BATCH

def work(job_id, settings=""):
    "As the scheduler does, until nothing is left; a lost connection is another one."
    for _attempt in range(9):
        try:
            with env.registry.cursor() as cr:
                cr.execute("SET application_name TO 'worker'" + settings)
                cr.commit()
                env(cr=cr)["its.import"]._cron_process()
                break
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            lost.append(job_id)

def together(job, settings="", workers=2):
    env.cr.commit()
    threads = [
        threading.Thread(target=work, args=[job.id, settings]) for _ in range(workers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    env.cr.rollback()
    # Where one has left the work to the other, somebody looks again.
    work(job.id)
    env.cr.rollback()

def told(job):
    lines = job.line_ids
    return {{
        "state": job.state, "error": job.error, "failures": job.failures,
        "rows": len(lines), "distinct": len(set(lines.mapped("row"))),
        "names": len(set(lines.mapped("name"))),
        "lost": len(lost), "counts": job.outcome_counts,
    }}

env = env(context=dict(env.context, lang="en_US"))
results = {{}}
for way, address in ADDRESSES.items():
    lost = []
    source = env["its.import.source"].create({{"name": way}})
    connection = env["its.onec.connection"].create({{
        "name": way, "source_id": source.id, "address": address,
        "login": LOGIN, "password": PASSWORD,
    }})
    job = connection._begin(env.user)
    settings = ""
    if way == "idle":
        settings = f"; SET idle_in_transaction_session_timeout TO '{{IDLE}}'"
    together(job, settings, workers=1 if way == "killed" else 2)
    results[way] = told(job)

lost = []
source = env["its.import.source"].create({{"name": "file"}})
text = "Наименование;Код;Комментарий\\n" + "".join(
    f"ООО Двое {{n}};ДВ-{{n}};{{'примечание ' * 9}}\\n" for n in range(ROWS)
)
job = env["its.import"].create({{
    "source_id": source.id, "file_name": "two.csv",
    "file": base64.b64encode(text.encode()),
}})
job.action_check()
together(job)
results["file checked"] = told(job)
job.action_import()
together(job)
results["file written"] = told(job) | {{
    "clients": env["res.partner"].search_count([("onec_code", "like", "ДВ-")])
}}
print("RESULTS" + json.dumps(results) + "END")
"""


class Meeting:
    """Keeps the first who asks for a page until another asks for it, too."""

    def __init__(self) -> None:
        self._came: Counter[str] = Counter()
        self._both = threading.Event()

    def __call__(self, path: str) -> None:
        if SKIP.findall(path) != [str(MEETING)] or f"/{CONTRACTORS}?" not in path:
            return
        self._came[path] += 1
        if self._came[path] > 1:
            self._both.set()
        # The other may have left at a page before: then nobody is waited for for long.
        self._both.wait(5)


class Slow:
    """Takes its time for each page."""

    def __call__(self, path: str) -> None:
        if f"/{CONTRACTORS}?" in path:
            time.sleep(SLOW)


class Killer:
    """Ends the connections of whoever asks for a page, once a page."""

    def __init__(self, server: OdooServer) -> None:
        self._server = server
        self._done: set[str] = set()

    def __call__(self, path: str) -> None:
        if f"/{CONTRACTORS}?" in path and path not in self._done:
            self._done.add(path)
            self._server.query(KILL)


@pytest.fixture(scope="module")
def fakes() -> Iterator[dict[str, FakeOdata]]:
    fakes = {way: FakeOdata(Base(COUNT)) for way in ("together", "killed", "idle")}
    yield fakes
    for fake in fakes.values():
        fake.stop()


@pytest.fixture(scope="module")
def results(fakes, jobs_server) -> dict[str, dict]:
    # Its scheduler would be a third worker.
    jobs_server.kill()
    fakes["together"].after = Meeting()
    fakes["killed"].after = Killer(jobs_server)
    fakes["idle"].after = Slow()
    addresses = {way: fake.address for way, fake in fakes.items()}
    told = json.dumps([addresses, LOGIN, PASSWORD, FILE_ROWS, IDLE, PAGE, BATCH])
    output = Shell(jobs_server, SCRIPT.format(told=told)).end(
        may_complain=True, seconds=400
    )
    found = re.search("RESULTS(.*)END", output)
    assert found, output[-3000:]
    complaints = [found[0] for found in COMPLAINT.finditer(output)]
    return json.loads(found[1]) | {"complaints": complaints}


@pytest.mark.parametrize("way", ["together", "killed", "idle"])
def test_all_is_read_and_each_once(results, way):
    told = results[way]
    assert (told["state"], told["error"], told["failures"]) == ("checked", False, 0)
    assert told["rows"] == told["distinct"] == COUNT


def test_nobody_reads_on_beside_the_other(results, fakes):
    """Only the page at which they meet is read again; after it one has left."""
    assert results["together"]["lost"] == 0
    skips = Counter(SKIP.findall(" ".join(fakes["together"].asked(CONTRACTORS))))
    assert sum(times > 1 for times in skips.values()) <= 1
    # The two, and one who had to begin the page anew.
    assert max(skips.values()) <= 3
    assert any(int(skip) > MEETING for skip in skips)


def test_a_lost_connection_costs_the_page_in_hand(results, fakes):
    """No page was asked for again that had been kept."""
    assert results["killed"]["lost"] > 3
    skips = SKIP.findall(" ".join(fakes["killed"].asked(CONTRACTORS)))
    assert [int(skip) for skip in skips] == sorted(map(int, skips))


def test_no_transaction_idles_while_1c_is_asked(results):
    assert results["idle"]["lost"] == 0


def test_a_file_is_read_once(results):
    told = results["file checked"]
    assert (told["state"], told["error"], told["failures"]) == ("checked", False, 0)
    assert told["rows"] == told["distinct"] == told["names"] == FILE_ROWS


def test_a_file_is_written_once(results):
    told = results["file written"]
    assert (told["state"], told["error"], told["failures"]) == ("done", False, 0)
    assert told["counts"] == {"created": FILE_ROWS}
    assert told["clients"] == FILE_ROWS


def test_nothing_is_complained_of_but_lost_connections(results):
    lost = re.compile(r"odoo\.sql_db: bad query|closed|terminat")
    assert [one for one in results["complaints"] if not lost.search(one)] == []
