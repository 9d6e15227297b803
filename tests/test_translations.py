"""Russian is complete, and says with the same placeholders what English says."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import polib
import pytest

ADDON = Path(__file__).resolve().parent.parent / "its_quality"
POT = polib.pofile(str(ADDON / "i18n/its_quality.pot"))
RU = polib.pofile(str(ADDON / "i18n/ru.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|%[sdf]|\{\w*\}|\$\{.+?\}")
TAG = re.compile(r"</?\w+")
WORD = re.compile(r"[A-Za-z]{3,}")
PLACE = re.compile(r"%\(\w+\)s")
SAME_IN_RUSSIAN = {"xlsx", "xls", "ods", "html", "csv", "txt", "xml", "json", "zip"}


def ids(catalogue: polib.POFile) -> set[tuple[str | None, str]]:
    return {(entry.msgctxt, entry.msgid) for entry in catalogue if not entry.obsolete}


def test_there_is_something_to_translate():
    assert len(ids(POT)) > 100


def test_ru_has_the_terms_of_the_template():
    assert ids(POT) - ids(RU) == set()
    assert ids(RU) - ids(POT) == set()


def test_nothing_is_untranslated_fuzzy_or_obsolete():
    assert [entry.msgid for entry in RU.untranslated_entries()] == []
    assert [entry.msgid for entry in RU.fuzzy_entries()] == []
    assert [entry.msgid for entry in RU.obsolete_entries()] == []


def test_no_term_stands_twice():
    terms = [(entry.msgctxt, entry.msgid) for entry in RU]
    assert len(terms) == len(set(terms))


@pytest.mark.parametrize("pattern", [PLACEHOLDER, TAG], ids=["placeholders", "tags"])
def test_placeholders_and_tags_are_the_same(pattern):
    """A translator who changes a placeholder breaks the program for Russians only."""
    wrong = [
        (entry.msgid, entry.msgstr)
        for entry in RU
        if sorted(pattern.findall(entry.msgid)) != sorted(pattern.findall(entry.msgstr))
    ]
    assert wrong == []


def test_blanks_at_the_edges_are_the_same():
    def edges(text: str) -> tuple[bool, bool]:
        return text[:1].isspace(), text[-1:].isspace()

    assert [e.msgid for e in RU if edges(e.msgid) != edges(e.msgstr)] == []


def test_sentences_are_in_russian():
    """A term of several words that came out without a Russian letter was forgotten."""
    left = [
        entry.msgid
        for entry in RU
        if len(set(WORD.findall(PLACE.sub("", entry.msgid))) - SAME_IN_RUSSIAN) > 2
        # An example of an address.
        and not re.fullmatch(r"https://[\w./-]+", entry.msgid)
        # An expression that names the file of a report.
        and not all(
            ",print_report_name:" in place for place, _line in entry.occurrences
        )
        and not re.search("[а-яё]", entry.msgstr, re.IGNORECASE)
    ]
    assert left == []


def test_the_language_and_its_plurals_are_named():
    assert RU.metadata["Language"] == "ru"
    assert "nplurals=3" in RU.metadata["Plural-Forms"].replace(" ", "")


def python_terms() -> set[tuple[str, str]]:
    """Return the texts that Python marks for translation, with where they stand."""
    found = set()
    for path in ADDON.rglob("*.py"):
        if path.relative_to(ADDON).parts[0] in ("tests", "migrations"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            text = node.args[0]
            if name in ("_", "_lt") and isinstance(text, ast.Constant):
                found.add((path.name, text.value))
    return found


def script_terms() -> set[tuple[str, str]]:
    """Return the same of JavaScript."""
    call = re.compile(r"""_t\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
    found = set()
    for path in (ADDON / "static/src").rglob("*.js"):
        for double, single in call.findall(path.read_text(encoding="utf-8")):
            found.add((path.name, re.sub(r"\\(.)", r"\1", double or single)))
    return found


def test_the_template_is_up_to_date_with_the_code():
    """Whoever adds a sentence exports the template again."""
    terms = python_terms() | script_terms()
    known = {text for _context, text in ids(POT)}
    assert len(terms) > 50
    assert sorted((name, text) for name, text in terms if text not in known) == []
