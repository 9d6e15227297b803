"""A mail server that keeps what it gets, for tests that count letters."""

from __future__ import annotations

import socketserver
import threading
from typing import NamedTuple


class Letter(NamedTuple):
    """What was delivered, and to whom."""

    to: list[str]
    text: str


class _Handler(socketserver.StreamRequestHandler):
    server: LetterBox

    def handle(self) -> None:
        self._say(220)
        to: list[str] = []
        while line := self.rfile.readline():
            word = line.decode().strip()
            verb = word[:4].upper()
            if verb == "RCPT":
                to.append(word.partition("<")[2].partition(">")[0])
                self._say(250)
            elif verb == "DATA":
                self._say(354)
                lines = []
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(line)
                self.server.letters.append(Letter(to, b"".join(lines).decode()))
                self.server.arrived.set()
                # The sender learns of it only now.
                self.server.answering.wait()
                self._say(250)
                to = []
            elif verb == "QUIT":
                self._say(221)
                return
            else:
                self._say(250)

    def _say(self, code: int) -> None:
        try:
            self.wfile.write(f"{code} made up\r\n".encode())
        except OSError:
            # Whoever sent it was killed.
            return


class LetterBox(socketserver.ThreadingTCPServer):
    """Takes letters on a port of its own.

    :ivar letters: what has come
    :ivar arrived: set by each letter
    :ivar answering: while it is not set, nobody is told that his letter has come
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.letters: list[Letter] = []
        self.arrived = threading.Event()
        self.answering = threading.Event()
        self.answering.set()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return self.server_address[1]

    def addresses(self) -> list[str]:
        """Return to whom letters have gone, each as often as one has."""
        return sorted(address for letter in self.letters for address in letter.to)
