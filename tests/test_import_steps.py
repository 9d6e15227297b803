"""The steps of an import: plain classes beside its.import, of which none reaches back."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOM = Path(__file__).resolve().parents[1] / "its_quality/models/onec"
# In the order in which a row passes them.
STEPS = ("reading", "matching", "changes", "writing", "finishing")
# Those and what they are helped by: files that no model is called after.
PLAIN = sorted(
    path
    for folder in (ROOM, ROOM / "odata")
    for path in folder.glob("*.py")
    if not path.name.startswith(("__init__", "its_", "res_"))
)


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def methods_of(path: Path) -> set[str]:
    """Return the private methods that the models of a file define."""
    return {
        node.name
        for cls in tree_of(path).body
        if isinstance(cls, ast.ClassDef)
        for node in cls.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("_")
    }


# What a dropped file gives to whoever reads it, before any step.
FILE = methods_of(ROOM / "its_dropped_file.py")
# And lets go of the import while 1C is asked.
APART = {"_apart"}


@pytest.mark.parametrize("path", PLAIN, ids=lambda path: path.stem)
def test_a_step_calls_no_method_of_the_import(path):
    """It has the values of the import, and gives back what it has found."""
    called = {
        node.func.attr
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if ast.unparse(node.func.value) in ("job", "self.job")
        if node.func.attr.startswith("_")
    }
    assert called <= FILE | APART


@pytest.mark.parametrize(("place", "step"), list(enumerate(STEPS)))
def test_a_step_stands_on_those_before_it(place, step):
    imported = {
        node.module
        for node in ast.walk(tree_of(ROOM / f"{step}.py"))
        if isinstance(node, ast.ImportFrom) and node.level == 1
    }
    assert not imported & {*STEPS[place + 1 :], "its_import", "its_import_job"}


def test_the_import_does_not_ask_where_its_rows_are_from():
    """That is what a source is for."""
    asked = {
        path.name
        for path in ROOM.glob("*.py")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and node.attr == "connection_id"
    }
    # Where the source is made.
    assert asked == {"its_import_job.py"}
