"""From tables to records: titles, columns, folders, numbers that lost zeros, dates."""

from __future__ import annotations

import contextlib
import datetime
from pathlib import Path

import onec
import openpyxl
import pytest
from onec.records import ISSUE_CODES
from reading import codes, items, read
from writers.delimited import DIALECTS as TEXT_DIALECTS
from writers.delimited import write_delimited
from writers.pages import write_html, write_ods, write_spreadsheet_xml
from writers.xls import write_excel95, write_xls
from writers.xlsx import DIALECTS, EXCEL, write_xlsx

# The titles that the list form, reports and hand-made sheets have.
TITLES = {
    "name": "Наименование|Контрагент|Наименование контрагента|Краткое наименование",
    "full_name": "Полное наименование|НаименованиеПолное|Юр. наименование",
    "inn": "ИНН",
    "inn_kpp": "ИНН/КПП|ИНН / КПП",
    "kpp": "КПП",
    "code": "Код",
    "ogrn": "ОГРН|ОГРНИП|Регистрационный номер",
    "okpo": "ОКПО|Код по ОКПО",
    "kind": "Вид|Вид контрагента|Тип контрагента|Юр./физ. лицо|ЮрФизЛицо|"
    "ЮридическоеФизическоеЛицо",
    "group": "Группа|Входит в группу|Родитель",
    "phone": "Телефон|Телефоны|Телефон(ы)",
    "email": "Электронная почта|E-mail|Email",
    "address": "Адрес|Юридический адрес|Фактический адрес",
    "manager": "Менеджер|Основной менеджер|Ответственный менеджер",
    "comment": "Комментарий",
    "ref": "Ссылка",
    "deletion_mark": "Пометка удаления",
}
ALIASES = [(f, title) for f, titles in TITLES.items() for title in titles.split("|")]


def write_text(path: Path, rows, name: str) -> None:
    """Write in one of the three encodings of 1C's text files."""
    delimiter, encoding = TEXT_DIALECTS[name]
    mark = b"\xff\xfe" if name == "utf-16" else b""
    write_delimited(path, rows, delimiter=delimiter, encoding=encoding, mark=mark)


