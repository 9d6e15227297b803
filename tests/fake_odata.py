"""A made-up base of 1C behind the standard OData interface (version 3).

It answers as the platform does: pages by ``$top`` and ``$skip``, ``$select``, ``$filter`` by
keys and folders, ``$orderby``, ``$inlinecount``, ``allowedOnly``; HTTP Basic in UTF-8; errors in
JSON. And it can be made to fail in every way that a real one does. All data is made up.

``python tests/fake_odata.py 100000`` serves such a base until its input is closed.
"""

from __future__ import annotations

import base64
import json
import re
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

from fake_odata_base import MADE_BY, NOT_PUBLISHED, Base

LOGIN, PASSWORD = "Обмен с Odoo", "секрет-1С"
BASE = "/buh"
ROOT = f"{BASE}/odata/standard.odata"
KEYS = re.compile(r"Ref_Key eq guid'([0-9a-f-]{36})'")
KEYS_ONLY = re.compile(r"(?:Ref_Key eq guid'[0-9a-f-]{36}'(?: or |$))+")
# What IIS takes at most, and what a page of 1C would be without an end.
LONGEST_QUERY = 2048


class FakeOdata:
    """The server, on a port of its own.

    :ivar base: what it serves
    :ivar published: the sets of entities in the composition of the interface
    :ivar forbidden: those that the user may not read, with the status that says so
    :ivar unknown: attributes that the configuration has not: the status and the text
        with ``{name}`` that answer to whoever asks for one
    :ivar cap: the most objects a page, whatever is asked for; 0 for no cap
    :ivar counts: whether it says how many there are when it is asked
    :ivar failures: what becomes of the next requests, one a request: a key of ``MODES``
    :ivar mode: what becomes of all others; ``well`` by default
    :ivar requests: the paths with queries that were asked for, and how
    :ivar after: called with each request that is answered well, before the answer
    """

    def __init__(self, base: Base | None = None, certificate: Path | None = None):
        self.base = base or Base()
        self.published = set(MADE_BY) - NOT_PUBLISHED
        self.forbidden: dict[str, int] = {}
        self.unknown: dict[str, tuple[int, str]] = {}
        self.cap = 0
        self.counts = True
        self.mode = "well"
        self.failures: list[str] = []
        self.requests: list[str] = []
        self.methods: set[str] = set()
        self.after: Callable[[str], None] = lambda _path: None
        self.page_hook: Callable[[list[dict]], list[dict]] = lambda rows: rows
        self.pause = 0.0
        self._woken = threading.Event()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Headers and body are one packet each; without it every answer waits.
            disable_nagle_algorithm = True

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except OSError:
                    # Whoever asked has gone.
                    self.close_connection = True

            def do_GET(self) -> None:
                fake._answer(self)

            def log_message(self, *_arguments: object) -> None:
                """Keep quiet."""

        for verb in ("POST", "PUT", "PATCH", "DELETE", "MERGE"):
            setattr(Handler, f"do_{verb}", Handler.do_GET)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_arguments: None
        scheme = "http"
        if certificate:
            scheme = "https"
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True
            )
        self.port = self._server.server_port
        self.address = f"{scheme}://127.0.0.1:{self.port}{BASE}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Close the port."""
        self._woken.set()
        self._server.shutdown()
        self._server.server_close()

    def asked(self, catalogue: str) -> list[str]:
        """Return the queries about a set of entities."""
        return [
            path.partition("?")[2]
            for path in self.requests
            if path.partition("?")[0] == f"{ROOT}/{catalogue}"
        ]

    # -------------------------------------------------------------------------
    # Answering
    # -------------------------------------------------------------------------

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = unquote(handler.path)
        self.requests.append(path)
        self.methods.add(handler.command)
        mode = self.failures.pop(0) if self.failures else self.mode
        if self.pause:
            time.sleep(self.pause)
        MODES[mode](self, handler, path)

    def _well(self, handler: BaseHTTPRequestHandler, path: str) -> None:
        status, answer = self._reply(handler, path)
        self._send(handler, status, _dump(answer))

    def _reply(self, handler: BaseHTTPRequestHandler, path: str) -> tuple[int, dict]:
        if handler.command != "GET":
            return 405, _error("Только чтение")
        place, _mark, query = path.partition("?")
        if not f"{place}/".startswith(f"{ROOT}/"):
            return 404, {}
        if len(urlsplit(handler.path).query) > LONGEST_QUERY:
            return 404, {}
        pair = base64.b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode()
        if handler.headers.get("Authorization") != f"Basic {pair}":
            return 401, {}
        catalogue = place.removeprefix(ROOT).strip("/")
        if not catalogue:
            return 200, {
                "value": [{"name": n, "url": n} for n in sorted(self.published)]
            }
        if catalogue not in self.published:
            return 404, _error(f"Сущность {catalogue} не найдена")
        if catalogue in self.forbidden:
            return self.forbidden[catalogue], _error("Нарушение прав доступа!")
        options = {name: values[0] for name, values in parse_qs(query).items()}
        if options.get("$format") != "json":
            return 406, _error("Формат не поддерживается")
        self.after(path)
        return self._page(catalogue, options)

    def _page(self, catalogue: str, options: dict[str, str]) -> tuple[int, dict]:
        base = self.base
        keys = base.keys[catalogue]
        wanted = f"{options.get('$select', '')},{options.get('$filter', '')}"
        for name, (status, text) in self.unknown.items():
            if name in wanted:
                return status, _error(text.format(name=name))
        condition = options.get("$filter", "")
        if condition == "IsFolder eq true":
            keys = [key for key in keys if base.is_folder(catalogue, key)]
        elif condition and KEYS_ONLY.fullmatch(condition):
            wanted = set(KEYS.findall(condition))
            keys = [key for key in keys if key in wanted]
        elif condition:
            return 400, _error("Синтаксическая ошибка в выражении $filter")
        if base.closed:
            open_keys = [key for key in keys if key not in base.closed]
            if len(open_keys) < len(keys) and options.get("allowedOnly") != "true":
                return 401, _error("Недостаточно прав")
            keys = open_keys
        answer: dict = {"odata.metadata": f"{ROOT}/$metadata#{catalogue}"}
        if options.get("$inlinecount") == "allpages" and self.counts:
            answer["odata.count"] = str(len(keys))
        keys = keys[int(options.get("$skip", 0)) :][: int(options.get("$top", 10**9))]
        keys = keys[: self.cap or None]
        fields = options.get("$select", "").split(",")
        if fields == ["Ref_Key", "DataVersion"] and not self.unknown:
            rows = [{"Ref_Key": k, "DataVersion": base.version(k)} for k in keys]
        else:
            rows = [base.entity(catalogue, key) for key in keys]
            rows = [
                {name: row[name] for name in row if name not in self.unknown}
                for row in rows
            ]
            if fields != [""]:
                rows = [
                    # A folder has no attributes of items.
                    {name: row[name] for name in fields if name in row}
                    for row in rows
                ]
        answer["value"] = self.page_hook(rows)
        return 200, answer

    def _send(
        self,
        handler: BaseHTTPRequestHandler,
        status: int,
        body: str | bytes,
        kind: str = "application/json;charset=utf-8",
        headers: dict[str, str] | None = None,
        cut: bool = False,
    ) -> None:
        content = body if isinstance(body, bytes) else body.encode()
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.end_headers()
        if cut:
            handler.wfile.write(content[: len(content) // 2])
            handler.wfile.flush()
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        handler.wfile.write(content)


def _sends(status: int, body: str, **options):
    """Make a way to answer that is always the same."""

    def answer(fake: FakeOdata, handler: BaseHTTPRequestHandler, _path: str) -> None:
        fake._send(handler, status, body, **options)

    return answer


def _dump(answer: object) -> bytes:
    try:
        return json.dumps(answer, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        # Half a character cannot be written but as an escape.
        return json.dumps(answer).encode()


def _error(text: str) -> dict:
    message = {"lang": "ru", "value": text}
    return {"odata.error": {"code": "-1", "message": message}}


def _error_text(text: str) -> str:
    return json.dumps(_error(text), ensure_ascii=False)


def _cut(fake: FakeOdata, handler: BaseHTTPRequestHandler, path: str) -> None:
    status, answer = fake._reply(handler, path)
    fake._send(handler, status, _dump(answer), cut=True)


def _slam(_fake: FakeOdata, handler: BaseHTTPRequestHandler, _path: str) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def _slow(fake: FakeOdata, handler: BaseHTTPRequestHandler, path: str) -> None:
    # Longer than anybody waits, unless the test has ended.
    fake._woken.wait(120)
    _slam(fake, handler, path)


def _trickle(fake: FakeOdata, handler: BaseHTTPRequestHandler, _path: str) -> None:
    """A little now and then, so that no single wait is long."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(10**7))
    handler.end_headers()
    while not fake._woken.wait(0.05):
        handler.wfile.write(b" " * 16_384)
        handler.wfile.flush()


def _endless(fake: FakeOdata, handler: BaseHTTPRequestHandler, _path: str) -> None:
    """A body that never ends, as fast as it is taken."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    handler.close_connection = True
    handler.wfile.write(b'{"value": [')
    while not fake._woken.is_set():
        handler.wfile.write(b" " * 2**20)


def _redirect(to: str):
    def answer(fake: FakeOdata, handler: BaseHTTPRequestHandler, path: str) -> None:
        fake._send(
            handler, 302, "", headers={"Location": quote(to.format(path=path), ":/?")}
        )

    return answer


HTML = "<html><head><style>p {x}</style></head><body><p>{}</p></body></html>"
LOGIN_PAGE = HTML.replace("{}", "Идентификация пользователя")
XML_ERROR = (
    '<?xml version="1.0" encoding="UTF-8"?><m:error xmlns:m="http://schemas.microsoft'
    '.com/ado/2007/08/dataservices/metadata"><m:code>-1</m:code>'
    '<m:message xml:lang="ru">Ошибка СУБД</m:message></m:error>'
)
PAGE = "text/html;charset=utf-8"
MODES = {
    "well": FakeOdata._well,
    "cut": _cut,
    "slam": _slam,
    "slow": _slow,
    "trickle": _trickle,
    "endless": _endless,
    "429": _sends(429, "", headers={"Retry-After": "0"}),
    "429 later": _sends(429, "", headers={"Retry-After": "120"}),
    "429 at a date": _sends(
        429, "", headers={"Retry-After": "Wed, 21 Oct 2099 07:28:00 GMT"}
    ),
    "500": _sends(500, _error_text("Деление на 0")),
    "500 in XML": _sends(500, XML_ERROR, kind="application/xml"),
    "500 licence": _sends(
        500, HTML.replace("{}", "Не обнаружено свободной лицензии!"), kind=PAGE
    ),
    "503": _sends(503, ""),
    "403": _sends(403, _error_text("Нарушение прав доступа!")),
    "401 of 1C": _sends(401, _error_text("Недостаточно прав")),
    "401": _sends(401, "", kind="text/html"),
    "400": _sends(400, _error_text("Свойство не найдено")),
    "418": _sends(418, ""),
    "html": _sends(200, LOGIN_PAGE, kind=PAGE),
    "html as json": _sends(200, LOGIN_PAGE),
    "not json": _sends(200, '{"value": ['),
    "deep": _sends(200, '{"value": ' + "[" * 100_000 + "]" * 100_000 + "}"),
    "big number": _sends(200, '{"value": [' + "9" * 10_000 + "]}"),
    "list": _sends(200, "[]"),
    "no list": _sends(200, '{"value": {"a": 1}}'),
    "no objects": _sends(200, '{"value": [1, 2]}'),
    "no keys": _sends(200, '{"value": [{"Description": "ООО"}]}'),
    "error with 200": _sends(200, _error_text("Что-то не так")),
    "redirect to another": _redirect("http://example.com/?{path}"),
    "redirect in a circle": _redirect("{path}"),
    "bad gzip": _sends(200, b"\x1f\x8bnope", headers={"Content-Encoding": "gzip"}),
}


def _commands() -> Iterator[str]:
    for line in sys.stdin:
        yield line.strip()


def main() -> None:
    """Serve a base of so many contractors; ``change 0.01`` changes a share of them."""
    fake = FakeOdata(Base(int(sys.argv[1])))
    print(fake.address, flush=True)
    for command in _commands():
        _word, _blank, share = command.partition(" ")
        print(fake.base.change_phones(float(share)), flush=True)


if __name__ == "__main__":
    main()
