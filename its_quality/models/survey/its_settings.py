from odoo import models

from ..base import settings


class ItsSettings(models.TransientModel):
    """How long responses are kept."""

    _inherit = "its.settings"

    its_keep_responses = settings.Integer(
        related="company_id.its_keep_responses", readonly=False
    )
