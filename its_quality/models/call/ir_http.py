from odoo import api, models

from ..base.groups import GROUP_USER


class IrHttp(models.AbstractModel):
    """What every page knows of the desk: whether its reader has one."""

    _inherit = "ir.http"

    @api.private
    def session_info(self):
        """Whether the user is reminded of calls they have promised."""
        info = super().session_info()
        user = self.env.user
        if user._is_internal():
            info["its_desk"] = user.has_group(GROUP_USER)
        return info
