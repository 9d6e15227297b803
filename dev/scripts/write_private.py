"""Write docs/en/odoo-20.md anew: what we rely on of Odoo's private side.

python3 dev/scripts/write_private.py
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from dev import odoo_private, odoo_source

text = odoo_private.page(odoo_source.find().package)
odoo_private.PAGE.write_text(text, encoding="utf-8")
