"""Files that people drop by mistake, by how they begin: each is called by its name."""

from __future__ import annotations

import re

from .errors import OnecError

# Kinds of files in words, by their first bytes.
FOREIGN = {
    b"%PDF": "PDF",
    b"{\\rtf": "RTF",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"\x1f\x8b": "gzip",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"MZ": "EXE",
    b"SQLite format 3": "SQLite",
    b"1CIBDmp": "DT",
    b"1CDBMSV8": "1CD",
    b"\xff\xff\xff\x7f": "CF",
}
BANK = "1CClientBankExchange".lower()
# Browsers and Excel begin a page in one file so, and mail programs an e-mail.
OF_MIME = re.compile(r"mime-version\s*:|content-type\s*:\s*multipart/", re.IGNORECASE)
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*\s*:")


def refuse_foreign(head: bytes) -> None:
    """Refuse a file that is known by how it begins to be something else.

    :param head: its first bytes
    :raises OnecError: with what it is
    """
    if head.startswith(b"MOXCEL"):
        raise OnecError("mxl")
    for start, kind in FOREIGN.items():
        if head.startswith(start):
            raise OnecError("not_a_table", kind=kind)
    text = _text(head).lstrip("\ufeff \t\r\n")
    if text[: len(BANK)].lower() == BANK:
        raise OnecError("bank")
    if HEADER.match(text) and OF_MIME.search(text[:2000]):
        raise OnecError("mht")


def refuse_foreign_xml(name: str, attributes: dict[str, str]) -> None:
    """Refuse an XML that is known by its root to be something else.

    :raises OnecError: ``mxl``
    """
    if name == "document" and any(
        "v8.1c.ru" in value and "spreadsheet" in value for value in attributes.values()
    ):
        raise OnecError("mxl")


def _text(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    if head[1:2] == b"\0":
        return head.decode("utf-16-le", "replace")
    return head.decode("latin-1").removeprefix("\xef\xbb\xbf")
