"""A made-up 1С-Коннект: it takes the registration of a hook and tells events to whoever
has registered, as the real one does."""

from __future__ import annotations

import base64
import json
import threading
import urllib.error
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOGIN, PASSWORD = "franchisee", "made-up"


class FakeConnect:
    """The server, on a port of its own.

    :ivar mode: what it does when asked: ``well``, ``busy``, ``html``, ``broken``,
        ``cut``, ``slow``
    :ivar hooks: the bodies of the hooks that were registered
    """

    def __init__(self) -> None:
        self.mode = "well"
        self.hooks: list[dict] = []
        self._woken = threading.Event()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                fake._answer(self, body)

            def log_message(self, *_arguments: object) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Close the port."""
        self._woken.set()
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        pair = base64.b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode()
        if self.mode == "cut":
            handler.connection.close()
            return
        if self.mode == "slow":
            # Longer than anybody waits, unless the test has ended.
            self._woken.wait(120)
        if handler.headers.get("Authorization") != f"Basic {pair}":
            status, kind, answer = 401, "application/json", b"{}"
        elif self.mode == "busy":
            status, kind, answer = 429, "application/json", b"{}"
        elif self.mode == "broken":
            status, kind, answer = 200, "application/json", b'{"id": '
        elif self.mode == "html" or handler.path != "/v1/hook/":
            status, kind, answer = 200, "text/html", b"<html></html>"
        else:
            self.hooks.append(json.loads(body))
            status, kind, answer = 200, "application/json", b"{}"
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(answer)))
        handler.end_headers()
        handler.wfile.write(answer)

    def tell(
        self, event: dict, port: int, hook: dict | None = None
    ) -> tuple[int, dict]:
        """Tell an event to the address that was registered last.

        :param port: of the server; the address it knows of itself may be another
        :param hook: another registration, to tell that one
        :return: the status and the answer
        """
        hook = hook or self.hooks[-1]
        path = hook["url"].split("/", 3)[3]
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/{path}",
            data=json.dumps(event).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {hook['back_auth']['token']}",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, {}


def message(line: str, text: str = "Не работает", **values: object) -> dict:
    """An event: a client writes on a line."""
    return {
        "line_id": line,
        "user_id": str(uuid.uuid4()),
        "message_id": str(uuid.uuid4()),
        "message_type": 1,
        "message_time": "1779000000",
        "text": text,
        "data": {},
        **values,
    }
