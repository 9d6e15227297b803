"""Workbooks of contractors, the same on every machine.

They are like what a real base of 1С:Бухгалтерия gives: folders among the rows with
the contractors indented below them, a code on each row, an ИНН on few of them, some
of those repeated. All is made up. The titles stand in the first row and the rest is
plain, so that other programs can read the sheet as well.
"""

from __future__ import annotations

import random
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from ..paths import RUN
from ..stamps import digest_of_files

TITLES = (
    "Наименование",
    "Полное наименование",
    "ИНН",
    "КПП",
    "ОГРН",
    "Код",
    "Телефон",
    "E-mail",
    "Адрес",
    "Комментарий",
)
FOLDER_EVERY = 50
SHARE_WITH_INN = 0.15

FORMS = {
    "ООО": "Общество с ограниченной ответственностью",
    "АО": "Акционерное общество",
    "МБУ": "Муниципальное бюджетное учреждение",
}
WORDS = (
    "Альфа",
    "Берег",
    "Вятка",
    "Град",
    "Дом",
    "Енисей",
    "Заря",
    "Искра",
    "Кедр",
    "Лидер",
    "Маяк",
    "Нева",
    "Опора",
    "Прогресс",
    "Родник",
    "Север",
    "Трест",
    "Урал",
    "Форум",
    "Холдинг",
    "Центр",
    "Чайка",
    "Эталон",
    "Юпитер",
    "Ямал",
)
ENDINGS = ("Строй", "Торг", "Сервис", "Мед", "Агро", "Транс", "Инвест", "Плюс")
FAMILIES = ("Иванов", "Петров", "Сидоров", "Кузнецов", "Орлов", "Белов", "Зайцев")
INITIALS = "АБВГДЕИКМНОПРСТ"
STREETS = ("Ленина", "Садовая", "Мира", "Лесная", "Заводская", "Речная", "Труда")


def workbook(rows: int, *, changed: bool = False) -> Path:
    """Return the path of a workbook with so many rows below the titles.

    :param changed: with a phone on each contractor that the other workbook has not
    """
    digest = digest_of_files([Path(__file__)])[:8]
    name = f"contractors-{rows}{'-changed' if changed else ''}-{digest}.xlsx"
    path = RUN / "bench" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        _write(partial, [TITLES], contractors(rows, changed=changed))
        partial.rename(path)
    return path


def folder_count(rows: int) -> int:
    """Return how many of so many rows are folders."""
    return len(range(0, rows, FOLDER_EVERY))


def contractors(rows: int, *, changed: bool = False) -> Iterator[tuple[str, ...]]:
    """Make rows in the order of `TITLES`."""
    chance = random.Random(1)
    inns: list[tuple[str, str]] = []
    for number in range(rows):
        code = f"00-{number + 1:06d}"
        if number % FOLDER_EVERY == 0:
            yield (f"Группа {number // FOLDER_EVERY + 1}", *[""] * 4, code)
            continue
        name, full_name = _name(chance, number)
        inn, kpp, ogrn = _numbers(chance, number, inns, trader=name.startswith("ИП"))
        phone = f"8 (8332) {chance.randrange(10**6):06d}"
        if chance.random() < 0.4:
            phone = ""
        if changed:
            phone = f"8 (912) {number:07d}"
        email = f"client{number}@example.com" if chance.random() < 0.4 else ""
        address = ""
        if chance.random() < 0.5:
            street = chance.choice(STREETS)
            address = f"610000, г. Киров, ул. {street}, д. {chance.randrange(1, 200)}"
        comment = "Звонить после обеда" if chance.random() < 0.1 else ""
        name = f"    {name}"
        yield name, full_name, inn, kpp, ogrn, code, phone, email, address, comment


def _name(chance: random.Random, number: int) -> tuple[str, str]:
    """Make a name that no other row has, and the full one."""
    if chance.random() < 0.3:
        first, middle = chance.choice(INITIALS), chance.choice(INITIALS)
        name = f"{chance.choice(FAMILIES)} {first}.{middle}. {number}"
        return f"ИП {name}", f"Индивидуальный предприниматель {name}"
    form = chance.choice(list(FORMS))
    name = f"«{chance.choice(WORDS)}{chance.choice(ENDINGS)} {number}»"
    return f"{form} {name}", f"{FORMS[form]} {name}"


def _numbers(
    chance: random.Random, number: int, known: list[tuple[str, str]], *, trader: bool
) -> tuple[str, str, str]:
    """Make ИНН, КПП and ОГРН, or none of them."""
    if chance.random() >= SHARE_WITH_INN:
        return "", "", ""
    if trader:
        inn = f"43{number:08d}"
        inn += _check_digit(inn, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8))
        inn += _check_digit(inn, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))
        ogrn = f"3{chance.randrange(10**13):013d}"
        return inn, "", f"{ogrn}{int(ogrn) % 13 % 10}"
    if known and chance.random() < 0.02:
        # A separate division: the ИНН of another row, and a КПП of its own.
        inn, ogrn = chance.choice(known)
        return inn, f"434543{len(known) % 1000:03d}", ogrn
    inn = f"43{number:07d}"
    inn += _check_digit(inn, (2, 4, 10, 3, 5, 9, 4, 6, 8))
    ogrn = f"1{chance.randrange(10**11):011d}"
    ogrn += str(int(ogrn) % 11 % 10)
    known.append((inn, ogrn))
    return inn, "434501001", ogrn


def _check_digit(digits: str, weights: tuple[int, ...]) -> str:
    total = sum(
        int(digit) * weight for digit, weight in zip(digits, weights, strict=True)
    )
    return str(total % 11 % 10)


# What follows writes a workbook as the standard has it: texts in a table of their own.

RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SMALL_PARTS = {
    "[Content_Types].xml": f"""<Types xmlns="{TYPES}">
<Default Extension="rels"
 ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{SHEET_TYPE}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml"
 ContentType="{SHEET_TYPE}.worksheet+xml"/>
<Override PartName="/xl/sharedStrings.xml" ContentType="{SHEET_TYPE}.sharedStrings+xml"/>
</Types>""",
    "_rels/.rels": f"""<Relationships xmlns="{RELATIONS}">
<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>
</Relationships>""",
    "xl/workbook.xml": f"""<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>
<sheet name="TDSheet" sheetId="1" r:id="rId1"/></sheets></workbook>""",
    "xl/_rels/workbook.xml.rels": f"""<Relationships xmlns="{RELATIONS}">
<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>
</Relationships>""",
}


def _write(path: Path, head, rows) -> None:
    strings: dict[str, int] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in SMALL_PARTS.items():
            book.writestr(name, DECLARATION + text)
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'{DECLARATION}<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            for number, cells in enumerate([*head, *rows], start=1):
                sheet.write(_row(number, cells, strings).encode())
            sheet.write(b"</sheetData></worksheet>")
        with book.open("xl/sharedStrings.xml", "w", force_zip64=True) as table:
            table.write(f'{DECLARATION}<sst xmlns="{MAIN}">'.encode())
            for text in strings:
                item = f'<si><t xml:space="preserve">{escape(text)}</t></si>'
                table.write(item.encode())
            table.write(b"</sst>")


def _row(number: int, cells: tuple[str, ...], strings: dict[str, int]) -> str:
    parts = [
        f'<c r="{chr(65 + index)}{number}" t="s">'
        f"<v>{strings.setdefault(text, len(strings))}</v></c>"
        for index, text in enumerate(cells)
        if text
    ]
    return f'<row r="{number}">{"".join(parts)}</row>'
