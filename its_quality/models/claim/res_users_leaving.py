from odoo import models


class ResUsers(models.Model):
    """What somebody who leaves the firm has in hand beside clients and calls."""

    _inherit = "res.users"

    def _its_open_claims(self):
        """Claims that this person is to work on.

        Those further on are somebody else's to verify or to close already.
        """
        self.ensure_one()
        # All of them, also those that whoever archives him may not see.
        return (
            self.env["its.claim"]
            .sudo()
            .search(
                [
                    ("user_id", "=", self.id),
                    ("state", "in", ("dispatched", "in_progress")),
                ]
            )
        )
