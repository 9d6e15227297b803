"""Asks the standard OData interface of 1C; reads only, and believes nothing.

It knows nothing of Odoo. Each way to fail has a code of its own in ``odata_errors``.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import ssl
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import requests

from ..network import Guard, GuardedAdapter, connect
from ..unanswered import why_unanswered
from .address import query_of, server_of, service_root
from .errors import OdataError
from .known_texts import known_texts

KEY = "Ref_Key"
MIB = 1024 * 1024
# A page of contractors has some MiB; the whole answer is in memory once.
MAX_BODY = 48 * MIB
CHUNK = 16 * 1024
MAX_REDIRECTS = 3
# Seconds: to connect, between two pieces of an answer, and for the whole answer.
CONNECT_TIMEOUT = 10
READ_TIMEOUT = 40
WHOLE_TIMEOUT = 60
# How often to ask before somebody else decides when to ask again, and how long to
# wait in between. A worker waits no longer than that with a request in its hands.
ATTEMPTS = 3
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 5
LONGEST_RETRY_AFTER = 3600
# So much of the address of a redirect is shown.
MAX_LOCATION = 300

LICENCE = re.compile("лицензи|licen[cs]e", re.IGNORECASE)
# What 1C says of an attribute that another configuration has.
OF_A_FIELD = re.compile(
    "(?=.*(?:пол[еяю]|свойств|реквизит|опци|выражени|field|propert|segment|attribute))"
    "(?=.*(?:не ?найден|не ?обнаруж|не ?определ|не ?существ|неизвестн|неверн|разбор"
    "|синтаксическ|not (?:found|defined|exist)|unknown|invalid|could not find))",
    re.IGNORECASE | re.DOTALL,
)


class OdataClient:
    """A client of one information base.

    :param address: of the base or of its interface, as people paste it
    :param fingerprint: SHA-256 of the one certificate to trust; empty: those that
        authorities known to the system have signed
    :param allowed: of ``Guard``
    :param attempts: how often to ask in all, before an error that may pass is raised
    :param was_let_in: whether it has answered to this login already; then a 401 may
        pass, as that of a web server that has just started anew
    :raises OdataError: for an address that cannot be one
    """

    def __init__(
        self,
        address: str,
        login: str,
        password: str,
        *,
        fingerprint: str = "",
        allowed: str = "",
        attempts: int = ATTEMPTS,
        was_let_in: bool = False,
        read_timeout: float = READ_TIMEOUT,
        whole_timeout: float = WHOLE_TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.root = service_root(address)
        self._attempts = attempts
        self._was_let_in = was_let_in
        self._timeouts = (min(CONNECT_TIMEOUT, read_timeout), read_timeout)
        self._whole_timeout = whole_timeout
        self._sleep = sleep
        self._session = requests.Session()
        # In UTF-8: Cyrillic logins are usual.
        self._session.auth = (login.encode(), password.encode())
        self._session.headers["Accept"] = "application/json"
        self._pinned = bool(fingerprint)
        guard = Guard(allowed)
        self._session.mount("http://", GuardedAdapter(guard))
        self._session.mount("https://", GuardedAdapter(guard, fingerprint))

    def __enter__(self) -> OdataClient:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def service(self) -> list[str]:
        """Return what is published: the names of the sets of entities.

        :raises OdataError: see ``odata_errors``
        """
        answer = self._get("", {"$format": "json"})
        rows = answer.get("value")
        if not isinstance(rows, list):
            raise OdataError("not_odata")
        names = [row.get("name") for row in rows if isinstance(row, dict)]
        return [name for name in names if isinstance(name, str)]

    def page(self, catalogue: str, **options: str | int) -> tuple[list[dict], int]:
        """Ask for objects.

        :param catalogue: a set of entities, such as ``Catalog_Контрагенты``
        :param options: of OData without their ``$``: ``select``, ``filter``,
            ``orderby``, ``top``, ``skip``, ``inlinecount``
        :return: the objects, and how many there are in all where that was asked for
            (else -1)
        :raises OdataError: see ``odata_errors``
        """
        told = {f"${name}": str(value) for name, value in options.items()}
        # Without it one object that the user may not see would refuse all.
        told |= {"allowedOnly": "true", "$format": "json"}
        answer = self._get_known(catalogue, told)
        rows = answer.get("value")
        if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
            raise OdataError("not_odata")
        try:
            count = int(answer.get("odata.count", -1))
        except (TypeError, ValueError, OverflowError):
            count = -1
        return rows, count

    # -------------------------------------------------------------------------
    # One request
    # -------------------------------------------------------------------------

    def _get_known(self, catalogue: str, options: dict[str, str]) -> dict:
        """Ask without those properties that a configuration does not know."""
        while True:
            try:
                return self._get(catalogue, options)
            except OdataError as error:
                names = options.get("$select", "").split(",")
                if error.code != "not_understood" or names == [""]:
                    raise
                known = [name for name in names if name not in error.unknown]
                options = dict(options)
                if error.unknown and known:
                    options["$select"] = ",".join(known)
                else:
                    # All of an object, where it does not tell which it is.
                    del options["$select"]

    def _get(self, catalogue: str, options: dict[str, str]) -> dict:
        pause, may_be_refused = FIRST_PAUSE, self._was_let_in
        for attempt in range(1, self._attempts + 1 + may_be_refused):
            try:
                answer = self._get_once(catalogue, options)
                self._was_let_in = True
                return answer
            except OdataError as error:
                wait = max(error.retry_after, pause)
                if error.code == "login" and may_be_refused:
                    # Once only: too many wrong passwords close an account.
                    may_be_refused = False
                    self._sleep(pause)
                    continue
                last = attempt == self._attempts or wait > LONGEST_PAUSE
                # After a long wait there is no second one as long.
                if last or not error.passes or error.code == "timeout":
                    raise
            self._sleep(wait * random.uniform(1, 1.2))
            pause *= 3
        raise AssertionError("asked not even once")

    def _get_once(self, catalogue: str, options: dict[str, str]) -> dict:
        path = f"/{catalogue}" if catalogue else "/"
        address = f"{self.root}{path}?{query_of(options)}"
        try:
            status, headers, body = self._fetch(address)
        except requests.exceptions.RequestException as error:
            raise self._why_no_answer(error) from None
        try:
            self._check_status(status, headers, body, catalogue)
        except OdataError as error:
            told, names = _text(body), options.get("$select", "").split(",")
            error.unknown = tuple(
                name for name in names if name not in ("", KEY) and name in told
            )
            raise
        text = body.decode("utf-8-sig", errors="replace").lstrip()
        if text[:1] == "<" or "html" in headers.get("Content-Type", "").lower():
            raise OdataError("html")
        try:
            answer = json.loads(text)
        except (ValueError, RecursionError):
            raise OdataError("not_json") from None
        if not isinstance(answer, dict):
            raise OdataError("not_odata")
        if _is_error(answer):
            raise OdataError("failed", status=status, said=_known_error_texts(body))
        return answer

    def _fetch(self, address: str):
        """Follow the way of one request within its server; return the answer."""
        deadline = time.monotonic() + self._whole_timeout
        for _redirect in range(MAX_REDIRECTS + 1):
            response = self._session.get(
                address,
                timeout=self._timeouts,
                allow_redirects=False,
                stream=True,
                # Said here: told to the session, a variable of the environment that
                # names authorities would win over it.
                verify=not self._pinned,
            )
            with response:
                location = response.headers.get("Location", "")
                if not (response.is_redirect or response.is_permanent_redirect):
                    return (
                        response.status_code,
                        response.headers,
                        self._read(response, deadline),
                    )
            address = urljoin(address, location)
            if not self._is_ours(address):
                break
        parts = urlsplit(address)
        where = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        raise OdataError("redirect", location=where[:MAX_LOCATION])

    def _is_ours(self, address: str) -> bool:
        try:
            return server_of(address) == server_of(self.root)
        except ValueError:
            return False

    def _read(self, response: requests.Response, deadline: float) -> bytes:
        body = bytearray()
        for piece in response.iter_content(CHUNK):
            body += piece
            if len(body) > MAX_BODY:
                raise OdataError("too_big", limit=MAX_BODY // MIB)
            if time.monotonic() > deadline:
                raise OdataError(
                    "timeout", host=self._host, seconds=round(self._whole_timeout)
                )
        return bytes(body)

    # -------------------------------------------------------------------------
    # What went wrong
    # -------------------------------------------------------------------------

    @property
    def _host(self) -> str:
        return urlsplit(self.root).hostname or ""

    def _why_no_answer(self, error: Exception) -> OdataError:
        code, host = why_unanswered(error, is_pinned=self._pinned), self._host
        if code == "refused":
            port = server_of(self.root).rpartition(":")[2]
            return OdataError(code, host=host, port=port)
        if code == "timeout":
            is_slow = not isinstance(error, requests.exceptions.ConnectTimeout)
            return OdataError(code, host=host, seconds=round(self._timeouts[is_slow]))
        if code == "address":
            return OdataError(code, address=self.root)
        if code == "not_json":
            return OdataError(code)
        return OdataError(code, host=host)

    def _check_status(self, status: int, headers, body: bytes, catalogue: str) -> None:
        if status == 200:
            return
        if status == 401 and not _is_odata_error(body):
            raise OdataError("login")
        if status in (401, 402, 403, 500, 503) and LICENCE.search(_text(body)):
            raise OdataError("licence")
        if status in (401, 403):
            raise OdataError("rights", catalogue=catalogue)
        if status == 404:
            # Of a set of entities 1C itself says so, of a base its web server does.
            if catalogue and _is_odata_error(body):
                raise OdataError("no_catalogue", catalogue=catalogue)
            raise OdataError("not_published", address=self.root)
        retry_after = _seconds(headers.get("Retry-After", ""))
        if status == 429:
            raise OdataError("too_often", retry_after=retry_after)
        if status in (502, 503, 504):
            raise OdataError("busy", retry_after=retry_after, status=status)
        said = _text(body) if _is_odata_error(body) else ""
        if status == 400 or status == 500 and OF_A_FIELD.match(said):
            raise OdataError("not_understood", said=_known_error_texts(body))
        if status >= 500:
            raise OdataError(
                "failed",
                retry_after=retry_after,
                status=status,
                said=_known_error_texts(body),
            )
        raise OdataError("status", status=status)


def fingerprint_of(
    address: str, timeout: float = CONNECT_TIMEOUT, allowed: str = ""
) -> str:
    """Return the SHA-256 of the certificate of a server; nothing is sent to it.

    :param allowed: of ``Guard``
    :raises OdataError: where there is none to be had
    """
    root = urlsplit(service_root(address))
    host = root.hostname or ""
    if root.scheme != "https":
        raise OdataError("tls_none", host=host)
    context = ssl.create_default_context()
    # Whom to trust is what is being found out.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            connect(Guard(allowed), host, root.port or 443, timeout) as plain,
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            certificate = secure.getpeercert(binary_form=True) or b""
    except (OSError, UnicodeError) as error:
        code = why_unanswered(error)
        if code == "timeout":
            raise OdataError(code, host=host, seconds=round(timeout)) from None
        if code == "refused":
            raise OdataError(code, host=host, port=root.port or 443) from None
        if code in ("address", "cut"):
            # Nothing was asked yet that could be cut short.
            code = "unreachable"
        raise OdataError(code, host=host) from None
    return hashlib.sha256(certificate).hexdigest()


def _known_error_texts(body: bytes) -> str:
    """Return the error texts of 1C that we know."""
    return known_texts(_text(body))


def _text(body: bytes) -> str:
    """Return the beginning of an answer as text, whatever it is."""
    text = body[:CHUNK].decode("utf-8-sig", errors="replace")
    try:
        # JSON may have written each letter as an escape.
        return json.dumps(json.loads(text), ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _is_error(answer: dict) -> bool:
    return bool(answer.get("odata.error"))


def _is_odata_error(body: bytes) -> bool:
    return b"odata.error" in body[:CHUNK] or b":error" in body[:500]


def _seconds(text: str) -> float:
    """Read a ``Retry-After``: seconds, or a date."""
    text = text.strip()
    if text.isascii() and text.isdecimal():
        seconds = float(text[:9])
    else:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - time.time()
        except (TypeError, ValueError, OverflowError):
            return 0
    return max(0, min(seconds, LONGEST_RETRY_AFTER))
