from datetime import timedelta

from odoo import api, fields, models

from ..claim.sanitising import network_of

HOUR = timedelta(hours=1)
# So many wrong secrets an hour from a network.
MOST = 20


class ItsClaimAttempt(models.Model):
    """An event of 1С-Коннект sent with a wrong secret."""

    _inherit = "its.claim.attempt"

    kind = fields.Selection(
        selection_add=[("webhook", "Webhook")], ondelete={"webhook": "cascade"}
    )

    @api.model
    def _may_try_secret(self, network):
        """Count an attempt, and say whether it is one too many; such are not counted,
        so that the table does not grow by them.

        :param network: the address of the network it comes from
        """
        now = fields.Datetime.now()
        known = {"kind": "webhook", "digest": self._digest(network_of(network))}
        count = self.search_count(
            [
                ("kind", "=", known["kind"]),
                ("digest", "=", known["digest"]),
                ("date", ">", now - HOUR),
            ],
            limit=MOST,
        )
        if count >= MOST:
            return False
        self.create({**known, "date": now})
        return True
