from odoo import api, fields, models

from ...tools.security_log import log_refusal

# What clients do, and how often an hour: one person, and all of a firm together.
PORTAL = {
    "claim": (20, 60),
    "message": (60, 180),
    "file": (60, 180),
    "word": (30, 90),
}


class ItsClaimAttempt(models.Model):
    """The same for clients on the portal: for each person and for his firm."""

    _inherit = "its.claim.attempt"

    kind = fields.Selection(
        selection_add=[
            (f"{what}_{whose}", f"{what.capitalize()}s of a {whose}")
            for what in PORTAL
            for whose in ("person", "firm")
        ],
        ondelete={
            f"{what}_{whose}": "cascade"
            for what in PORTAL
            for whose in ("person", "firm")
        },
    )

    @api.model
    def _may_client(self, what, person, firm):
        """Count what a client does, and say whether it is one time too many; then the
        log has it.

        :param str what: a key of ``PORTAL``
        :param str person: who it is: a user, or the network of somebody with a link
        :param firm: the ``res.partner`` whose claims they are; maybe nobody
        """
        of_person, of_firm = PORTAL[what]
        limits = {f"{what}_person": (person, of_person)}
        if firm:
            limits[f"{what}_firm"] = (str(firm.id), of_firm)
        if self.sudo()._may(limits):
            return True
        log_refusal("rate_limit", model="its.claim", what=what)
        return False

    @api.model
    def _too_much(self):
        """What somebody is told who has done a thing too often."""
        return self.env._(
            "This was too much within an hour. Please try again later, or call us."
        )
