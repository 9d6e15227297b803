"""Asking 1C by OData: every way to fail has its code, and nothing is ever written."""

from __future__ import annotations

import datetime
import ipaddress
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fake_odata import LOGIN, MODES, PASSWORD, FakeOdata
from fake_odata_base import CONTRACTORS, Base
from hypothesis import given
from hypothesis import strategies as st
from onec.odata import client as odata_client
from onec.odata.address import keys_filter, query_of, server_of, service_root
from onec.odata.client import OdataClient, fingerprint_of
from onec.odata.errors import OdataError

# Where the made-up 1C stands.
HERE = "127.0.0.1"
SERVICE = "/odata/standard.odata"


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeOdata]:
    fake = FakeOdata(Base(30))
    yield fake
    fake.stop()


@pytest.fixture(autouse=True)
def well(fake) -> None:
    fake.failures.clear()
    fake.requests.clear()


def client_of(fake: FakeOdata, **options) -> OdataClient:
    """A client that waits for nobody."""
    options = {"sleep": lambda _seconds: None, "allowed": HERE, **options}
    return OdataClient(fake.address, LOGIN, PASSWORD, **options)


# -----------------------------------------------------------------------------
# Addresses
# -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pasted", "root"),
    [
        ("http://srv/buh", "http://srv/buh"),
        (" https://srv/buh/ ", "https://srv/buh"),
        ("https://srv:8443/buh/odata/standard.odata", "https://srv:8443/buh"),
        ("https://srv/buh/odata/standard.odata/", "https://srv/buh"),
        (
            "https://srv/buh/OData/standard.odata/Catalog_Банки?$top=1",
            "https://srv/buh",
        ),
        ("https://srv/buh/ru_RU/", "https://srv/buh"),
        ("https://srv/ut", "https://srv/ut"),
        ("https://srv/a/b", "https://srv/a/b"),
        ("HTTPS://SRV/Buh#e1cib/data", "https://srv/Buh"),
        ("http://[::1]/buh", "http://[::1]/buh"),
        ("http://сервер/buh", "http://сервер/buh"),
        (
            "http://srv/Бухгалтерия",
            "http://srv/%D0%91%D1%83%D1%85%D0%B3%D0%B0%D0%BB%D1%82%D0%B5%D1%80%D0%B8%D1%8F",
        ),
        ("http://srv/%D0%91%D0%9F", "http://srv/%D0%91%D0%9F"),
        ("http://srv", "http://srv"),
    ],
)
def test_what_people_paste(pasted, root):
    assert service_root(pasted) == root + SERVICE
    assert service_root(root + SERVICE) == root + SERVICE


@pytest.mark.parametrize(
    ("pasted", "code"),
    [
        ("", "address"),
        ("srv/buh", "address"),
        ("ftp://srv/buh", "address"),
        ("file:///etc/passwd", "address"),
        ("http://", "address"),
        ("http://[x/buh", "address"),
        ("http://srv:99999/buh", "address"),
        ("http://srv:a/buh", "address"),
        ("http://s rv/buh", "address"),
        ("http://srv/" + "b" * 2000, "address"),
        ("http://admin:secret@srv/buh", "address_login"),
    ],
)
def test_what_is_no_address(pasted, code):
    with pytest.raises(OdataError) as caught:
        service_root(pasted)
    assert caught.value.code == code
    assert "secret" not in str(caught.value)


@given(st.text())
def test_any_text_is_an_address_or_is_refused(text):
    try:
        root = service_root(f"http://{text}")
    except OdataError:
        return
    assert root.startswith("http://")
    assert root.endswith(SERVICE)
    server_of(root)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://srv/a", "http://SRV:80/b", True),
        ("https://srv/a", "https://srv:443/a", True),
        ("http://srv/a", "https://srv/a", False),
        ("http://srv/a", "http://srv.example.com/a", False),
        ("http://srv/a", "http://srv:8080/a", False),
    ],
)
def test_whom_a_password_is_meant_for(one, other, same):
    one, other = server_of(service_root(one)), server_of(service_root(other))
    assert (one == other) is same


def test_a_query_fits_into_what_web_servers_take():
    keys = [f"{number:08d}-0000-4000-8000-000000000000" for number in range(25)]
    options = {
        "$filter": keys_filter(keys),
        "allowedOnly": "true",
        "$format": "json",
    }
    query = query_of(options)
    assert len(query) < 2048
    assert " " not in query and "+" not in query


# -----------------------------------------------------------------------------
# Failing
# -----------------------------------------------------------------------------

