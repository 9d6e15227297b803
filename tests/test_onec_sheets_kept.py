"""Sheets as people keep them: titles, kinds, folders and cells in ways of their own."""

from __future__ import annotations

import contextlib
from pathlib import Path

import onec
import pytest
from onec.kinds import kind_of
from onec.texts import parse_date
from onec.titles import field_of_title
from reading import codes, comparable, proposed, read
from samples import oddities
from samples.contractors import CONTRACTORS
from samples.make import SHEETS
from test_samples import contents
from writers.delimited import write_delimited
from writers.pages import ODS_END, ODS_START, ODS_TYPE, write_html
from writers.xls import write_xls

FOLDER = Path(__file__).parent / "samples"


@pytest.fixture
def sheet(tmp_path):
    """Write rows as a text; return the file."""

    def write(*rows):
        path = tmp_path / "sheet.csv"
        write_delimited(path, rows, encoding="utf-8-sig")
        return path

    return write


def header_of(path, **options):
    with contextlib.closing(onec.open_table(path)) as table:
        return onec.find_header(table, **options)


# -----------------------------------------------------------------------------
# Titles
# -----------------------------------------------------------------------------

TITLES = {
    "name": "Ссылка.Наименование|Наименование организации|Контрагент.Наименование|"
    "Наименование_клиента|НаименованиеКонтрагента|Краткое наим.|Название фирмы|Партнёр|"
    "Наименование клиента (краткое)|Организация",
    "full_name": "Контрагент.Наименование полное|Полное наименование организации|"
    "ПолноеНаименованиеКонтрагента|Юр. название|Наименование юр. лица",
    "inn": "Контрагент.ИНН|ИНН организации|ИНН_клиента|ИННКонтрагента|Ссылка.ИНН|"
    "ИНН юр. лица|Ссылка.Контрагент.ИНН",
    "kpp": "Контрагент.КПП|КПП организации",
    "inn_kpp": "ИННКПП|ИНН/КПП контрагента|ИНН и КПП клиента",
    "ogrn": "Контрагент.ОГРН|ОГРН организации|ОГРН (ИП)",
    "okpo": "Код ОКПО|Контрагент.Код по ОКПО",
    "code": "Код_клиента|Контрагент.Код|Код организации|КодКонтрагента",
    "kind": "Вид клиента|Тип_контрагента|Контрагент.Юр./физ. лицо|Юр/физ лицо",
    "group": "ГруппаКонтрагента|Группа клиентов|Категория клиента|Контрагент.Родитель",
    "phone": "Тел.|Моб. телефон|Телефон организации|Контактный тел.|Телефон 2|Сотовый|Телефон/факс|"
    "Контрагент.Телефон",
    "email": "Почта|E-mail клиента|e_mail|Эл.почта|Адрес эл. почты организации|"
    "Контрагент.E-mail",
    "website": "Сайт организации|Контрагент.Сайт",
    "address": "Юр. адрес|Адрес клиента|Фактический адрес организации",
    "contact_person": "Контакт. лицо|Контактное лицо клиента|ФИО контактного лица",
    "manager": "Основной менеджер клиента|Ответственный за клиента|Куратор",
    "comment": "Комментарий к контрагенту|Примечание клиента",
    "deletion_mark": "Помечен на удаление|Контрагент.Пометка удаления",
    "contract_number": "Номер_договора|Договор.Номер|№ договора ИТС",
    "date_start": "Начало действия договора|Дата начала подписки",
    "date_end": "Срок действия договора|Дата окончания договора ИТС|Договор действует до|"
    "Дата окончания обслуживания|Окончание ИТС",
    None: "Наименование товара|Цена|Номенклатура|Вид деятельности|№ п/п|Лицензия|Город|"
    "Код товара|Договор.Сумма|Отбор: ИНН Заполнено|ИНН 4345990010|Период|№|Тип цен|"
    "Организация: Пример-Софт|Дата рождения|Остаток на складе|Контрагенты",
}


@pytest.mark.parametrize(
    ("title", "field"),
    [(title, field) for field, titles in TITLES.items() for title in titles.split("|")],
)
def test_titles_by_their_words(title, field):
    assert field_of_title(title) == field
    assert field_of_title(f" {title.upper()}: ") in (field, None)


