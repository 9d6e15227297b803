"""The program of Odoo.

With `--workers` Odoo starts its websocket process, and with `--dev reload` itself, by the
path of the script it runs as. `python -m odoo` has a path that cannot be run.
"""

import sys
from pathlib import Path

# As with -m: the checkout, and not the folder of this file.
sys.path[0] = str(Path(__file__).resolve().parent.parent.parent)

from odoo.cli.command import main  # noqa: E402

main()
