"""At each change of the version: what nobody has edited is as the new version has it."""

from odoo import SUPERUSER_ID, api

# The script is run by itself, outside of the package.
from odoo.addons.its_quality.upgrading import Renewal  # noqa: TID251


def migrate(cr, version):
    if version:
        Renewal(api.Environment(cr, SUPERUSER_ID, {})).run()
