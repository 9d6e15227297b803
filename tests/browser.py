"""Somebody in front of a browser: he opens pages, fills in their forms, sends them."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
import uuid
from html import unescape
from http.cookiejar import CookieJar
from typing import NamedTuple

from odoo_server import WAIT, OdooServer

HIDDEN = re.compile(r"<input[^>]*\btype=\"(?:hidden|checkbox)\"[^>]*>")
ATTRIBUTE = re.compile(r"\b(name|value)=\"([^\"]*)\"")


class Page(NamedTuple):
    """What a browser shows.

    :ivar status: of HTTP, after all redirects
    :ivar url: where they have led to
    """

    status: int
    url: str
    text: str

    @property
    def hidden(self) -> dict[str, str]:
        """What the forms of the page send beside what is typed, boxes ticked."""
        found = {}
        for tag in HIDDEN.findall(self.text):
            attributes = dict(ATTRIBUTE.findall(tag))
            if "name" in attributes:
                found[attributes["name"]] = unescape(attributes.get("value", ""))
        return found


class Answer(urllib.request.HTTPErrorProcessor):
    """An answer is one, whatever its status."""

    def http_response(self, request, response):
        if 300 <= response.status < 400:
            return super().http_response(request, response)
        return response


class Browser:
    """One browser, with its cookies.

    :param login: who signs in, nobody where there is none
    """

    def __init__(self, server: OdooServer, login: str = "", password: str = "") -> None:
        self._base = f"http://127.0.0.1:{server.port}"
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(CookieJar()),
            Answer(),
        )
        if login:
            page = self.open("/web/login")
            fields = {**page.hidden, "login": login, "password": password}
            self.send("/web/login", fields)

    def open(self, path: str) -> Page:
        """Open a page."""
        return self._ask(urllib.request.Request(self._base + path))

    def send(
        self,
        path: str,
        fields: dict[str, str],
        files: list[tuple[str, bytes]] | None = None,
        field: str = "files",
    ) -> Page:
        """Send a form.

        :param files: names and contents
        :param field: of the form, for files
        """
        if files is None:
            body = urllib.parse.urlencode(fields).encode()
            return self._ask(urllib.request.Request(self._base + path, body))
        mark = uuid.uuid4().hex
        parts = [
            (f'name="{name}"', value.encode(errors="surrogatepass"))
            for name, value in fields.items()
        ]
        parts += [
            (f'name="{field}"; filename="{name}"', content) for name, content in files
        ]
        body = b"".join(
            f"--{mark}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode()
            + content
            + b"\r\n"
            for head, content in parts
        )
        body += f"--{mark}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={mark}"}
        return self._ask(urllib.request.Request(self._base + path, body, kind))

    def _ask(self, request: urllib.request.Request) -> Page:
        with self._opener.open(request, timeout=WAIT) as response:
            text = response.read().decode(errors="replace")
            return Page(response.status, response.url, text)
