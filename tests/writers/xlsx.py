"""XLSX as 1C writes it, as Excel does, and as programs do that take other liberties."""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
EPOCH = datetime.date(1899, 12, 30)
LONG_AGO = (1980, 1, 1, 0, 0, 0)
DATE_STYLE = 1
# What XML cannot hold, and what would read like the way in which Excel writes that.
NOT_XML = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
Cell = str | int | float | datetime.date | None


@dataclass(frozen=True)
class Dialect:
    """What a program does in its own way.

    :ivar mark: bytes that every part begins with
    :ivar strings_member: what the part with the texts is called inside the zip; its
        relation says `sharedStrings.xml` anyway
    :ivar dimension: what the sheet says of its size; nothing where empty
    :ivar prefix: of every element of the sheet and of the texts
    :ivar absolute: targets of relations begin with `/xl/`
    :ivar inline: texts stand in their cells
    :ivar digits_are_numbers: a text of digits only is stored as a number
    :ivar references: cells and rows say where they are
    """

    mark: bytes = b""
    strings_member: str = "xl/sharedStrings.xml"
    dimension: str = ""
    prefix: str = ""
    absolute: bool = False
    inline: bool = False
    digits_are_numbers: bool = False
    references: bool = True


ONEC = Dialect(
    mark=b"\xef\xbb\xbf",
    strings_member="xl/SharedStrings.xml",
    dimension="AA82",
    digits_are_numbers=True,
)
EXCEL = Dialect()
RESAVED = Dialect(absolute=True, inline=True, references=False)
PREFIXED = Dialect(prefix="x:")
DIALECTS = {"1c": ONEC, "excel": EXCEL, "resaved": RESAVED, "prefixed": PREFIXED}


def write_xlsx(
    target: str | IO[bytes],
    rows: Iterable[Sequence[Cell]],
    *,
    dialect: Dialect = ONEC,
    sheet: str = "TDSheet",
    levels: Sequence[int] = (),
    merged: Sequence[str] = (),
    widths: Sequence[float] = (),
) -> None:
    """Write a workbook of one sheet, row by row, so that it may be long.

    :param levels: the outline level of each row
    :param merged: such as ``B2:D2``
    :param widths: of the columns
    """
    book = _Book(dialect)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        sheet_name = "xl/worksheets/sheet1.xml"
        with archive.open(_member(sheet_name), "w", force_zip64=True) as stream:
            for piece in book.sheet(rows, levels, merged, widths):
                stream.write(piece)
        if not dialect.inline:
            book.add(archive, dialect.strings_member, book.strings())
        for name, content in book.frame(sheet).items():
            book.add(archive, name, content)


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, LONG_AGO)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def letters(index: int) -> str:
    """Return the letters of a column at a position from 0."""
    index += 1
    text = ""
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def _text_of(value: str) -> str:
    coded = NOT_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", value)
    return escape(coded)


