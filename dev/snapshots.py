"""What the addon has made of a database, so that a later version can upgrade it.

A snapshot holds the difference between two databases: one of Odoo alone, and the same with
the addon: our tables and columns, and all rows that came or changed, rules, scheduled
actions, templates, views and fields among them. What belongs to Odoo is not in it. Loaded
into a fresh database of Odoo, it makes the installation of that time of it, whatever Odoo
has become since: rows of Odoo are named by their external ids.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator

import psycopg2
from psycopg2 import sql
from psycopg2.extras import Json

from . import odoo_process, postgres, templates
from .odoo_process import Odoo
from .paths import ADDON_NAME, ROOT

# What a snapshot may take up in the repository.
MOST_BYTES = 3 * 1024 * 1024
LIFE = ROOT / "dev" / "scripts" / "snapshot_life.py"
Connection = psycopg2.extensions.connection
# The ids of loaded rows are moved out of the way of those that are there.
OFFSET = 1_000_000
# Files, what servers tell each other, and what is forgotten: no part of an installation.
LEFT_OUT = re.compile(
    r"ir_attachment|bus_.*|ir_cron_(?:trigger|progress)|ir_logging|ir_profile"
    r"|res_users_(?:log|apikeys.*)|res_device.*|base_registry.*|.*wizard.*|wizard_.*"
)
# When a row was written says nothing of what it is.
STAMPS = {"write_date", "write_uid"}
# Columns that lead to a row of any model: the model, and the id.
ANY = (("model", "res_id"), ("res_model", "res_id"))
# «ir.actions.act_window,12»
BUTTON = re.compile(r'name="([0-9]+)"')
REFERENCE = re.compile(r"([a-z_]+(?:\.[a-z0-9_]+)+),([0-9]+)")

TABLES = """
    SELECT relname FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname
"""
COLUMNS = """
    SELECT relname, attname, format_type(atttypid, atttypmod), attnotnull
      FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
       AND attnum > 0 AND NOT attisdropped
     ORDER BY relname, attnum
"""
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), contype::text
      FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'c', 'f')
     ORDER BY contype = 'f', contype <> 'p', conname
"""
INDEXES = """
    SELECT indexdef FROM pg_indexes
     WHERE schemaname = 'public' AND indexname NOT IN (
           SELECT conname FROM pg_constraint WHERE contype IN ('p', 'u'))
     ORDER BY indexname
"""
LINKS = """
    SELECT con.conrelid::regclass::text, att.attname, con.confrelid::regclass::text
      FROM pg_constraint AS con
      JOIN pg_attribute AS att
        ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
     WHERE con.contype = 'f' AND cardinality(con.conkey) = 1
"""


