"""What of Odoo's private side we rely on: methods that we override, and tables of Odoo that
we write past the ORM. A new series of Odoo may change any of it without saying so.

Both are read out of the source, ours and that of Odoo.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .paths import ADDON, ROOT

PAGE = ROOT / "docs" / "en" / "odoo-20.md"
# A statement that writes; what follows is the table.
WRITING = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM)\s+\"?([a-z][a-z_0-9]+)")
OUR_TABLES = re.compile(r"its_|entry$|contact$|set$")
# Where nothing is changed in a running database, or everything of ours ends.
LEFT_OUT = {"tests", "uninstalling.py", "hooks.py", "migrations"}
# Of every model: what modules add to it, and what the ORM has.
BASE = "odoo.models"
EVERY = ("base", BASE)
TEXT = """\
# Odoo 20

What the addon relies on of Odoo's private side: no promise holds for it, so it is looked through
first when a new series comes. Everything else is public: fields, `create`, `write`, `search`, views
by their external ids.

When a series comes, point `ODOO_HOME` at its source and run `python3 dev/scripts/write_private.py`: what
has changed in this page is what to look at. Then `./its test`. `upgrade_code --dry-run` has nothing to
say about `its_quality/`; a test runs it.

## Tables of Odoo that are written past the ORM

Each statement is in one function; the reason is speed, or that nobody is to be told. A test checks
that there are no others, and another that the columns of a planned call are all that Odoo asks for
(`its_quality/tests/call/test_odoo_private.py`).

| File | Function | Statement |
| --- | --- | --- |
{written}

## Private methods that are overridden

With the parameters that they have in Odoo 19; `tests/test_odoo_private.py` compares them. What an
override is for is said where it is.

| Of Odoo | Method | Parameters | Our file |
| --- | --- | --- | --- |
{overridden}
"""


@dataclass
class _Models:
    """The classes of models and of controllers, by what they are called.

    :ivar methods: ``{model or class: {method: parameters}}``; as parsed, since writing
        them out takes longer than all the rest, and few are asked for
    :ivar parents: ``{model or class: names of what it is made of}``
    """

    methods: dict[str, dict[str, ast.arguments]] = field(default_factory=dict)
    parents: dict[str, list[str]] = field(default_factory=dict)

    def add(self, cls: ast.ClassDef) -> None:
        for name in names_of(cls)[:1]:
            own = self.methods.setdefault(name, {})
            for method in methods_of(cls):
                own[method.name] = method.args
            others = [one for one in names_of(cls)[1:] if one != name]
            self.parents.setdefault(name, []).extend(others)

    def find(self, names: list[str], method: str) -> tuple[str, str] | None:
        """Return which of these, or of what they are made of, has a method, and its
        parameters."""
        seen, waiting = set(), [*names]
        while waiting:
            name = waiting.pop(0)
            if name in seen:
                continue
            seen.add(name)
            if method in self.methods.get(name, ()):
                return name, ast.unparse(self.methods[name][method])
            waiting += self.parents.get(name, ())
        for name in EVERY:
            if method in self.methods.get(name, ()):
                return name, ast.unparse(self.methods[name][method])
        return None


def names_of(cls: ast.ClassDef) -> list[str]:
    """Return the model that a class is a piece of, and what it is made of; of another
    class its name, and those of its bases."""
    told: dict[str, list[str]] = {}
    for node in cls.body:
        if not isinstance(node, ast.Assign) or not isinstance(
            node.targets[0], ast.Name
        ):
            continue
        key = node.targets[0].id
        if key in ("_name", "_inherit"):
            try:
                value = ast.literal_eval(node.value)
            except ValueError:
                continue
            told[key] = [value] if isinstance(value, str) else list(value or ())
    found = [*told.get("_name", ()), *told.get("_inherit", ())]
    if found:
        return list(dict.fromkeys(found))
    bases = [ast.unparse(base).rpartition(".")[2] for base in cls.bases]
    return [cls.name, *bases]


def methods_of(cls: ast.ClassDef) -> Iterator[ast.FunctionDef]:
    for node in cls.body:
        if isinstance(node, ast.FunctionDef):
            yield node


def classes_in(folder: Path) -> Iterator[tuple[Path, ast.ClassDef]]:
    for path in sorted(folder.rglob("*.py")):
        if not LEFT_OUT.isdisjoint(path.relative_to(folder).parts):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                yield path, node


def _modules(package: Path) -> list[Path]:
    """Return the folders of the modules that the addon depends on."""
    found: dict[str, Path] = {}
    waiting = ["base", *_depends(ADDON)]
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            places = [package / "addons" / name, package.parent / "addons" / name]
            found[name] = next(place for place in places if place.is_dir())
            waiting += _depends(found[name])
    return [found[name] for name in sorted(found)]


def _depends(folder: Path) -> list[str]:
    text = (folder / "__manifest__.py").read_text(encoding="utf-8")
    return ast.literal_eval(text).get("depends", [])


@functools.cache
def overridden(package: Path) -> list[tuple[str, str, str, str]]:
    """Return the private methods of Odoo that a class of ours overrides.

    :param package: the folder of the ``odoo`` package
    :return: ``(model or class of Odoo, method, parameters, our file)``
    """
    theirs = _Models()
    for folder in _modules(package):
        for _path, cls in classes_in(folder):
            theirs.add(cls)
    tree = ast.parse((package / "orm" / "models.py").read_text(encoding="utf-8"))
    for cls in tree.body:
        if isinstance(cls, ast.ClassDef) and cls.name == "BaseModel":
            theirs.methods[BASE] = {
                method.name: method.args for method in methods_of(cls)
            }
    found = set()
    for path, cls in classes_in(ADDON):
        for method in methods_of(cls):
            name = method.name
            if not name.startswith("_") or name.startswith("__"):
                continue
            known = theirs.find(names_of(cls), name)
            if known:
                place = path.relative_to(ADDON).as_posix()
                found.add((known[0], name, known[1], place))
    return sorted(found)


@functools.cache
def written() -> list[tuple[str, str, str]]:
    """Return the statements that write tables of Odoo: file, function, statement."""
    found = set()
    for path in sorted(ADDON.rglob("*.py")):
        place = path.relative_to(ADDON)
        if place.parts[0] in LEFT_OUT:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                if not isinstance(node, ast.Constant) or type(node.value) is not str:
                    continue
                for verb, table in WRITING.findall(node.value):
                    if not OUR_TABLES.match(table):
                        found.add((place.as_posix(), function.name, f"{verb} {table}"))
    return sorted(found)


def page(package: Path) -> str:
    """Return the page as it is to be."""
    return TEXT.format(
        written="\n".join(_row(row) for row in written()),
        overridden="\n".join(_row(row) for row in overridden(package)),
    )


def _row(cells: tuple[str, ...]) -> str:
    shown = [cell.replace("|", "\\|") for cell in cells]
    return "| " + " | ".join(f"`{cell}`" if cell else "–" for cell in shown) + " |"