def write_openpyxl(path: Path, rows) -> None:
    """Write as openpyxl does, which is neither 1C's way nor Excel's."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    for row in book.active.iter_rows():
        for cell in row:
            if cell.data_type == "f":  # a name that begins like a formula
                cell.data_type = "s"
    book.save(path)


def excel95(path: Path, rows) -> None:
    """Write a workbook of Excel 95."""
    with path.open("wb") as stream:
        write_excel95(stream, rows)


# Every way a table of texts can be written. Digits that 1C stores as numbers lose
# their leading zeros in the ways named 1c.
WAYS = {
    **{
        f"xlsx-{name}": lambda path, rows, d=dialect: write_xlsx(
            str(path), rows, dialect=d
        )
        for name, dialect in DIALECTS.items()
    },
    "xlsx-openpyxl": write_openpyxl,
    "xls-97": lambda path, rows: write_xls(str(path), rows),
    "xls-95": excel95,
    "html": write_html,
    "html-1251": lambda path, rows: write_html(
        path, rows, encoding="cp1251", bare=True
    ),
    "xml-2003": write_spreadsheet_xml,
    "ods": write_ods,
    **{
        f"text-{name}": lambda path, rows, n=name: write_text(path, rows, n)
        for name in TEXT_DIALECTS
    },
}


@pytest.fixture
def table_file(tmp_path):
    """Write rows in some way; return the file."""

    def write(rows, way="xlsx-1c"):
        path = tmp_path / "table.bin"
        WAYS[way](path, rows)
        return path

    return write


def header_of(path: Path) -> onec.Header:
    table = onec.open_table(path)
    try:
        return onec.find_header(table)
    finally:
        table.close()


@pytest.mark.parametrize(("field", "title"), ALIASES)
@pytest.mark.parametrize("written", ["{}", "{}:", " {} * ", "\xa0{}\xa0:"])
def test_titles(table_file, field, title, written):
    other = "Код" if field == "name" else "Наименование"
    path = table_file([[other, written.format(title)], ["1", "2"]])
    assert header_of(path).columns[1].field == field


@pytest.mark.parametrize(("field", "title"), ALIASES)
def test_titles_in_capitals_and_on_two_lines(table_file, field, title):
    other = "Код" if field == "name" else "Наименование"
    written = title.upper().replace(" ", "\n")
    path = table_file([[other, written], ["1", "2"]])
    assert header_of(path).columns[1].field == field


@pytest.mark.parametrize("way", WAYS)
def test_a_header_below_titles_with_empty_columns_left(table_file, way):
    rows = [
        ["Контрагенты"],
        ["Отбор: ИНН Заполнено"],
        [""],
        ["", "", "Наименование", "", "ИНН", "Чужое"],
        ["", "", "ООО «Кит»", "", "4345990010", "слово"],
    ]
    path = table_file(rows, way)
    header = header_of(path)
    assert header.row == 4
    assert [
        (c.index, c.letter, c.title, c.sample, c.field) for c in header.columns
    ] == [
        (2, "C", "Наименование", "ООО «Кит»", "name"),
        (4, "E", "ИНН", "4345990010", "inn"),
        (5, "F", "Чужое", "слово", None),
    ]
    (record,) = read(path)
    assert record.row == 5
    assert record.values == {
        "name": "ООО «Кит»",
        "inn": "4345990010",
        "kind": "company",
    }


def test_a_word_of_the_title_rows_is_not_the_header(table_file):
    path = table_file([["Контрагент"], ["Наименование", "ИНН", "КПП"], ["Кит", "", ""]])
    assert header_of(path).row == 2


@pytest.mark.parametrize(
    "rows",
    [
        [["Номенклатура", "Цена"], ["Гвозди", "10"]],
        [["Код"], ["1"]],
        [["слово"]],
        [["ООО «Кит»", "4345990010"]],
    ],
)
@pytest.mark.parametrize("way", ["xlsx-1c", "xls-97", "text-cp1251"])
def test_a_header_that_is_not_there(table_file, rows, way):
    with pytest.raises(onec.OnecError) as caught:
        header_of(table_file(rows, way))
    assert caught.value.code == "no_header"


def test_the_first_sheet_that_has_titles_is_taken(tmp_path):
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["Прочитай меня"])
    second = book.create_sheet("Клиенты")
    second.append(["Наименование", "ИНН"])
    second.append(["Кит", "4345990010"])
    book.save(path)
    table = onec.open_table(path)
    assert onec.find_header(table).row == 1
    assert table.sheet == "Клиенты"
    assert table.sheet_names == ["Sheet", "Клиенты"]
    table.close()
    assert read(path, sheet="Клиенты")[0].values["name"] == "Кит"
    for sheet, code in (("Sheet", "no_header"), ("Нет такого", "no_sheet")):
        with pytest.raises(onec.OnecError) as caught:
            read(path, sheet=sheet)
        assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "inn", "kpp"),
    [
        ("4345990010/434501001", "4345990010", "434501001"),
        (" 4345990010 / 434501001 ", "4345990010", "434501001"),
        ("4345990010\\434501001", "4345990010", "434501001"),
        ("100990640/10001001", "0100990640", "010001001"),
        ("434599007375/", "434599007375", None),
        ("434599007375", "434599007375", None),
        ("/434501001", None, "434501001"),
        ("/", None, None),
    ],
)
@pytest.mark.parametrize("title", ["ИНН/КПП", "ИНН / КПП"])
def test_inn_and_kpp_in_one_column(table_file, text, inn, kpp, title):
    (record,) = read(table_file([["Наименование", title], ["Кит", text]]))
    assert (record.values.get("inn"), record.values.get("kpp")) == (inn, kpp)
    assert "inn_kpp" not in record.values
    assert codes(record) == []


@pytest.mark.parametrize("way", WAYS)
def test_zeros_that_a_number_lost(table_file, way):
    rows = [
        ["Наименование", "ИНН", "КПП", "Код", "ОГРН"],
        ["Ручей", "0100990640", "010001001", "000000311", "1150100000643"],
        ["Чайкин", "010099007200", "", "00-000312", "312010000000726"],
        ["Кит", "4345990606", "434501001", "000000303", "1114399000605"],
    ]
    for record, (_name, inn, kpp, code, ogrn) in zip(
        read(table_file(rows, way)), rows[1:], strict=True
    ):
        assert record.values["inn"] == inn
        assert record.values.get("kpp", "") == kpp
        assert record.values["ogrn"] == ogrn
        assert onec.normalise_code(record.values["code"]) == onec.normalise_code(code)
        assert codes(record) == []


@pytest.mark.parametrize(
    "stored", ["7700990719.0", "7.700990719E9", "7.700990719E+09", "7700990719"]
)
def test_a_number_written_in_other_ways(tmp_path, stored):
    """Other programs write the float that Excel holds."""
    path = tmp_path / "table.xlsx"

    class Stored(float):
        def __str__(self):
            return stored

    write_xlsx(str(path), [["Наименование", "ИНН"], ["Фонарь", Stored()]])
    (record,) = read(path)
    assert record.values["inn"] == "7700990719"
    assert codes(record) == []


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("ИНН", "4345990011", "inn_wrong"),
        ("ИНН", "99", "inn_wrong"),
        ("ИНН", "0000000000", "inn_wrong"),
        ("КПП", "4", "kpp_wrong"),
        ("ОГРН", "1124399000011", "ogrn_wrong"),
        ("Вид", "Кентавр", "kind_unknown"),
        ("E-mail", "нет", "email_wrong"),
        ("Дата начала", "вчера", "date_wrong"),
        ("Дата окончания", "31.02.2026", "date_wrong"),
    ],
)
@pytest.mark.parametrize("way", ["xlsx-excel", "xls-97", "text-utf-8"])
def test_what_is_wrong_is_told_and_loses_no_row(table_file, field, text, code, way):
    path = table_file([["Наименование", field], ["Кит", text]], way)
    (record,) = read(path)
    assert [(i.code, i.value, i.severity) for i in record.issues] == [
        (code, text, "warning")
    ]
    assert record.values["name"] == "Кит"
    assert record.skip_reason is None


@pytest.mark.parametrize("way", ["xlsx-1c", "xls-95", "text-cp1251"])
def test_a_row_without_a_name_is_an_error(table_file, way):
    path = table_file([["Наименование", "ИНН"], ["", "4345990010"], ["Кит"]], way)
    nameless, other = read(path)
    assert [(i.code, i.severity) for i in nameless.issues] == [("no_name", "error")]
    assert nameless.row == 2
    assert other.values["name"] == "Кит"


def test_totals_and_repeated_titles_are_no_clients(table_file):
    titles = ["Наименование", "ИНН"]
    rows = [titles, ["Кит", "4345990606"], titles, ["Ром", ""], ["Итого:"]]
    records = read(table_file(rows))
    assert [r.skip_reason for r in records] == [None, "header_row", None, "total_row"]
    rows = [titles, ["Итог", "4345990606"], ["ООО «Итого»", ""]]
    assert [r.skip_reason for r in read(table_file(rows))] == [None, None]
    assert set(ISSUE_CODES) >= {"header_row", "total_row"}


@pytest.mark.parametrize(
    ("kind", "inn", "name", "expected"),
    [
        ("Юридическое лицо", "", "Кит", "company"),
        ("ЮридическоеЛицо", "", "Кит", "company"),
        ("ЮрЛицо", "", "Кит", "company"),
        ("Юр лицо", "", "Кит", "company"),
        ("Юридическое Лицо", "", "Кит", "company"),
        ("ФизЛицо", "", "Кит", "person"),
        ("Физическое лицо", "", "Кит", "person"),
        ("ФизическоеЛицо", "434599007375", "Ласточкин О. П.", "sole_trader"),
        ("ИндивидуальныйПредприниматель", "", "Кит", "sole_trader"),
        ("Индивидуальный предприниматель", "434599007375", "Кит", "sole_trader"),
        ("", "4345990010", "Кит", "company"),
        ("", "", "ИП Ласточкин", "sole_trader"),
        ("", "", "ООО «Все для ИП»", "company"),
        ("", "", "ИП Ласточкин (магазин «АО»)", "sole_trader"),
        ("Физическое лицо", "", "ИП Ласточкин", "sole_trader"),
        ("Юридическое лицо", "", "Учет для ИП", "company"),
        ("", "", "Кит", None),
    ],
)
def test_kinds(table_file, kind, inn, name, expected):
    rows = [["Наименование", "Вид", "ИНН", "Комментарий"], [name, kind, inn, "да"]]
    (record,) = read(table_file(rows))
    assert record.values.get("kind") == expected


DATES = (
    (datetime.date(2026, 12, 12), "2026-12-12"),
    (datetime.date(2000, 2, 29), "2000-02-29"),
    ("12.12.2026", "2026-12-12"),
    ("1.2.2026", "2026-02-01"),
    ("12.12.26", "2026-12-12"),
    ("12.12.2026 0:00:00", "2026-12-12"),
    ("12.12.2026 г.", "2026-12-12"),
    ("12/12/2026", "2026-12-12"),
    ("2026-12-12", "2026-12-12"),
    ("2026-12-12T00:00:00", "2026-12-12"),
    ("0001-01-01T00:00:00", None),
    ("01.01.0001", None),
)


@pytest.mark.parametrize(("written", "expected"), DATES)
@pytest.mark.parametrize("way", WAYS)
def test_dates(table_file, written, expected, way):
    rows = [["Клиент", "Дата начала", "Сервис"], ["Кит", written, "1С-ЭДО"]]
    (record,) = read(table_file(rows, way))
    assert record.values.get("date_start") == expected
    assert codes(record) == []


@pytest.mark.parametrize("way", WAYS)
def test_a_date_is_shown_as_one_in_any_column(table_file, way):
    """To Excel a date is a number; a column of texts must not show that."""
    day = datetime.date(2026, 12, 12)
    rows = [["Клиент", "Комментарий", "Телефон"], ["Кит", day, 46368]]
    (record,) = read(table_file(rows, way))
    assert record.values["comment"] == "2026-12-12"
    assert record.values["phone"] == "46368"


def test_the_first_of_two_equal_titles_counts(table_file):
    rows = [["Наименование", "ИНН", "ИНН:"], ["Кит", "4345990606", "4345990010"]]
    path = table_file(rows)
    assert [c.field for c in header_of(path).columns] == ["name", "inn", None]
    assert read(path)[0].values["inn"] == "4345990606"


@pytest.mark.parametrize(
    ("mark", "expected"), [("Да", "1"), ("Истина", "1"), ("Нет", None), ("", None)]
)
def test_deletion_mark(table_file, mark, expected):
    (record,) = read(
        table_file([["Наименование", "Пометка удаления"], ["Кит", mark or "Нет"]])
    )
    assert record.values.get("deletion_mark") == expected


@pytest.mark.parametrize(
    ("ref", "expected"),
    [
        (
            "63004331-E0AF-5243-92D6-E8A40C8F35C7",
            "63004331-e0af-5243-92d6-e8a40c8f35c7",
        ),
        ("00000000-0000-0000-0000-000000000000", None),
        ("ООО «Кит»", None),
    ],
)
def test_only_a_guid_is_a_reference(table_file, ref, expected):
    (record,) = read(table_file([["Наименование", "Ссылка"], ["Кит", ref]]))
    assert record.values.get("ref") == expected
    assert codes(record) == []


TREE = (
    # depth, name, ИНН: the folders have nothing but a name.
    (0, "Покупатели", ""),
    (1, "Киров", ""),
    (2, "Кит", "4345990606"),
    (1, "Ром", "4345990010"),
    (0, "Поставщики", ""),
    (1, "Ручей", "0100990640"),
    (0, "Фонарь", "7700990719"),
)
PLACES = {
    "Покупатели": (True, ()),
    "Киров": (True, ("Покупатели",)),
    "Кит": (False, ("Покупатели", "Киров")),
    "Ром": (False, ("Покупатели",)),
    "Поставщики": (True, ()),
    "Ручей": (False, ("Поставщики",)),
    "Фонарь": (False, ()),
}


def places(records) -> dict:
    return {r.values["name"]: (r.is_folder, r.path) for r in records}


@pytest.mark.parametrize("blank", ["    ", " ", "\xa0\xa0", "\t"])
@pytest.mark.parametrize("way", WAYS)
def test_folders_by_indent(table_file, way, blank):
    rows = [[blank * depth + name, inn] for depth, name, inn in TREE]
    path = table_file([["Наименование", "ИНН"], *rows], way)
    assert places(read(path)) == PLACES


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_folders_by_outline(tmp_path, kind):
    path = tmp_path / f"table.{kind}"
    rows = [["Наименование", "ИНН"], *([name, inn] for _depth, name, inn in TREE)]
    levels = [0, *(depth for depth, _name, _inn in TREE)]
    write = write_xlsx if kind == "xlsx" else write_xls
    write(str(path), rows, levels=levels)
    assert places(read(path)) == PLACES


def test_a_client_with_a_name_only_is_no_folder(table_file):
    """Most clients have no ИНН; a row is a folder only when something lies in it. Where
    1C would have filled in a column for a client, that is to be known."""
    rows = [["Наименование", "ИНН", "Код"], ["Кит", "", "1"], ["Ром", "", "2"]]
    assert [r.is_folder for r in read(table_file(rows))] == [False, False]
    rows = [["Наименование", "Вид"], ["Киты", ""], ["Ром", "Физическое лицо"]]
    records = read(table_file(rows))
    assert [r.is_folder for r in records] == [False, False]
    assert [codes(r) for r in records] == [["name_only"], []]


def test_a_folder_that_says_so(table_file):
    rows = [["Наименование", "Это группа"], ["Киты", "Да"], ["Ром", "Нет"]]
    records = read(table_file(rows))
    assert [r.is_folder for r in records] == [True, False]
    assert [r.values["name"] for r in items(records)] == ["Ром"]


@pytest.mark.parametrize(
    ("codepage", "encoding"),
    [(1251, "cp1251"), (None, "cp1251"), (1252, "cp1251"), (866, "cp866")],
)
def test_excel95_says_its_code_page_or_lies(tmp_path, codepage, encoding):
    path = tmp_path / "table.xls"
    rows = [["Наименование", "ИНН"], ["ООО Кит и ёж", "4345990606"]]
    with path.open("wb") as stream:
        write_excel95(stream, rows, codepage=codepage, encoding=encoding)
    assert read(path)[0].values["name"] == "ООО Кит и ёж"


def test_excel95_without_a_container(tmp_path):
    from writers.xls import biff5

    path = tmp_path / "table.xls"
    path.write_bytes(biff5([["Наименование", "ИНН"], ["Кит", 4345990606]]))
    assert read(path)[0].values["inn"] == "4345990606"


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [";", "\t", ",", "|"])
def test_text_without_a_mark(tmp_path, encoding, delimiter):
    path = tmp_path / "table.txt"
    rows = [["Наименование", "ИНН", "Комментарий"], ["Кит", "4345990606", "да, и нет"]]
    write_delimited(path, rows, delimiter=delimiter, encoding=encoding)
    (record,) = read(path)
    assert record.values["name"] == "Кит"
    assert record.values["comment"] == "да, и нет"


def test_quotes_that_belong_to_names(tmp_path):
    """1C itself puts no quotes around cells, so those that stand there are the firm's."""
    path = tmp_path / "table.txt"
    path.write_text(
        'Наименование\tИНН\n"Маяк" АО\t4345990010\n"Кит\t4345990606\nООО "Ром"\t\n',
        encoding="cp1251",
    )
    assert [record.values["name"] for record in read(path)] == [
        '"Маяк" АО',
        '"Кит',
        'ООО "Ром"',
    ]


