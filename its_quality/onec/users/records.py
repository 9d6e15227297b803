"""From any file of 1C to records of users of the information base.

Passwords, roles and the account of the base itself are no part of a record and have no
column here, so nothing of them can be taken over by mistake.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..cells import EMPTY_GUID, GUID, YES
from ..errors import OnecError
from ..exchange.table import ExchangeTable
from ..header import Header, find_header
from ..opening import open_table
from ..records import is_total
from ..tables import Table
from ..texts import folded, split_emails, split_phones
from ..user_fields import (
    MARKS,
    OF_CONTRACTORS,
    OF_USERS,
    USER_FIELD_BY_TITLE,
    title_key,
)
from .exchange import UserTable

# More than any information base of a firm that sells 1C has; each becomes an account
# and a letter, so a longer list is some other list.
MAX_USERS = 5000

# Why nobody is made of a row, and what else there is to say of one.
USER_SKIP_CODES = (*MARKS, "no_name", "total_row", "header_row")
USER_ISSUE_CODES = ("email_wrong",)

# «<Не указан>» and «<Не авторизован>»: nobody, but an item of the catalogue.
NOBODY = re.compile(r"<.*>")
PARTS = ("name", "login", "email", "phone", "department", "position", "ref")


@dataclass
class UserRecord:
    """A user as read from a row, an object or an entity.

    :ivar row: the number of the row, or which of the entities it is, from 1
    :ivar values: filled texts by key of ``PARTS``; ``ref`` is a GUID in small letters
    :ivar issues: codes of ``USER_ISSUE_CODES`` with what stands in the file
    :ivar skip_reason: a code of ``USER_SKIP_CODES`` of a user who gets no account
    """

    row: int
    values: dict[str, str]
    issues: list[tuple[str, str]] = field(default_factory=list)
    skip_reason: str | None = None


def open_users(path: str | Path) -> Table:
    """Open any file as a table of users.

    :raises OnecError: with the reason why it cannot be read
    """
    table = open_table(path)
    return UserTable.of(table) if isinstance(table, ExchangeTable) else table


def is_user_list(path: str | Path) -> bool:
    """Tell whether a file holds users of an infobase, and no contractors."""
    try:
        with contextlib.closing(open_users(path)) as table:
            header = find_user_header(table)
            is_exchange = isinstance(table, UserTable)
    except OnecError:
        return False
    return is_exchange or bool({column.field for column in header.columns} & OF_USERS)


def refuse_user_list(path: str | Path) -> None:
    """Refuse a list of users where contractors were expected.

    :raises OnecError: ``users``
    """
    if is_user_list(path):
        raise OnecError("users")


def find_user_header(table: Table) -> Header:
    """Find the row of titles; see :func:`find_header`.

    :raises OnecError: ``no_user_header``, ``no_users``, ``contractors_not_users``, and
        what reading may raise
    """
    try:
        header = find_header(table, fields=USER_FIELD_BY_TITLE)
    except OnecError as error:
        if error.code == "no_header":
            raise OnecError("no_user_header") from error
        raise
    fields = {column.field for column in header.columns}
    titles = {title_key(column.title) for column in header.columns}
    if titles & OF_CONTRACTORS and not fields & OF_USERS:
        raise OnecError("contractors_not_users")
    if "name" not in fields and "login" not in fields:
        raise OnecError("no_user_header")
    return header


def read_users(table: Table, header: Header) -> Iterator[UserRecord]:
    """Read the rows below the header.

    :raises OnecError: ``too_many_rows``, and what reading may raise
    """
    columns = {column.index: column for column in header.columns}
    count = 0
    for row in table.rows():
        if row.number <= header.row:
            continue
        texts: dict[str, str] = {}
        repeats_titles = True
        for index, column in columns.items():
            text = row.cells[index] if index < len(row.cells) else ""
            repeats_titles = repeats_titles and folded(text) == column.title
            if column.field and folded(text):
                texts[column.field] = text
        if not texts:
            continue
        count += 1
        if count > MAX_USERS:
            raise OnecError("too_many_rows", limit=MAX_USERS)
        record = make_record(row.number, texts)
        if repeats_titles:
            record.skip_reason = "header_row"
        yield record


def make_record(row: int, texts: Mapping[str, str]) -> UserRecord:
    """Make a record of the texts of a user.

    :param texts: by key of ``USER_ALIASES``; others are left out
    """
    record = UserRecord(row, {})
    values = {name: folded(texts.get(name, "")) for name in PARTS}
    ref = values["ref"].lower()
    values["ref"] = ref if GUID.fullmatch(ref) and ref != EMPTY_GUID else ""
    emails = split_emails(texts.get("email", ""))
    if values["email"] and not emails:
        record.issues.append(("email_wrong", values["email"]))
    values["email"] = emails[0] if emails else ""
    values["phone"] = next(iter(split_phones(texts.get("phone", ""))), "")
    values["name"] = values["name"] or values["login"] or values["email"]
    record.values = {name: text for name, text in values.items() if text}
    record.skip_reason = _skip_reason(texts, record.values)
    return record


def _skip_reason(texts: Mapping[str, str], values: Mapping[str, str]) -> str | None:
    for mark in MARKS:
        if folded(texts.get(mark, "")).casefold() in YES:
            return mark
    name = values.get("name", "")
    if not name:
        return "no_name"
    if NOBODY.fullmatch(name):
        return "service"
    if is_total(name) and values.keys() <= {"name"}:
        return "total_row"
    return None
