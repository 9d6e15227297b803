"""What no tracked file may hold, and that the pages lead somewhere."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Packages come from wherever the machine is set to get them from. Written in pieces,
# for this file is looked at, too.
REGISTRIES = [
    ".".join("".join(label) for label in labels)
    for labels in (
        (("py", "pi"), "org"),
        (("python", "hosted"), "org"),
        (("npm", "js"), "org"),
        (("npm", "js"), "com"),
        (("yarn", "pkg"), "com"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
        ("archive", "ubuntu", "com"),
        ("proxy", "golang", "org"),
        ("nightly", "odoo", "com"),
    )
]
# A version of four numbers looks like one.
ADDRESS = re.compile(
    r"""(?<![\w.=@])(?<!"version": ")\d{1,3}(?:\.\d{1,3}){3}(?![\w.])"""
)
LOCAL = {"127.0.0.1", "0.0.0.0"}


def tracked() -> list[Path]:
    """Return the files that git knows."""
    done = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("This is no checkout by git.")
    names = done.stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def texts() -> dict[str, str]:
    """Return the texts among the tracked files."""
    found = {}
    for path in tracked():
        try:
            found[str(path.relative_to(ROOT))] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    assert "README.md" in found
    return found


def test_no_address_of_a_registry():
    hits = [
        (name, registry)
        for name, text in texts().items()
        for registry in REGISTRIES
        if registry in text
    ]
    assert hits == []


def test_no_address_of_a_machine():
    hits = [
        (name, address)
        for name, text in texts().items()
        for address in ADDRESS.findall(text)
        # A version may have four numbers, too.
        if address not in LOCAL and name != "sbom.cdx.json"
    ]
    assert hits == []


def test_no_file_is_big():
    """A clone stays small: what is big is made, not kept."""
    big = [path for path in tracked() if path.stat().st_size > 1024 * 1024]
    assert big == []


# What people read: at the root, under docs, and the samples.
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "tests").rglob("*.md"),
    ]
)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
# Of architecture and entrances those who read them know English.
ENGLISH_ONLY = {"architecture.md", "entrances.md", "odoo-20.md"}


def words_of(page: Path) -> str:
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors_of(page: Path) -> set[str]:
    """Return what a link may name behind the `#`, as GitHub makes it of the titles."""
    titles = re.findall(r"^#{1,6} (.+)$", words_of(page), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", title.lower().strip()).replace(" ", "-")
        for title in titles
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    """Also to a title, and in the same writing: not every file system forgives."""
    names = {path.relative_to(ROOT).as_posix() for path in tracked()}
    astray = []
    for link in LINK.findall(words_of(page)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = unquote(link).partition("#")
        target = (page.parent / name).resolve() if name else page
        inside = target.is_relative_to(ROOT)
        known = inside and target.relative_to(ROOT).as_posix() in names
        if not known or (anchor and anchor not in anchors_of(target)):
            astray.append(link)
    assert astray == []


def test_readme_is_short_and_shows_five_pictures():
    """Whoever comes first reads it to the end; the rest is under docs."""
    for name in ("README.md", "README.ru.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 200, name
        assert len(re.findall(r"!\[", text)) == 5, name


def test_pages_are_there_in_both_languages():
    english = {path.name for path in (ROOT / "docs" / "en").iterdir()}
    russian = {path.name for path in (ROOT / "docs" / "ru").iterdir()}
    assert english - ENGLISH_ONLY == russian


def test_no_picture_is_left_over():
    """One that no page shows is only carried along."""
    shown = {
        (page.parent / link).resolve()
        for page in PAGES
        for link in LINK.findall(words_of(page))
    }
    pictures = set((ROOT / "docs" / "img").iterdir())
    assert pictures - shown == set()


def test_pictures_of_the_addon_are_there():
    """Its own page shows what lies beside it; the store gets nothing else."""
    folder = ROOT / "its_quality" / "static" / "description"
    shown = re.findall(r'src="([^"]+)"', (folder / "index.html").read_text("utf-8"))
    assert len(shown) >= 6
    assert [name for name in shown if not (folder / name).is_file()] == []
