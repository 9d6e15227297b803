"""The addon as a package: what the manifest says is there, and what is there is said."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import onec
import pytest
from onec.records import ISSUE_CODES

ROOT = Path(__file__).resolve().parent.parent
ADDON = ROOT / "its_quality"
MANIFEST = ast.literal_eval((ADDON / "__manifest__.py").read_text(encoding="utf-8"))
# What every Odoo Community carries, and nothing that is Enterprise or of others.
CORE = {
    "contacts",
    "digest",
    "mail",
    "phone_validation",
    "portal",
    "resource",
    "survey",
}
DATA_FOLDERS = ("data", "report", "security", "views", "wizard")
PACKAGES = ("controllers", "models", "report", "wizard", "tests")


def files_in(folder: str, *suffixes: str) -> set[str]:
    """Return the files of a folder of the addon, as the manifest names them."""
    return {
        path.relative_to(ADDON).as_posix()
        for path in (ADDON / folder).rglob("*")
        if path.suffix in suffixes
    }


def assets() -> set[str]:
    """Return the files that the assets of the manifest mean."""
    return {
        path.relative_to(ADDON).as_posix()
        for patterns in MANIFEST["assets"].values()
        for pattern in patterns
        for path in ROOT.glob(pattern)
        if path.is_file()
    }


def test_licence():
    assert MANIFEST["license"] == "LGPL-3"
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in licence
    assert "Version 3" in licence


def test_it_depends_on_the_core_alone():
    assert set(MANIFEST["depends"]) <= CORE


def test_version_is_of_odoo_19():
    assert re.fullmatch(r"19\.0(\.\d+){3}", MANIFEST["version"])


@pytest.mark.parametrize("key", ["data", "demo"])
def test_files_of_the_manifest_exist_and_come_once(key):
    named = MANIFEST[key]
    assert [name for name in named if not (ADDON / name).is_file()] == []
    assert [name for name, count in Counter(named).items() if count > 1] == []


def test_no_file_is_forgotten():
    data = set().union(*(files_in(name, ".xml", ".csv") for name in DATA_FOLDERS))
    assert data == set(MANIFEST["data"])
    assert files_in("demo", ".xml", ".csv") == set(MANIFEST["demo"])


def test_assets_exist_and_none_is_forgotten():
    for patterns in MANIFEST["assets"].values():
        empty = [p for p in patterns if not any(f.is_file() for f in ROOT.glob(p))]
        assert empty == []
    kinds = (".js", ".xml", ".scss", ".css")
    there = files_in("static/src", *kinds) | files_in("static/tests", *kinds)
    assert there <= assets()


def test_files_that_views_show_exist():
    """A picture that is missing is an empty frame, and no error anywhere."""
    shown = {
        found
        for path in ADDON.rglob("*.xml")
        for found in re.findall(
            r"/its_quality/(static/[\w./-]+)", path.read_text(encoding="utf-8")
        )
    }
    assert "static/src/onec/img/list.svg" in shown
    assert [name for name in sorted(shown) if not (ADDON / name).is_file()] == []


@pytest.mark.parametrize("package", [p for p in PACKAGES if (ADDON / p).is_dir()])
def test_every_module_is_imported(package):
    """A file that nothing imports does nothing, and nobody notices."""
    imported = set()
    paths = sorted((ADDON / package).rglob("*.py"))
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level:
                folder = path.parents[node.level - 1].joinpath(
                    *(node.module or "").split(".")
                )
                imported.add(folder)
                imported |= {folder / alias.name for alias in node.names}
    modules = {
        path.parent if path.name == "__init__.py" else path.with_suffix("")
        for path in paths
        # Rooms of tests are named by what they hold; see test_rooms.py.
        if package != "tests" or path.name != "__init__.py"
    }
    assert modules - imported - {ADDON / package} == set()


def test_no_id_is_given_twice():
    """The second record would silently overwrite the first."""
    ids = []
    for name in (*MANIFEST["data"], *MANIFEST["demo"]):
        if name.endswith(".xml"):
            for element in ElementTree.parse(ADDON / name).iter():
                if element.tag in ("record", "menuitem", "template"):
                    ids.append(element.get("id"))
        else:
            lines = (ADDON / name).read_text(encoding="utf-8").splitlines()[1:]
            ids += [line.partition(",")[0] for line in lines if line]
    assert [name for name, count in Counter(ids).items() if count > 1] == []


def test_icon():
    icon = (ADDON / "static/description/icon.png").read_bytes()
    assert icon.startswith(b"\x89PNG")


def imports_of(path: Path) -> set[str]:
    """Return the names of the packages that a file imports, by their first part."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def test_readers_know_nothing_of_odoo():
    foreign = set().union(*map(imports_of, (ADDON / "onec").rglob("*.py")))
    foreign -= sys.stdlib_module_names
    assert foreign <= {"lxml", "openpyxl", "requests", "urllib3", "xlrd"}


def test_python_packages_are_said():
    used = set()
    for path in ADDON.rglob("*.py"):
        if "tests" not in path.relative_to(ADDON).parts:
            used |= imports_of(path)
    # Without it phones stay as they were written, as in phone_validation itself.
    used -= {"phonenumbers"}
    used -= {*sys.stdlib_module_names, "odoo", "dateutil", "markupsafe", "psycopg2"}
    used -= {"werkzeug"}
    said = set(MANIFEST["external_dependencies"]["python"])
    assert used <= said


