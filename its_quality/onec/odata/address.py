"""Where the standard OData interface of 1C is, from what people paste, and how to ask.

OData 3 as the platform documents it: ``http(s)://host/base/odata/standard.odata``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from .errors import OdataError

SERVICE = "odata/standard.odata"
# What the web client adds to the address of a base that is opened in a browser.
LANGUAGE = re.compile("/[a-z]{2}_[A-Z]{2}/?$")
LONGEST = 1000
# Signs that a query may hold as they are; `+` is a blank to some servers.
SAFE = "$,'()/:@"
BLANK = re.compile(r"[\x00-\x20\x7f\xa0]")


def service_root(text: str) -> str:
    """Return the address of the interface, without a slash at the end.

    :param text: with or without ``odata/standard.odata``, and whatever stands after it
    :raises OdataError: ``address``, or ``address_login`` where a login is in it
    """
    text = text.strip()
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise OdataError("address", address=text[:LONGEST]) from error
    is_whole = parts.scheme in ("http", "https") and host and len(text) <= LONGEST
    if not is_whole or BLANK.search(parts.netloc):
        raise OdataError("address", address=text[:LONGEST])
    if "@" in parts.netloc:
        # Not repeated: what stands before the @ may be a password.
        raise OdataError("address_login")
    path = unquote(parts.path)
    before, found, _after = path.lower().partition(f"/{SERVICE}")
    path = path[: len(before)] if found else LANGUAGE.sub("", path)
    path = quote(f"{path.rstrip('/')}/{SERVICE}")
    return urlunsplit((parts.scheme, parts.netloc.lower(), path, "", ""))


def server_of(root: str) -> str:
    """Return what a password is meant for: ``https://host:port``."""
    parts = urlsplit(root)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{parts.hostname}:{port}"


def query_of(options: dict[str, str]) -> str:
    """Return options as the query of an address."""
    return "&".join(
        f"{quote(name, safe=SAFE)}={quote(value, safe=SAFE)}"
        for name, value in options.items()
    )


def keys_filter(keys: Iterable[str]) -> str:
    """Return a condition that only these objects meet.

    :param keys: references, as GUIDs
    """
    return " or ".join(f"Ref_Key eq guid'{key}'" for key in keys)
