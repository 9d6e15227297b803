"""The rooms of the addon: what stands on what, and that nothing in them is left out."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

ADDON = Path(__file__).resolve().parents[1] / "its_quality"
# From the bottom up.
ROOMS = (
    "base",
    "client",
    "survey",
    "call",
    "claim",
    "connect",
    "phone",
    "onec",
    "home",
)
MODELS = ADDON / "models"
# Made of what our classes have, and what a lower room can name.
DATA = ("views", "security", "data", "wizard", "report")


def trees(folder: Path) -> dict[Path, ast.Module]:
    return {
        path: ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.py"))
    }


def classes(tree: ast.Module) -> list[ast.ClassDef]:
    return [node for node in tree.body if isinstance(node, ast.ClassDef)]


def members(cls: ast.ClassDef) -> set[str]:
    """Return the methods and fields that a class defines."""
    names = set()
    for node in cls.body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            names |= {part.id for part in node.targets if isinstance(part, ast.Name)}
    return names


def new_model(cls: ast.ClassDef) -> str | None:
    """Return the name of the model that a class begins."""
    for node in cls.body:
        if (
            isinstance(node, ast.Assign)
            and getattr(node.targets[0], "id", "") == "_name"
            and isinstance(node.value, ast.Constant)
        ):
            return node.value.value
    return None


TREES = {room: trees(MODELS / room) for room in ROOMS}


def first_rooms() -> dict[str, int]:
    """Return the lowest room in which a name of ours, or a model, is defined.

    Names that Odoo has too are left out: a lower room means Odoo's.
    """
    found: dict[str, int] = {}
    for level, room in enumerate(ROOMS):
        for tree in TREES[room].values():
            for cls in classes(tree):
                names = {name for name in members(cls) if is_ours(name)}
                model = new_model(cls)
                for name in names | ({model} if model else set()):
                    found.setdefault(name, level)
    return found


def is_ours(name: str) -> bool:
    return name.startswith(("its_", "_its_", "action_its_"))


def xml_ids() -> dict[str, int]:
    """Return the room of each record in the data of a room."""
    found = {}
    for folder in DATA:
        for level, room in enumerate(ROOMS):
            for path in (ADDON / folder / room).rglob("*.xml"):
                text = path.read_text(encoding="utf-8")
                for name in re.findall(
                    r'<(?:record|template)\s[^>]*?\bid="(\w+)"', text
                ):
                    found[name] = level
    return found


def test_rooms_are_imported_from_the_bottom_up():
    tree = ast.parse((MODELS / "__init__.py").read_text(encoding="utf-8"))
    imported = [
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    assert tuple(name for name in imported if name in ROOMS) == ROOMS
    folders = {path.name for path in MODELS.iterdir() if path.is_dir()}
    assert folders - {"__pycache__"} == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_is_for(room):
    for path in (MODELS / room).rglob("__init__.py"):
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


@pytest.mark.parametrize(("level", "room"), list(enumerate(ROOMS)))
def test_a_room_names_nothing_of_a_higher_one(level, room):
    """Imports are held by import-linter; models, fields, methods and ids are not."""
    known, ids = first_rooms(), xml_ids()
    found = []
    for path, tree in TREES[room].items():
        for node in ast.walk(tree):
            name = None
            if isinstance(node, ast.Attribute):
                name = node.attr
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                name = node.value
            elif isinstance(node, ast.keyword):
                name = node.arg
            if name is None:
                continue
            higher = known.get(name, -1) > level
            if name.startswith("its_quality."):
                higher = ids.get(name.removeprefix("its_quality."), -1) > level
            if higher:
                found.append(f"{path.relative_to(MODELS)}:{node.lineno} {name}")
    assert found == []


def imported_tests(folder: Path = ADDON / "tests") -> set[str]:
    """Return the modules of tests that a package has as attributes, with their rooms."""
    found = set()
    tree = ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and not node.module:
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert [alias.name for alias in node.names] == ["*"]
            room = imported_tests(folder / node.module)
            found |= {f"{node.module}/{name}" for name in room}
    return found


def test_no_test_is_left_out():
    """Odoo runs the attributes `test_*` of the package, so names are unique."""
    there = {
        path.relative_to(ADDON / "tests").with_suffix("").as_posix()
        for path in (ADDON / "tests").rglob("test_*.py")
    }
    assert imported_tests() == there
    counts = Counter(name.rpartition("/")[2] for name in there)
    assert [name for name, count in counts.items() if count > 1] == []


def test_tests_in_a_browser_have_a_tag():
    """They are run beside the others by it."""
    wrong = []
    for path, tree in trees(ADDON / "tests").items():
        for cls in classes(tree):
            tags = [ast.unparse(one) for one in cls.decorator_list]
            uses = any(
                isinstance(node, ast.Attribute)
                and node.attr in ("start_tour", "browser_js", "open_browser")
                for node in ast.walk(cls)
            )
            if uses != any("'browser'" in tag for tag in tags):
                wrong.append(f"{path.name}:{cls.name}")
    assert wrong == []


# So many pieces a model is written in within a room, so many lines a file has at most.
MOST_PIECES = 3
MOST_LINES = 600


def model_of(cls: ast.ClassDef) -> str | None:
    """Return the model that a class is a piece of."""
    told = {}
    for node in cls.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            value = node.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                told[node.targets[0].id] = value.value
    return told.get("_name") or told.get("_inherit")


@pytest.mark.parametrize("room", ROOMS)
def test_a_model_is_written_in_few_pieces(room):
    pieces: dict[tuple, list[str]] = {}
    for path, tree in TREES[room].items():
        # Rooms within a room are rooms.
        folder = path.parent.relative_to(MODELS).as_posix()
        for cls in classes(tree):
            if model := model_of(cls):
                pieces.setdefault((folder, model), []).append(path.name)
    assert pieces
    assert {of: found for of, found in pieces.items() if len(found) > MOST_PIECES} == {}


def test_no_file_is_longer_than_one_reads():
    long = {}
    for path in ADDON.rglob("*.py"):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > MOST_LINES:
            long[path.relative_to(ADDON).as_posix()] = lines
    assert long == {}
