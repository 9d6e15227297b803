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

from samples import contractors, exchange, subscriptions, users  # noqa: E402
from samples.contractors import CATALOGUE, CONTRACTORS, Folder  # noqa: E402
from writers import users as user_files  # noqa: E402
from writers.delimited import write_delimited  # noqa: E402
from writers.exchange import (  # noqa: E402
    write_commerceml,
    write_enterprise,
    write_v8,
    write_xdto,
)
from writers.saved_odata import write_atom, write_json  # noqa: E402
from writers.xls import write_excel95, write_xls  # noqa: E402
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
USER_SAMPLES = {
    "users_bp30.xlsx": user_list,
    "users.csv": lambda path: write_delimited(path, users.rows()),
    "users_v8.xml": user_objects(user_files.write_v8),
    "users_xdto.json": user_objects(user_files.write_xdto),
    "users_enterprise.xml": user_objects(user_files.write_enterprise),
}

if __name__ == "__main__":
    folder = Path(sys.argv[1]) if sys.argv[1:] else HERE
    for file_name, write in {**SAMPLES, **USER_SAMPLES}.items():
        write(folder / file_name)
        print(folder / file_name)
