"""The job of an import in a real server: killed in the middle, pressed twice at once."""

from __future__ import annotations

import base64
import hashlib
import io
import threading
from collections.abc import Iterator

import openpyxl
import pytest
from odoo_server import OdooServer, Refused, Session

ROWS = 12_000
BATCH = 1000
CLIENTS = "SELECT count(*) FROM res_partner WHERE onec_code LIKE '{}-%'"


@pytest.fixture(scope="module")
def server() -> Iterator[OdooServer]:
    server = OdooServer("outside")
    try:
        server.start()
        yield server
    finally:
        server.remove()


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
    values = {
        "source_id": source,
        "file": workbook(prefix, rows),
        "file_name": f"{prefix}.xlsx",
    }
    (job,) = session.call("its.import", "create", [values])
    session.call("its.import", "action_check", [job])
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
