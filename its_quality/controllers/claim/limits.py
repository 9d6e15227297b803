"""How often clients do what they do, see ``its.claim.attempt``."""

from odoo.http import request

from ...models.claim.sanitising import network_of


def may_client(what, firm):
    """Count what whoever asks for a page does to a claim.

    :param str what: a key of ``PORTAL`` in ``its_claim_attempt``
    :param firm: the ``res.partner`` whose claim it is; maybe nobody
    :return: whether he may do it now
    """
    user = request.env.user
    if user._is_internal():
        return True
    person = f"user {user.id}"
    if user._is_public():
        # He has the link of a claim.
        person = f"network {network_of(request.httprequest.remote_addr)}"
    return request.env["its.claim.attempt"]._may_client(what, person, firm)


def too_much():
    """What is said to whoever has done a thing too often."""
    return request.env["its.claim.attempt"]._too_much()
