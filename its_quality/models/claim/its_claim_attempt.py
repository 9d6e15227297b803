import hashlib
import hmac
from datetime import timedelta

from odoo import api, fields, models

from ...tools.security_log import log_refusal
from ..base import locks
from .sanitising import network_of, one_address

HOUR = timedelta(hours=1)
# So many claims an hour; an office shares one address of the network.
LIMITS = {"network": 20, "email": 5}
# What clients do, and how often an hour: one person, and all of a firm together.
PORTAL = {
    "claim": (20, 60),
    "message": (60, 180),
    "file": (60, 180),
    "word": (30, 90),
}


class ItsClaimAttempt(models.Model):
    """A claim sent by the public form, or what a client does on the portal, counted to
    limit how often it is done. It does not reveal who it was: addresses are kept as
    keyed digests, for a day."""

    _name = "its.claim.attempt"
    _description = "Claim Submission Attempt"
    _log_access = False

    kind = fields.Selection(
        [
            ("network", "Network"),
            ("email", "E-mail"),
            *(
                (f"{what}_{whose}", f"{what.capitalize()}s of a {whose}")
                for what in PORTAL
                for whose in ("person", "firm")
            ),
        ],
        required=True,
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
        values = {"network": network_of(network), "email": one_address(email) or email}
        return self._may({kind: (values[kind], LIMITS[kind]) for kind in values})

    @api.model
    def _may_client(self, what, person, firm):
        """Count what a client does, and say whether it is one time too many; then the
        log has it.

        :param str what: a key of ``PORTAL``
        :param str person: who it is: a user, or the network of somebody with a link
        :param firm: the ``res.partner`` whose claims they are; may be empty
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
        """The message for those who have done a thing too often."""
        return self.env._(
            "Too many requests within an hour. Please try again later or call us."
        )

    @api.model
    def _may(self, limits):
        """Count an attempt, and say whether it is one too many.

        It is counted by this transaction: what is rolled back was no attempt. Others of
        the same sender wait until it ends, so that many at once are counted, too.

        :param limits: by kind, whose attempt it is and how many are allowed an hour
        """
        now = fields.Datetime.now()
        digests = {kind: self._digest(value) for kind, (value, _most) in limits.items()}
        self.flush_model()
        for kind, digest in sorted(digests.items()):
            locks.wait_for(self.env.cr, f"attempt {kind} {digest}")
        # What was committed while we waited is seen by a transaction that begins now.
        with self.env.registry.cursor() as cr:
            for kind, (_value, most) in limits.items():
                cr.execute(
                    "SELECT count(*) FROM its_claim_attempt"
                    " WHERE kind = %s AND digest = %s AND date > %s",
                    [kind, digests[kind], now - HOUR],
                )
                if cr.fetchone()[0] >= most:
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
