"""Whom we ask over the network: nobody inside the server of Odoo, however he is spelt."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator

import pytest
import requests
from fake_odata import LOGIN, PASSWORD, FakeOdata
from fake_odata_base import Base
from onec.network import METADATA, Forbidden, Guard, connect
from onec.odata import client as odata_client
from onec.odata.client import OdataClient, fingerprint_of
from onec.odata.errors import OdataError

# Spelt as numbers, since no address of a machine stands in what we write.
OTHER = str(ipaddress.ip_address(0x7F000002))
LOOPBACK = f"{ipaddress.ip_address(0x7F000000)}/8"
CLOUD = str(ipaddress.ip_address(0xA9FEA9FE))
INSIDE = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "localhost",
    "LOCALHOST",
    "0",
    "0.0.0.0",
    "[::1]",
    "[::]",
    "[::ffff:7f00:1]",
    "[::ffff:127.0.0.1]",
    "[::7f00:1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[fe80::1]",
    "[ff02::1]",
    CLOUD,
    str(int(ipaddress.ip_address(CLOUD))),
    f"[::ffff:{CLOUD}]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:a9fe:a9fe::]",
    *(
        f"[{address}]" if address.version == 6 else str(address)
        for address in sorted(METADATA, key=str)
    ),
    str(ipaddress.ip_address(0xE0000001)),
    str(ipaddress.ip_address(0xFFFFFFFF)),
]
# A firm's own networks, and the world.
OUTSIDE = [
    str(ipaddress.ip_address(0x0A000005)),
    str(ipaddress.ip_address(0xAC100005)),
    str(ipaddress.ip_address(0xC0A80105)),
    "fd12:3456::5",
    "::ffff:c0a8:105",
    str(ipaddress.ip_address(0x08080808)),
    "2001:4860:4860::8888",
]


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeOdata]:
    fake = FakeOdata(Base(3))
    yield fake
    fake.stop()


@pytest.fixture(autouse=True)
def no_answers(fake) -> None:
    fake.requests.clear()
    fake.failures.clear()


def answer(number: str) -> list[tuple]:
    """What a name server says."""
    family = socket.AF_INET6 if ":" in number else socket.AF_INET
    return [(family, socket.SOCK_STREAM, 6, "", (number, 0))]


@pytest.mark.parametrize("host", INSIDE)
def test_nobody_inside_is_asked(fake, host):
    address = f"http://{host}:{fake.port}/buh"
    client = OdataClient(address, LOGIN, PASSWORD, attempts=1)
    with client, pytest.raises(OdataError) as caught:
        client.service()
    assert caught.value.code == "forbidden"
    assert not caught.value.passes
    with pytest.raises(OdataError) as caught:
        fingerprint_of(address.replace("http:", "https:"))
    assert caught.value.code == "forbidden"
    assert fake.requests == []


def test_digits_of_another_alphabet(fake):
    client = OdataClient(
        f"http://①②⑦.⓪.⓪.①:{fake.port}/buh", LOGIN, PASSWORD, attempts=1
    )
    with client, pytest.raises(OdataError) as caught:
        client.service()
    assert caught.value.code in ("address", "forbidden")
    assert fake.requests == []
    with pytest.raises(Forbidden):
        Guard().addresses("①②⑦.⓪.⓪.①", 80)


@pytest.mark.parametrize("host", OUTSIDE)
def test_the_own_networks_of_a_firm_are_asked(host):
    [found] = Guard().addresses(host, 80)
    assert ipaddress.ip_address(found) == ipaddress.ip_address(host)


@pytest.mark.parametrize("number", [*INSIDE, "fe80::1%lo"])
def test_a_name_that_leads_inside(monkeypatch, number):
    """Also beside a good address: nobody knows which of them would be taken."""
    numbers = socket.getaddrinfo(number.strip("[]"), 80, type=socket.SOCK_STREAM)
    good = answer(OUTSIDE[0])
    for found in (numbers, good + numbers):
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, f=found, **_o: f)
        with pytest.raises(Forbidden):
            Guard().addresses("base.example.com", 80)


def test_a_name_that_is_answered_in_another_way_the_next_time(fake, monkeypatch):
    """The connection goes to what was looked at: the name is asked for once."""
    ask = socket.getaddrinfo
    asked: list[str] = []

    def lie(host, *arguments, **options):
        if host != "base.example.com":
            return ask(host, *arguments, **options)
        asked.append(host)
        return answer(OUTSIDE[0] if len(asked) == 1 else "127.0.0.1")

    reached: list[tuple] = []

    def refuse(_socket, address):
        reached.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", lie)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    address = f"http://base.example.com:{fake.port}/buh"
    client = OdataClient(address, LOGIN, PASSWORD, attempts=1)
    with client, pytest.raises(OdataError) as caught:
        client.service()
    assert caught.value.code == "refused"
    assert (asked, reached) == (["base.example.com"], [OUTSIDE[0]])
    # And then the answer is another, for the same client.
    with client, pytest.raises(OdataError) as caught:
        client.service()
    assert caught.value.code == "forbidden"
    assert reached == [OUTSIDE[0]]


def test_the_second_address_is_tried_when_the_first_does_not_answer(fake, monkeypatch):
    both = answer(OTHER) + answer("127.0.0.1")
    ask = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *a, **o: both if host == "two.example.com" else ask(host, *a, **o),
    )
    address = f"http://two.example.com:{fake.port}/buh"
    client = OdataClient(address, LOGIN, PASSWORD, attempts=1, allowed=LOOPBACK)
    with client:
        assert client.service()
    connect(Guard("two.example.com"), "two.example.com", fake.port, 5).close()


@pytest.mark.parametrize(
    ("allowed", "host", "may"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "2130706433", True),
        ("127.0.0.1", "[::ffff:127.0.0.1]", True),
        ("127.0.0.1", OTHER, False),
        (f"{LOOPBACK} ::1", OTHER, True),
        ("example.com, localhost", "localhost", True),
        ("LocalHost.", "localhost", True),
        ("localhost", "127.0.0.1", False),
        ("::1", "[::1]", True),
        ("[::1]", "[::1]", True),
        ("::1", "127.0.0.1", False),
        ("*", "127.0.0.1", False),
        ("", "127.0.0.1", False),
    ],
)
def test_what_the_server_allows(allowed, host, may):
    if may:
        assert Guard(allowed).addresses(host, 80)
    else:
        with pytest.raises(Forbidden):
            Guard(allowed).addresses(host, 80)


def test_a_redirect_does_not_lead_inside(fake, monkeypatch):
    """Within the server that is asked, each request is looked at anew."""
    fake.failures = ["redirect in a circle"] * 9
    guard, seen = Guard.addresses, []

    def look(self, host, port):
        seen.append(host)
        return guard(self, host, port)

    monkeypatch.setattr(odata_client.Guard, "addresses", look)
    client = OdataClient(fake.address, LOGIN, PASSWORD, attempts=1, allowed="127.0.0.1")
    with client, pytest.raises(OdataError) as caught:
        client.service()
    assert caught.value.code == "redirect"
    assert seen and set(seen) == {"127.0.0.1"}


def test_a_proxy_of_the_server_is_no_way_inside(fake, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{fake.port}")
    for host in (OTHER, CLOUD, "2130706433"):
        client = OdataClient(f"http://{host}/buh", LOGIN, PASSWORD, attempts=1)
        with client, pytest.raises(OdataError) as caught:
            client.service()
        assert caught.value.code == "forbidden"
    assert fake.requests == []
    # Whom this server does not know, the proxy may.
    client = OdataClient("http://no-such.invalid/buh", LOGIN, PASSWORD, attempts=1)
    with client, pytest.raises(OdataError):
        client.service()
    assert len(fake.requests) == 1


SECRET = "root:x:0:0 AKIA-SECRET"
BODIES = [
    SECRET,
    f"<html><body>{SECRET}</body></html>",
    f"<m:error><m:message>{SECRET}</m:message></m:error>",
    f'{{"odata.error": {{"message": {{"value": "{SECRET}"}}}}}}',
    f'{{"odata.error": {{"message": "{SECRET}: Деление на 0"}}}}',
    f'{{"secret": "{SECRET}"}}',
    f'["{SECRET}"]',
    f'{{"value": "{SECRET}"}}',
    f'{{"value": [], "odata.error": "{SECRET}"}}',
]


@pytest.mark.parametrize("status", [200, 206, 400, 402, 403, 404, 418, 429, 500, 503])
@pytest.mark.parametrize("body", BODIES)
def test_nothing_of_what_somebody_else_answers_is_told(monkeypatch, status, body):
    response = requests.Response()
    monkeypatch.setattr(
        OdataClient,
        "_fetch",
        lambda *_arguments: (status, response.headers, body.encode()),
    )
    client = OdataClient("http://base.example.com/buh", LOGIN, PASSWORD, attempts=1)
    with client, pytest.raises(OdataError) as caught:
        client.page("Catalog_Контрагенты")
    told = f"{caught.value!r} {caught.value.details}"
    assert "SECRET" not in told and "root" not in told
    if "Деление" in body and status in (200, 400, 500):
        assert caught.value.details["said"] == "Деление на 0"
