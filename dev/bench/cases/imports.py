"""The import of a sheet from 1C, beside the import of Odoo itself.

Both get the very same workbook, a fresh copy of the same database, and an administrator
without superuser rights. Ours is dropped, checked and imported as the job does it,
commits included. Odoo's own (`base_import`) writes the same columns to the same fields.
It is called as its web client calls it: the preview, then batch after batch, each with a
commit, without tracking; the trial run that it offers is left out. It knows clients again by an
external id only, so where the file is imported again, the column «Код» goes there.
"""

from __future__ import annotations

import base64
import contextlib
import sys
from collections import Counter

from ...paths import ADDON, RUN
from ..case import NO_DATABASE, Case, Limit, Part
from ..figures import Meter
from ..messages import message
from ..sheets import TITLES, contractors, folder_count, workbook

PEER = "base_import"
# As web/static/src/import_model.js of base_import has it.
PEER_BATCH = 2000
PEER_FIELDS = {
    "Наименование": "name",
    "Полное наименование": "its_full_name",
    "ИНН": "vat",
    "КПП": "its_kpp",
    "ОГРН": "company_registry",
    "Код": "onec_code",
    "Телефон": "phone",
    "E-mail": "email",
    "Адрес": "street",
    "Комментарий": "comment",
}
ADMINISTRATOR = "base.user_admin"


# -----------------------------------------------------------------------------
# Ours
# -----------------------------------------------------------------------------


def ours_first(env, rows):
    """Import a workbook into a database that has no clients."""
    meter = Meter(env.cr)
    with meter:
        job = _import(env, workbook(rows))
    clients = rows - folder_count(rows)
    _expect(job, created=clients, skipped=rows - clients)
    return _ours(meter, rows)


def ours_message(env, kind, rows):
    """Import an exchange file into a database that has no clients."""
    meter = Meter(env.cr)
    with meter:
        job = _import(env, message(kind, rows))
    clients = rows - folder_count(rows)
    # CommerceML knows no folders.
    folders = 0 if kind == "commerceml" else folder_count(rows)
    _expect(job, created=clients, **({"skipped": folders} if folders else {}))
    return _ours(meter, rows)


def ours_again(env, rows):
    """Import the same workbook a second time."""
    _import(env, workbook(rows))
    meter = Meter(env.cr)
    with meter:
        job = _import(env, workbook(rows))
    clients = rows - folder_count(rows)
    _expect(job, unchanged=clients, skipped=rows - clients)
    return _ours(meter, rows)


def ours_changed(env, rows):
    """Import a workbook in which the phone of each client has changed."""
    _import(env, workbook(rows))
    meter = Meter(env.cr)
    with meter:
        job = _import(env, workbook(rows, changed=True))
    clients = rows - folder_count(rows)
    _expect(job, updated=clients, skipped=rows - clients)
    return _ours(meter, rows)


def ours_history(env, rows, nights, share):
    """Import a list every night, a share of which has changed since the one before;
    measure what all of that takes beside what the first import took."""
    step = round(1 / share)
    sizes = []
    for night in range(nights):
        job = _import(env, _list_of_night(rows, night, step))
        _vacuum(env)
        sizes.append(_size_of_imports(env))
        assert job.updated_count or not night, job.outcome_counts
    return {"ours": sizes[-1], "rows": rows, "grown": sizes[-1] / sizes[0]}


def _list_of_night(rows, night, step):
    """Write the list as text; every so many contractors have another phone."""
    path = RUN / "bench" / "night.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [";".join(TITLES)]
    for number, texts in enumerate(contractors(rows)):
        cells = [*texts, *[""] * (len(TITLES) - len(texts))]
        if night and number % step == night % step and cells[1]:
            cells[6] = f"8 (912) {night:03d}{number % 10_000:04d}"
        lines.append(";".join(cells))
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    return path


def _vacuum(env):
    """Do what PostgreSQL does by itself meanwhile."""
    env.cr.commit()
    env.cr.connection.set_session(autocommit=True)
    env.cr.execute("VACUUM ANALYZE its_import_line, its_import_snapshot, its_import")
    env.cr.connection.set_session(autocommit=False)


