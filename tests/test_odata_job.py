"""Synchronising with 1C in a real server: killed in the middle, cut on the way, begun
twice at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from fake_odata import LOGIN, PASSWORD, FakeOdata
from fake_odata_base import CONTRACTORS, Base, folder_count
from odoo_server import OdooServer, Refused, Session
from tier import count

CONTRACTOR_COUNT = count(4500, 8000)
CLIENTS = CONTRACTOR_COUNT - folder_count(CONTRACTOR_COUNT)
READ = "SELECT count(*) FROM its_import_line WHERE import_id = {}"
WRITTEN = "SELECT count(*) FROM res_partner WHERE onec_ref IS NOT NULL"
KNOWN = "SELECT count(*) FROM its_onec_object WHERE data_version IS NOT NULL"


@pytest.fixture(scope="module")
def server(jobs_server) -> OdooServer:
    jobs_server.start()
    return jobs_server


@pytest.fixture
def fake() -> Iterator[FakeOdata]:
    fake = FakeOdata(Base(CONTRACTOR_COUNT))
    yield fake
    fake.stop()


def connect(session: Session, fake: FakeOdata, name: str, **values: object) -> int:
    [source] = session.call("its.import.source", "create", [{"name": name}])
    told = {
        "name": name,
        "source_id": source,
        "address": fake.address,
        "login": LOGIN,
        "password": PASSWORD,
        **values,
    }
    [connection] = session.call("its.onec.connection", "create", [told])
    return connection


def state_of(server: OdooServer, job: int) -> str:
    return server.query(f"SELECT state FROM its_import WHERE id = {job}")[0]


def sync(session: Session, connection: int) -> int:
    action = session.call("its.onec.connection", "action_sync", [connection])
    return action["res_id"]


def test_a_killed_server_goes_on_where_it_was(server, fake):
    """Killed while pages are read, and again while rows are imported."""
    session = server.sign_in("admin", "admin")
    connection = connect(session, fake, "Killed")
    fake.pause = 0.2
    job = sync(session, connection)
    read = READ.format(job)
    server.wait_until(lambda: server.number(read) >= 1500, "pages are read")
    server.kill()
    rows = server.number(read)
    assert 1500 <= rows < CONTRACTOR_COUNT
    fake.pause = 0
    fake.requests.clear()
    server.start()
    server.wait_until(lambda: state_of(server, job) == "checked", "all is read")
    assert server.number(read) == CONTRACTOR_COUNT
    first = fake.asked(CONTRACTORS)[0]
    # What was read before is asked for no more.
    skipped = int(first.partition("$skip=")[2].partition("&")[0])
    assert skipped > rows - 500
    session = server.sign_in("admin", "admin")
    session.call("its.import", "action_import", [job])
    server.wait_until(lambda: server.number(WRITTEN) >= 1000, "a batch is written")
    server.kill()
    assert server.number(KNOWN) == 0
    server.start()
    server.wait_until(lambda: state_of(server, job) == "done", "all is imported")
    assert server.number(WRITTEN) == CLIENTS
    assert server.number(KNOWN) == CONTRACTOR_COUNT
    distinct = WRITTEN.replace("count(*)", "count(DISTINCT onec_ref)")
    assert server.number(distinct) == CLIENTS


def test_cut_again_and_again(server, fake):
    """Two pages of three are cut, and 1C is busy now and then; all is read once."""
    session = server.sign_in("admin", "admin")
    connection = connect(session, fake, "Cut")
    numbers = iter(range(10**6))
    modes = ("cut", "slam", "503", "429")

    def fail(_path: str) -> None:
        number = next(numbers)
        if number % 3 == 0:
            fake.failures = [modes[number % 4], modes[number % 4]]

    fake.after = fail
    log_size = server.log.stat().st_size
    job = sync(session, connection)
    server.wait_until(lambda: state_of(server, job) == "checked", "all is read")
    rows = READ.format(job)
    assert server.number(rows) == CONTRACTOR_COUNT
    refs = rows.replace("count(*)", "count(DISTINCT ref)")
    assert server.number(refs) == CONTRACTOR_COUNT
    assert fake.methods == {"GET"}
    assert server.complaints(log_size) == []
    assert PASSWORD not in server.log.read_text(encoding="utf-8")


def test_begun_twice_at_once(server, fake):
    sessions = [server.sign_in("admin", "admin") for _person in range(4)]
    connection = connect(sessions[0], fake, "Twice")
    fake.pause = 0.2
    jobs: list[int] = []
    refusals: list[str] = []
    barrier = threading.Barrier(len(sessions))

    def press(session: Session) -> None:
        barrier.wait()
        try:
            jobs.append(sync(session, connection))
        except Refused as refused:
            refusals.append(str(refused))

    threads = [threading.Thread(target=press, args=[session]) for session in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    imports = f"SELECT count(*) FROM its_import WHERE connection_id = {connection}"
    assert server.number(imports) == 1
    assert refusals == []
    assert len(set(jobs)) == 1
    sessions[0].call("its.import", "action_cancel", [jobs[0]])
    assert state_of(server, jobs[0]) == "draft"
    fake.pause = 0
    rows = READ.format(jobs[0])
    server.wait_until(lambda: server.number(rows) == 0, "the worker has given up")


def test_stopped_while_a_page_is_on_its_way(server, fake):
    session = server.sign_in("admin", "admin")
    connection = connect(session, fake, "Stopped")
    log_size = server.log.stat().st_size
    arrived, leave = threading.Event(), threading.Event()

    def hold(path: str) -> None:
        if "$skip=495" in path:
            arrived.set()
            leave.wait(30)

    fake.after = hold
    job = sync(session, connection)
    assert arrived.wait(120)
    session.call("its.import", "action_cancel", [job])
    assert state_of(server, job) == "draft"
    leave.set()
    rows = READ.format(job)
    server.wait_until(lambda: server.number(rows) == 0, "the worker has given up")
    own = f"SELECT count(*) FROM its_onec_object WHERE import_id = {job}"
    server.wait_until(lambda: server.number(own) == 0, "nothing is left of it")
    assert server.complaints(log_size) == []
