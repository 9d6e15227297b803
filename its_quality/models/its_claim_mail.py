from odoo import models


class ItsClaim(models.Model):
    """Who gets which mail at each event."""

    _inherit = "its.claim"

    def _tell(self, event):
        """Write to those whom an event concerns.

        :param event: ``registered``, or the name of a transition
        """
