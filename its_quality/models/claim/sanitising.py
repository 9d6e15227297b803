"""What strangers type, and where they type it from."""

from ipaddress import IPv6Address, ip_address, ip_network

from odoo.tools import email_normalize


def one_address(text):
    """The one e-mail address that a text is.

    :return: it, normalized, or ``None``
    """
    address = email_normalize(text) or ""
    # Odoo takes host names of the intranet and names before the address, too.
    if "." in address.rpartition("@")[2] and " " not in text:
        return address
    return None


def network_of(ip):
    """Whom an IP address belongs to: with IPv6 one person has a whole network.

    :param ip: as the server sees it, maybe nothing
    """
    try:
        address = ip_address((ip or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((address, 64), strict=False))
    return str(address)