def test_a_file_is_told_by_its_content_and_not_by_its_name(tmp_path):
    rows = [["Наименование", "ИНН"], ["Кит", "4345990606"]]
    for way, wrong in (("text-cp1251", "xls"), ("xls-97", "xlsx"), ("xlsx-1c", "csv")):
        path = tmp_path / f"table.{wrong}"
        WAYS[way](path, rows)
        assert read(path)[0].values["name"] == "Кит"


def test_cells_of_rich_text_and_its_reading(tmp_path):
    """Pieces of a text are put together; how a Japanese would read it is not part."""
    path = tmp_path / "table.xlsx"
    import zipfile

    write_xlsx(str(path), [["Наименование", "ИНН"], ["ЗАМЕНА", "1"]], dialect=EXCEL)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    strings = parts["xl/sharedStrings.xml"].decode()
    plain = '<t xml:space="preserve">ЗАМЕНА</t>'
    assert plain in strings
    rich = (
        '<r><t xml:space="preserve">ООО </t></r><r><rPr><b/></rPr><t>«Кит»</t></r>'
        '<rPh sb="0" eb="1"><t>куджира</t></rPh>'
    )
    parts["xl/sharedStrings.xml"] = strings.replace(plain, rich).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert read(path)[0].values["name"] == "ООО «Кит»"


@pytest.mark.parametrize("way", WAYS)
def test_digest_tells_files_by_what_is_in_them(tmp_path, way):
    rows = [["Наименование", "ИНН"], ["Кит", "4345990606"]]
    tables = {"first": rows, "again": rows, "other": [rows[0], ["Кот", "4345990606"]]}
    digests = {}
    for name, content in tables.items():
        WAYS[way](tmp_path / name, content)
        with contextlib.closing(onec.open_table(tmp_path / name)) as table:
            digests[name] = table.digest()
    assert digests["first"] == digests["again"] != digests["other"]


def test_digest_of_a_workbook_saved_at_another_time(tmp_path):
    digests = set()
    for year in (2025, 2026):
        book = openpyxl.Workbook()
        book.properties.created = datetime.datetime(year, 1, 1)
        book.active.append(["Наименование", "ИНН"])
        book.save(tmp_path / f"{year}.xlsx")
        with contextlib.closing(onec.open_table(tmp_path / f"{year}.xlsx")) as table:
            digests.add(table.digest())
    assert len(digests) == 1
