"""Exchange files that are damaged, hostile, huge or in another encoding.

As with sheets: a reason that can be told or a good result, in bounded memory.
"""

from __future__ import annotations

import contextlib
import json
import random
import re
import socket
import threading
from pathlib import Path

import onec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import read
from samples.make import SAMPLES
from test_onec_hostile import APART, DOCTYPES, LIMIT_MIB, outcome, read_apart
from tier import count
from writers.exchange import (
    MAIL,
    PHONE,
    WAYS,
    Contract,
    Item,
    contact_xml,
    ref_of,
    write_commerceml,
    write_enterprise,
    write_v8,
    write_xdto,
)

FOLDER = Path(__file__).parent / "samples"
FILES = [name for name in SAMPLES if name.startswith("exchange")]
XML_FILES = [name for name in FILES if name.endswith(".xml") and "lying" not in name]
GROUP = Item(ref_of("group"), {"name": "Киты"}, is_folder=True)
WHALE = Item(
    ref_of("whale"),
    {"name": "ООО «Кит»", "inn": "4345990606", "kind": "ЮридическоеЛицо"},
    [(PHONE, "", "+7 8332 00-00-01"), (MAIL, "", "a@example.com")],
    parent=GROUP.ref,
)
DEAL = Contract(ref_of("deal"), WHALE.ref, "Договор", "1", "2025-01-01")


def written(tmp_path: Path, way: str) -> bytes:
    path = tmp_path / "whole.bin"
    WAYS[way](path, [GROUP, WHALE], [DEAL])
    return path.read_bytes()


@pytest.mark.parametrize("way", WAYS)
def test_a_file_that_was_cut_off_anywhere(made, tmp_path, way):
    content = written(tmp_path, way)
    assert outcome(made(content)) == "good"
    ends = range(0, len(content.rstrip()), count(5, 1))
    told = {outcome(made(content[:end])) for end in ends}
    # So short a beginning shows neither its kind nor its encoding.
    assert told <= {"damaged", "empty", "not_a_table", "no_header"}
    assert "damaged" in told
    late = range(len(content) // 2, len(content.rstrip()), count(17, 7))
    assert {outcome(made(content[:end])) for end in late} == {"damaged"}


@pytest.mark.parametrize("name", FILES)
def test_bytes_that_changed_on_the_way(made, name):
    content = (FOLDER / name).read_bytes()
    chance = random.Random(name)
    for _number in range(count(25, 300)):
        damaged = bytearray(content)
        for _hit in range(chance.choice((1, 1, 3, 30))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        for sheet in ("Контрагенты", "Договоры"):
            outcome(made(bytes(damaged)), sheet=sheet)


@pytest.mark.parametrize("way", WAYS)
def test_each_byte_changed(made, tmp_path, way):
    content = written(tmp_path, way)
    chance = random.Random(way)
    for place in range(0, len(content), count(11, 1)):
        damaged = bytearray(content)
        damaged[place] = chance.choice(b"<>&\"'/\\{}[],:\x00\xff 0")
        outcome(made(bytes(damaged)))


BEGINNINGS = (
    "<V8Exch:_1CV8DtUD><V8Exch:Data><CatalogObject.Контрагенты>",
    "<КоммерческаяИнформация><Контрагенты><Контрагент>",
    "<Message><msg:Header><msg:Format>EnterpriseData</msg:Format></msg:Header><Body>",
    '{"#type":"jv8:Array","#value":[{"#type":"jcfg:CatalogObject.Контрагенты",',
    '{"#type":"jv8:Array","#value":',
    "<?xml version='1.0' encoding='",
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(BEGINNINGS), st.text(max_size=300))
def test_random_texts_after_a_right_beginning(made, beginning, text):
    outcome(made((beginning + text).encode("utf-8", "ignore")))


finite = st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | finite | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                (
                    "#type",
                    "#value",
                    "Ref",
                    "Parent",
                    "Description",
                    "ИНН",
                    "Row",
                    "КонтактнаяИнформация",
                    "Представление",
                    "Тип",
                    "Record",
                )
            ),
            inner
            | st.sampled_from(
                (
                    "jcfg:CatalogObject.Контрагенты",
                    WHALE.ref,
                    GROUP.ref,
                    "jcfg:InformationRegisterRecordSet.КонтактнаяИнформация",
                )
            ),
            max_size=5,
        )
    ),
    max_leaves=30,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values, st.booleans())
