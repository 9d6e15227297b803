"""Remembers what has been done, by the content it was done with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

SKIPPED_FOLDERS = {"__pycache__", "node_modules", ".venv", ".run"}


def digest_of_files(paths: Iterable[Path], *more: str) -> str:
    """Hash the content of `paths` together with the words in `more`."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
        digest.update(b"\0")
    for word in more:
        digest.update(word.encode() + b"\0")
    return digest.hexdigest()


def digest_of_tree(folder: Path) -> str:
    """Hash every file under `folder` by its name and content."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if SKIPPED_FOLDERS.intersection(path.parts) or not path.is_file():
            continue
        digest.update(str(path.relative_to(folder)).encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


class Stamp:
    """A file that holds the digest of what a step was last done with."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def matches(self, digest: str) -> bool:
        """Tell whether the step was finished with this very content."""
        try:
            return self.path.read_text(encoding="utf-8").strip() == digest
        except (FileNotFoundError, NotADirectoryError):
            return False

    def write(self, digest: str) -> None:
        """Note that the step was finished."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(digest + "\n", encoding="utf-8")

    def remove(self) -> None:
        """Forget it: the step is about to be done anew."""
        self.path.unlink(missing_ok=True)
