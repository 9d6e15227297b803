"""Exchange files in an archive read as they do without it."""

from __future__ import annotations

import contextlib
import io
import random
import zipfile
from pathlib import Path

import onec
import pytest
from reading import read
from samples.make import SAMPLES
from test_onec_hostile import outcome
from tier import count

FOLDER = Path(__file__).parent / "samples"
FILES = [name for name in SAMPLES if name.startswith("exchange")]
MESSAGE = (FOLDER / "exchange_v8.xml").read_bytes()


def archive(files: dict[str, bytes]) -> bytes:
    with io.BytesIO() as content:
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as book:
            for name, data in files.items():
                book.writestr(name, data)
        return content.getvalue()


def encrypted(content: bytes) -> bytes:
    """Set the mark of encryption, which is all that is looked at before reading."""
    data = bytearray(content)
    for start, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(start) + offset] |= 1
    return bytes(data)


@pytest.mark.parametrize("name", FILES)
def test_an_archived_file_reads_the_same(made, name):
    content = (FOLDER / name).read_bytes()
    path = made(archive({f"Выгрузка/{name}": content, "__MACOSX/._x": b"x"}))
    assert read(path) == read(FOLDER / name)
    digests = set()
    for file in (path, FOLDER / name):
        with contextlib.closing(onec.open_table(file)) as table:
            assert table.kind in onec.EXCHANGE_KINDS
            digests.add(table.digest())
    assert len(digests) == 1


REFUSED = {
    "two of them": (archive({"a.xml": MESSAGE, "b.json": b"{}"}), "archive"),
    "none": (archive({"a.txt": b"x", "b.pdf": b"y"}), "not_a_table"),
    "nothing at all": (archive({}), "not_a_table"),
    "a sheet": (
        archive({"a.csv": "Наименование;ИНН\nКит;1".encode()}),
        "zipped_sheet",
    ),
    "an archive": (archive({"a.xml": archive({"b.xml": MESSAGE})}), "not_a_table"),
    "a picture": (archive({"a.xml": b"\x89PNG"}), "not_a_table"),
    "an empty file": (archive({"a.xml": b""}), "empty"),
    "half a file": (archive({"a.xml": MESSAGE[:2000]}), "damaged"),
    "encrypted": (encrypted(archive({"a.xml": MESSAGE})), "password"),
    "cut off": (archive({"a.xml": MESSAGE})[:-30], "damaged"),
    "a bad checksum": (
        archive({"a.xml": MESSAGE}).replace(
            zipfile.ZipFile(io.BytesIO(archive({"a.xml": MESSAGE})))
            .getinfo("a.xml")
            .CRC.to_bytes(4, "little"),
            b"\0\0\0\0",
        ),
        "damaged",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_told_why(made, name):
    content, code = REFUSED[name]
    assert outcome(made(content)) == code


def test_what_unpacks_to_too_much(made, monkeypatch):
    monkeypatch.setattr("onec.xml_parts.MAX_PART", 4 * 1024 * 1024)
    blanks = MESSAGE.replace(b"</V8Exch:Data>", b" " * 2**23 + b"</V8Exch:Data>")
    assert outcome(made(archive({"a.xml": blanks}))) == "too_big"


def test_bytes_that_changed_on_the_way(made):
    content = archive({"a.xml": MESSAGE})
    chance = random.Random(1)
    for _number in range(count(60, 600)):
        damaged = bytearray(content)
        for _hit in range(chance.choice((1, 3, 30))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        outcome(made(bytes(damaged)))