class Picture:
    """A database that is compared: its rows, and how they are called.

    :ivar columns: ``{table: {column: type}}``
    :ivar links: ``{table: {column: table it leads to}}``
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.columns: dict[str, dict[str, tuple[str, bool]]] = defaultdict(dict)
        for table, name, kind, needed in self.ask(COLUMNS):
            self.columns[table][name] = kind, needed
        self.links: dict[str, dict[str, str]] = defaultdict(dict)
        for table, name, other in self.ask(LINKS):
            self.links[table][name] = other
        # A model that the addon extends has a name of ours as well, which is not there
        # before the addon is: the last of the names is the one of Odoo.
        told = self.ask(
            "SELECT module || '.' || name, model, res_id FROM ir_model_data"
            f" ORDER BY module != '{ADDON_NAME}', id DESC"
        )
        self.names = {(model, number): name for name, model, number in told}
        self.ids = {name: number for name, _model, number in told}

    def ask(self, query: str | sql.Composable) -> list[tuple]:
        with self._connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    def rows(self, table: str) -> dict:
        """Return the rows of a table by their ids, or by themselves where they have none."""
        query = sql.SQL("SELECT to_jsonb(t) FROM ONLY {} AS t").format(
            sql.Identifier(table)
        )
        found = {}
        for (row,) in self.ask(query):
            key = row.get("id") or json.dumps(row, sort_keys=True)
            found[key] = row
        return found


def table_of(model: str) -> str:
    """Return the table of a model."""
    special = {
        "ir.actions.actions": "ir_actions",
        "ir.actions.act_window": "ir_act_window",
        "ir.actions.act_window.view": "ir_act_window_view",
        "ir.actions.act_url": "ir_act_url",
        "ir.actions.server": "ir_act_server",
        "ir.actions.client": "ir_act_client",
        "ir.actions.report": "ir_act_report_xml",
    }
    return special.get(model, model.replace(".", "_"))


# -----------------------------------------------------------------------------
# Making
# -----------------------------------------------------------------------------


class _Maker:
    def __init__(self, plain: Connection, installed: Connection) -> None:
        self.plain, self.now = Picture(plain), Picture(installed)
        tables = [table for (table,) in self.now.ask(TABLES)]
        self.tables = [table for table in tables if not LEFT_OUT.fullmatch(table)]
        self.came: dict[str, dict] = {}
        self.changed: dict[str, list] = {}
        self.models = {}
        for model, _number in self.now.names:
            self.models[table_of(model)] = model

    def make(self) -> dict:
        for table in self.tables:
            self._compare(table)
        rows = {
            table: [self._named(table, row) for row in rows.values()]
            for table, rows in self.came.items()
            if rows
        }
        changed = {
            table: [
                [self._name(table, key), self._named(table, values)]
                for key, values in changes
            ]
            for table, changes in self.changed.items()
        }
        [[version]] = self.now.ask(
            "SELECT latest_version FROM ir_module_module WHERE name = 'its_quality'"
        )
        return {
            "version": version,
            "columns": self._columns(),
            "constraints": _difference(self.now, self.plain, CONSTRAINTS),
            "indexes": _difference(self.now, self.plain, INDEXES),
            "rows": rows,
            "changed": changed,
        }

    def _compare(self, table: str) -> None:
        before = self.plain.rows(table) if table in self.plain.columns else {}
        now = self.now.rows(table)
        self.came[table] = {key: row for key, row in now.items() if key not in before}
        changes = []
        for key, row in now.items():
            former = before.get(key)
            if former is None or not isinstance(key, int):
                continue
            values = {
                name: value
                for name, value in row.items()
                if name not in STAMPS and former.get(name) != value
            }
            if values:
                changes.append((key, values))
        if changes:
            self.changed[table] = changes

    def _columns(self) -> list:
        return [
            [table, name, kind, needed]
            for table in self.tables
            for name, (kind, needed) in self.now.columns[table].items()
            if name not in self.plain.columns.get(table, {})
        ]

    def _named(self, table: str, row: dict) -> dict:
        """Name the rows that a row leads to, so that they are found in any database."""
        found = dict(row)
        for name, other in self.now.links[table].items():
            if row.get(name) is not None:
                found[name] = self._name(other, row[name])
        for model, number in ANY:
            if row.get(model) and row.get(number):
                found[number] = self._name(table_of(row[model]), row[number])
        for name, value in row.items():
            if name == "id" and value in self.came.get(table, ()):
                found[name] = {"new": value}
            elif name == "parent_path" and value:
                parts = [int(part) for part in value.split("/") if part]
                found[name] = {"path": [self._name(table, part) for part in parts]}
            elif isinstance(value, str) and (match := REFERENCE.fullmatch(value)):
                target = self._name(table_of(match[1]), int(match[2]))
                found[name] = {"reference": [match[1], target]}
            elif isinstance(value, dict | list):
                found[name] = {"json": value}
        return found

    def _name(self, table: str, number: int) -> dict:
        if number in self.came.get(table, ()):
            return {"new": number}
        name = self.now.names.get((self.models.get(table), number))
        return {"name": name} if name else {"id": number}


def _difference(now: Picture, before: Picture, query: str) -> list:
    known = set(before.ask(query))
    return [
        list(row)
        for row in now.ask(query)
        if row not in known and not LEFT_OUT.fullmatch(str(row[0]))
    ]


def make(plain: Connection, installed: Connection) -> bytes:
    """Return what the addon has made of a database.

    :param plain: a database of Odoo alone
    :param installed: a copy of it, into which the addon was installed
    """
    content = json.dumps(_Maker(plain, installed).make(), ensure_ascii=False)
    return gzip.compress(content.encode(), 9, mtime=0)


# -----------------------------------------------------------------------------
# Loading
# -----------------------------------------------------------------------------


class _Loader:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._there = Picture(connection)

    def load(self, content: dict) -> None:
        with self._connection, self._connection.cursor() as cursor:
            self._cursor = cursor
            self._actions = {
                row["id"]["new"]
                for table, rows in content["rows"].items()
                if table.startswith("ir_act_")
                for row in rows
                if "new" in row.get("id", {})
            }
            # What leads to a row may come before it.
            links = [row for row in self._there.ask(CONSTRAINTS) if row[3] == "f"]
            for table, name, _definition, _kind in links:
                self._drop_constraint(table, name)
            self._make_columns(content["columns"])
            for table, rows in content["rows"].items():
                self._insert(table, rows)
            for table, changes in content["changed"].items():
                for key, values in changes:
                    self._update(table, key, values)
            self._need_values(content["columns"])
            for table, name, definition, _kind in [*links, *content["constraints"]]:
                self._constrain(table, name, definition)
            for (definition,) in content["indexes"]:
                cursor.execute(definition.replace("INDEX ", "INDEX IF NOT EXISTS ", 1))
            self._set_sequences(content["rows"])

    def _make_columns(self, columns: list) -> None:
        made: set[str] = set()
        for table, name, kind, needed in columns:
            is_ours = table not in self._there.columns
            # A table of Odoo has rows already.
            words = sql.SQL(" NOT NULL" if needed and is_ours else "")
            if is_ours and table not in made:
                made.add(table)
                self._run("CREATE TABLE {} ()", table)
            if name == "id":
                sequence = f"{table}_id_seq"
                self._run("CREATE SEQUENCE {}", sequence)
                words = sql.SQL(" NOT NULL DEFAULT nextval({})").format(
                    sql.Literal(f"public.{sequence}")
                )
            self._cursor.execute(
                sql.SQL("ALTER TABLE {} ADD COLUMN {} {}{}").format(
                    sql.Identifier(table),
                    sql.Identifier(name),
                    sql.SQL(kind),
                    words,
                )
            )
            if name == "id":
                self._run("ALTER SEQUENCE {} OWNED BY {}.id", sequence, table)

    def _need_values(self, columns: list) -> None:
        """Let our columns of tables of Odoo need a value, now that rows have one."""
        for table, name, _kind, needed in columns:
            if needed and name != "id":
                self._cursor.execute(
                    sql.SQL("SELECT FROM {} WHERE {} IS NULL LIMIT 1").format(
                        sql.Identifier(table), sql.Identifier(name)
                    )
                )
                # Odoo may have rows by now that there were not then.
                if not self._cursor.rowcount:
                    self._run(
                        "ALTER TABLE {} ALTER COLUMN {} SET NOT NULL", table, name
                    )

    def _run(self, text: str, *names: str) -> None:
        self._cursor.execute(sql.SQL(text).format(*map(sql.Identifier, names)))

    def _insert(self, table: str, rows: list) -> None:
        plain = [self._plain(table, row) for row in rows]
        names = sql.SQL(", ").join(map(sql.Identifier, rows[0]))
        self._cursor.execute(
            sql.SQL(
                "INSERT INTO {table} ({names}) SELECT {names}"
                " FROM jsonb_populate_recordset(NULL::{table}, %s)"
            ).format(table=sql.Identifier(table), names=names),
            [Json(plain)],
        )

    def _update(self, table: str, key: dict, values: dict) -> None:
        plain = self._plain(table, values)
        names = sql.SQL(", ").join(map(sql.Identifier, values))
        self._cursor.execute(
            sql.SQL(
                "UPDATE {table} SET ({names}) = ROW({new}) FROM"
                " jsonb_populate_record(NULL::{table}, %s) AS t WHERE {table}.id = %s"
            ).format(
                table=sql.Identifier(table),
                names=names,
                new=sql.SQL(", ").join(sql.Identifier("t", name) for name in values),
            ),
            [Json(plain), self._id(key)],
        )

    def _plain(self, table: str, row: dict) -> dict:
        found = {}
        for name, value in row.items():
            if not isinstance(value, dict):
                found[name] = value
            elif "json" in value:
                found[name] = value["json"]
                if (table, name) == ("ir_ui_view", "arch_db"):
                    found[name] = {
                        lang: BUTTON.sub(self._button, arch)
                        for lang, arch in value["json"].items()
                    }
            elif "path" in value:
                found[name] = "".join(f"{self._id(part)}/" for part in value["path"])
            elif "reference" in value:
                model, key = value["reference"]
                found[name] = f"{model},{self._id(key)}"
            else:
                found[name] = self._id(value)
        return found

    def _button(self, found: re.Match) -> str:
        """A button of a view names its action by a number."""
        number = int(found[1])
        return f'name="{number + OFFSET * (number in self._actions)}"'

    def _id(self, key: dict) -> int | None:
        if "new" in key:
            return key["new"] + OFFSET
        if "name" in key:
            # Odoo may have dropped it since; the upgrade has to cope with that.
            return self._there.ids.get(key["name"])
        return key["id"]

    def _drop_constraint(self, table: str, name: str) -> None:
        self._cursor.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}").format(
                sql.SQL(table), sql.Identifier(name)
            )
        )

    def _constrain(self, table: str, name: str, definition: str) -> None:
        self._drop_constraint(table, name)
        self._cursor.execute(
            sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
                sql.SQL(table), sql.Identifier(name), sql.SQL(definition)
            )
        )

    def _set_sequences(self, rows: dict) -> None:
        for table in rows:
            self._cursor.execute(
                "SELECT pg_get_serial_sequence(%s, 'id') WHERE EXISTS ("
                "SELECT FROM pg_attribute WHERE attrelid = %s::regclass"
                " AND attname = 'id')",
                [table, table],
            )
            found = self._cursor.fetchone()
            if found and found[0]:
                self._cursor.execute(
                    sql.SQL("SELECT setval(%s, (SELECT max(id) FROM {}))").format(
                        sql.Identifier(table)
                    ),
                    found,
                )
        # Actions of all kinds share one.
        self._cursor.execute(
            "SELECT setval('ir_actions_id_seq', (SELECT max(id) FROM ir_actions))"
        )


def load(connection: Connection, snapshot: bytes) -> str:
    """Make the installation of that time of a database of Odoo alone.

    :return: the version of the addon in the snapshot
    """
    content = json.loads(gzip.decompress(snapshot))
    _Loader(connection).load(content)
    return content["version"]


# -----------------------------------------------------------------------------
# Taking
# -----------------------------------------------------------------------------


@contextlib.contextmanager
def connected(odoo: Odoo, name: str) -> Iterator[Connection]:
    """Have a connection to a database past Odoo."""
    env = odoo.server.env
    connection = psycopg2.connect(
        dbname=name,
        host=env.get("PGHOST"),
        port=env.get("PGPORT"),
        user=env.get("PGUSER"),
    )
    try:
        yield connection
    finally:
        connection.close()


def take(odoo: Odoo, *, demo: bool) -> tuple[str, bytes]:
    """Install the addon as it is now, let people work with it, and take a snapshot.

    :param demo: install its demo data, which takes minutes
    :return: the version, and the snapshot
    """
    own = f"its_test_snapshot_{os.getpid()}"
    alone = f"its_test_alone_{os.getpid()}"
    kind = templates.PLAIN if demo else templates.WITH_ADDON
    with (
        templates.copy_of(odoo, kind, own),
        templates.copy_of(odoo, templates.PLAIN, alone),
    ):
        if demo:
            postgres.query(
                odoo.server, "UPDATE ir_module_module SET demo = true", database=own
            )
            arguments = ["-d", own, "-i", ADDON_NAME, "--stop-after-init", "--no-http"]
            title = f"Installing {ADDON_NAME} with its demo data"
            odoo_process.run_logged(odoo, title, own, arguments)
        odoo_process.run_script(odoo, own, LIFE)
        with connected(odoo, alone) as plain, connected(odoo, own) as installed:
            content = make(plain, installed)
    version = json.loads(gzip.decompress(content))["version"]
    return version, content