def test_the_surer_of_two_titles_counts(sheet):
    path = sheet(
        ("Организация", "Контрагент", "ИНН организации", "Контрагент.ИНН"),
        ("Мы", "Кит", "4345990010", "4345990606"),
    )
    assert [c.field for c in header_of(path).columns] == [None, "name", None, "inn"]


@pytest.mark.parametrize("title", ["Наименование", "ИНН", "Телефон", "Эл. почта"])
def test_one_telling_title_is_enough(sheet, title):
    path = sheet(("Отчёт",), ("Фирма-то", title, "Разное"), ("Кит", "5", "слово"))
    header = header_of(path)
    assert header.row == 2
    assert [column.title for column in header.columns] == ["Фирма-то", title, "Разное"]


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_titles_on_two_rows(tmp_path, rows):
    """Below any number of other rows, repeated where the page breaks."""
    path = tmp_path / "sheet.xls"
    above = [("Отчёт",)] * rows
    titles = oddities.TWO_ROWS[1:3]
    write_xls(str(path), [*above, *titles, *oddities.TWO_ROWS[3:], *titles])
    header = header_of(path)
    assert header.row == rows + 2
    assert tuple(c.field for c in header.columns) == oddities.TWO_ROWS_FIELDS
    first, second, *repeated = read(path)
    assert first.values["date_start"] == "2026-01-01"
    assert "date_end" not in first.values
    assert second.values["date_end"] == "2027-01-31"
    assert [r.skip_reason for r in repeated] == ["header_row", "header_row"]


TWO_ROWS = {
    "groups of columns": (
        ("Контрагент", "", "Контакты", ""),
        ("Наименование", "ИНН", "Телефон", "Почта"),
        ["name", "inn", "phone", "email"],
    ),
    "above and below": (
        ("Клиент", "Реквизиты", "", "Телефон"),
        ("", "ИНН", "КПП", ""),
        ["name", "inn", "kpp", "phone"],
    ),
    "one says what the other means": (
        ("Наименование", "Адрес", "", "Договор"),
        ("", "юридический", "склада", "номер"),
        ["name", "address", None, "contract_number"],
    ),
}


@pytest.mark.parametrize("what", TWO_ROWS)
def test_kinds_of_titles_on_two_rows(sheet, what):
    upper, lower, fields = TWO_ROWS[what]
    header = header_of(sheet(upper, lower, ("Кит", "1", "2", "3")))
    assert [column.field for column in header.columns] == fields
    assert header.row == 2


def test_a_row_of_values_is_no_second_row_of_titles(sheet):
    """Even where it holds words that are titles elsewhere."""
    path = sheet(
        ("Наименование", "ИНН", "Комментарий", ""),
        ("Клиент", "4345990010", "", "Телефон"),
        ("Почта", "", "Адрес", ""),
    )
    assert header_of(path).row == 1
    assert len(read(path)) == 2


def test_a_header_that_somebody_chooses(sheet):
    path = sheet(*oddities.NO_TITLES)
    with pytest.raises(onec.OnecError) as caught:
        header_of(path)
    assert caught.value.code == "no_header"
    header = header_of(path, row=1)
    assert [(c.letter, c.title, c.field) for c in header.columns] == [
        ("A", "Фирма по-нашему", None),
        ("B", "Чей", None),
        ("C", "Пометки", None),
    ]
    header = header_of(path, row=0)
    assert [(c.letter, c.title, c.sample) for c in header.columns] == [
        ("A", "", "Фирма по-нашему"),
        ("B", "", "Чей"),
        ("C", "", "Пометки"),
    ]
    for row, count in ((0, 3), (1, 2), (2, 1)):
        with contextlib.closing(onec.open_table(path)) as table:
            header = onec.find_header(table, row=row)
            records = list(onec.read_records(table, header, {0: "name", 2: "comment"}))
        assert len(records) == count
        assert records[-1].values == {"name": "ООО «Мыс»", "kind": "company"}
    with pytest.raises(onec.OnecError) as caught:
        header_of(path, row=9)
    assert (caught.value.code, caught.value.details) == ("no_row", {"row": 9})


