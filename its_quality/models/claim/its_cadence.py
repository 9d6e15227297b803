from odoo import fields, models

from . import deadline
from .rules import ENDED


class ItsCadence(models.Model):
    """The morning mail also names the claims that wait for its reader."""

    _inherit = "its.cadence"

    def _of_morning(self, user, today):
        """Overdue claims come first; where the client is called about one, the call
        reminds of it."""
        found = super()._of_morning(user, today)
        claims = self.env["its.claim"].sudo()
        claims = claims.search(
            [("next_user_id", "=", user.id), ("state", "not in", ENDED)]
        )
        calls = self.env["mail.activity"].sudo()
        asked = calls.search([("its_claim_id", "in", claims.ids)]).its_claim_id
        far, now = today.max, fields.Datetime.now()
        found["claims"] = (claims - asked).sorted(
            lambda claim: (
                not deadline.is_overdue(claim, now),
                claim.date_deadline or far,
                -int(claim.priority),
                claim.id,
            )
        )
        return found

    def _subjects_of_morning(self, found, today):
        subjects = super()._subjects_of_morning(found, today)
        claims = found["claims"]
        if claims:
            now = fields.Datetime.now()
            late = claims.filtered(lambda claim: deadline.is_overdue(claim, now))
            subjects.append(
                self.env._(
                    "claims: %(count)s, overdue: %(overdue)s",
                    count=len(claims),
                    overdue=len(late),
                )
            )
        return subjects
