"""Opens any file as a table of texts. The content shows the kind: people rename
files, and 1C itself calls a text file ``xls``."""

from __future__ import annotations

import re
from pathlib import Path

from .errors import OnecError
from .exchange.table import open_exchange
from .exchange.zipped import ZippedFile, exchange_in
from .foreign import refuse_foreign
from .sheets.delimited import DelimitedTable
from .sheets.html import STARTS, HtmlTable
from .sheets.ods import OdsTable, is_ods
from .sheets.spreadsheet_xml import NAMESPACE, SpreadsheetXmlTable
from .sheets.xls import XlsTable
from .sheets.xlsx import XlsxTable
from .tables import OLE, Table

# The record that a workbook of Excel begins with when it is in no container.
BARE_XLS = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")
# A text may begin with a bracket, too, but not with a list of objects.
JSON = re.compile(rb"\{|\[\s*\{")
# Of XDTO, or of the OData interface.
OF_1C = re.compile(rb'"(?:#type|#value|odata\.metadata|Ref_Key|@odata\.context)"')


def open_table(
    path: str | Path, *, sheet: str | None = None, encoding: str | None = None
) -> Table:
    """Open a file as a table.

    :param sheet: the name of a sheet; by default the first
    :param encoding: of a text file, as Python calls it; by default found by content
    :raises OnecError: with the reason why it cannot be read
    """
    path = Path(path)
    readers = {
        "xlsx": XlsxTable,
        "xls": XlsTable,
        "ods": OdsTable,
        "xml_sheet": SpreadsheetXmlTable,
    }
    kind = _kind_of(path)
    if kind == "xlsx" and is_ods(path):
        kind = "ods"
    archived = exchange_in(path) if kind == "xlsx" else None
    language = _kind_of(archived) if archived else kind
    if language in ("xml", "json"):
        table = open_exchange(archived or path, language, encoding)
    elif kind == "csv":
        return DelimitedTable(path, encoding)
    elif kind == "html":
        table = HtmlTable(path, encoding)
    else:
        table = readers[kind](path)
    if sheet:
        try:
            table.select(sheet)
        except OnecError:
            table.close()
            raise
        table.sheet_is_chosen = True
    return table


def _kind_of(path: Path | ZippedFile) -> str:
    with path.open("rb") as handle:
        head = handle.read(4096)
        if not head.strip(b"\0\t\r\n \xef\xbb\xbf\xff\xfe"):
            raise OnecError("damaged" if handle.read(1) else "empty")
    if head.startswith(b"PK"):
        return "xlsx"
    if head.startswith(OLE) or head.startswith(BARE_XLS):
        return "xls"
    refuse_foreign(head)
    return _kind_of_text(head)


def _kind_of_text(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = head.decode("utf-16", "ignore").encode("utf-8", "ignore")
    elif head[1:2] == b"\0" or head[:1] == b"\0":
        # UTF-16 without a mark.
        order = "utf-16-be" if head[:1] == b"\0" else "utf-16-le"
        start = head.decode(order, "ignore").encode("utf-8", "ignore")
    start = start.lstrip()
    if start.startswith(b"<"):
        begin = start[:200].decode("utf-8", "replace").lower()
        if begin.startswith(STARTS) or "<html" in begin:
            return "html"
        return "xml_sheet" if NAMESPACE.encode() in start else "xml"
    if JSON.match(start):
        if not OF_1C.search(start):
            raise OnecError("not_a_table", kind="JSON")
        return "json"
    return "csv"
