"""Damaged, foreign and hostile files: a reason that can be told, or a good result.

Whatever the bytes are, nothing but an `OnecError` escapes, and what a file may take
of memory and time is bounded.
"""

from __future__ import annotations

import contextlib
import io
import resource
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import onec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import read
from samples.make import SAMPLES
from tier import count
from writers.delimited import write_delimited
from writers.ole2 import ole2
from writers.xls import biff5, locked_xls, locked_xlsx, write_xls
from writers.xlsx import EXCEL, ONEC, RESAVED, write_xlsx

FOLDER = Path(__file__).parent / "samples"
ROWS = [["Наименование", "ИНН"], ["Кит", "4345990606"]]


def outcome(path: Path, **options) -> str:
    """Read a file; return ``good`` or the code of the reason why it cannot be read."""
    try:
        read(path, **options)
    except onec.OnecError as error:
        assert error.code in onec.ERROR_CODES
        assert isinstance(str(error), str)
        return error.code
    return "good"


def book(rows=ROWS, **options) -> dict[str, bytes]:
    """Return the parts of a workbook."""
    stream = io.BytesIO()
    write_xlsx(stream, rows, **options)
    with zipfile.ZipFile(stream) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(path: Path, parts: dict[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def sheet_of(parts: dict[str, bytes], old: str, new: str) -> dict[str, bytes]:
    """Return the parts with a piece of the sheet replaced."""
    name = "xl/worksheets/sheet1.xml"
    assert old.encode() in parts[name]
    return {**parts, name: parts[name].replace(old.encode(), new.encode(), 1)}


FOREIGN = {
    "empty": (b"", "empty"),
    "blanks": (b" \r\n\t \n", "empty"),
    "mark only": (b"\xef\xbb\xbf", "empty"),
    "mark of UTF-16": (b"\xff\xfe", "empty"),
    "zeros": (bytes(100), "empty"),
    "many zeros": (bytes(100_000), "damaged"),
    "mxl": (b"MOXCEL\x00\x08\x00\x01\x00\x09" + bytes(500), "mxl"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n", "not_a_table"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(100), "not_a_table"),
    "jpeg": (b"\xff\xd8\xff\xe0" + bytes(100), "not_a_table"),
    "gzip": (b"\x1f\x8b\x08" + bytes(100), "not_a_table"),
    "rar": (b"Rar!\x1a\x07\x00" + bytes(100), "not_a_table"),
    "rtf": (b"{\\rtf1\\ansi}", "not_a_table"),
    "html": (b"<!DOCTYPE html><html><table></table></html>", "not_a_table"),
    "xml": (b'<?xml version="1.0"?><configuration/>', "not_a_table"),
    "json": (b'{"type": "Array"}', "not_a_table"),
    "exchange of nothing": (b"<V8Exch:_1CV8DtUD/>", "no_contractors"),
    "exchange of nothing in JSON": (b'{"#type": "jv8:Array"}', "no_contractors"),
    "program": (b"\x7fELF\x02\x01\x01" + bytes(100), "not_a_table"),
    "locked xls": (locked_xls(), "password"),
    "locked xlsx": (locked_xlsx(), "password"),
    "word 97": (ole2({"WordDocument": bytes(4096)}), "not_a_table"),
    "container of nothing": (ole2({}), "not_a_table"),
    "start of a zip": (b"PK\x03\x04", "damaged"),
    "start of a container": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "damaged"),
    "a word": ("Кит".encode(), "no_header"),
    "a poem": ("Белеет парус одинокий\nВ тумане моря голубом\n".encode(), "no_header"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_no_table(made, name):
    content, code = FOREIGN[name]
    assert outcome(made(content)) == code


def test_a_foreign_file_is_named(made):
    with pytest.raises(onec.OnecError) as caught:
        onec.open_table(made(b"%PDF-1.7"))
    assert caught.value.details == {"kind": "PDF"}


@pytest.mark.parametrize(
    "member",
    ["word/document.xml", "content.xml", "xl/workbook.bin", "1Cv8.1CD", "лист.mxl"],
)
def test_other_zips(tmp_path, member):
    assert outcome(pack(tmp_path / "file.zip", {member: "x"})) == "not_a_table"


def test_an_empty_zip(made):
    stream = io.BytesIO()
    zipfile.ZipFile(stream, "w").close()
    assert outcome(made(stream.getvalue())) in ("not_a_table", "damaged")


@pytest.mark.parametrize("fifths", [1, 2, 3, 4])
@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_that_was_cut_off(made, name, fifths):
    content = (FOLDER / name).read_bytes()
    found = outcome(made(content[: len(content) * fifths // 5]))
    if name.endswith(".xlsx"):
        assert found == "damaged"
    elif not name.endswith(".xls"):
        # A text says nothing of its length; half a sign of UTF-16 may be missing.
        assert found in ("good", "damaged")


def test_a_text_that_was_cut_off_gives_what_is_left(made):
    content = (FOLDER / "contractors.csv").read_bytes()
    whole = read(made(content))
    half = read(made(content[: len(content) // 2]))
    assert 0 < len(half) < len(whole)
    assert [r.values for r in half[:-1]] == [r.values for r in whole[: len(half) - 1]]


@pytest.mark.parametrize("name", ["contractors_report.xls", "contractors_excel95.xls"])
def test_lengths_and_counts_of_xls_that_lie(made, name):
    """xlrd believes them, so each word of the head is made as big and small as can be."""
    content = (FOLDER / name).read_bytes()
    for place in range(24, 160, 4):
        for value in (0, 1, 0x7FFFFFFF, 0xFFFFFFFF):
            damaged = bytearray(content)
            struct.pack_into("<I", damaged, place, value)
            outcome(made(bytes(damaged)))


STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x09\x08\x10\x00", b"")
RANDOM = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@RANDOM
@given(st.sampled_from(STARTS), st.binary(max_size=2000))
def test_random_bytes(made, start, content):
    outcome(made(start + content))


@RANDOM
@given(st.text(max_size=500), st.sampled_from(["utf-8", "utf-16", "cp1251"]))
def test_random_texts(made, text, encoding):
    assert outcome(made(text.encode(encoding, "ignore"))) != "password"


@RANDOM
@given(st.text(max_size=300))
def test_random_xml_inside_a_workbook(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("xml") / "book.xlsx"
    parts = sheet_of(book(dialect=EXCEL), "</worksheet>", f"{text}</worksheet>")
    outcome(pack(path, parts))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "ascii", "cp932", "нет такой"])
def test_the_wrong_encoding(encoding):
    with pytest.raises(onec.OnecError) as caught:
        read(FOLDER / "contractors.csv", encoding=encoding)
    assert caught.value.code == "encoding"
    assert caught.value.details == {"encoding": encoding}


@pytest.mark.parametrize("encoding", ["zlib", "hex", "rot13", "base64", "idna", "\0"])
def test_an_encoding_that_is_none_of_texts(encoding):
    assert outcome(FOLDER / "contractors.csv", encoding=encoding) == "encoding"


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("contractors.csv", "cp1251"),
        ("contractors_utf8.txt", "utf-8"),
        ("contractors_utf16.txt", "utf-16"),
    ],
)
def test_the_right_encoding(name, encoding):
    assert len(read(FOLDER / name, encoding=encoding)) == len(read(FOLDER / name))


def test_another_encoding_that_fits_is_taken_at_its_word():
    """Every byte means something in cp866; then no title in Russian is known."""
    path = FOLDER / "contractors.csv"
    with contextlib.closing(onec.open_table(path, encoding="cp866")) as table:
        columns = onec.find_header(table).columns
    assert [column.title for column in columns if column.field] == ["E-mail"]


DOCTYPES = {
    "entity": '<!DOCTYPE x [<!ENTITY e "Кит">]>',
    "file": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
    "network": '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    "laughs": (
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        + "".join(
            f'<!ENTITY {new} "{f"&{old};" * 10}">'
            for old, new in zip("abcdefgh", "bcdefghe", strict=True)
        )
        + '<!ENTITY e "&h;&h;&h;&h;">]>'
    ),
}


@pytest.mark.parametrize("doctype", DOCTYPES)
@pytest.mark.parametrize(
    "part",
    [
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/worksheets/sheet1.xml",
        "xl/sharedStrings.xml",
        "xl/styles.xml",
    ],
)
def test_entities_inside_a_workbook(tmp_path, doctype, part):
    parts = book(dialect=EXCEL)
    text = parts[part].decode()
    declared = text.replace("?>", f"?>{DOCTYPES[doctype]}", 1)
    used = declared.replace("Кит", "&e;").replace("</worksheet>", "&e;</worksheet>")
    path = pack(tmp_path / "book.xlsx", {**parts, part: used.encode()})
    assert outcome(path) == "damaged"


@pytest.mark.parametrize("encoding", ["foo", "zlib", "cp932", "нет такой"])
def test_a_part_in_an_encoding_that_is_none(tmp_path, encoding):
    parts = book(dialect=EXCEL)
    name = "xl/worksheets/sheet1.xml"
    text = parts[name].decode().replace("UTF-8", encoding, 1)
    path = pack(tmp_path / "book.xlsx", {**parts, name: text.encode()})
    assert outcome(path) == "damaged"


def test_formulas_give_their_last_value_and_nothing_runs(tmp_path):
    titles = ["Наименование", "ИНН", "Комментарий"]
    parts = book([titles, ["Кит", "4345990606", "x"]], dialect=EXCEL)
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    start = sheet.index('<c r="A2"')
    end = sheet.index("</row>", start)
    formulas = (
        '<c r="A2" t="str"><f>HYPERLINK("http://127.0.0.1:9","Кит")</f><v>Кит</v></c>'
        '<c r="B2"><f>4345990605+1</f><v>4345990606</v></c>'
        '<c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    )
    parts["xl/worksheets/sheet1.xml"] = (
        sheet[:start] + formulas + sheet[end:]
    ).encode()
    (record,) = read(pack(tmp_path / "book.xlsx", parts))
    assert record.values == {"name": "Кит", "inn": "4345990606", "kind": "company"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<c r="B2" t="s"><v>3</v></c>', '<c r="B2" t="s"><v>99</v></c>'),
        ('<c r="B2" t="s"><v>3</v></c>', '<c r="B2" t="s"><v>-1</v></c>'),
        ('<c r="B2" t="s"><v>3</v></c>', '<c r="B2" t="s"><v>x</v></c>'),
        ('<c r="B2" t="s"><v>3</v></c>', '<c r="B2" t="s"><v>٣</v></c>'),
        ('<c r="B2" t="s"><v>3</v></c>', '<c r="B2" t="s"><v>²</v></c>'),
        ('<c r="B2" t="s"><v>3</v></c>', '<c r="B2"><v>NaN</v></c>'),
        ('<c r="B2" t="s"><v>3</v></c>', '<c r="B2"><v>1e999</v></c>'),
        ('<c r="B2" t="s"><v>3</v></c>', '<c r="B2" s="1"><v>1e300</v></c>'),
        ('<c r="B2" t="s"><v>3</v></c>', '<c r="B2" s="1"><v>-1</v></c>'),
        ('<c r="B2" t="s"><v>3</v></c>', '<c r="B2" s="1"><v>inf</v></c>'),
        ('<c r="B2" t="s"><v>3</v></c>', '<c r="B2" s="1"><v>nan</v></c>'),
        ('<c r="B2" t="s"><v>3</v></c>', '<c r="B2" s="77"><v>5</v></c>'),
        ('<c r="B2" t="s"><v>3</v></c>', '<c r="B2" t="zebra"><v>5</v></c>'),
        ('<c r="B2" t="s"><v>3</v></c>', '<c r="B2" t="d"><v>2026-01-01</v></c>'),
        ('<c r="B2" t="s"><v>3</v></c>', '<c r="B2" t="b"><v>1</v></c>'),
        ('<c r="B2"', '<c r="XFE2"'),
        ('<c r="B2"', '<c r="2"'),
        ('<c r="B2"', '<c r="ÄÖ2"'),
        ('<c r="B2"', '<c r=""'),
        ('<c r="B2"', '<c r="A2"'),
        ('<row r="2"', '<row r="99999999999999999999"'),
        ('<row r="2"', '<row r="-5"'),
        ('<row r="2"', '<row r="0"'),
        ('<row r="2"', '<row r="1"'),
        ('<row r="2"', '<row r="²"'),
        ('<row r="2"', '<row outlineLevel="99999999999" r="2"'),
        ('<row r="2"', '<row outlineLevel="x" r="2"'),
        ("</sheetData>", ""),
        ("<sheetData>", "<x:sheetData>"),
    ],
)
def test_sheets_that_lie(tmp_path, old, new):
    parts = sheet_of(book(dialect=EXCEL), old, new)
    assert outcome(pack(tmp_path / "book.xlsx", parts)) in (
        "good",
        "damaged",
        "too_many_rows",
    )


def test_cells_that_are_out_of_order(tmp_path):
    """Two cells at one place: whichever is meant, a column would be wrong."""
    parts = sheet_of(book(dialect=EXCEL), '<c r="B2"', '<c r="A2"')
    assert outcome(pack(tmp_path / "book.xlsx", parts)) == "damaged"


@pytest.mark.parametrize(
    "target", ["../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "", "%00"]
)
def test_a_sheet_outside_the_workbook(tmp_path, target):
    parts = book(dialect=EXCEL)
    name = "xl/_rels/workbook.xml.rels"
    parts[name] = parts[name].replace(b"worksheets/sheet1.xml", target.encode())
    assert outcome(pack(tmp_path / "book.xlsx", parts)) == "damaged"


@pytest.mark.parametrize("missing", sorted(book(dialect=ONEC)))
def test_a_part_that_is_missing(tmp_path, missing):
    parts = book(dialect=ONEC)
    del parts[missing]
    found = outcome(pack(tmp_path / "book.xlsx", parts))
    needless = ("[Content_Types].xml", "_rels/.rels", "xl/styles.xml")
    assert found == ("good" if missing in needless else found)
    assert missing in needless or found in ("damaged", "not_a_table")


def test_a_member_of_the_zip_that_lies_about_its_size(tmp_path):
    path = tmp_path / "book.xlsx"
    parts = book([ROWS[0], *[["Кит", "1"]] * 2000], dialect=RESAVED)
    pack(path, parts)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    told = struct.pack("<I", size)
    while told in content:
        place = content.index(told)
        content[place : place + 4] = struct.pack("<I", 1000)
    path.write_bytes(content)
    assert outcome(path) == "damaged"


def deep(parts: dict[str, bytes]) -> dict[str, bytes]:
    nested = "<a>" * 100_000 + "</a>" * 100_000
    return sheet_of(parts, "<sheetData>", f"<sheetData>{nested}")


def long_tag(parts: dict[str, bytes]) -> dict[str, bytes]:
    return sheet_of(parts, "<sheetData", f'<sheetData a="{"x" * 20_000_000}"')


def long_text(parts: dict[str, bytes]) -> dict[str, bytes]:
    name = "xl/sharedStrings.xml"
    strings = parts[name].replace("Кит".encode(), b"x" * 20_000_000)
    return {**parts, name: strings}


def many_pieces(parts: dict[str, bytes]) -> dict[str, bytes]:
    name = "xl/sharedStrings.xml"
    pieces = b"<r><t>xxxxxxxx</t></r>" * 500_000
    # In a text that the sheet uses: what nobody asks for is not even read.
    strings = parts[name].replace(b"<si>", b"<si>%s" % pieces, 1)
    return {**parts, name: strings}


def many_attributes(parts: dict[str, bytes]) -> dict[str, bytes]:
    attributes = " ".join(f'a{number}=""' for number in range(200_000))
    return sheet_of(parts, "<sheetData", f"<sheetData {attributes}")


def many_styles(parts: dict[str, bytes]) -> dict[str, bytes]:
    name = "xl/styles.xml"
    styles = parts[name].replace(b"</cellXfs>", b"<xf/>" * 5_000_000 + b"</cellXfs>")
    return {**parts, name: styles}


def many_sheets(parts: dict[str, bytes]) -> dict[str, bytes]:
    name = "xl/workbook.xml"
    sheets = "".join(f'<sheet name="{n}" r:id="rId1"/>' for n in range(400_000))
    return {
        **parts,
        name: parts[name].replace(b"</sheets>", sheets.encode() + b"</sheets>"),
    }


def many_relations(parts: dict[str, bytes]) -> dict[str, bytes]:
    name = "xl/_rels/workbook.xml.rels"
    end = b"</Relationships>"
    more = "".join(f'<Relationship Id="{n}" Type="{n}"/>' for n in range(300_000))
    return {**parts, name: parts[name].replace(end, more.encode() + end)}


def many_formats(parts: dict[str, bytes]) -> dict[str, bytes]:
    name = "xl/styles.xml"
    more = "".join(f'<numFmt numFmtId="{n}" formatCode="0"/>' for n in range(300_000))
    styles = parts[name].replace(b"</numFmts>", more.encode() + b"</numFmts>")
    return {**parts, name: styles}


def comment(parts: dict[str, bytes]) -> dict[str, bytes]:
    return sheet_of(parts, "<sheetData>", f"<!--{'-x' * 10_000_000}--><sheetData>")


MONSTERS = {
    deep: "damaged",
    long_tag: "damaged",
    long_text: "damaged",
    many_pieces: "damaged",
    many_attributes: "damaged",
    many_sheets: "too_big",
    many_relations: "too_big",
    many_styles: "too_big",
    comment: "damaged",
    many_formats: "good",
}


@pytest.mark.parametrize("monster", MONSTERS, ids=lambda monster: monster.__name__)
def test_monsters_take_little_memory(tmp_path, monster):
    path = pack(tmp_path / "book.xlsx", monster(book(dialect=EXCEL)))
    code, mib = read_apart(path)
    assert code == MONSTERS[monster]
    assert mib <= LIMIT_MIB


def bomb(path: Path, *, megabytes: int, level: int) -> Path:
    """Write a workbook whose sheet is blanks without end.

    :param level: how hard the zip is packed
    """
    parts = book(dialect=EXCEL)
    sheet = parts.pop("xl/worksheets/sheet1.xml")
    start, end = sheet.split(b"<sheetData>")
    with zipfile.ZipFile(
        path, "w", zipfile.ZIP_DEFLATED, compresslevel=level
    ) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as stream:
            stream.write(start + b"<sheetData>")
            for _number in range(megabytes):
                stream.write(b" " * 1024 * 1024)
            stream.write(end)
    return path


def test_a_zip_bomb(tmp_path):
    path = bomb(tmp_path / "book.xlsx", megabytes=300, level=9)
    assert path.stat().st_size < 1024 * 1024
    code, mib = read_apart(path)
    assert code == "too_big"
    assert mib <= 8, "it is refused before it is unpacked"


def test_a_zip_bomb_that_is_packed_loosely(tmp_path):
    """Not told from a long list of contractors by its size, but harmless."""
    path = bomb(tmp_path / "book.xlsx", megabytes=100, level=1)
    code, mib = read_apart(path)
    assert code in ("too_big", "good", "damaged")
    assert mib <= LIMIT_MIB


def test_many_members(tmp_path):
    parts = book(dialect=EXCEL)
    parts.update({f"xl/media/{number}.png": b"" for number in range(5000)})
    assert outcome(pack(tmp_path / "book.xlsx", parts)) == "too_big"


def test_a_cell_far_to_the_right(tmp_path):
    parts = sheet_of(
        book(dialect=EXCEL),
        "</row></sheetData>",
        '<c r="XFD2"><v>1</v></c></row>'
        '<row r="3"><c r="XFD3"><v>1</v></c></row></sheetData>',
    )
    path = pack(tmp_path / "book.xlsx", parts)
    assert [record.values["name"] for record in read(path)] == ["Кит"]


def test_a_cell_far_to_the_right_in_xls(tmp_path):
    path = tmp_path / "book.xls"
    write_xls(str(path), [*ROWS, [None] * 255 + ["x"]])
    assert read(path)[0].values["name"] == "Кит"
    write_delimited(path, [*ROWS, ["Ром", *[""] * 20_000, "x"]])
    assert [record.values["name"] for record in read(path)] == ["Кит", "Ром"]
    table = onec.open_table(path)
    assert max(len(row.cells) for row in table.rows()) < 1000
    table.close()


def test_a_row_far_below(tmp_path):
    parts = sheet_of(book(dialect=EXCEL), '<row r="2"', '<row r="1048576"')
    far = parts["xl/worksheets/sheet1.xml"].replace(b'r="B2"', b'r="B1048576"')
    parts["xl/worksheets/sheet1.xml"] = far.replace(b'r="A2"', b'r="A1048576"')
    assert outcome(pack(tmp_path / "book.xlsx", parts)) == "too_many_rows"


LIMIT_MIB = 64
# What a reader may take over what importing it takes, measured where nothing else runs.
APART = """
import contextlib, sys
sys.path[:0] = sys.argv[1].split("|")
import onec
from onec.sheets import delimited, xls, xlsx

def peak():
    # Not ru_maxrss: that begins with what the process had that started this one.
    with open("/proc/self/status") as status:
        return next(int(l.split()[1]) for l in status if l.startswith("VmHWM:"))

before, code, count = peak(), "good", 0
try:
    with contextlib.closing(onec.open_table(sys.argv[2])) as table:
        header = onec.find_header(table)
        mapping = {c.index: c.field for c in header.columns if c.field}
        for count, record in enumerate(onec.read_records(table, header, mapping), 1):
            pass
except onec.OnecError as error:
    code = error.code
print(code, (peak() - before) // 1024, count)
"""


def read_apart(
    path: Path, rows: int | None = None, *, script: str = APART
) -> tuple[str, int]:
    """Read a file in a process of its own; return how it ended and the MiB it took.

    :param rows: how many records there have to be
    """
    root = Path(onec.__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-c", script, str(root), str(path)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=_limit_memory,
    )
    assert done.returncode == 0, done.stderr
    code, mib, found = done.stdout.split()
    assert rows is None or int(found) == rows
    return code, int(mib)


def _limit_memory() -> None:
    """Whatever goes wrong, the machine that runs the tests stays usable."""
    limit = 2 * 1024**3
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


COUNT = count(15_000, 50_000)


def many_rows(size: int = COUNT):
    """Yield rows with every text different: nothing of it can be shared."""
    yield ["Наименование", "Код", "ИНН", "КПП", "Полное наименование", "Телефон"]
    for number in range(size):
        yield [
            f"ООО «Фирма {number}»",
            f"00-{number:06}",
            f"43{number:08}",
            "434501001",
            f"Общество с ограниченной ответственностью «Фирма {number}»",
            f"+7 8332 {number:06}",
        ]


@pytest.mark.parametrize("dialect", [ONEC, RESAVED], ids=["1c", "inline"])
def test_memory_over_reading_many_rows(tmp_path, dialect):
    path = tmp_path / "book.xlsx"
    write_xlsx(str(path), many_rows(), dialect=dialect)
    code, mib = read_apart(path, COUNT)
    assert code == "good"
    assert mib <= LIMIT_MIB


def test_memory_over_reading_a_long_text(tmp_path):
    path = tmp_path / "table.csv"
    write_delimited(path, many_rows())
    code, mib = read_apart(path, COUNT)
    assert code == "good"
    assert mib <= LIMIT_MIB
    # A reader that held the whole file would be found out:
    hoarding = APART.replace("        pass", "        hoard.append(record)")
    hoarding = hoarding.replace("import contextlib", "hoard = []\nimport contextlib")
    assert read_apart(path, COUNT, script=hoarding)[1] > 2 * mib


def test_200_000_rows(tmp_path):
    path = tmp_path / "book.xlsx"
    write_xlsx(str(path), [["Наименование", "Код"], *[["Кит", 7]] * 200_000])
    code, mib = read_apart(path, 200_000)
    assert code == "good"
    assert mib <= LIMIT_MIB


def test_more_rows_than_any_list_of_contractors_has(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("Наименование;Код\n" + "Кит;7\n" * 600_000, encoding="cp1251")
    code, mib = read_apart(path)
    assert code == "too_many_rows"
    assert mib <= LIMIT_MIB


@pytest.mark.parametrize("content", [b'"' * 30_000_000, b"a" * 30_000_000])
def test_a_text_that_is_one_line(made, content):
    path = made("Наименование;Код\n".encode("cp1251") + content)
    code, mib = read_apart(path)
    assert code in ("good", "damaged")
    assert mib <= LIMIT_MIB


def test_a_biff_stream_that_goes_round_in_circles(made):
    """A sheet that begins where the workbook does."""
    stream = bytearray(biff5(ROWS))
    place = stream.index(struct.pack("<HH", 0x85, 7 + len("TDSheet")))
    struct.pack_into("<I", stream, place + 4, 0)
    assert outcome(made(bytes(stream))) in ("damaged", "no_header")
    # A table of sectors that leads back to its beginning.
    container = bytearray(ole2({"Book": bytes(stream)}))
    struct.pack_into("<I", container, 512 + 4 * 3, 2)
    assert outcome(made(bytes(container))) in ("damaged", "no_header", "not_a_table")


def test_an_xls_that_would_take_too_much_memory(tmp_path):
    """It is refused by its size, before a byte of it is read."""
    path = tmp_path / "book.xls"
    with path.open("wb") as handle:
        handle.write(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
        handle.truncate(15 * 1024**2)
    assert outcome(path) == "old_and_too_big"
