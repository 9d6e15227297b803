"""How often clients do what they do, see ``its.claim.attempt``."""

from odoo.http import request

from ...models.claim.sanitising import network_of


def may_client(what, firm):
    """Count what the user of a request does to a claim.

    :param str what: a key of ``PORTAL`` in ``its_claim_attempt``
    :param firm: the ``res.partner`` whose claim it is; may be empty
    :return: whether it is allowed now
    """
    user = request.env.user
    if user._is_internal():
        return True
    person = f"user {user.id}"
    if user._is_public():
        # They have the link of a claim.
        person = f"network {network_of(request.httprequest.remote_addr)}"
    return request.env["its.claim.attempt"]._may_client(what, person, firm)


def too_much():
    """The message for those who have done a thing too often."""
    return request.env["its.claim.attempt"]._too_much()