def literals_of(name: str) -> dict[str, str]:
    """Return the sentences that a function of `texts` returns, by code."""
    source = (ADDON / "models/onec/texts.py").read_text(encoding="utf-8")
    (method,) = (
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef) and node.name == name
    )
    (table,) = (node for node in ast.walk(method) if isinstance(node, ast.Dict))
    return {
        ast.literal_eval(key): ast.literal_eval(
            value.args[0] if isinstance(value, ast.Call) else value
        )
        for key, value in zip(table.keys, table.values, strict=True)
    }


def raised_codes() -> dict[str, set[str]]:
    """Return the codes that the readers raise, with the details each comes with."""
    found: dict[str, set[str]] = {}
    for path in (ADDON / "onec").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            if getattr(node.func, "id", "") != "OnecError":
                continue
            details = {word.arg for word in node.keywords}
            for part in ast.walk(node.args[0]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    found.setdefault(part.value, set()).update(details)
    return found


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", text))


def test_every_error_of_a_file_has_a_sentence():
    sentences = literals_of("error_sentences")
    assert set(sentences) - {"not_text"} == set(onec.ERROR_CODES)
    raised = raised_codes()
    assert set(raised) == set(onec.ERROR_CODES)
    for code, sentence in sentences.items():
        assert sentence.rstrip().endswith("."), sentence
        assert placeholders(sentence) <= raised.get(code, set()), code


def test_every_issue_of_a_row_has_a_sentence():
    sentences = literals_of("sentences_of_issues")
    assert set(ISSUE_CODES) == set(onec.ISSUE_CODES) <= set(sentences)
    for code, sentence in sentences.items():
        assert placeholders(sentence) <= {"value", "column"}, code
    assert set(ISSUE_CODES.values()) <= {"error", "warning", "info"}


def table_of(path: str):
    """Load a table without the package around it, which needs Odoo."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, ADDON / path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def table_in(page: str, head: str) -> list[list[str]]:
    """Return the cells of the markdown table that has this title."""
    lines = (ROOT / page).read_text(encoding="utf-8").splitlines()
    start = next(
        n for n, line in enumerate(lines) if line.startswith("|") and head in line
    )
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


ENGLISH = "docs/en/administration.md"
RUSSIAN = "docs/ru/administration.md"
# The file with a table, and a title by which it is found on each page.
TABLES = [
    ("tests/roles_table.py", "Head of team |", "Руководитель направления |"),
    ("tests/other_apps_table.py", "Of a colleague |", "Клиент коллеги |"),
    ("tests/neighbours_table.py", "Open the card |", "Открыть карточку |"),
    ("models/claim/mail_rules.py", "The client gets |", "Клиент получает |"),
]


@pytest.mark.parametrize(("path", "head", "_russian_head"), TABLES)
def test_page_shows_the_table(path, head, _russian_head):
    lines = table_of(path).to_markdown().splitlines()
    made = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert table_in(ENGLISH, head) == made


@pytest.mark.parametrize(("_path", "head", "russian_head"), TABLES)
def test_russian_page_shows_the_same_table(_path, head, russian_head):
    """Each phrase has one translation, and stands in the same cells."""
    english = table_in(ENGLISH, head)
    russian = table_in(RUSSIAN, russian_head)
    assert [len(row) for row in russian] == [len(row) for row in english]
    words: dict[str, set[str]] = {}
    for row, translated in zip(english[2:], russian[2:], strict=True):
        for cell, other in zip(row[1:], translated[1:], strict=True):
            words.setdefault(cell, set()).add(other)
    assert {cell: found for cell, found in words.items() if len(found) != 1} == {}
    assert len(set().union(*words.values())) == len(words)


@pytest.mark.parametrize("readme", ["README.md", "README.ru.md"])
def test_logins_of_the_readme_are_those_of_the_demo(readme):
    logins = {
        field.text
        for path in (ADDON / "demo").rglob("res_users*_demo.xml")
        for field in ElementTree.parse(path).iter("field")
        if field.get("name") == "login"
    }
    text = (ROOT / readme).read_text(encoding="utf-8")
    said = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
    assert logins and said == logins | {"admin"}


def test_progress_bars_of_boards_are_json():
    """Odoo takes anything at install, and the browser then shows no board at all."""
    bars = [
        bar.get("colors")
        for path in (ADDON / "views").rglob("*.xml")
        for bar in ElementTree.parse(path).iter("progressbar")
    ]
    assert bars
    for colors in bars:
        assert set(json.loads(colors).values()) <= {
            "info",
            "success",
            "warning",
            "danger",
            "muted",
        }


def test_what_has_to_reach_installed_databases_is_updatable():
    """Rules, rights, views and actions; what people edit is written anew otherwise, see
    its_quality/upgrading.py."""
    kept = set()
    for path in sorted(ADDON.rglob("*.xml")):
        if "demo" in path.parts:
            continue
        tree = ElementTree.parse(path)
        for part in tree.iter():
            if part.get("noupdate") == "1":
                kept |= {record.get("model") for record in part.iter("record")}
    assert kept
    never = {
        "ir.rule",
        "ir.model.access",
        "ir.ui.view",
        "ir.ui.menu",
        "ir.actions.act_window",
        "ir.actions.report",
        "ir.actions.server",
        "res.groups",
        "res.groups.privilege",
    }
    assert kept & never == set()
