"""What was refused for reasons of security, in the log of the server in one form.

A line reads ``refused event=bad_token user=7 network=198.51.100.0/24 model=its.claim
record=12``: words and numbers of the database, no name, no address, no secret, so that
it may be kept as long as one likes, and a program that watches logs understands it.
"""

import logging
import re
from ipaddress import ip_address, ip_network

from odoo.http import request

_logger = logging.getLogger(__name__)

# What may be in a line; anything else could be somebody's name, or forge a line.
FACT = re.compile(r"[\w.:/-]{1,64}", re.ASCII)
# Half of an address of IPv4 and of IPv6 that says whose network, and not who.
PREFIXES = {4: 24, 6: 48}


def log_refusal(event, user_id=None, **facts):
    """Write one line about somebody who was refused.

    :param str event: what it was, in snake_case: ``bad_token``, ``rate_limit``,
        ``webhook_secret``, ``transition``, ``words_of_another``, …
    :param int user_id: of ``res.users``; by default whose request it is
    :param facts: names of models, methods and fields, ids; whatever is none of these is
        left out
    """
    if user_id is None:
        user_id = request.env.uid if request and request.db else None
    found = {"event": event, "user": user_id or "none", "network": _network(), **facts}
    shown = [
        f"{name}={value}"
        for name, value in found.items()
        if value is not None and FACT.fullmatch(str(value))
    ]
    _logger.info("refused %s", " ".join(shown))


def _network():
    """Where the request comes from: the network, which is nobody's name."""
    if not request or not request.httprequest.remote_addr:
        return None
    try:
        address = ip_address(request.httprequest.remote_addr.partition("%")[0])
    except ValueError:
        return None
    return ip_network((address, PREFIXES[address.version]), strict=False)
