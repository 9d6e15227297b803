"""What references in an exchange file lead to, and its objects until they are asked
for: kept on disk and not in memory."""

from __future__ import annotations

import marshal
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from .contacts import Contact
from .objects import CONTACT, CONTRACTOR, Entry

CACHED = 4096
# So much is written down together: some hundred contractors.
BATCH_BYTES = 64 * 1024
CACHE_KIB = 8192
# A client of a shop has so many orders in a file at most.
MOST_REPEATED = 10_000
# Folders in folders; a file may also say that two lie in each other.
MAX_PATH = 50


class Target(NamedTuple):
    """What a reference leads to."""

    name: str
    parent: str
    inn: str
    kpp: str


class References:
    """A table of the objects of a file by reference, and one of contacts by owner.

    :param entries: the objects of the file
    :param kept: the types of which :meth:`entries` gives them back, so that a file is
        parsed once
    """

    def __init__(self, entries: Iterable[Entry], kept: Collection[str] = ()) -> None:
        self._kept = frozenset(kept)
        self._has_contacts = False
        # An empty name is a file that SQLite makes when memory gets scarce, and that
        # is gone when it is closed.
        self._base = sqlite3.connect("", isolation_level=None)
        try:
            self._fill(entries)
        except BaseException:
            self._base.close()
            raise
        self.get = lru_cache(CACHED)(self._get)
        self.path = lru_cache(CACHED)(self._path)

    def _fill(self, entries: Iterable[Entry]) -> None:
        run = self._base.execute
        run(f"PRAGMA cache_size = -{CACHE_KIB}")
        run("PRAGMA temp_store = 1")
        run("PRAGMA journal_mode = OFF")
        run(
            "CREATE TABLE target (ref TEXT PRIMARY KEY, name, parent, inn, kpp)"
            " WITHOUT ROWID"
        )
        run("CREATE TABLE contact (owner TEXT, type, kind, value)")
        run("CREATE TABLE entry (type TEXT, body BLOB, key TEXT)")
        run("BEGIN")
        for some in _in_batches(entries):
            self._keep(some)
        run("COMMIT")
        run("CREATE INDEX contact_owner ON contact (owner)")

    def _keep(self, entries: list[tuple[Entry, bytes]]) -> None:
        """Write down entries, those of each table together.

        :param entries: each with itself packed
        """
        run = self._base.executemany
        run(
            "INSERT INTO entry VALUES (?, ?, ?)",
            [
                (entry.type, body, entry.key)
                for entry, body in entries
                if entry.type in self._kept
            ],
        )
        contacts = [
            (entry.ref, *contact)
            for entry, _body in entries
            if entry.type == CONTACT
            for contact in entry.contacts
        ]
        if contacts:
            run("INSERT INTO contact VALUES (?, ?, ?, ?)", contacts)
            self._has_contacts = True
        run(
            "INSERT OR REPLACE INTO target VALUES (?, ?, ?, ?, ?)",
            [
                _target(entry)
                for entry, _body in entries
                if entry.type != CONTACT and entry.ref and not entry.key
            ],
        )

    def entries(self, type_name: str) -> Iterator[Entry]:
        """Give back the kept objects of a type, in the order of the file."""
        rows = self._base.execute(
            "SELECT body FROM entry WHERE type = ? ORDER BY rowid", (type_name,)
        )
        for (body,) in rows:
            yield _unpacked(type_name, body)

    def merged_entries(self, type_name: str) -> Iterator[Entry]:
        """As :meth:`entries`, but those with the same key are one, at the place of the
        first."""
        run = self._base.execute
        run("CREATE INDEX IF NOT EXISTS entry_key ON entry (key)")
        rows = run(
            "SELECT rowid, body, key, key != '' AND EXISTS ("
            "SELECT 1 FROM entry other WHERE other.key = entry.key"
            " AND other.rowid != entry.rowid)"
            " FROM entry WHERE type = ? ORDER BY rowid",
            (type_name,),
        )
        taken: set[int] = set()
        for rowid, body, key, is_repeated in rows:
            if rowid in taken:
                taken.discard(rowid)
                continue
            entry = _unpacked(type_name, body)
            if is_repeated:
                others = self._base.execute(
                    "SELECT rowid, body FROM entry WHERE key = ? AND rowid > ?"
                    " ORDER BY rowid LIMIT ?",
                    (key, rowid, MOST_REPEATED),
                )
                taken.update(
                    other
                    for other, told in others
                    if other not in taken and entry.add(_unpacked(type_name, told))
                )
            yield entry

    def _get(self, ref: str) -> Target | None:
        row = self._base.execute(
            "SELECT name, parent, inn, kpp FROM target WHERE ref = ?", (ref,)
        ).fetchone()
        return Target(*row) if row else None

    def name(self, ref: str) -> str:
        """Return the name of what a reference leads to, empty if that is not there."""
        target = self.get(ref) if ref else None
        return target.name if target else ""

    def _path(self, ref: str) -> tuple[str, ...]:
        """Return the names of a folder and of those above it, the outermost first."""
        names: list[str] = []
        seen: set[str] = set()
        while ref and ref not in seen and len(names) < MAX_PATH:
            seen.add(ref)
            target = self.get(ref)
            if target is None:
                break
            if target.name:
                names.append(target.name)
            ref = target.parent
        return tuple(reversed(names))

    def contacts(self, owner: str, limit: int) -> list[Contact]:
        """Return the contacts that a register keeps of somebody."""
        if not self._has_contacts:
            # Only old programs have such a register.
            return []
        rows = self._base.execute(
            "SELECT type, kind, value FROM contact WHERE owner = ?"
            " ORDER BY rowid LIMIT ?",
            (owner, limit),
        )
        return [Contact(*row) for row in rows]

    def close(self) -> None:
        """Delete the tables."""
        self._base.close()


def _in_batches(entries: Iterable[Entry]) -> Iterator[list[tuple[Entry, bytes]]]:
    """Gather entries to be written down together; each may be as big as a batch."""
    batch, size = [], 0
    for entry in entries:
        body = _packed(entry)
        batch.append((entry, body))
        size += len(body)
        if size > BATCH_BYTES:
            yield batch
            batch, size = [], 0
    yield batch


def _target(entry: Entry) -> tuple[str, str, str, str, str]:
    values, is_contractor = entry.values, entry.type == CONTRACTOR
    return (
        entry.ref,
        values.get("name") or values.get("full_name") or "",
        entry.links.get("parent", ""),
        values.get("inn", "") if is_contractor else "",
        values.get("kpp", "") if is_contractor else "",
    )


def _packed(entry: Entry) -> bytes:
    told = [tuple(contact) for contact in entry.contacts]
    body = (entry.values, entry.ref, entry.links, told, entry.is_folder, entry.extras)
    return marshal.dumps(body)


def _unpacked(type_name: str, body: bytes) -> Entry:
    values, ref, links, contacts, is_folder, extras = marshal.loads(body)
    told = [Contact(*contact) for contact in contacts]
    return Entry(type_name, values, ref, links, told, is_folder, extras)
