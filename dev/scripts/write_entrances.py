"""Write docs/en/entrances.md anew from its_quality/tests/entrances_table.py.

python3 dev/scripts/write_entrances.py
"""

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

# The tables are plain data; the package they are in needs Odoo.
sys.path.insert(0, str(ROOT / "its_quality" / "tests"))
table = importlib.import_module("entrances_table")
page = ROOT / "docs" / "en" / "entrances.md"
page.write_text(table.to_markdown(), encoding="utf-8")