PRICE_LISTS = {
    "Код;Наименование;Цена": ["Цена"],
    "Код;Наименование;Полное наименование;Ед. изм.;Остаток": ["Ед. изм.", "Остаток"],
    "Наименование;Артикул;Цена, руб.": ["Артикул", "Цена, руб."],
    "Код;Наименование;Комментарий;Вид номенклатуры": ["Вид номенклатуры"],
    "Код;Наименование": [],
    "Контрагент;Сумма;Количество": [],
    "Наименование;ИНН;Цена": [],
    "Наименование;Телефон;Количество договоров": [],
    "Клиент;Сервис;Цена": [],
    "Наименование;Код;Комментарий": [],
}


@pytest.mark.parametrize("titles", PRICE_LISTS)
def test_price_lists(sheet, titles):
    header = header_of(sheet(titles.split(";"), ["1"] * (titles.count(";") + 1)))
    assert onec.goods_titles(header) == PRICE_LISTS[titles]


def test_a_price_list_without_a_title_that_we_know(sheet):
    path = sheet(("Номенклатура", "Цена"), ("Гвозди", "10"))
    for row in (0, 1):
        assert onec.goods_titles(header_of(path, row=row)) == ["Номенклатура", "Цена"]


# -----------------------------------------------------------------------------
# Kinds and folders
# -----------------------------------------------------------------------------

KINDS = {
    "company": "ЮЛ|Юр. лицо|ЮрЛицо|Ю/Л|Юридические лица|Нерезидент|Юр. лицо (нерезидент)|"
    "Обособленное подразделение|Филиал|Госорган|Гос. учреждение|Государственный орган|"
    "Организация|ООО|Юридическое лицо, не являющееся резидентом",
    "sole_trader": "ИП|Индивидуальный предприниматель|Физическое лицо (ИП)|ФЛ, ИП|"
    "Предприниматель|И.П. (ИП)",
    "person": "ФЛ|Физ. лицо|ФизЛицо|Ф/Л|Физическое лицо|Частное лицо|Самозанятый|"
    "Самозанятая|Физическое лицо (самозанятый)|Физлицо-нерезидент",
    None: "Кентавр|Покупатель|Прочее|—|5",
}


@pytest.mark.parametrize(
    ("text", "kind"),
    [(text, kind) for kind, texts in KINDS.items() for text in texts.split("|")],
)
def test_a_row_with_a_kind_is_a_client(sheet, text, kind):
    """Whatever it is called, and also if deeper rows come after it."""
    assert kind_of(text) == kind
    rows = [("Наименование", "Код", "Вид"), ("Кит", "1", text), ("    Ром", "2", "ЮЛ")]
    record, _other = read(sheet(*rows))
    assert not record.is_folder
    assert record.values.get("kind") == kind
    assert codes(record) == ([] if kind else ["kind_unknown"])


@pytest.mark.parametrize(
    "kind", ["Самозанятый", "Физлицо (самозанятый)", "самозанятая"]
)
def test_who_works_for_themselves_is_no_sole_trader(sheet, kind):
    (record,) = read(sheet(("Клиент", "ИНН", "Вид"), ("Кит", "434599007375", kind)))
    assert record.values["kind"] == "person"


def test_names_alone(sheet):
    """In a flat list they are clients; whether they may be folders shows in the end."""
    rows = [("Наименование", "ИНН", "Телефон"), ("Кит", "", ""), ("ООО «Ром»", "", "")]
    first, second = read(sheet(*rows))
    assert not first.is_folder
    assert not second.is_folder
    assert [(i.code, i.severity) for i in first.issues] == [("name_only", "info")]
    assert codes(second) == [], "a legal form says that it is a firm"
    folder, _inside, *bare = read(FOLDER / "sheets" / "names_only.csv")
    assert folder.is_folder
    assert codes(folder) == []
    assert [(r.is_folder, codes(r)) for r in bare] == [(True, ["name_only"])] * 2


