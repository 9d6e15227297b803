import hashlib
import hmac
from datetime import timedelta

from odoo import api, fields, models

from .its_claim_typed import network_of, one_address

HOUR = timedelta(hours=1)
# So many claims an hour; an office shares one address of the network.
LIMITS = {"network": 20, "email": 5}


class ItsClaimAttempt(models.Model):
    """A claim sent by the public form, so that nobody sends hundreds. Whoever sent it
    cannot be read from it: addresses are kept as keyed digests, and for a day."""

    _name = "its.claim.attempt"
    _description = "Attempt to Send a Claim"
    _log_access = False

    kind = fields.Selection(
        [("network", "Network"), ("email", "E-mail")], required=True
    )
    digest = fields.Char(required=True)
    date = fields.Datetime(required=True, index=True)

    _by_digest = models.Index("(kind, digest, date)")

    @api.model
    def _may_send(self, network, email):
        """Count an attempt, and say whether it is one too many.

        :param network: the address of the network it comes from
        :param email: the address that was typed
        """
        now = fields.Datetime.now()
        values = {"network": network_of(network), "email": one_address(email) or email}
        digests = {kind: self._digest(value) for kind, value in values.items()}
        for kind, digest in digests.items():
            count = self.search_count(
                [
                    ("kind", "=", kind),
                    ("digest", "=", digest),
                    ("date", ">", now - HOUR),
                ]
            )
            if count >= LIMITS[kind]:
                return False
        self.create(
            [
                {"kind": kind, "digest": digest, "date": now}
                for kind, digest in digests.items()
            ]
        )
        return True

    @api.model
    def _digest(self, value):
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret")
        digest = hmac.new(secret.encode(), value.lower().encode(), hashlib.sha256)
        return digest.hexdigest()

    @api.autovacuum
    def _gc_attempts(self):
        limit = fields.Datetime.now() - timedelta(days=1)
        self.search([("date", "<", limit)]).unlink()
