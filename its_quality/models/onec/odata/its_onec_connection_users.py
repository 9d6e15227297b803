from odoo import models

from ....onec import USER_PROPERTIES
from ....onec.odata.objects import USERS


class ItsOnecConnection(models.Model):
    """The users of the information base, read from itself."""

    _inherit = "its.onec.connection"

    def action_read_users(self):
        """Read the users of the base and open their review; nothing is done about
        anybody before it is confirmed there.

        :raises UserError: with a sentence that says what is wrong
        """
        self.ensure_one()
        self.check_access("write")
        people = self._entities(USERS, USER_PROPERTIES)
        return self.env["its.user.import"]._review_entities(self.source_id, people)