def _size_of_imports(env):
    """MiB on disk of what imports keep."""
    env.cr.execute(
        "SELECT sum(pg_total_relation_size(name::regclass)) FROM unnest(%s) AS name",
        [["its_import", "its_import_line", "its_import_snapshot"]],
    )
    return float(env.cr.fetchone()[0]) / 2**20


def ours_reading(rows):
    """Read a workbook into records with nothing else in the process."""
    sys.path.insert(0, str(ADDON))
    import onec

    path = workbook(rows)
    _count_records(onec, workbook(1))
    meter = Meter()
    with meter:
        count = _count_records(onec, path)
    assert count == rows, count
    return {"ours": meter.mib, "mib": meter.mib, "rows": rows}


def reading_of_message(kind, rows):
    """Read an exchange file into records with nothing else in the process."""
    sys.path.insert(0, str(ADDON))
    import onec

    _count_records(onec, message(kind, 60))
    path = message(kind, rows)
    meter = Meter()
    with meter:
        count = _count_records(onec, path)
    assert count >= rows - folder_count(rows), count
    return {"mib": meter.mib}


def _count_records(onec, path):
    with contextlib.closing(onec.open_table(path)) as table:
        header = onec.find_header(table)
        mapping = {c.index: c.field for c in header.columns if c.field}
        return sum(1 for _record in onec.read_records(table, header, mapping))


def _import(env, path):
    """Drop a file, check it, import it; return the import."""
    env = _as_administrator(env)
    content = base64.b64encode(path.read_bytes())
    job = env["its.import"].create({"file": content, "file_name": path.name})
    env.cr.commit()
    job.action_check()
    env.cr.commit()
    env["its.import"].sudo()._cron_process()
    assert job.state == "checked", (job.state, job.error)
    job.action_import()
    env.cr.commit()
    env["its.import"].sudo()._cron_process()
    assert job.state == "done", (job.state, job.error)
    return job


def _ours(meter, rows):
    return {
        "ours": rows / meter.seconds,
        "queries": meter.queries / rows,
        "mib": meter.mib,
        "rows": rows,
    }


def _expect(job, **outcomes):
    """Make sure that what has been measured is what should be."""
    found = Counter(job.line_ids.mapped("outcome"))
    assert found == outcomes, f"{dict(found)} instead of {outcomes}"


def _as_administrator(env):
    """Leave the superuser of the shell, whom no rule is asked for."""
    user = env.ref(ADMINISTRATOR)
    return env(user=user.id, su=False, context={"lang": user.lang, "tz": user.tz})


# -----------------------------------------------------------------------------
# Odoo's own
# -----------------------------------------------------------------------------


def peer_first(env, rows):
    """Import the workbook by base_import into a database that has no clients."""
    meter = Meter(env.cr)
    with meter:
        ids = _base_import(env, workbook(rows), PEER_FIELDS)
    assert len(set(ids)) == rows, len(ids)
    return {"peer": rows / meter.seconds}


def peer_again(env, rows, changed=False):
    """Import by base_import a workbook whose clients are there."""
    by_code = PEER_FIELDS | {"Код": "id"}
    before = _base_import(env, workbook(rows), by_code)
    meter = Meter(env.cr)
    with meter:
        ids = _base_import(env, workbook(rows, changed=changed), by_code)
    assert ids == before, "base_import has not found the clients again"
    return {"peer": rows / meter.seconds}


def peer_reading(env, rows):
    """Read a workbook as base_import does."""
    path = workbook(rows)
    _importer(env, workbook(1))._read_file({})
    importer = _importer(env, path)
    importer.file  # noqa: B018 - is fetched before, as a job of ours has its file
    meter = Meter()
    with meter:
        _length, found = importer._read_file({})
    assert len(found) == rows + 1, len(found)
    return {"peer": meter.mib}


