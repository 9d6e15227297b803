"""Make the snapshot from which later versions are upgraded by the tests.

.venv/bin/python dev/scripts/make_snapshot.py

Done once, on the commit that is released, and never again: it writes
tests/upgrades/<version>.json.gz.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from dev import odoo_process, snapshots  # noqa: E402 - found by the path above

odoo = odoo_process.prepare(fast=True)
version, content = snapshots.take(odoo, demo=True)
target = ROOT / "tests" / "upgrades" / f"{version}.json.gz"
if target.exists():
    sys.exit(f"{target} is released, and stays as it is.")
if len(content) > snapshots.MOST_BYTES:
    sys.exit(f"The snapshot has {len(content)} bytes, which is too much.")
target.write_bytes(content)
print(f"{target}: {len(content)} bytes")
