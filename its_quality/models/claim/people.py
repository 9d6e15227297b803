"""Whoever works or has worked on a claim has no hand in what is said of his work: one
rule for the claim, its calls, and the addresses its client is written to.

What it closes to him:

==================  ==================================================================
claim               ``SEGREGATED`` fields, see :mod:`.rules`; transitions
                    that are ``segregated``, see :mod:`.rules`
mail.activity       whatever is planned on the claim for somebody else
res.partner         the e-mail of the client and of the contact person, until the claim
                    has ended and cannot be reopened; deleting and merging these cards
==================  ==================================================================
"""

from odoo import models
from odoo.exceptions import AccessError
from odoo.tools import email_normalize

from ...tools.security_log import log_refusal

# A sentence need not name all claims of a client.
MOST_NAMED = 3


class ItsClaim(models.Model):
    """The owner of the rule."""

    _inherit = "its.claim"

    def _has_worked_on(self):
        """Whether the user works or has worked on this claim."""
        self.ensure_one()
        claim = self.sudo()
        return not self.env.su and self.env.user in claim.worker_ids | claim.user_id

    def _check_not_worked_on(self, what):
        """Refuse something to whoever works or has worked on one of these claims.

        :param what: what he is about to change, in words
        :raises AccessError: naming the claims
        """
        worked = self.filtered(lambda claim: claim._has_worked_on())[:MOST_NAMED]
        if not worked:
            return
        log_refusal("worked_on", model=self._name, record=worked[0].id)
        raise AccessError(
            self.env._(
                "%(claims)s: you work on it, or have worked on it, so you may not change: "
                "%(what)s. Ask a quality manager who has not.",
                claims=", ".join(worked.sudo().mapped("name")),
                what=what,
            )
        )

    def _client_address(self):
        """Whoever works on the claim is not its client, nor is the address his that he
        typed when he registered it."""
        claim = self.sudo()
        if claim.state == "registered":
            # Nobody has worked on it yet.
            return super()._client_address()
        workers = claim.worker_ids | claim.user_id
        own = {user.email_normalized for user in workers}
        own |= {email_normalize(user.login or "") for user in workers}
        addresses = claim._client_addresses(sender=claim.author_id not in workers)
        return next((address for address in addresses if address not in own), "")
