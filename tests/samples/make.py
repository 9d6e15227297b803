#!/usr/bin/env python3
"""Write the sample files of this folder anew: `python tests/samples/make.py [FOLDER]`.

A test says when they are not what this script writes.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent))

from samples import (  # noqa: E402
    contractors,
    exchange,
    oddities,
    subscriptions,
    users,
)
from samples.contractors import CATALOGUE, CONTRACTORS, Folder  # noqa: E402
from writers import users as user_files  # noqa: E402
from writers.delimited import write_delimited  # noqa: E402
from writers.exchange import (  # noqa: E402
    write_commerceml,
    write_enterprise,
    write_v8,
    write_xdto,
)
from writers.pages import (  # noqa: E402
    write_html,
    write_ods,
    write_spreadsheet_xml,
)
from writers.saved_odata import write_atom, write_json  # noqa: E402
from writers.xls import overlapping, write_excel95, write_xls  # noqa: E402
from writers.xlsx import EXCEL, ONEC, letters, write_xlsx  # noqa: E402

INDENT = "    "
# Where 1C puts the columns of a printed list: two narrow empty ones on the left, and
# as many under each title as it takes to be as wide as the title needs.
LEFT = 2
SPANS = {"name": 3, "full_name": 3, "phone": 2, "comment": 2}


def onec_list(path: Path) -> None:
    """«Вывести список» of 1С:Бухгалтерия 3.0, saved as «Лист Excel2007»."""
    starts, column = {}, LEFT
    for name in contractors.TITLES:
        starts[name] = column
        column += SPANS.get(name, 1)
    width = column

    def line(texts: dict[str, str]) -> list[str | None]:
        cells: list[str | None] = [None] * width
        for name, text in texts.items():
            cells[starts[name]] = text
        return cells

    rows = [
        line({}),
        line({"name": "Контрагенты"}),
        line({"name": "Организация: Пример-Софт (вымышленная)"}),
        line({"name": "Отбор: Пометка удаления Равно «Нет»"}),
        line({}),
        line(contractors.TITLES),
    ]
    levels = [0] * len(rows)
    for item in CATALOGUE:
        texts = (
            {"name": item.name, "code": item.code}
            if isinstance(item, Folder)
            else item.texts
        )
        rows.append(line({**texts, "name": INDENT * item.depth + texts["name"]}))
        levels.append(item.depth)
    merged = [f"{letters(LEFT)}{row}:{letters(width - 1)}{row}" for row in (2, 3, 4)]
    for row in range(6, len(rows) + 1):
        merged += [
            f"{letters(starts[name])}{row}:{letters(starts[name] + span - 1)}{row}"
            for name, span in SPANS.items()
        ]
    widths = [1.5] * LEFT + [14] * (width - LEFT)
    write_xlsx(
        str(path), rows, dialect=ONEC, levels=levels, merged=merged, widths=widths
    )


def flat_rows() -> list[list[str]]:
    """Return a title row and the contractors without their folders."""
    names = list(contractors.TITLES)
    return [
        list(contractors.TITLES.values()),
        *([item.texts.get(name, "") for name in names] for item in CONTRACTORS),
    ]


def report_rows() -> list[list[str | int]]:
    """Return the rows of a report, with digits as numbers."""
    title, *rows = flat_rows()
    numbers = [[int(text) if text.isdigit() else text for text in row] for row in rows]
    return [["Универсальный отчет"], ["Справочник: Контрагенты"], [], title, *numbers]


def subscription_rows() -> list[list]:
    """Return the rows of the sheet that is kept by hand."""
    names = list(subscriptions.TITLES)
    return [
        list(subscriptions.TITLES.values()),
        *([row.get(name) for name in names] for row in subscriptions.ROWS),
    ]


def excel95(path: Path) -> None:
    """Write the report as a workbook of Excel 95."""
    with path.open("wb") as stream:
        write_excel95(stream, report_rows())


def damaged(path: Path) -> None:
    """Write the report as a workbook that Excel opens and others call corrupt."""
    write_xls(str(path), report_rows())
    path.write_bytes(overlapping(path.read_bytes()))


def text_of(rows, **options):
    """Return what writes rows as a text with semicolons."""
    return lambda path: write_delimited(path, rows, **options)


def merged_titles(path: Path) -> None:
    """Write a sheet whose titles stand on two rows, some merged over others."""
    merged = [(1, 2, 0, 0), (1, 1, 1, 2), (1, 1, 3, 5)]
    write_xls(str(path), oddities.TWO_ROWS, sheet="Клиенты", merged=merged)


def objects(write, **options):
    """Return what writes the catalogue as an exchange file."""
    return lambda path: write(path, exchange.ITEMS, exchange.CONTRACTS, **options)


def user_list(path: Path) -> None:
    """«Вывести список» of the users, saved as «Лист Excel2007»."""
    titles = [["Пользователи"], ["Отбор: Показывать недействительных"], []]
    margin = [None] * LEFT
    rows = [[*margin, *row] for row in [*titles, *users.rows()]]
    write_xlsx(str(path), rows, dialect=ONEC)


def user_objects(write):
    """Return what writes the users as an exchange file."""
    return lambda path: write(path, users.USERS)


SAMPLES = {
    "contractors_bp30.xlsx": onec_list,
    "contractors_report.xls": lambda path: write_xls(str(path), report_rows()),
    "contractors_excel95.xls": excel95,
    "contractors.csv": lambda path: write_delimited(path, flat_rows()),
    "contractors_utf8.txt": lambda path: write_delimited(
        path, flat_rows(), delimiter="\t", encoding="utf-8-sig"
    ),
    "contractors_utf16.txt": lambda path: write_delimited(
        path, flat_rows(), delimiter="\t", encoding="utf-16-le", mark=b"\xff\xfe"
    ),
    "contractors_damaged.xls": damaged,
    "contractors_page.xls": lambda path: write_html(path, flat_rows()),
    "contractors_page1251.xls": lambda path: write_html(
        path, flat_rows(), encoding="cp1251", bare=True
    ),
    "contractors_2003.xls": lambda path: write_spreadsheet_xml(path, report_rows()),
    "subscriptions.xlsx": lambda path: write_xlsx(
        str(path), subscription_rows(), dialect=EXCEL, sheet="Подписки"
    ),
    "exchange_v8.xml": objects(write_v8),
    "exchange_v8_prefixed.xml": objects(write_v8, prefixed=True),
    "exchange_v8_register.xml": objects(write_v8, register=True),
    "exchange_xdto.json": objects(write_xdto),
    "exchange_enterprise.xml": objects(write_enterprise),
    "exchange_commerceml.xml": objects(write_commerceml),
    "exchange_commerceml_1251.xml": objects(
        write_commerceml, namespace=False, encoding="windows-1251"
    ),
    "exchange_commerceml_orders.xml": objects(write_commerceml, ordered_twice=True),
    "exchange_commerceml_lying.xml": objects(
        write_commerceml, encoding="windows-1251", declared="UTF-8"
    ),
    "odata_contractors.json": lambda path: write_json(path, exchange.ITEMS),
    "odata_contractors.xml": lambda path: write_atom(path, exchange.ITEMS),
}
# In the folder «sheets»: those that one list of contractors does not describe.
SHEETS = {
    "contractors.ods": lambda path: write_ods(path, report_rows()),
    "words.csv": text_of(oddities.WORDS),
    "two_rows.xls": merged_titles,
    "keyless.csv": text_of(oddities.KEYLESS),
    "no_titles.csv": text_of(oddities.NO_TITLES),
    "names_only.csv": text_of(oddities.NAMES_ONLY),
    "prices.csv": text_of(oddities.PRICES),
}
USER_SAMPLES = {
    "users_bp30.xlsx": user_list,
    "users.csv": lambda path: write_delimited(path, users.rows()),
    "users_v8.xml": user_objects(user_files.write_v8),
    "users_xdto.json": user_objects(user_files.write_xdto),
    "users_enterprise.xml": user_objects(user_files.write_enterprise),
}

if __name__ == "__main__":
    folder = Path(sys.argv[1]) if sys.argv[1:] else HERE
    (folder / "sheets").mkdir(parents=True, exist_ok=True)
    sheets = {f"sheets/{name}": write for name, write in SHEETS.items()}
    for file_name, write in {**SAMPLES, **sheets, **USER_SAMPLES}.items():
        write(folder / file_name)
        print(folder / file_name)
