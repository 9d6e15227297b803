"""Walks through all objects of a set, page by page, also when they move meanwhile.

1C can only be asked to skip so many objects: comparing references (``Ref_Key gt …``) is
not among what the platform documents. An object deleted between two pages
shifts the rest by one. So each page begins a few objects before the end of the one
before and has to hold one of those; where it does not, the walk steps back. The keys
are never compared with each other: 1C orders references in a way of its own.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field

from ..exchange.objects import guid
from ..records import EMPTY_GUID
from ..tables import MAX_ROWS
from .errors import OdataError

# So many objects of a page are those of the end of the one before.
OVERLAP = 5
# Pages in a row that may bring nothing new, after steps back.
MOST_IDLE = 8
# 1C has 12 signs of Base64.
LONGEST_VERSION = 64
# A mark of ours on an object without a key of its own.
WITHOUT_KEY = "its_without_key"
OF_CONTENT = uuid.UUID("6f1f8d5e-7a0b-4c36-9a55-0d5e4f1f8a11")
AS_1C_WRITES = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch

Fetch = Callable[[int, int], tuple[list[dict], int]]


@dataclass
class Place:
    """How far a walk has come; plain values, so that it can be kept.

    :ivar skip: where the next page begins
    :ivar tail: the last keys that were read
    :ivar seen: how many objects were read
    :ivar total: how many there are, as far as 1C has said
    :ivar is_end: whether there is nothing more to read
    """

    skip: int = 0
    tail: list[str] = field(default_factory=list)
    seen: int = 0
    total: int = -1
    steps_back: int = 0
    idle: int = 0
    is_end: bool = False

    def to_dict(self) -> dict:
        """Return it as something that JSON takes; the constructor takes it back."""
        return asdict(self)


def next_page(fetch: Fetch, place: Place, top: int) -> list[dict]:
    """Read the next page and move on.

    :param fetch: gets how many to skip and how many to return at most; returns what
        ``OdataClient.page`` does
    :param place: is changed
    :param top: more than ``OVERLAP``
    :return: the objects that were not seen before; perhaps none. One whose key is none
        among others that have one is marked, see :func:`has_key`
    :raises OdataError: what asking raises; ``same_page`` or ``too_many`` of a server
        that never comes to an end
    """
    rows, count = fetch(place.skip, top)
    if count >= 0:
        place.total = count
    rows = _with_keys(rows)
    keys = [key_of(row) for row in rows]
    fresh = _after_tail(keys, place)
    if fresh is None:
        _step_back(place, top)
        return []
    found = list(dict(zip(keys[fresh:], rows[fresh:], strict=True)).values())
    place.seen += len(found)
    if place.seen > MAX_ROWS:
        raise OdataError("too_many", limit=MAX_ROWS)
    is_short = len(rows) < top
    # A server may send less than it is asked for; how much there is in all tells
    # whether that was the last page, else one with nothing but the end of the former.
    is_all = 0 <= place.total <= place.seen
    place.is_end = is_short and (is_all or not found and len(rows) <= OVERLAP)
    place.idle = 0 if found else place.idle + 1
    place.steps_back = 0 if found else place.steps_back
    if place.idle > MOST_IDLE:
        raise OdataError("same_page")
    place.skip += max(len(rows) - OVERLAP, bool(found))
    place.tail = keys[-OVERLAP:] or place.tail
    return found


def _with_keys(rows: list[dict]) -> list[dict]:
    """Give a key made of its content to each object that has none.

    :raises OdataError: ``not_odata`` where none of them has
    """
    if all(has_key(row) for row in rows):
        return rows
    if not any(has_key(row) for row in rows):
        raise OdataError("not_odata")
    return [row if has_key(row) else _with_key_of_content(row) for row in rows]


def _with_key_of_content(row: dict) -> dict:
    content = json.dumps(row, sort_keys=True, default=str)
    key = uuid.uuid5(OF_CONTENT, content.encode(errors="replace").decode())
    return {**row, "Ref_Key": str(key), WITHOUT_KEY: True}


def has_key(row: dict) -> bool:
    """Tell whether 1C knows an object by its key."""
    key = row.get("Ref_Key")
    return isinstance(key, str) and bool(guid(key)) and WITHOUT_KEY not in row


def with_key(rows: Iterable[dict]) -> list[dict]:
    """Return the objects that 1C knows by their keys."""
    return [row for row in rows if has_key(row)]


def _after_tail(keys: list[str], place: Place) -> int | None:
    """Return where in a page begins what was not read before; ``None`` where the page
    does not join on to the one before."""
    if not place.tail:
        return 0
    tail = set(place.tail)
    known = [index for index, key in enumerate(keys) if key in tail]
    if known:
        return known[-1] + 1
    # All that was read last is gone. From the very beginning nothing is left out.
    return 0 if place.skip == 0 else None


def _step_back(place: Place, top: int) -> None:
    place.skip = max(0, place.skip - (top // 2 << place.steps_back))
    place.steps_back += 1


def key_of(row: dict) -> str:
    """Return the reference of an object.

    :raises OdataError: ``not_odata`` for one without
    """
    key = row.get("Ref_Key")
    if not isinstance(key, str):
        raise OdataError("not_odata")
    # As 1C writes it; there are many.
    if AS_1C_WRITES(key) and key != EMPTY_GUID:
        return key
    ref = guid(key)
    if not ref:
        raise OdataError("not_odata")
    return ref


def version_of(row: dict) -> str:
    """Return the version of an object as it is compared; empty for none."""
    version = row.get("DataVersion")
    if not isinstance(version, str) or len(version) > LONGEST_VERSION:
        return ""
    return version if version.isascii() and version.isprintable() else ""