def _base_import(env, path, fields):
    """Import a file as the web client does; return the ids of the clients."""
    env = _as_administrator(env)
    importer = _importer(env, path)
    preview = importer.parse_preview(_options(0), count=10)
    assert not preview.get("error"), preview["error"]
    env.cr.commit()
    importer = importer.with_context(tracking_disable=True)
    columns = [fields[title] for title in TITLES]
    labels = [title.lower() for title in TITLES]
    ids, skip = [], 0
    while True:
        # The cache of a request does not outlive it.
        env.invalidate_all()
        result = importer.execute_import(columns, labels, _options(skip))
        env.cr.commit()
        assert not result["messages"], result["messages"][:3]
        ids += result["ids"]
        skip = result["nextrow"]
        if not skip:
            return ids


def _importer(env, path):
    return env["base_import.import"].create(
        {
            "res_model": "res.partner",
            "file": path.read_bytes(),
            "file_name": path.name,
            "file_type": "application/vnd.openxmlformats-officedocument"
            ".spreadsheetml.sheet",
        }
    )


def _options(skip):
    return {
        "import_skip_records": [],
        "import_set_empty_fields": [],
        "fallback_values": {},
        "name_create_enabled_fields": {},
        "has_headers": True,
        "keep_matches": False,
        "advanced": True,
        "limit": PEER_BATCH,
        "skip": skip,
        "sheet": "TDSheet",
        "sheets": ["TDSheet"],
        "tracking_disable": True,
        "date_format": "",
        "datetime_format": "",
        "encoding": "",
        "quoting": '"',
        "separator": "",
        "float_thousand_separator": ",",
        "float_decimal_separator": ".",
    }


# -----------------------------------------------------------------------------
# Cases
# -----------------------------------------------------------------------------


def _first(rows, ratio):
    return Case(
        f"import.first.{rows // 1000}k",
        f"first import of {rows} rows",
        "rows/s",
        (
            Part(ours_first, arguments={"rows": rows}),
            Part(peer_first, arguments={"rows": rows}),
        ),
        PEER,
        (Limit("ratio", at_least=ratio), Limit("queries", at_most=0.1)),
    )


def _message(kind, name):
    rows = 20_000
    return Case(
        f"import.{kind}.{rows // 1000}k",
        f"first import of {rows} contractors from {name}",
        "rows/s",
        (
            Part(ours_message, arguments={"kind": kind, "rows": rows}),
            Part(peer_first, arguments={"rows": rows}),
            Part(reading_of_message, NO_DATABASE, {"kind": kind, "rows": rows}),
        ),
        PEER,
        (
            Limit("ratio", at_least=3.6),
            Limit("queries", at_most=0.1),
            Limit("mib", at_most=64),
        ),
    )


def _memory(rows):
    return Case(
        f"import.memory.{rows // 1000}k",
        f"memory that reading {rows} rows of XLSX adds",
        "MiB",
        (
            Part(ours_reading, NO_DATABASE, {"rows": rows}),
            Part(peer_reading, arguments={"rows": rows}),
        ),
        PEER,
        (Limit("mib", at_most=64),),
    )


CASES = (
    _first(20_000, ratio=4),
    _first(50_000, ratio=9),
    Case(
        "import.again.5k",
        "second import of 5000 rows in which nothing has changed",
        "rows/s",
        (
            Part(ours_again, arguments={"rows": 5000}),
            Part(peer_again, arguments={"rows": 5000}),
        ),
        PEER,
        (Limit("ratio", at_least=150), Limit("queries", at_most=0.02)),
    ),
    Case(
        "import.changed.5k",
        "second import of 5000 rows, each with another phone",
        "rows/s",
        (
            Part(ours_changed, arguments={"rows": 5000}),
            Part(peer_again, arguments={"rows": 5000, "changed": True}),
        ),
        PEER,
        (Limit("queries", at_most=2),),
    ),
    Case(
        "import.history",
        "60 nightly imports of 20000 rows, 1 % changed each night, on disk",
        "MiB",
        (Part(ours_history, arguments={"rows": 20_000, "nights": 60, "share": 0.01}),),
        required=(Limit("grown", at_most=3),),
    ),
    _message("v8", "XML of the platform"),
    _message("xdto", "JSON of the platform"),
    _message("enterprise_data", "EnterpriseData"),
    _message("commerceml", "CommerceML"),
    _memory(50_000),
    _memory(200_000),
)