@pytest.mark.parametrize(
    "titles",
    [("Наименование",), ("Наименование", "Код"), ("Наименование", "Код", "Это группа")],
)
def test_a_list_of_nothing_but_names(sheet, titles):
    """Where there is no more to tell there is nothing to remark on."""
    (record,) = read(sheet(titles, ("Кит", "1", "Нет")[: len(titles)]))
    assert (record.is_folder, codes(record)) == (False, [])


def test_a_folder_may_be_called_like_a_firm(sheet):
    rows = [("Наименование", "ИНН"), ("Холдинг ООО «Кит»", ""), ("  Ром", "4345990606")]
    folder, inside = read(sheet(*rows))
    assert folder.is_folder
    assert inside.path == ("Холдинг ООО «Кит»",)


# -----------------------------------------------------------------------------
# Rows that are part of the form
# -----------------------------------------------------------------------------

TOTALS = (
    "Итого|Итого:|ИТОГО: 1|Итого - 12|Всего|Всего: 5|Всего контрагентов: 1|Total|"
    "Всего клиентов 2 409|Итого по списку: 7|Всего записей = 3|Итого контрагентов"
)
NO_TOTALS = "ООО «Итого»|Итого плюс|Всеволод|Всего хорошего|Итог сервис|Тотал"


@pytest.mark.parametrize("text", TOTALS.split("|"))
def test_totals(sheet, text):
    titles = ("№", "Наименование", "Код", "ИНН")
    rows = [("1", "Кит", "1", ""), ("", text, "", ""), (text, "", "", "12")]
    records = read(sheet(titles, *rows))
    assert [r.skip_reason for r in records] == [None, "total_row", "total_row"]
    assert [codes(r) for r in records[1:]] == [[], []]


@pytest.mark.parametrize("text", NO_TOTALS.split("|"))
def test_names_that_are_no_totals(sheet, text):
    (record,) = read(sheet(("Наименование", "ИНН"), (text, "")))
    assert record.skip_reason is None


def test_numbered_columns(sheet):
    titles = ("Наименование", "ИНН", "Телефон")
    numbers = ("1", "2", "3")
    records = read(sheet(titles, numbers, ("Кит", "", "5"), numbers, titles, numbers))
    told = [record.skip_reason for record in records]
    assert told == ["header_row", None, None, "header_row", "header_row"]


# -----------------------------------------------------------------------------
# Cells
# -----------------------------------------------------------------------------

INN, KPP = "7728168971", "772801001"
NUMBERS = (
    (f"'{INN}", INN, None),
    (f"ИНН {INN}", INN, None),
    (f"ИНН: {INN}", INN, None),
    (f"ИНН{INN}", INN, None),
    (f"{INN}/{KPP}", INN, KPP),
    (f"{INN} / {KPP}", INN, KPP),
    (f"{INN}\\{KPP}", INN, KPP),
    (f"{INN} {KPP}", INN, KPP),
    (f"{INN}, {KPP}", INN, KPP),
    (f"ИНН/КПП {INN}/{KPP}", INN, KPP),
    (f"ИНН {INN} КПП {KPP}", INN, KPP),
    (f"ИНН: {INN}, КПП: {KPP}", INN, KPP),
    (f"/{KPP}", None, KPP),
    ("7\xa0728\xa0168\xa0971", INN, None),
    ("7\u202f728 168 971", INN, None),
    (f"\xa0{INN}\xa0", INN, None),
    (f"{INN}.0", INN, None),
    (f"{INN},00", INN, None),
    ("7728-168-971", INN, None),
    ("100990640", "0100990640", None),
    ("100990640/10001001", "0100990640", "010001001"),
)


@pytest.mark.parametrize(("text", "inn", "kpp"), NUMBERS)
@pytest.mark.parametrize("title", ["ИНН", "ИНН/КПП"])
def test_inn_as_people_write_it(sheet, title, text, inn, kpp):
    (record,) = read(sheet(("Клиент", title, "Телефон"), ("Кит", text, "5")))
    assert (record.values.get("inn"), record.values.get("kpp")) == (inn, kpp)
    assert codes(record) == []


def test_a_kpp_of_its_own_column_counts(sheet):
    rows = [("Клиент", "ИНН", "КПП"), ("Кит", f"{INN}/{KPP}", "КПП 434501001")]
    (record,) = read(sheet(*rows))
    assert record.values["inn"] == INN
    assert record.values["kpp"] == "434501001"


