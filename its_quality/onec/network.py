"""Whom we ask over the network: the firm's servers, and not the server of Odoo itself.

An address is looked at when its name has become numbers, and the connection goes to the
very numbers that were looked at; so neither another spelling nor a name that is answered
in another way a moment later leads past it. It knows nothing of Odoo.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

import requests
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.util import parse_url

Address = IPv4Address | IPv6Address

# Where clouds tell a server its own secrets. Those of 169.254… are link-local anyway; of
# these some are in networks that are else a firm's own. As numbers: IPv4 of Alibaba,
# Oracle and Azure, IPv6 of Amazon and Google.
METADATA = {
    ip_address(bytes((100, 100, 100, 200))),
    ip_address(bytes((192, 0, 0, 192))),
    ip_address(bytes((168, 63, 129, 16))),
    ip_address("fd00:ec2::254"),
    ip_address("fd20:ce::254"),
}
THIS_NETWORK = ip_network((bytes(4), 8))
# Addresses of IPv6 that an address of IPv4 is the end of: mapped, compatible, NAT64.
ENDS_IN_IPV4 = [
    IPv6Network(network)
    for network in ("::ffff:0:0/96", "::/96", "64:ff9b::/96", "64:ff9b:1::/48")
]


class Forbidden(OSError):
    """Somebody whom we do not ask.

    :ivar host: as it was given
    """

    def __init__(self, host: str) -> None:
        super().__init__(f"{host} is not asked")
        self.host = host


class Guard:
    """Says who may be asked.

    :param allowed: hosts, addresses and networks, with commas or blanks between them,
        that may be asked although nobody else of their kind may
    """

    def __init__(self, allowed: str = "") -> None:
        self._names: set[str] = set()
        self._networks = []
        for word in allowed.replace(",", " ").split():
            try:
                self._networks.append(ip_network(word.strip("[]"), strict=False))
            except ValueError:
                self._names.add(_name(word))

    def addresses(self, host: str, port: int) -> list[str]:
        """Return where a host is to be found, as numbers.

        :raises Forbidden: if it is nobody to ask; one bad address among good ones is
            enough
        :raises OSError: if nobody knows it
        """
        # Without a query an address in brackets or with a zone is not understood.
        host = host.strip("[]")
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except UnicodeError as error:
            raise socket.gaierror(socket.EAI_NONAME, "no name of a host") from error
        numbers = list(dict.fromkeys(str(answer[4][0]) for answer in found))
        if _name(host) not in self._names:
            for number in numbers:
                if not self._may_ask(ip_address(number.partition("%")[0])):
                    raise Forbidden(host)
        return numbers

    def _may_ask(self, address: Address) -> bool:
        faces = _addresses_behind(address)
        if any(face in network for face in faces for network in self._networks):
            return True
        return not any(map(_is_inside, faces))


class GuardedAdapter(HTTPAdapter):
    """Connects only to addresses that the guard permits.

    :param fingerprint: SHA-256 of the only certificate to trust, whatever its issuer
        and name; empty: certificates signed by known authorities
    """

    def __init__(self, guard: Guard, fingerprint: str = "") -> None:
        self._guard = guard
        self._fingerprint = fingerprint
        super().__init__()

    def init_poolmanager(self, *arguments, **options):
        if self._fingerprint:
            options["assert_fingerprint"] = self._fingerprint
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _guarded(HTTPConnectionPool, self._guard),
            "https": _guarded(HTTPSConnectionPool, self._guard),
        }

    def proxy_manager_for(self, *arguments, **options):
        if self._fingerprint:
            options["assert_fingerprint"] = self._fingerprint
        return super().proxy_manager_for(*arguments, **options)

    def send(self, request, *arguments, proxies=None, **options):
        # A proxy is configured by the server administrator and connects for us: all
        # we can check is how this server resolves the name.
        if select_proxy(request.url, proxies):
            parts = parse_url(request.url)
            try:
                self._guard.addresses(parts.host or "", parts.port or 0)
            except socket.gaierror:
                # The proxy may know whom we do not.
                pass
            except Forbidden as error:
                raise requests.ConnectionError(error, request=request) from error
        return super().send(request, *arguments, proxies=proxies, **options)


def connect(guard: Guard, host: str, port: int, timeout: float) -> socket.socket:
    """Open a connection without any protocol.

    :raises OSError: of which ``Forbidden`` is one
    """
    failure: OSError | None = None
    for number in guard.addresses(host, port):
        try:
            return socket.create_connection((number, port), timeout)
        except OSError as error:
            failure = error
    raise failure or OSError("no address")


def causes_of(error: BaseException | None) -> list[BaseException]:
    """Return an error and all that it came of; the libraries wrap one in another."""
    found: list[BaseException] = []
    waiting = [error]
    while waiting:
        one = waiting.pop(0)
        if not isinstance(one, BaseException) or one in found or len(found) > 50:
            continue
        found.append(one)
        waiting += [getattr(one, "reason", None), one.__cause__, one.__context__]
        waiting += one.args
    return found


def _guarded(pool_class, guard: Guard):
    """Return a class of pools whose connections ask the guard first."""

    class Connection(pool_class.ConnectionCls):
        def _new_conn(self):
            name, failure = self._dns_host, None
            try:
                numbers = guard.addresses(name, self.port)
            except socket.gaierror as error:
                raise NewConnectionError(self, "no server by that name") from error
            for number in numbers:
                # Only where the connection goes: TLS still asks for the name.
                self._dns_host = number
                try:
                    return super()._new_conn()
                except (ConnectTimeoutError, NewConnectionError) as error:
                    failure = error
                finally:
                    self._dns_host = name
            raise failure or NewConnectionError(self, "no address")

    class Pool(pool_class):
        ConnectionCls = Connection

    return Pool


def _name(host: str) -> str:
    return host.rstrip(".").lower()


def _addresses_behind(address: Address) -> Iterable[Address]:
    """Return an address, and those that it leads to by way of IPv6."""
    faces: list[Address] = [address]
    if isinstance(address, IPv6Address):
        if any(address in network for network in ENDS_IN_IPV4):
            faces.append(IPv4Address(address.packed[-4:]))
        if address.sixtofour:
            faces.append(address.sixtofour)
        if address.teredo:
            faces += address.teredo
    return faces


def _is_inside(address: Address) -> bool:
    """Whether an address is this machine's own, or one that nobody outside has."""
    return (
        address.is_loopback
        or address.is_link_local
        or address.is_unspecified
        or address.is_multicast
        or (address.is_reserved and not _is_ipv4_in_ipv6(address))
        or address in METADATA
        or (isinstance(address, IPv4Address) and address in THIS_NETWORK)
    )


def _is_ipv4_in_ipv6(address: Address) -> bool:
    # Python calls these reserved; what counts is what they lead to.
    return isinstance(address, IPv6Address) and any(
        address in network for network in ENDS_IN_IPV4
    )
