"""The page of the entrances says what the table says."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = (
    "dev/scripts/write_entrances.py",
    "its_quality/tests/entrances_table.py",
    "its_quality/tests/roles_table.py",
)


def test_page_is_as_written_anew(tmp_path):
    for part in PARTS:
        copy = tmp_path / part
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / part, copy)
    (tmp_path / "docs" / "en").mkdir(parents=True)
    subprocess.run([sys.executable, str(tmp_path / PARTS[0])], check=True)
    made = (tmp_path / "docs" / "en" / "entrances.md").read_text(encoding="utf-8")
    kept = (ROOT / "docs" / "en" / "entrances.md").read_text(encoding="utf-8")
    assert kept == made, "run: python3 dev/scripts/write_entrances.py"


def test_every_model_of_the_table_has_a_part():
    text = (ROOT / "docs" / "en" / "entrances.md").read_text(encoding="utf-8")
    assert text.count("\n## ") > 20
    assert "| `message_post` | seen | seen | seen | seen | – | – |" in text
