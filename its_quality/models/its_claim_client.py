from odoo import SUPERUSER_ID, models
from odoo.exceptions import UserError

UNHAPPY = "1"


class ItsClaim(models.Model):
    """The client has the last word: he is asked, and what he says ends the claim or
    opens it again."""

    _inherit = "its.claim"

    def _ask_client(self):
        """Ask the client whether all is well now, as soon as the work is verified."""

    def _client_says(self, satisfaction, comment=None):
        """Take what the client himself says on his page, once.

        The caller has made sure that it is the client.

        :param satisfaction: a key of ``SATISFACTION`` but ``none``
        :param comment: his words
        :raises UserError: where nobody asks him, or he has answered already
        """
        self.ensure_one()
        claim = self.with_user(SUPERUSER_ID)
        unhappy = satisfaction == UNHAPPY
        claim._take_hold()
        if claim.state == "closed" and claim.satisfaction == "none":
            raise UserError(self.env._("This claim is closed by now."))
        if claim.state != "follow_up":
            raise UserError(
                self.env._("You have answered already, or the work is not done yet.")
            )
        comment = (comment or "").strip()
        claim.write(
            {
                "satisfaction": satisfaction,
                "satisfaction_via": "page",
                "client_comment": comment or False,
            }
        )
        if unhappy:
            claim._go("reopen", comment or self.env._("The client is not satisfied."))
        else:
            claim._go("close")
