"""What stands before the workers of a server, as nginx does in a firm."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

from odoo_server import WAIT

PIECE = 65536


class Proxy:
    """Sends /websocket to one port of this machine and the rest to another.

    A browser opens a connection of its own for a websocket, so the first request on a
    connection tells where it leads.

    :ivar address: where it listens, as a browser takes it
    """

    def __init__(self, main_port: int, websocket_port: int) -> None:
        self._ports = (main_port, websocket_port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Proxy:
        self._start(self._listen)
        return self

    def __exit__(self, *_exception) -> None:
        # Whoever waits for the next connection wakes up.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _start(self, function, *arguments) -> None:
        threading.Thread(target=function, args=arguments, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                self._start(self._lead, self._listener.accept()[0])

    def _lead(self, browser: socket.socket) -> None:
        with browser, suppress(OSError):
            begin = browser.recv(PIECE)
            port = self._ports[b" /websocket" in begin.partition(b"\r\n")[0]]
            server = socket.create_connection(("127.0.0.1", port), timeout=WAIT)
            with server:
                server.settimeout(None)
                server.sendall(begin)
                self._start(self._pass_on, browser, server)
                self._pass_on(server, browser)

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(PIECE):
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
