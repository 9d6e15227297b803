from odoo import models

from ..base import settings


class ItsSettings(models.TransientModel):
    """How long files from 1C are kept."""

    _inherit = "its.settings"

    its_keep_imports = settings.Integer(
        related="company_id.its_keep_imports", readonly=False
    )
