"""What no tracked file may hold."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

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
ADDRESS = re.compile(r"(?<![\w.=])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")
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
        if address not in LOCAL
    ]
    assert hits == []


def test_no_file_is_big():
    """A clone stays small: what is big is made, not kept."""
    big = [path for path in tracked() if path.stat().st_size > 1024 * 1024]
    assert big == []
