"""Write docs/en/odoo-20.md and its_quality/tests/private_table.py anew: what we override or
write of Odoo's private side.

./its shell -d play --fast < dev/scripts/write_private.py
"""

# ruff: noqa: F821 - `env` is the shell's
# pylint: disable=undefined-variable
from pathlib import Path

from odoo.addons.its_quality.tests.private_case import (  # noqa: TID251
    overridden,
    to_markdown,
    to_table,
    written,
)

root = Path.cwd()
addon = root / "its_quality"
found, raw = overridden(env.registry), written(addon)
page = root / "docs" / "en" / "odoo-20.md"
page.write_text(to_markdown(found, raw), encoding="utf-8")
table = addon / "tests" / "private_table.py"
table.write_text(to_table(found, raw), encoding="utf-8")