# Mode of the server: code of the error, what the error mentions, how often it is asked.
FAILURES = {
    "cut": ("cut", "127.0.0.1", 3),
    "slam": ("cut", "127.0.0.1", 3),
    "429": ("too_often", "", 3),
    "429 later": ("too_often", "", 1),
    "429 at a date": ("too_often", "", 1),
    "500": ("failed", "Деление на 0", 3),
    "500 in XML": ("failed", "Ошибка СУБД", 3),
    "500 licence": ("licence", "", 3),
    "503": ("busy", "503", 3),
    "403": ("rights", CONTRACTORS, 1),
    "401 of 1C": ("rights", CONTRACTORS, 1),
    "401": ("login", "", 1),
    "400": ("not_understood", "Свойство не найдено", 1),
    "418": ("status", "418", 1),
    "html": ("html", "", 1),
    "html as json": ("html", "", 1),
    "not json": ("not_json", "", 1),
    "deep": ("not_json", "", 1),
    "big number": ("not_json", "", 1),
    "bad gzip": ("not_json", "", 1),
    "list": ("not_odata", "", 1),
    "no list": ("not_odata", "", 1),
    "no objects": ("not_odata", "", 1),
    "error with 200": ("failed", "", 3),
    "redirect to another": ("redirect", "http://example.com/", 1),
    "redirect in a circle": ("redirect", "127.0.0.1", 4),
}


@pytest.mark.parametrize("mode", FAILURES)
def test_a_code_for_each_way_to_fail(fake, mode):
    code, mentioned, asked = FAILURES[mode]
    fake.failures = [mode] * 10
    with client_of(fake) as client, pytest.raises(OdataError) as caught:
        client.page(CONTRACTORS, top=1)
    fake.failures.clear()
    assert caught.value.code == code
    assert mentioned in " ".join(map(str, caught.value.details.values()))
    assert len(fake.requests) == asked


def test_every_mode_of_the_server_is_tried():
    elsewhere = {"well", "slow", "trickle", "endless", "no keys"}
    assert set(FAILURES) | elsewhere == set(MODES)


@pytest.mark.parametrize("mode", ["cut", "slam", "429", "500", "503"])
def test_what_passes_is_asked_again(fake, mode):
    fake.failures = [mode] * 2
    waited: list[float] = []
    with client_of(fake, sleep=waited.append) as client:
        rows, _count = client.page(CONTRACTORS, top=1)
    assert len(rows) == 1
    assert len(waited) == 2
    assert waited[0] < waited[1]


@pytest.mark.parametrize("name", ["Parent_Key", "DataVersion", "КодПоОКПО"])
@pytest.mark.parametrize(
    ("status", "text"),
    [
        (400, "Не найдено поле {name}"),
        (400, "Bad request"),
        (500, "Поле не найдено «{name}»"),
        (500, "Ошибка при разборе опции запроса $select: {name}"),
        (500, "Property '{name}' is not defined"),
        (500, "Свойство не найдено"),
        (500, "Could not find a property named '{name}' on type 'Catalog'"),
    ],
)
def test_a_field_that_is_not_known_is_left_out(fake, name, status, text):
    """Quickly: it is no failure that may pass."""
    fake.unknown = {name: (status, text)}
    select = "Ref_Key,Description,Parent_Key,DataVersion,КодПоОКПО"
    with client_of(fake) as client:
        [row], _count = client.page(CONTRACTORS, top=1, select=select)
    assert row["Description"]
    assert name not in row
    assert len(fake.requests) == 2


def test_several_fields_that_are_not_known(fake):
    answer = (500, "Не найдено поле {name}")
    fake.unknown = dict.fromkeys(("Parent_Key", "DataVersion"), answer)
    with client_of(fake) as client:
        [row], _count = client.page(
            CONTRACTORS, top=1, select="Ref_Key,Description,Parent_Key,DataVersion"
        )
    assert set(row) == {"Ref_Key", "Description"}


@pytest.mark.parametrize("pages", [0, 1, 5])
def test_a_login_refused_after_some_pages(fake, pages):
    """Asked again once, since it was right before; else a wrong password would close
    the account."""
    with client_of(fake) as client:
        for _page in range(pages):
            client.page(CONTRACTORS, top=1)
        fake.failures = ["401"]
        fake.requests.clear()
        if pages:
            rows, _count = client.page(CONTRACTORS, top=1)
            assert len(rows) == 1
        fake.failures = ["401", "401"]
        fake.requests.clear()
        with pytest.raises(OdataError, match="login"):
            client.page(CONTRACTORS, top=1)
        assert len(fake.requests) == 1 + bool(pages)


def test_how_long_the_server_asks_to_wait(fake):
    for mode, seconds in (("429 later", 120), ("429 at a date", 3600), ("429", 0)):
        fake.failures = [mode] * 3
        with client_of(fake) as client, pytest.raises(OdataError) as caught:
            client.page(CONTRACTORS, top=1)
        assert caught.value.passes
        assert caught.value.retry_after == seconds


@pytest.mark.parametrize("mode", ["slow", "trickle"])
def test_nobody_waits_for_ever(fake, mode):
    fake.failures = [mode]
    client = client_of(fake, attempts=1, read_timeout=0.3, whole_timeout=0.6)
    with client, pytest.raises(OdataError) as caught:
        client.page(CONTRACTORS, top=1)
    assert caught.value.code == "timeout"