CELLS = (
    ("КПП", f"'{KPP}", KPP),
    ("КПП", "72801001", "072801001"),
    ("ОГРН", "'1124399000010", "1124399000010"),
    ("ОГРН", "ОГРН 1124399000010", "1124399000010"),
    ("ОГРН", "ОГРНИП № 312010000000726", "312010000000726"),
    ("Код", "'000000123", "000000123"),
    ("Телефон", "'+7 912 111-22-33", "+7 912 111-22-33"),
    ("Телефон", "’8 (8332) 12-34-56", "8 (8332) 12-34-56"),
    ("Комментарий", "'90 год", "'90 год"),
    ("Пометка удаления", "Помечен на удаление", "1"),
    ("Помечен на удаление", "Да", "1"),
    ("Пометка удаления", "Удалён", "1"),
    ("Пометка удаления", "Не помечен", None),
)


@pytest.mark.parametrize(("title", "text", "value"), CELLS)
def test_cells(sheet, title, text, value):
    path = sheet(("Наименование", title, "Сайт"), ("'Кит'", text, "x"))
    field = header_of(path).columns[1].field
    (record,) = read(path)
    assert record.values["name"] == "'Кит'"
    assert record.values.get(field) == value
    assert codes(record) == []


DATES = {
    "2027-01-01": "1 января 2027 г.|01 янв. 2027|«1» января 2027 года|01.01.2027 г.|"
    "с 01.01.2027|до 1 января 2027|по 01.01.27",
    "2026-05-09": "9 мая 2026|09 май 2026 г.",
    "2026-03-08": "8 марта 2026 г.|8 мар 2026",
    "": "01.01.3999|3999-01-01T00:00:00|31.12.9999|01.01.0001|бессрочно|Бессрочный|"
    "без срока|не ограничен|-|—|нет",
    None: "вчера|31 февраля 2026|январь 2027|32.01.2026|1 брюмера 2026|скоро",
}


@pytest.mark.parametrize(
    ("text", "date"),
    [(text, date) for date, texts in DATES.items() for text in texts.split("|")],
)
def test_dates_in_words(text, date):
    assert parse_date(text) == date


@pytest.mark.parametrize(
    "text", ["mailto:a@example.com", "a@example.com, A@example.com", "E-mail: a@b.ru"]
)
def test_mails_that_are_right(sheet, text):
    (record,) = read(sheet(("Клиент", "Почта"), ("Кит", text)))
    assert codes(record) == []


@pytest.mark.parametrize("name", SHEETS)
def test_samples_of_sheets_are_what_the_script_writes(name, tmp_path):
    SHEETS[name](tmp_path / name)
    assert contents(tmp_path / name) == contents(FOLDER / "sheets" / name)
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"| `sheets/{name}` |" in readme
    assert {path.name for path in (FOLDER / "sheets").iterdir()} == set(SHEETS)


def test_the_list_as_a_workbook_of_libreoffice():
    records = read(FOLDER / "sheets" / "contractors.ods")
    assert [comparable(record.values) for record in records] == [
        comparable(contractor.expected) for contractor in CONTRACTORS
    ]


def test_the_sample_of_words():
    records = read(FOLDER / "sheets" / "words.csv")
    assert [None if r.skip_reason else r.values for r in records] == list(
        oddities.WORDS_READ
    )
    told = [code for record in records for code in codes(record)]
    assert told == ["kind_unknown"]


# -----------------------------------------------------------------------------
# Web pages, workbooks of others
# -----------------------------------------------------------------------------

