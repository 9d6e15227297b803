"""What of Odoo's private side we rely on: methods that we override, and tables of Odoo that
we write past the ORM. A new series of Odoo may change any of it without saying so."""

import ast
import inspect
import re
from pprint import pformat

OURS = "odoo.addons.its_quality."
# A statement that writes; what follows is the table.
WRITING = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM)\s+\"?([a-z][a-z_0-9]+)")
OUR_TABLES = re.compile(r"its_|entry$|contact$")
# Rooms where nothing is changed in a running database.
LEFT_OUT = ("tests", "uninstalling.py", "hooks.py", "migrations")
PAGE = """\
# Odoo 20

What the addon relies on of Odoo's private side: no promise holds for it, so it is looked through
first when a new series comes. Everything else is public: fields, `create`, `write`, `search`, views
by their external ids.

How to begin: install both series, run `./its shell -d play --fast < dev/scripts/write_private.py` in
the new one and read what has changed in this page, then `./its test`. `odoo-bin upgrade_code --dry-run`
must have nothing to say about `its_quality/`.

## Tables of Odoo that are written past the ORM

Each in one function; the reason is speed, or that nobody is to be told. `test_odoo_private.py` checks
that there are no others, and that the columns of a planned call are all that Odoo asks for.

| File | Function | Statement |
| --- | --- | --- |
{raw}

## Private methods that are overridden

The signature is the one that Odoo has today; a test compares it. What each override is for is said
in its docstring.

| Model | Method | Signature | Our file |
| --- | --- | --- | --- |
{found}
"""


def overridden(registry):
    """The private methods of Odoo that a class of ours overrides.

    :return: sorted ``(model, method, signature of Odoo, file)``
    """
    found = set()
    for name, model in registry.items():
        classes = model.mro()
        for place, ours in enumerate(classes):
            if not ours.__module__.startswith(OURS) or ".tests." in ours.__module__:
                continue
            for method, value in vars(ours).items():
                if not method.startswith("_") or method.startswith("__"):
                    continue
                theirs = _theirs(classes[place + 1 :], method)
                if not inspect.isfunction(value) or theirs is None:
                    continue
                owner = _first_model(registry, ours, name)
                file = ours.__module__.removeprefix(OURS).replace(".", "/") + ".py"
                signature = str(inspect.signature(inspect.unwrap(theirs)))
                found.add((owner, method, signature, file))
    return sorted(found)


def _theirs(classes, method):
    for one in classes:
        module = one.__module__
        if (
            method in vars(one)
            and module.startswith("odoo.")
            and OURS not in module + "."
        ):
            return vars(one)[method] if inspect.isfunction(vars(one)[method]) else None
    return None


def _first_model(_registry, ours, name):
    """The model that a class extends, whichever inherits from it."""
    told = vars(ours).get("_name") or vars(ours).get("_inherit")
    return told if isinstance(told, str) else name


def written(addon):
    """The statements that write tables of Odoo.

    :param addon: the folder of the addon
    :return: sorted ``(file, function, statement)``
    """
    found = set()
    for path in sorted(addon.rglob("*.py")):
        place = path.relative_to(addon)
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
                    if not OUR_TABLES.match(table) and table != "set":
                        found.add((place.as_posix(), function.name, f"{verb} {table}"))
    return sorted(found)


def to_markdown(found, raw):
    """The page.

    :param found: of :func:`overridden`
    :param raw: of :func:`written`
    """
    return PAGE.format(
        raw="\n".join(f"| `{file}` | `{name}` | `{sql}` |" for file, name, sql in raw),
        found="\n".join(
            f"| `{model}` | `{name}` | `{signature.replace('|', chr(92) + '|')}` |"
            f" `{file}` |"
            for model, name, signature, file in found
        ),
    )


def to_table(found, raw):
    """The module with both, as plain data."""
    return (
        '"""What we rely on of Odoo\'s private side; written by\n'
        '``dev/scripts/write_private.py``, checked by ``test_odoo_private.py``."""\n\n'
        "# ruff: noqa: E501\n\n"
        f"OVERRIDDEN = {pformat([row[:3] for row in found], width=88)}\n\n"
        f"WRITTEN = {pformat(raw, width=88)}\n"
    )
