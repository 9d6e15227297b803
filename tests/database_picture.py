"""A database as it is at a moment, to be compared with itself later."""

from __future__ import annotations

import json
from collections import Counter

import psycopg2

# Each gives sentences; what belongs to an extension is left out with its schema.
SCHEMA = (
    # Tables, views and sequences.
    """
    SELECT relkind::text || ' ' || relname || coalesce(': ' || pg_get_viewdef(oid), '')
      FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')
    """,
    """
    SELECT relkind::text || ' ' || relname FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('v', 'm', 'i')
    """,
    # Their columns.
    """
    SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
           || ' ' || coalesce(column_default, '')
      FROM information_schema.columns WHERE table_schema = 'public'
    """,
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    """
    SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """,
    """
    SELECT 'function ' || oid::regprocedure
      FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    """,
    """
    SELECT 'trigger ' || tgname || ' ' || tgrelid::regclass
      FROM pg_trigger WHERE NOT tgisinternal
    """,
    "SELECT 'extension ' || extname FROM pg_extension",
    # Comments on tables and columns: Odoo writes the names of its fields there.
    """
    SELECT 'comment ' || objoid::regclass || '.' || objsubid || ' ' || description
      FROM pg_description
     WHERE classoid = 'pg_class'::regclass
       AND objoid IN (SELECT oid FROM pg_class
                       WHERE relnamespace = 'public'::regnamespace)
    """,
)
TABLES = """
    SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename
"""
# When a record was last written is no part of it.
STAMPS = ("write_date", "write_uid")


def schema(connection: psycopg2.extensions.connection) -> set[str]:
    """Return a sentence for each table, column, index, constraint, …"""
    found = set()
    with connection.cursor() as cursor:
        for query in SCHEMA:
            cursor.execute(query)
            found |= {sentence for (sentence,) in cursor.fetchall()}
    return found


def rows(connection: psycopg2.extensions.connection) -> Counter[tuple[str, str]]:
    """Return ``(table, row as JSON)`` of each row, and how often it is there."""
    found: Counter[tuple[str, str]] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT to_jsonb(t) FROM "{table}" t')
            for (row,) in cursor.fetchall():
                for name in STAMPS:
                    row.pop(name, None)
                text = json.dumps(row, ensure_ascii=False, sort_keys=True)
                found[table, text] += 1
    return found