PAGES = {
    "as scripts write it": "<table><tr><th>Клиент<th>ИНН<tr><td>Кит<td>4345990606</table>",
    "tables for the looks": "<table><tr><td>Меню<td><table><tr><td>Клиент</td><td>ИНН</td>"
    "</tr><tr><td>Кит</td><td>4345990606</td></tr></table></td></tr></table>",
    "merged cells": "<table><tr><td rowspan=2>Клиент</td><td colspan=2>Реквизиты</td></tr>"
    "<tr><td>ИНН</td><td>КПП</td></tr>"
    "<tr><td>Кит</td><td>4345990606</td><td>434501001</td></tr></table>",
    "scripts and styles": "<html><style>td {x:y}</style><script>if (a<b) c()</script>"
    "<table><tr><td>Клиент<td>ИНН<tr><td><b>Ки</b>т<td> 4345990606&nbsp;</table>",
    "a doctype": '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN">\n<HTML><BODY><TABLE>'
    "<TR><TD>Клиент</TD><TD>ИНН</TD></TR><TR><TD>Кит</TD><TD>4345990606</TD></TR></TABLE>",
    "an encoding that lies": '<meta charset="koi8-r"><table><tr><td>Клиент<td>ИНН'
    "<tr><td>Кит<td>4345990606</table>",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("what", PAGES)
def test_web_pages(tmp_path, what, encoding):
    path = tmp_path / "page.xls"
    path.write_bytes(PAGES[what].encode(encoding))
    (record,) = read(path)
    assert record.values["name"] == "Кит"
    assert record.values["inn"] == "4345990606"


@pytest.mark.parametrize("page", ["<html></html>", "<p>слово", "<table></table>"])
def test_pages_without_a_table(tmp_path, page):
    path = tmp_path / "page.html"
    path.write_text(page)
    with pytest.raises(onec.OnecError) as caught:
        onec.open_table(path)
    assert caught.value.code == "not_a_table"


def test_a_page_of_many_rows(tmp_path):
    path = tmp_path / "page.xls"
    rows = [("Наименование", "Код"), *((f"Кит {n}", str(n)) for n in range(5000))]
    write_html(path, rows)
    records = read(path)
    assert len(records) == 5000
    assert (records[-1].row, records[-1].values["code"]) == (5001, "4999")


def test_a_workbook_of_libreoffice(tmp_path):
    """Comments are no text, equal cells and rows stand there once, groups are levels."""
    import zipfile

    cell = "<table:table-cell{}><text:p>{}</text:p></table:table-cell>"
    twice = ' table:number-columns-repeated="2"'
    note = "<office:annotation><text:p>чьё-то слово</text:p></office:annotation>"
    row = "<table:table-row{}>{}</table:table-row>".format
    rows = [
        row("", cell.format("", "Клиент") + cell.format("", "ИНН")),
        row("", cell.format("", "Киты")),
        "<table:table-row-group>",
        row(
            "",
            f"<table:table-cell>{note}<text:p>К<text:span>ит</text:span></text:p>"
            "</table:table-cell>" + cell.format("", "4345990606"),
        ),
        "</table:table-row-group>",
        row(' table:number-rows-repeated="3"', "<table:table-cell/>"),
        row(' table:number-rows-repeated="2"', cell.format(twice, "Ром")),
    ]
    other = '<table:table table:name="Пустой"><table:table-row/></table:table>'
    table = f'<table:table table:name="Кит">{"".join(rows)}</table:table>'
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", f"{ODS_START}{other}{table}{ODS_END}")
    with contextlib.closing(onec.open_table(path)) as book:
        header = onec.find_header(book)
        assert (book.kind, book.sheet) == ("ods", "Кит")
        records = list(onec.read_records(book, header, proposed(header)))
    told = [(r.row, r.values.get("name"), r.is_folder, r.path) for r in records]
    assert told == [
        (2, "Киты", True, ()),
        (3, "Кит", False, ("Киты",)),
        (7, "Ром", False, ()),
        (8, "Ром", False, ()),
    ]


def test_a_workbook_of_libreoffice_with_a_password(tmp_path):
    import zipfile

    path = tmp_path / "book.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", ODS_TYPE)
        archive.writestr("content.xml", b"\x01\x02")
        archive.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
    with pytest.raises(onec.OnecError) as caught:
        onec.open_table(path)
    assert caught.value.code == "password"


def test_a_damaged_workbook_says_so():
    with contextlib.closing(
        onec.open_table(FOLDER / "contractors_damaged.xls")
    ) as table:
        assert table.is_damaged
    with contextlib.closing(
        onec.open_table(FOLDER / "contractors_report.xls")
    ) as table:
        assert not table.is_damaged
