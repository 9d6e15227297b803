"""What is in the tables before and after, past Odoo; and back as it was before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg2
from odoo_server import OdooServer
from psycopg2 import sql

# Tables of Odoo in which somebody could do harm with our records, or to people.
CORE = (
    "res_partner",
    "res_users",
    "res_company",
    "res_groups",
    "ir_rule",
    "ir_model_access",
    "ir_config_parameter",
    "ir_cron",
    "ir_sequence",
    "ir_ui_view",
    "res_groups_users_rel",
    "res_company_users_rel",
    "res_groups_implied_rel",
    "mail_activity",
    "mail_message",
    "mail_followers",
    "mail_alias",
    "mail_template",
    "mail_mail",
    "mail_notification",
    "mail_tracking_value",
    "ir_attachment",
    "survey_survey",
    "survey_question",
    "survey_question_answer",
    "survey_user_input",
    "survey_user_input_line",
    "res_users_apikeys",
)


@dataclass(frozen=True)
class Change:
    """A row that is not what it was.

    :ivar kind: ``insert``, ``update`` or ``delete``
    """

    table: str
    kind: str
    before: dict | None
    after: dict | None

    @property
    def row(self) -> dict:
        return self.before or self.after

    @property
    def columns(self) -> set[str]:
        """What is different, but for who wrote it and when."""
        before, after = self.before or {}, self.after or {}
        names = before.keys() | after.keys()
        changed = {name for name in names if before.get(name) != after.get(name)}
        return changed - {"write_date", "write_uid"}

    def __str__(self) -> str:
        told = {
            name: ((self.before or {}).get(name), (self.after or {}).get(name))
            for name in sorted(self.columns)
        }
        return f"{self.kind} {self.table} {self.row.get('id')} {str(told)[:600]}"


class Tables:
    """The tables of a database that nobody else is writing to."""

    def __init__(self, server: OdooServer) -> None:
        self._connection = server.connect()
        self._connection.autocommit = True
        self._let_keys_wait()
        self.names = self._find()
        self._sums: dict[str, str] = {}
        self.rows: dict[str, dict[str, dict]] = {}
        for name in self.names:
            self.rows[name] = self._read(name)
        self._sums = self._count()

    def close(self) -> None:
        self._connection.close()

    def _run(self, query, arguments=None) -> list[tuple]:
        with self._connection.cursor() as cursor:
            cursor.execute(query, arguments)
            return cursor.fetchall() if cursor.description else []

    def _let_keys_wait(self) -> None:
        """Let rows be put back in any order; nothing changes for who does not ask."""
        keys = self._run(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint"
            " WHERE contype = 'f' AND NOT condeferrable"
        )
        for table, name in keys:
            self._run(f'ALTER TABLE {table} ALTER CONSTRAINT "{name}" DEFERRABLE')

    def _find(self) -> list[str]:
        found = self._run(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND (tablename LIKE 'its\\_%%' OR tablename = ANY(%s)"
            " OR tablename LIKE '%%\\_its\\_%%') ORDER BY 1",
            [list(CORE)],
        )
        return [name for [name] in found]

    def _read(self, name: str) -> dict[str, dict]:
        rows = self._run(
            sql.SQL("SELECT ctid::text, to_jsonb(t) FROM {} t").format(
                sql.Identifier(name)
            )
        )
        # Tables of links have no number: a row is what it says.
        return {
            str(row.get("id") or json.dumps(row, sort_keys=True)): row
            for _place, row in rows
        }

    def _count(self) -> dict[str, str]:
        parts = [
            sql.SQL(
                "SELECT {}, count(*)::text || '-' ||"
                " coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {} t"
            ).format(sql.Literal(name), sql.Identifier(name))
            for name in self.names
        ]
        return dict(self._run(sql.SQL(" UNION ALL ").join(parts)))

    def changes(self) -> list[Change]:
        """Find what has changed since the beginning."""
        sums = self._count()
        return [
            change
            for name in self.names
            if sums[name] != self._sums[name]
            for change in self._changes_of(name)
        ]

    def _changes_of(self, name: str) -> Iterator[Change]:
        before, after = self.rows[name], self._read(name)
        for key in before.keys() | after.keys():
            former, now = before.get(key), after.get(key)
            if former == now:
                continue
            kind = "update"
            if former is None:
                kind = "insert"
            elif now is None:
                kind = "delete"
            yield Change(name, kind, former, now)

    def restore(self, changes: list[Change]) -> None:
        """Put everything back, so that the next call meets the same world."""
        # What was there before comes first: with a new row goes all that leans on it.
        order = {"update": 0, "delete": 1, "insert": 2}
        with self._connection.cursor() as cursor:
            cursor.execute("BEGIN; SET CONSTRAINTS ALL DEFERRED")
            todo = sorted(changes, key=lambda change: order[change.kind])
            while todo:
                # What others lean on goes after them.
                left = [change for change in todo if not self._undone(cursor, change)]
                assert len(left) < len(todo), [str(change) for change in left]
                todo = left
            cursor.execute("COMMIT")

    def _undone(self, cursor, change: Change) -> bool:
        cursor.execute("SAVEPOINT attack")
        try:
            cursor.execute(*self._undo(change))
        except psycopg2.IntegrityError:
            cursor.execute("ROLLBACK TO SAVEPOINT attack")
            return False
        return True

    def _undo(self, change: Change) -> tuple:
        table = sql.Identifier(change.table)
        if change.kind == "insert":
            query = sql.SQL("DELETE FROM {} t WHERE to_jsonb(t) = %s::jsonb")
            if "id" in change.row:
                query = sql.SQL("DELETE FROM {} WHERE id = (%s::jsonb->>'id')::int")
            return query.format(table), [json.dumps(change.after)]
        names = sql.SQL(", ").join(map(sql.Identifier, change.before))
        former = sql.SQL(
            "(SELECT {} FROM jsonb_populate_record(NULL::{}, %s::jsonb))"
        ).format(names, table)
        query = sql.SQL("INSERT INTO {0} ({1}) {2}")
        if change.kind == "update":
            query = sql.SQL("UPDATE {0} SET ({1}) = {2} WHERE id = %s")
        arguments = [json.dumps(change.before)]
        if change.kind == "update":
            arguments.append(change.row["id"])
        return query.format(table, names, former), arguments

    def row(self, table: str, number: int) -> dict | None:
        """Return a row as it is now."""
        query = sql.SQL("SELECT to_jsonb(t) FROM {} t WHERE id = %s")
        found = self._run(query.format(sql.Identifier(table)), [number])
        return found[0][0] if found else None
