"""What people drop by mistake is called by its name, and what holds the same data as
an exchange file is read: answers of the OData interface that somebody saved."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from pathlib import Path

import onec
import pytest
from reading import items, read
from samples.exchange import CONTRACTS, ITEMS
from test_onec_hostile import outcome
from writers.saved_odata import write_atom, write_json

FOLDER = Path(__file__).parent / "samples"
BANK = "1CClientBankExchange\r\nВерсияФормата=1.03\r\nКодировка=Windows\r\n"
MHT = 'From: "Сохранено"\r\nSubject: Контрагенты\r\nMIME-Version: 1.0\r\nContent-Type: '
OLD = (
    '<?xml version="1.0" encoding="{0}"?><КоммерческаяИнформация{1}>{2}'
    "</КоммерческаяИнформация>"
)
OLD_FIRM = '<Контрагент Идентификатор="7" Наименование="ООО «Кит»" ИНН="4345990606"/>'
MXL = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<document xmlns="http://v8.1c.ru/8.2/data/spreadsheet"><columns/></document>'
)


def archive(**files: bytes) -> bytes:
    with io.BytesIO() as content:
        with zipfile.ZipFile(content, "w") as book:
            for name, data in files.items():
                book.writestr(name.replace("_", "."), data)
        return content.getvalue()


DROPPED = {
    "payments": (BANK.encode("cp1251"), "bank"),
    "payments for DOS": (BANK.encode("cp866"), "bank"),
    "payments in UTF-8": (BANK.encode("utf-8-sig"), "bank"),
    "payments in UTF-16": (BANK.encode("utf-16"), "bank"),
    "payments after a blank line": (b"\r\n" + BANK.encode("cp1251"), "bank"),
    "a page": (f"{MHT}multipart/related; boundary=x\r\n\r\n".encode("cp1251"), "mht"),
    "a page of Word": (b"MIME-Version: 1.0\nContent-Type: multipart/related;\n", "mht"),
    "an e-mail": (b"Received: x\nDate: y\nMIME-Version: 1.0\n\nHi", "mht"),
    "a spreadsheet document": (b"MOXCEL\x00\x08\x00\x01" + bytes(500), "mxl"),
    "a spreadsheet document in XML": (MXL.encode(), "mxl"),
    "CommerceML 1": (OLD.format("UTF-8", "", OLD_FIRM).encode(), "commerceml_1"),
    "CommerceML 1 of a shop": (
        OLD.format(
            "windows-1251", "", f'<Документ ХозОперация="Order">{OLD_FIRM}</Документ>'
        ).encode("cp1251"),
        "commerceml_1",
    ),
    "CommerceML 1 by its version": (
        OLD.format("UTF-8", ' ВерсияСхемы="1.05"', "").encode(),
        "commerceml_1",
    ),
    "CommerceML 1 of goods": (
        OLD.format("UTF-8", "", '<Каталог Идентификатор="1"/>').encode(),
        "commerceml_1",
    ),
    "goods of CommerceML 2": (
        OLD.format(
            "UTF-8",
            ' ВерсияСхемы="2.08"',
            '<Каталог СодержитТолькоИзменения="true"><Ид>1</Ид></Каталог>',
        ).encode(),
        "no_contractors",
    ),
    "a zip of several": (archive(a_xml=b"<a/>", b_xml=b"<b/>", c_pdf=b"x"), "archive"),
    "a zip of sheets": (archive(a_xlsx=b"x", b_csv=b"y"), "archive"),
    "a zip of a sheet": (archive(a_csv="Наименование".encode()), "zipped_sheet"),
    "a dump of a base": (b"1CIBDmpF" + bytes(100), "not_a_table"),
    "a base": (b"1CDBMSV8" + bytes(100), "not_a_table"),
    "JSON of another program": (b'{"value": [{"name": "x"}]}', "not_a_table"),
    "metadata": (b'<edmx:Edmx xmlns:edmx="x" Version="1.0"/>', "not_a_table"),
    "users": ((FOLDER / "users_v8.xml").read_bytes(), "no_contractors"),
    "an empty answer": (b'{"odata.metadata": "x", "value": []}', "no_contractors"),
    "an error": (
        b'{"odata.error": {"code": "-1"}, "odata.metadata": "x"}',
        "no_contractors",
    ),
}


@pytest.mark.parametrize("name", DROPPED)
def test_what_is_dropped_by_mistake(made, name):
    content, code = DROPPED[name]
    assert outcome(made(content)) == code


def test_a_sheet_that_tells_of_such_files_is_a_sheet(made):
    text = "Наименование;Комментарий\nООО Кит;1CClientBankExchange, MIME-Version: 1.0\n"
    assert outcome(made(text.encode())) == "good"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *(
            (f"users{end}", True)
            for end in ("_v8.xml", "_xdto.json", "_enterprise.xml")
        ),
        *((f"users{end}", True) for end in (".csv", "_bp30.xlsx")),
        *((f"contractors{end}", False) for end in (".csv", "_bp30.xlsx")),
        ("exchange_v8.xml", True),  # it holds both, and is asked only without the first
        ("exchange_commerceml.xml", False),
    ],
)
def test_a_list_of_users(name, expected):
    assert onec.is_user_list(FOLDER / name) is expected


# Saved answers.

SAVED = {
    "json": write_json,
    "a bare list": lambda *args, **options: write_json(*args, bare=True, **options),
    "atom": write_atom,
}


def without(record: onec.Record, *names: str) -> dict:
    return {k: v for k, v in record.values.items() if k not in names}


@pytest.mark.parametrize("way", SAVED)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_saved_answer_is_read_as_the_file_of_the_platform(
    tmp_path, made, way, encoding
):
    """But for the names of what it refers to and does not hold."""
    path = tmp_path / "saved.bin"
    SAVED[way](path, ITEMS)
    path = made(path.read_text(encoding="utf-8").encode(encoding))
    found, expected = read(path), read(FOLDER / "exchange_v8.xml")
    unknown = ("manager", "address", "other_contacts")
    assert [without(one, *unknown) for one in found] == [
        without(one, *unknown) for one in expected
    ]
    assert [(one.path, one.is_folder) for one in found] == [
        (one.path, one.is_folder) for one in expected
    ]
    assert any(one.values.get("address") for one in items(found))


@pytest.mark.parametrize("way", SAVED)
def test_saved_contracts(tmp_path, way):
    path = tmp_path / "saved.bin"
    SAVED[way](path, ITEMS, CONTRACTS, name="contracts")
    found = read(path)
    expected = read(FOLDER / "exchange_v8.xml", sheet="Договоры")
    names = ("name", "inn", "kpp", "kind")
    assert [without(one, *names) for one in found] == [
        without(one, *names) for one in expected
    ]


def test_saved_users(made):
    user = {
        "Ref_Key": "00000001-0000-4000-8000-0000000000bb",
        "Description": "Котова Анна",
        "Недействителен": False,
        "Служебный": False,
        "Predefined": False,
        "Подразделение_Key": "00000000-0000-0000-0000-000000000000",
        "КонтактнаяИнформация": [
            {"Тип": "АдресЭлектроннойПочты", "Представление": "kotova@example.com"}
        ],
    }
    hidden = {
        **user,
        "Ref_Key": user["Ref_Key"].replace("1-", "2-", 1),
        "Служебный": True,
    }
    answer = {"odata.metadata": "x#Catalog_Пользователи", "value": [user, hidden]}
    path = made(json.dumps(answer, ensure_ascii=False).encode())
    assert outcome(path) == "no_contractors"
    assert onec.is_user_list(path)
    with contextlib.closing(onec.open_users(path)) as table:
        first, second = onec.read_users(table, onec.find_user_header(table))
    assert first.values == {
        "name": "Котова Анна",
        "email": "kotova@example.com",
        "ref": user["Ref_Key"],
    }
    assert (first.skip_reason, second.skip_reason) == (None, "service")


@pytest.mark.parametrize("way", SAVED)
def test_saved_and_cut_off_anywhere(tmp_path, made, way):
    path = tmp_path / "saved.bin"
    SAVED[way](path, ITEMS)
    content = path.read_bytes()
    for fifths in range(1, 5):
        assert outcome(made(content[: len(content) * fifths // 5])) == "damaged"
