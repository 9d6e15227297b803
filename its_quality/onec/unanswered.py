"""Why a server did not answer: the only owner of that rule, for all HTTP requests."""

from __future__ import annotations

import socket
import ssl

import requests

from .network import Forbidden, causes_of

# Of OpenSSL: see x509_vfy.h.
EXPIRED = (9, 10, 11, 12)
OTHER_NAME = (62, 63, 64)


def why_unanswered(error: BaseException, *, is_pinned: bool = False) -> str:
    """Say what an error of the network means.

    :param error: of ``requests``, or of the system
    :param is_pinned: whether one certificate only was to be trusted
    :return: ``forbidden``, ``name``, ``refused``, ``tls_expired``, ``tls_name``,
        ``tls_untrusted``, ``tls_changed``, ``tls_none``, ``timeout``, ``address``,
        ``not_json`` (packed in a way that cannot be undone), ``cut`` or ``unreachable``
    """
    causes = causes_of(error)
    for cause in causes:
        if isinstance(cause, Forbidden):
            return "forbidden"
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _certificate_error(cause)
        if isinstance(cause, socket.gaierror):
            return "name"
        if isinstance(cause, ConnectionRefusedError):
            return "refused"
    if is_pinned and any("ingerprint" in str(cause) for cause in causes):
        return "tls_changed"
    if _has_any(causes, ssl.SSLError, requests.exceptions.SSLError):
        return "tls_none"
    if _has_any(causes, requests.exceptions.Timeout, TimeoutError):
        return "timeout"
    if _has_any(causes, requests.exceptions.InvalidURL, UnicodeError):
        return "address"
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return "not_json"
    if (
        isinstance(error, requests.exceptions.ChunkedEncodingError)
        or _has_any(causes, ConnectionResetError, BrokenPipeError)
        or any("closed connection" in str(cause) for cause in causes)
    ):
        return "cut"
    return "unreachable"


def _certificate_error(error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code in EXPIRED:
        return "tls_expired"
    if error.verify_code in OTHER_NAME:
        return "tls_name"
    return "tls_untrusted"


def _has_any(causes: list[BaseException], *types: type[BaseException]) -> bool:
    return any(isinstance(cause, types) for cause in causes)