class _Book:
    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._numbers: dict[str, int] = {}
        prefix = dialect.prefix.rstrip(":")
        self._namespace = f"xmlns:{prefix}" if prefix else "xmlns"

    def add(self, archive: zipfile.ZipFile, name: str, content: str) -> None:
        archive.writestr(_member(name), self.dialect.mark + content.encode())

    def sheet(self, rows, levels, merged, widths) -> Iterable[bytes]:
        p, dialect = self.dialect.prefix, self.dialect
        yield dialect.mark
        yield f'{DECLARATION}<{p}worksheet {self._namespace}="{MAIN}">'.encode()
        if dialect.dimension:
            yield f'<{p}dimension ref="{dialect.dimension}"/>'.encode()
        if widths:
            columns = "".join(
                f'<{p}col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
                for n, width in enumerate(widths, 1)
            )
            yield f"<{p}cols>{columns}</{p}cols>".encode()
        yield f"<{p}sheetData>".encode()
        for index, row in enumerate(rows):
            level = levels[index] if index < len(levels) else 0
            outline = f' outlineLevel="{level}"' if level else ""
            number = f' r="{index + 1}"' if dialect.references else ""
            cells = "".join(
                self._cell(value, f"{letters(column)}{index + 1}")
                for column, value in enumerate(row)
            )
            yield f"<{p}row{number}{outline}>{cells}</{p}row>".encode()
        yield f"</{p}sheetData>".encode()
        if merged:
            areas = "".join(f'<{p}mergeCell ref="{area}"/>' for area in merged)
            yield f"<{p}mergeCells>{areas}</{p}mergeCells>".encode()
        yield f"</{p}worksheet>".encode()

    def _cell(self, value: Cell, reference: str) -> str:
        p, dialect = self.dialect.prefix, self.dialect
        place = f' r="{reference}"' if dialect.references else ""
        if value is None or value == "":
            return f"<{p}c{place}/>"
        if isinstance(value, datetime.date):
            days = (value - EPOCH).days
            return f'<{p}c{place} s="{DATE_STYLE}"><{p}v>{days}</{p}v></{p}c>'
        if isinstance(value, str) and dialect.digits_are_numbers:
            value = int(value) if re.fullmatch("[0-9]+", value) else value
        if isinstance(value, int | float):
            return f"<{p}c{place}><{p}v>{value}</{p}v></{p}c>"
        if dialect.inline:
            text = f'<{p}t xml:space="preserve">{_text_of(value)}</{p}t>'
            return f'<{p}c{place} t="inlineStr"><{p}is>{text}</{p}is></{p}c>'
        number = self._numbers.setdefault(value, len(self._numbers))
        return f'<{p}c{place} t="s"><{p}v>{number}</{p}v></{p}c>'

    def strings(self) -> str:
        p = self.dialect.prefix
        items = "".join(
            f'<{p}si><{p}t xml:space="preserve">{_text_of(text)}</{p}t></{p}si>'
            for text in self._numbers
        )
        count = len(self._numbers)
        return (
            f'{DECLARATION}<{p}sst {self._namespace}="{MAIN}" count="{count}" '
            f'uniqueCount="{count}">{items}</{p}sst>'
        )

    def frame(self, sheet: str) -> dict[str, str]:
        """Return the parts that describe the others."""
        start = "/xl/" if self.dialect.absolute else ""
        strings = (
            ""
            if self.dialect.inline
            else f'<Relationship Id="rId3" Type="{RELATIONS}/sharedStrings" '
            f'Target="{start}sharedStrings.xml"/>'
        )
        return {
            "[Content_Types].xml": CONTENT_TYPES,
            "_rels/.rels": (
                f'{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships">'
                f'<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" '
                'Target="xl/workbook.xml"/></Relationships>'
            ),
            "xl/workbook.xml": (
                f'{DECLARATION}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
                f'<sheet name={quoteattr(sheet)} sheetId="1" r:id="rId1"/>'
                "</sheets></workbook>"
            ),
            "xl/_rels/workbook.xml.rels": (
                f'{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships">'
                f'<Relationship Id="rId1" Type="{RELATIONS}/worksheet" '
                f'Target="{start}worksheets/sheet1.xml"/>'
                f'<Relationship Id="rId2" Type="{RELATIONS}/styles" '
                f'Target="{start}styles.xml"/>{strings}</Relationships>'
            ),
            "xl/styles.xml": STYLES,
        }


DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
APPLICATION = "application/vnd.openxmlformats-officedocument.spreadsheetml"
CONTENT_TYPES = (
    f'{DECLARATION}<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    + "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{APPLICATION}.{kind}+xml"/>'
        for part, kind in (
            ("workbook", "sheet.main"),
            ("worksheets/sheet1", "worksheet"),
            ("styles", "styles"),
            ("sharedStrings", "sharedStrings"),
        )
    )
    + "</Types>"
)
STYLES = (
    f'{DECLARATION}<styleSheet xmlns="{MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="dd\\.mm\\.yyyy"/></numFmts>'
    '<fonts count="1"><font><sz val="8"/><name val="Arial"/></font></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" xfId="0"/>'
    '<xf numFmtId="164" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>'
)
