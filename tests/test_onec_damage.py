"""Damage at random places of a file of any format, as disks, mail and people do it:
records or a reason that can be told, and nothing else."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from samples.make import SAMPLES, SHEETS
from test_onec_exchange_hostile import DEAL, GROUP, WHALE
from test_onec_hostile import ROWS, outcome
from test_onec_sheets import WAYS as SHEET_WAYS
from tier import count
from writers.exchange import WAYS as EXCHANGE_WAYS
from writers.saved_odata import write_atom, write_json

EXCHANGE = {**EXCHANGE_WAYS, "odata json": write_json, "odata atom": write_atom}
FOLDER = Path(__file__).parent / "samples"
FILES = [*SAMPLES, *(f"sheets/{name}" for name in SHEETS)]

# Neither a question that nobody can answer nor another kind of trouble.
TOLD = {"good", "damaged", "empty", "not_a_table", "no_header", "encoding_told"}


def damaged_somewhere(content: bytes, chance: random.Random) -> bytes:
    """Change, lose, add or repeat bytes, or lose the end."""
    data = bytearray(content)
    for _hit in range(chance.choice((1, 1, 2, 5))):
        place = chance.randrange(len(data) + 1)
        size = chance.choice((1, 1, 3, 40))
        match chance.randrange(5):
            case 0:
                data[place : place + size] = chance.randbytes(size)
            case 1:
                del data[place : place + size]
            case 2:
                data[place:place] = chance.choice((b"<", b"]]>", b"\0", b'"', b"&x;"))
            case 3:
                data[place:place] = data[place : place + size]
            case 4:
                del data[max(place, 1) :]
    return bytes(data)


def outcomes(made, content: bytes, seed: str) -> set[str]:
    """What becomes of many damages of a file, always the same ones."""
    chance = random.Random(seed)
    return {
        outcome(made(damaged_somewhere(content, chance)))
        for _number in range(count(500, 10_000))
    }


@pytest.mark.parametrize("way", EXCHANGE)
def test_exchange_files(made, tmp_path, way):
    path = tmp_path / "whole.bin"
    EXCHANGE[way](path, [GROUP, WHALE], [DEAL])
    told = outcomes(made, path.read_bytes(), way)
    assert {"good", "damaged"} <= told
    assert told <= TOLD | {"no_contractors", "doctype", "commerceml_1"}


# openpyxl writes down when it was, so its damages would be others each time.
@pytest.mark.parametrize("way", sorted(SHEET_WAYS.keys() - {"xlsx-openpyxl"}))
def test_sheets(made, tmp_path, way):
    path = tmp_path / "whole.bin"
    SHEET_WAYS[way](path, ROWS)
    told = outcomes(made, path.read_bytes(), way)
    assert {"good", "damaged"} <= told
    # Members of a zip may say that they are locked, or bigger than they are, or have
    # another name.
    assert told <= TOLD | {"password", "too_big", "archive"}


@pytest.mark.parametrize("name", FILES)
def test_every_sample(made, name):
    content, chance = (FOLDER / name).read_bytes(), random.Random(name)
    for _number in range(count(40, 400)):
        damaged = bytearray(content)
        for _hit in range(chance.choice((1, 1, 3, 30))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        outcome(made(bytes(damaged)))
