"""The job of an import in a real server: killed or stopped in the middle, pressed twice
at once."""

from __future__ import annotations

import base64
import hashlib
import io
import threading

import openpyxl
import pytest
from odoo_server import OdooServer, Refused, Session
from tier import count
from writers.exchange import WAYS, Item, ref_of

ROWS = count(7000, 12_000)
BATCH = 2000
NO_WRITING = "LOCK TABLE {} IN EXCLUSIVE MODE"
CLIENTS = "SELECT count(*) FROM res_partner WHERE onec_code LIKE '{}-%'"


@pytest.fixture(scope="module")
def server(jobs_server) -> OdooServer:
    jobs_server.start()
    return jobs_server


def workbook(prefix: str, rows: int) -> str:
    """A sheet of clients with the codes ``prefix-1``, ``prefix-2``, …, in base64."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["Наименование", "Код", "Телефон", "Комментарий"])
    for number in range(1, rows + 1):
        # Only a big file is a job, so the notes are such that they hardly pack.
        note = hashlib.sha512(f"{prefix}{number}".encode()).hexdigest()
        sheet.append([f"ООО Проба {number}", f"{prefix}-{number}", "", note])
    with io.BytesIO() as content:
        book.save(content)
        return base64.b64encode(content.getvalue()).decode()


def drop(session: Session, prefix: str, rows: int, source: int) -> int:
    """Drop a file as a user does.

    :return: the id of the import
    """
    job = new_import(session, prefix, rows, source)
    session.call("its.import", "action_check", [job])
    return job


def new_import(session: Session, prefix: str, rows: int, source: int) -> int:
    values = {
        "source_id": source,
        "file": workbook(prefix, rows),
        "file_name": f"{prefix}.xlsx",
    }
    (job,) = session.call("its.import", "create", [values])
    return job


def new_source(session: Session, name: str) -> int:
    (source,) = session.call("its.import.source", "create", [{"name": name}])
    return source


def state_of(server: OdooServer, job: int) -> str:
    return server.query(f"SELECT state FROM its_import WHERE id = {job}")[0]


def test_a_killed_server_goes_on_where_it_was(server):
    session = server.sign_in("admin", "admin")
    job = drop(session, "К", ROWS, new_source(session, "Killed"))
    server.wait_until(lambda: state_of(server, job) == "checked", "the file is checked")
    session.call("its.import", "action_import", [job])
    clients = CLIENTS.format("К")
    server.wait_until(lambda: server.number(clients) >= BATCH, "a batch is committed")
    server.kill()
    written = server.number(clients)
    assert BATCH <= written < ROWS
    settled = f"SELECT count(*) FROM its_import_line WHERE import_id = {job}"
    settled += " AND outcome = 'created'"
    # A batch and its progress are one transaction: neither is there without the other.
    assert server.number(settled) == written
    server.start()
    server.wait_until(lambda: state_of(server, job) == "done", "the import is done")
    assert server.number(clients) == ROWS
    distinct = clients.replace("count(*)", "count(DISTINCT onec_code)")
    assert server.number(distinct) == ROWS
    session = server.sign_in("admin", "admin")
    names = ["row_count", "created_count", "updated_count", "rejected_count"]
    (counts,) = session.call("its.import", "read", [job], names)
    assert [counts[name] for name in names] == [ROWS, ROWS, 0, 0]


def test_the_same_file_imported_twice_at_once(server):
    """Two people drop the same file and press the button in the same moment."""
    sessions = [server.sign_in("admin", "admin") for _person in range(2)]
    source = new_source(sessions[0], "Twice")
    jobs = [drop(session, "Д", 300, source) for session in sessions]
    outcomes: list[str] = []

    def press(session: Session, job: int) -> None:
        try:
            session.call("its.import", "action_import", [job])
            outcomes.append("")
        except Refused as refused:
            outcomes.append(str(refused))

    threads = [
        threading.Thread(target=press, args=pair)
        for pair in zip(sessions, jobs, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Whoever is second waits for the first and finds nothing to do, or is told so.
    assert "" in outcomes
    assert all(not text or "importing from" in text for text in outcomes), outcomes
    assert server.number(CLIENTS.format("Д")) == 300


def settled(server: OdooServer, job: int) -> int:
    lines = f"SELECT count(*) FROM its_import_line WHERE import_id = {job}"
    return server.number(f"{lines} AND outcome = 'created'")


def worker_is_idle(server: OdooServer) -> bool:
    """Whether no job of the scheduler holds its lock."""
    return not server.number(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
    )


def test_stopped_while_a_batch_is_being_written(server):
    session = server.sign_in("admin", "admin")
    job = drop(session, "С", ROWS, new_source(session, "Stopped"))
    server.wait_until(lambda: state_of(server, job) == "checked", "the file is checked")
    log_size = server.log.stat().st_size
    session.call("its.import", "action_import", [job])
    clients = CLIENTS.format("С")
    server.wait_until(lambda: server.number(clients) >= BATCH, "a batch is committed")
    # The last thing a batch does before it counts its rows.
    with server.holding(NO_WRITING.format("its_import_snapshot")):
        server.wait_until(server.is_waiting, "a batch is half written")
        session.call("its.import", "action_cancel", [job])
        # The user is not kept waiting for the batch.
        assert state_of(server, job) == "cancelled"
    server.wait_until(lambda: worker_is_idle(server), "the worker has given up")
    written = server.number(clients)
    assert BATCH <= written < ROWS
    assert settled(server, job) == written
    names = ["state", "created_count", "can_undo", "error", "stop_summary"]
    (told,) = session.call("its.import", "read", [job], names)
    assert told["state"] == "cancelled"
    assert told["created_count"] == written
    assert told["can_undo"]
    assert not told["error"]
    assert f"after {written} of {ROWS} rows" in told["stop_summary"]
    # Whoever presses the button a moment later is told so, and nothing happens.
    answer = session.call("its.import", "action_cancel", [job])
    assert answer["tag"] == "display_notification"
    session.call("its.import", "action_undo", [job])
    server.wait_until(lambda: state_of(server, job) == "undone", "it is undone")
    assert server.number(clients) == 0
    assert server.complaints(log_size) == []


def test_stopped_while_the_file_is_being_read(server):
    session = server.sign_in("admin", "admin")
    source = new_source(session, "Stopped while reading")
    log_size = server.log.stat().st_size
    rows = "SELECT count(*) FROM its_import_line WHERE import_id = {}"
    job = new_import(session, "Ч", ROWS, source)
    # The rows of an import are numbered once: whoever reads this one waits.
    row = f"INSERT INTO its_import_line (import_id, row) VALUES ({job}, {ROWS // 2})"
    with server.holding(row):
        session.call("its.import", "action_check", [job])
        server.wait_until(server.is_waiting, "the file is being read")
        session.call("its.import", "action_cancel", [job])
        assert state_of(server, job) == "draft"
    server.wait_until(lambda: worker_is_idle(server), "the worker has given up")
    assert server.number(rows.format(job)) == 0
    names = ["state", "row_count", "error", "stop_summary"]
    (told,) = session.call("its.import", "read", [job], names)
    assert (told["state"], told["row_count"], told["error"]) == ("draft", 0, False)
    assert "nothing has been imported" in told["stop_summary"]
    # The same file is checked anew when the user asks for it.
    session.call("its.import", "action_check", [job])
    server.wait_until(lambda: state_of(server, job) == "checked", "the file is checked")
    assert server.number(rows.format(job)) == ROWS
    assert server.complaints(log_size) == []


def test_stopped_while_what_is_read_is_compared(server):
    """Rows read and planned by committed batches are gone as well."""
    session = server.sign_in("admin", "admin")
    source = new_source(session, "Stopped while comparing")
    first = drop(session, "П", 2 * BATCH, source)
    server.wait_until(lambda: state_of(server, first) == "checked", "it is checked")
    session.call("its.import", "action_import", [first])
    server.wait_until(lambda: state_of(server, first) == "done", "it is done")
    log_size = server.log.stat().st_size
    # Rows of the first batches resemble clients of another code, so each is compared.
    job = drop(session, "Р", ROWS, source)
    done = f"SELECT done_count FROM its_import WHERE id = {job}"
    server.wait_until(lambda: server.number(done) >= BATCH, "a batch is compared")
    with server.holding(NO_WRITING.format("its_import_line")):
        server.wait_until(server.is_waiting, "a batch is being compared")
        session.call("its.import", "action_cancel", [job])
        assert state_of(server, job) == "draft"
    server.wait_until(lambda: worker_is_idle(server), "the worker has given up")
    rows = f"SELECT count(*) FROM its_import_line WHERE import_id = {job}"
    server.wait_until(lambda: server.number(rows) == 0, "its rows are gone")
    assert server.complaints(log_size) == []


@pytest.mark.parametrize("way", ["v8", "xdto", "enterprise 1.8", "commerceml"])
def test_an_exchange_file_that_breaks_off(server, tmp_path, way):
    """The damage is far from the beginning: the file is taken, read by the job, and
    nothing of it stays but a sentence."""
    path = tmp_path / "message"
    items = [
        Item(
            ref_of(f"{way} {number}"),
            {
                "name": f"ООО Обрыв {number}",
                "code": f"О-{number}",
                "comment": "Звонить после обеда, спросить бухгалтера. " * 8,
            },
        )
        for number in range(1500)
    ]
    WAYS[way](path, items, [])
    content = path.read_bytes()
    session = server.sign_in("admin", "admin")
    values = {
        "source_id": new_source(session, f"Broken {way}"),
        "file": base64.b64encode(content[: len(content) * 9 // 10]).decode(),
        "file_name": "message",
    }
    (job,) = session.call("its.import", "create", [values])
    session.call("its.import", "action_check", [job])
    server.wait_until(lambda: state_of(server, job) == "draft", "the check has ended")
    (told,) = session.call("its.import", "read", [job], ["error", "row_count"])
    assert "damaged" in told["error"]
    assert told["row_count"] == 0
    rows = f"SELECT count(*) FROM its_import_line WHERE import_id = {job}"
    assert server.number(rows) == 0
    assert server.number(CLIENTS.format("О")) == 0