def test_an_answer_without_an_end(fake, monkeypatch):
    monkeypatch.setattr(odata_client, "MAX_BODY", 2**21)
    fake.failures = ["endless"]
    with client_of(fake) as client, pytest.raises(OdataError) as caught:
        client.page(CONTRACTORS, top=1)
    assert caught.value.code == "too_big"


@pytest.mark.parametrize(
    ("login", "password"), [("Other", PASSWORD), (LOGIN, "other"), (LOGIN, "")]
)
def test_a_wrong_login(fake, login, password):
    client = OdataClient(fake.address, login, password, allowed=HERE)
    with client, pytest.raises(OdataError) as caught:
        client.service()
    assert caught.value.code == "login"
    assert len(fake.requests) == 1


def test_what_is_not_published(fake):
    with client_of(fake) as client:
        with pytest.raises(OdataError) as caught:
            client.page("Catalog_Нет")
        assert caught.value.code == "no_catalogue"
        assert caught.value.details == {"catalogue": "Catalog_Нет"}
    elsewhere = fake.address.replace("/buh", "/zup")
    with (
        OdataClient(elsewhere, LOGIN, PASSWORD, allowed=HERE) as client,
        pytest.raises(OdataError) as caught,
    ):
        client.service()
    assert caught.value.code == "not_published"


def test_a_server_that_is_not_there():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    cases = {
        f"http://127.0.0.1:{port}/buh": "refused",
        "http://no-such.invalid/buh": "name",
    }
    for address, code in cases.items():
        client = OdataClient(address, LOGIN, PASSWORD, attempts=1, allowed=HERE)
        with client, pytest.raises(OdataError) as caught:
            client.service()
        assert caught.value.code == code
        assert caught.value.passes


def test_rows_that_the_user_may_not_see(fake):
    fake.base.closed = set(fake.base.keys[CONTRACTORS][3:5])
    try:
        with client_of(fake) as client:
            rows, count = client.page(CONTRACTORS, inlinecount="allpages")
    finally:
        fake.base.closed = set()
    assert len(rows) == count == 28


def test_nothing_is_written_and_no_secret_is_told(fake, caplog):
    caplog.set_level("DEBUG")
    with client_of(fake) as client:
        client.service()
        client.page(CONTRACTORS, top=3)
        fake.failures = ["500"] * 3
        with pytest.raises(OdataError) as caught:
            client.page(CONTRACTORS)
    assert fake.methods == {"GET"}
    told = f"{caplog.text} {client!r} {caught.value!r} {caught.value}"
    assert PASSWORD not in told
    assert not [path for path in fake.requests if PASSWORD in path or LOGIN in path]


# -----------------------------------------------------------------------------
# Certificates
# -----------------------------------------------------------------------------


def certificate(path: Path, *, name: str = "127.0.0.1", days: int = 30) -> Path:
    """Write a certificate that its owner has signed, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    alternative = (
        x509.IPAddress(ipaddress.ip_address(name))
        if name == "127.0.0.1"
        else x509.DNSName(name)
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=60))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def secure(tmp_path) -> Iterator[FakeOdata]:
    fake = FakeOdata(Base(30), certificate(tmp_path / "server.pem"))
    yield fake
    fake.stop()


def test_a_certificate_of_its_own(secure):
    with client_of(secure) as client, pytest.raises(OdataError) as caught:
        client.service()
    assert caught.value.code == "tls_untrusted"
    assert secure.requests == []
    trusted = fingerprint_of(secure.address, allowed=HERE)
    with client_of(secure, fingerprint=trusted) as client:
        assert CONTRACTORS in client.service()


def test_another_certificate_than_the_one_trusted(secure):
    with (
        client_of(secure, fingerprint="ab" * 32) as client,
        pytest.raises(OdataError) as caught,
    ):
        client.service()
    assert caught.value.code == "tls_changed"
    assert secure.requests == []


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"days": -1}, "tls_expired"),
        ({"name": "1c.example.com"}, "tls_name"),
    ],
)
def test_a_certificate_that_authorities_signed_but(
    tmp_path, monkeypatch, options, code
):
    pem = certificate(tmp_path / "server.pem", **options)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pem))
    fake = FakeOdata(Base(30), pem)
    try:
        with client_of(fake) as client, pytest.raises(OdataError) as caught:
            client.service()
        assert caught.value.code == code
        # Whoever says that it is his server may go on.
        with client_of(
            fake, fingerprint=fingerprint_of(fake.address, allowed=HERE)
        ) as client:
            assert client.service()
    finally:
        fake.stop()


def test_no_tls_behind_https(fake):
    address = fake.address.replace("http:", "https:")
    client = OdataClient(address, LOGIN, PASSWORD, attempts=1, allowed=HERE)
    with client, pytest.raises(OdataError) as caught:
        client.service()
    assert caught.value.code == "tls_none"
    with pytest.raises(OdataError) as caught:
        fingerprint_of(address, allowed=HERE)
    assert caught.value.code == "tls_none"