def test_any_json(made, value, indented):
    """JSON that is well formed is read, whatever it means, or told to hold nothing."""
    text = json.dumps(
        {"#type": "jv8:Array", "#value": value},
        ensure_ascii=indented,
        indent=2 if indented else None,
    )
    assert outcome(made(text.encode())) in ("good", "no_contractors")


@pytest.mark.parametrize(
    "text",
    [
        '{"#type":}',
        '{"#type" "x"}',
        '{"#type":"x",}',
        '{"#type":"x"]',
        '{"#type":"x"} {}',
        '{"#type":"x"',
        '{"#type":"x","#value":[1,]}',
        '{"#type":"x","#value":[,1]}',
        '{"#type":"x","#value":01}',
        '{"#type":"x","#value":nul}',
        '{"#type":"x","#value":truefalse}',
        '{"#type":"x","#value":"\\q"}',
        '{"#type":"x","#value":"\\u12"}',
        '{"#type":"x",1:2}',
        '{"#type":"x"}}',
        '{"#type":"x",\'a\':1}',
        '{"#type":"x","#value":NaN}',
        '[{"#type":"x"}',
    ],
)
def test_what_is_no_json(made, text):
    assert outcome(made(text.encode())) == "damaged"


def test_json_that_says_half_a_sign(made):
    """A lone surrogate is JSON, but no text that a database takes."""
    value = {"Ref": WHALE.ref, "Description": "Кит\ud800", "ИНН": "1"}
    objects = [{"#type": "jcfg:CatalogObject.Контрагенты", "#value": value}]
    text = json.dumps({"#type": "jv8:Array", "#value": objects})
    (record,) = read(made(text.encode()))
    assert record.values["name"].startswith("Кит")
    record.values["name"].encode("utf-8")


@pytest.mark.parametrize("doctype", DOCTYPES)
@pytest.mark.parametrize("name", XML_FILES)
def test_a_document_type_is_refused(made, doctype, name):
    encoding = "cp1251" if "1251" in name else "utf-8-sig"
    text = (FOLDER / name).read_bytes().decode(encoding)
    declared = text.replace("?>", f"?>{DOCTYPES[doctype]}", 1)
    used = declared.replace("4345990010", "&e;")
    assert outcome(made(used.encode(encoding))) == "doctype"


def test_an_entity_that_nobody_declared(made):
    content = (FOLDER / "exchange_v8.xml").read_bytes()
    assert outcome(made(content.replace(b"4345990010", b"&e;"))) == "damaged"


