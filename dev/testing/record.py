"""What of `./its test --all` has passed for the source as it is, so that a run that was
ended goes on where it was."""

from __future__ import annotations

import json
from dataclasses import asdict

from ..paths import ADDON, DEV, ROOT, RUN, TESTS
from ..stamps import digest_of_files, digest_of_tree
from .counts import Counts

PATH = RUN / "passed.json"


class Record:
    """The parts that have passed; those of another state of the source are forgotten."""

    def __init__(self) -> None:
        files = sorted(path for path in ROOT.iterdir() if path.is_file())
        trees = (digest_of_tree(folder) for folder in (ADDON, DEV, TESTS))
        self._source = digest_of_files(files, *trees)

    def passed(self, part: str) -> Counts | None:
        """Return the counts of a part that has passed."""
        counts = self._read().get(part)
        return Counts(**counts) if counts else None

    def add(self, part: str, counts: Counts) -> None:
        """Remember a part that has just been run, if nothing in it has failed."""
        parts = self._read()
        parts.pop(part, None)
        if counts.passed and not counts.failed:
            parts[part] = asdict(counts)
        content = {"source": self._source, "parts": parts}
        PATH.parent.mkdir(parents=True, exist_ok=True)
        PATH.write_text(json.dumps(content, indent=1), encoding="utf-8")

    def _read(self) -> dict[str, dict[str, int]]:
        try:
            content = json.loads(PATH.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return content["parts"] if content["source"] == self._source else {}