def test_nothing_is_fetched(made):
    """Neither a document type nor a schema nor an include makes us call anybody."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.5)
    calls = []

    def listen() -> None:
        with contextlib.suppress(OSError):
            calls.append(server.accept())

    listener = threading.Thread(target=listen)
    listener.start()
    address = f"http://127.0.0.1:{server.getsockname()[1]}"
    text = (FOLDER / "exchange_v8.xml").read_text(encoding="utf-8-sig")
    calling = {
        "doctype": text.replace("?>", f'?><!DOCTYPE x SYSTEM "{address}/x.dtd">', 1),
        "good": text.replace(
            "<V8Exch:Data>",
            '<V8Exch:Data xmlns:xi="http://www.w3.org/2001/XInclude"'
            f' xsi:schemaLocation="x {address}/x.xsd">'
            f'<?xml-stylesheet href="{address}/x.xsl"?>'
            f'<xi:include href="{address}/x.xml"/>',
            1,
        ),
    }
    for expected, content in calling.items():
        assert outcome(made(content.encode())) == expected
    listener.join()
    server.close()
    assert calls == []


# Encodings.


DECLARED = ("utf-8", "windows-1251", "UTF-16", "us-ascii", "iso-8859-1", "cp866", "")
IN_FACT = ("utf-8", "utf-8-sig", "cp1251", "utf-16", "utf-16-le", "utf-16-be")


def declaring(name: str, declared: str) -> str:
    """A sample that says of itself to be in an encoding, or nothing of that."""
    text = (FOLDER / name).read_text(encoding="utf-8-sig")
    told = f'encoding="{declared}"' if declared else ""
    return re.sub('encoding="[^"]*"', told, text, count=1)


def same_but_for_lost_signs(one: list, other: list) -> bool:
    """Whether two readings agree: windows-1251 has not all signs of UTF-8."""
    told = [[record.values.get("name") for record in read] for read in (one, other)]
    return told[0] == told[1]


@pytest.mark.parametrize("name", ["exchange_commerceml.xml", "exchange_v8.xml"])
@pytest.mark.parametrize("encoding", IN_FACT)
def test_the_bytes_know_better_than_the_declaration(made, name, encoding):
    good = read(FOLDER / name)
    for declared in DECLARED:
        content = declaring(name, declared).encode(encoding, "xmlcharrefreplace")
        assert same_but_for_lost_signs(read(made(content)), good), declared


def test_the_first_cyrillic_letter_far_below(made):
    """What decides is looked for, not only at the beginning."""
    text = (FOLDER / "exchange_v8.xml").read_text(encoding="utf-8-sig")
    blank = f"<!--{'x' * 100}-->\n"
    for encoding in ("utf-8", "cp1251"):
        begins = text.replace("<V8Exch:Data", blank * 1500 + "<V8Exch:Data", 1)
        content = begins.encode(encoding, "xmlcharrefreplace")
        assert len(content.partition(b"\xd0")[0]) > 100_000 or encoding != "utf-8"
        found = read(made(content))
        assert same_but_for_lost_signs(found, read(FOLDER / "exchange_v8.xml"))


@pytest.mark.parametrize("encoding", ["koi8-r", "cp866"])
def test_an_encoding_that_bytes_do_not_tell(made, encoding):
    """Said rightly it is believed; else the user is asked, and is right."""
    good = read(FOLDER / "exchange_v8.xml")
    text = declaring("exchange_v8.xml", encoding)
    path = made(text.encode(encoding, "xmlcharrefreplace"))
    assert same_but_for_lost_signs(read(path), good)
    text = declaring("exchange_v8.xml", "utf-8")
    path = made(text.encode(encoding, "xmlcharrefreplace"))
    assert outcome(path) == "encoding_told"
    assert same_but_for_lost_signs(read(path, encoding=encoding), good)
    assert outcome(path, encoding="utf-8") == "encoding"


@pytest.mark.parametrize("hits", [1, 20, 200])
def test_damage_makes_no_other_encoding_of_it(made, hits):
    """A garbled text is refused, and not read as one that makes no sense."""
    content = bytearray((FOLDER / "exchange_commerceml.xml").read_bytes())
    chance = random.Random(hits)
    letters = [place for place, byte in enumerate(content) if byte > 127]
    for place in chance.sample(letters[40:], hits):
        content[place] = 0xFF
    assert outcome(made(bytes(content))) == "encoding_told"


def test_json_in_another_encoding(made):
    good = read(FOLDER / "exchange_xdto.json")
    text = (FOLDER / "exchange_xdto.json").read_text(encoding="utf-8-sig")
    for encoding in IN_FACT:
        assert same_but_for_lost_signs(
            read(made(text.encode(encoding, "replace"))), good
        ), encoding
    path = made(text.encode("cp866", "replace"))
    assert outcome(path) == "encoding_told"
    assert outcome(path, encoding="cp866") == "good"
    assert outcome(path, encoding="utf-8") == "encoding"


@pytest.mark.parametrize("way", ["v8", "enterprise 1.8", "commerceml"])
def test_utf_16(made, tmp_path, way):
    text = written(tmp_path, way).decode("utf-8-sig")
    text = text.replace('encoding="UTF-8"', 'encoding="UTF-16"')
    text = text.replace('encoding="utf-8"', 'encoding="UTF-16"')
    assert outcome(made(text.encode("utf-16"))) == "good"


@pytest.mark.parametrize(
    "encoding", ["нет такой", "foo", "zlib", "cp932", "idna", "punycode", "rot13"]
)
def test_an_encoding_that_is_none(made, encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?><КоммерческаяИнформация/>'
    told = outcome(made(text.encode()))
    # Its bytes are UTF-8, whatever it says.
    assert told == ("damaged" if " " in encoding else "no_contractors")
    path = FOLDER / "exchange_v8.xml"
    assert outcome(path, encoding=encoding) in ("encoding", "damaged", "encoding_told")


# What is not as 1C means it.


@pytest.mark.parametrize(
    "text",
    [
        "<Message><Body/></Message>",
        '<Message xmlns:msg="x"><msg:Header><msg:Format>x</msg:Format></msg:Header>'
        '<Body xmlns="http://v8.1c.ru/other"/></Message>',
        "<Data/>",
        "<CatalogObject/>",
        '<Контрагенты xmlns="urn:1C.ru:commerceml_2"/>',
    ],
)
def test_other_xml(made, text):
    with pytest.raises(onec.OnecError) as caught:
        onec.open_table(made(text.encode()))
    assert (caught.value.code, caught.value.details) == ("not_a_table", {"kind": "XML"})


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("way", ["v8", "commerceml", "xdto"])
def test_blank_lines_at_the_beginning(made, tmp_path, way, mark):
    """Sites write them before what 1C is to read."""
    content = written(tmp_path, way).removeprefix(b"\xef\xbb\xbf")
    assert outcome(made(mark + b"\r\n \n" + content)) == "good"


def test_one_object_without_what_stands_around_it(made):
    space = ' xmlns="http://v8.1c.ru/data"'
    name = "CatalogObject.Контрагенты"
    text = f"<{name}{space}><Description>Кит</Description></{name}>"
    assert [record.values for record in read(made(text.encode()))] == [{"name": "Кит"}]


def test_a_list_without_what_stands_around_it(made):
    value = {"Description": "Кит"}
    objects = [{"#type": "jcfg:CatalogObject.Контрагенты", "#value": value}]
    for indent in (None, 2):
        text = json.dumps(objects, ensure_ascii=False, indent=indent)
        (record,) = read(made(text.encode()))
        assert record.values == {"name": "Кит"}


def test_folders_that_lie_in_each_other(tmp_path):
    one = Item(ref_of("1"), {"name": "Раз"}, parent=ref_of("2"), is_folder=True)
    two = Item(ref_of("2"), {"name": "Два"}, parent=ref_of("1"), is_folder=True)
    whale = Item(WHALE.ref, WHALE.texts, parent=one.ref, head=ref_of("nobody"))
    path = tmp_path / "file.xml"
    write_v8(path, [one, two, whale])
    record = read(path)[2]
    assert record.path == ("Два", "Раз")
    assert record.values["head_ref"] == ref_of("nobody")
    assert "head_office" not in record.values


def test_a_contract_of_somebody_who_is_not_in_the_file(tmp_path):
    path = tmp_path / "file.xml"
    write_v8(path, [GROUP], [DEAL, Contract(ref_of("2"), "", "Ничей")])
    known, nobodys = read(path, sheet="Договоры")
    assert known.values["ref"] == WHALE.ref
    assert known.issues == []
    assert [issue.code for issue in nobodys.issues] == ["no_name"]


def test_names_of_totals_and_of_titles_are_names_here(tmp_path):
    path = tmp_path / "file.xml"
    names = ["Итого", "Наименование", "Всего"]
    write_v8(path, [Item(ref_of(name), {"name": name}) for name in names])
    records = read(path)
    assert [record.values["name"] for record in records] == names
    assert {(r.skip_reason, r.is_folder) for r in records} == {(None, False)}


def test_ids_of_a_site_are_no_keys(tmp_path):
    path = tmp_path / "file.xml"
    write_commerceml(path, [Item("", {"name": "Кит"})])
    assert "ref" not in read(path)[0].values


def test_fields_of_contacts_that_are_no_xml(tmp_path):
    path = tmp_path / "file.xml"
    write_enterprise(path, [WHALE])
    text = path.read_text(encoding="utf-8-sig")
    escaped = contact_xml("a@example.com").replace("<", "&lt;").replace(">", "&gt;")
    assert escaped in text
    for fields in ("&lt;a", "{", '{"value":1}', "&lt;!DOCTYPE x&gt;&lt;x/&gt;", "{}"):
        path.write_text(text.replace(escaped, fields), encoding="utf-8")
        assert "email" not in read(path)[0].values
    path.write_text(
        text.replace(escaped, '{"value":"b@example.com"}'), encoding="utf-8"
    )
    assert read(path)[0].values["email"] == "b@example.com"


def test_deletions_and_documents_are_no_contractors(tmp_path):
    path = tmp_path / "file.xml"
    write_enterprise(path, [WHALE])
    text = path.read_text(encoding="utf-8-sig")
    other = f"<Справочник.Контрагенты>{ref_of('x')}</Справочник.Контрагенты>"
    text = text.replace("</Body>", f"<УдалениеОбъекта>{other}</УдалениеОбъекта></Body>")
    path.write_text(text, encoding="utf-8")
    assert len(read(path)) == 1


# Monsters.

DATA = "<V8Exch:Data>"


def deep(text: str) -> str:
    return text.replace(DATA, DATA + "<a>" * 100_000 + "</a>" * 100_000)


def long_attribute(text: str) -> str:
    return text.replace(DATA, f'{DATA}<a b="{"x" * 10_000_000}"/>')


def long_value(text: str) -> str:
    return text.replace("4345990606", "4" * 10_000_000)


def many_attributes(text: str) -> str:
    attributes = " ".join(f'a{number}=""' for number in range(200_000))
    return text.replace(DATA, f"{DATA}<a {attributes}/>")


def long_comment(text: str) -> str:
    return text.replace(DATA, f"{DATA}<!--{'-x' * 5_000_000}-->")


def many_contacts(text: str) -> str:
    row = "<Row><Тип>Телефон</Тип><Представление>1</Представление></Row>"
    end = "</КонтактнаяИнформация>"
    return text.replace(end, row * 5_000 + end)


def many_elements(text: str) -> str:
    return text.replace("<ИНН>", "<a/>" * 1_000_000 + "<ИНН>")


def many_long_values(text: str) -> str:
    return text.replace("<ИНН>", f"<a>{'x' * 90_000}</a>" * 300 + "<ИНН>")


def picture(text: str) -> str:
    """What nobody asks for may be long, and is passed over."""
    return text.replace("<ИНН>", f"<Картинка>{'x' * 10_000_000}</Картинка><ИНН>")


def other_objects(text: str) -> str:
    other = f"<CatalogObject.Файлы><a>{'x' * 90_000}</a></CatalogObject.Файлы>"
    return text.replace(DATA, DATA + other * 200)


MONSTERS = {
    deep: "damaged",
    long_attribute: "damaged",
    long_value: "damaged",
    many_attributes: "damaged",
    long_comment: "damaged",
    many_contacts: "damaged",
    many_elements: "damaged",
    many_long_values: "damaged",
    picture: "good",
    other_objects: "good",
}


@pytest.mark.parametrize("monster", MONSTERS, ids=lambda monster: monster.__name__)
def test_monsters_in_xml(tmp_path, monster):
    path = tmp_path / "file.xml"
    write_v8(path, [GROUP, WHALE], [DEAL])
    text = path.read_text(encoding="utf-8-sig")
    changed = monster(text)
    assert changed != text
    path.write_text(changed, encoding="utf-8")
    code, mib = read_apart(path)
    assert code == MONSTERS[monster]
    assert mib <= LIMIT_MIB


VALUE = '"#value": ['
JSON_MONSTERS = {
    "deep": ((VALUE, VALUE + "[" * 100_000), "damaged"),
    "deep objects": ((VALUE, VALUE + '{"a":' * 100_000), "damaged"),
    "long key": ((VALUE, VALUE + '{"' + "x" * 10_000_000 + '": 1}, '), "damaged"),
    "long number": ((VALUE, VALUE + "1" * 10_000_000 + ", "), "damaged"),
    "long value": (("4345990606", "4" * 10_000_000), "damaged"),
    "blanks": ((VALUE, VALUE + " " * 10_000_000), "good"),
    "picture": (('"ИНН"', '"К": "' + 'x\\"' * 3_000_000 + '", "ИНН"'), "good"),
    "picture with an end": (
        ('"ИНН"', '"К": "' + "x" * 3_000_000 + '"", "ИНН"'),
        "damaged",
    ),
    "many elements": (
        ('"ИНН"', '"К": [' + "[]," * 1_000_000 + '[]], "ИНН"'),
        "damaged",
    ),
}


@pytest.mark.parametrize("name", JSON_MONSTERS)
def test_monsters_in_json(tmp_path, name):
    (old, new), expected = JSON_MONSTERS[name]
    path = tmp_path / "file.json"
    write_xdto(path, [GROUP, WHALE], [DEAL])
    text = path.read_text(encoding="utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    code, mib = read_apart(path)
    assert code == expected
    assert mib <= LIMIT_MIB


COUNT = count(6_000, 20_000)


def crowd(size: int = COUNT) -> list[Item]:
    """Make contractors with every text different, each in a folder of its own."""
    folders = [
        Item(ref_of(f"f{n}"), {"name": f"Папка {n}"}, is_folder=True)
        for n in range(size // 10)
    ]
    return folders + [
        Item(
            ref_of(str(number)),
            {
                "name": f"ООО «Фирма {number}»",
                "code": f"00-{number:06}",
                "inn": f"43{number:08}",
                "full_name": f"Общество «Фирма {number}»",
                "comment": f"Примечание {number} " * 10,
                "kind": "ЮридическоеЛицо",
            },
            [(PHONE, "", f"+7 8332 {number:06}"), (MAIL, "", f"{number}@example.com")],
            parent=folders[number % len(folders)].ref,
            head=ref_of(str(number // 2)),
        )
        for number in range(size)
    ]


@pytest.mark.parametrize(
    "way", ["v8", "v8 register", "xdto", "enterprise 1.8", "commerceml 1251"]
)
def test_memory_over_reading_a_big_file(tmp_path, way):
    path = tmp_path / "file.bin"
    everybody = crowd()
    WAYS[way](path, everybody, [])
    assert path.stat().st_size > 600 * COUNT
    size = COUNT if "commerceml" in way else len(everybody)
    code, mib = read_apart(path, size)
    assert code == "good"
    assert mib <= LIMIT_MIB
    if way != "v8":
        return
    # A reader that held the whole file would be found out.
    hoarding = APART.replace("        pass", "        hoard.append(record)")
    hoarding = hoarding.replace("import contextlib", "hoard = []\nimport contextlib")
    assert read_apart(path, size, script=hoarding)[1] > 1.5 * mib
