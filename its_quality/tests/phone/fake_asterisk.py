"""An Asterisk that speaks its manager interface: it signs in who knows the secret, tells
events, and writes down what it is asked."""

import contextlib
import hashlib
import socket
import threading

CHALLENGE = "123456789"


class FakeAsterisk:
    """
    :param events: dicts that are told whoever has signed in
    :ivar listeners: the streams of those who have
    """

    def __init__(self, login, secret, events=()):
        self._login, self._secret = login, secret
        self._events = events
        self.actions, self.listeners = [], []
        self.port = 0
        self.start()

    def start(self):
        """Open the port, the same as before."""
        self._peers = []
        self._server = socket.create_server(("127.0.0.1", self.port))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._serve, args=(self._server,), daemon=True).start()

    def stop(self):
        """Close the port, and hang up on everybody."""
        # Who waits in accept() would keep it open.
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for peer in self._peers:
            # It may have gone by itself.
            with contextlib.suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)

    def tell(self, events):
        """Tell everybody who has signed in."""
        for stream in list(self.listeners):
            for event in events:
                self._tell(stream, event)

    def _serve(self, server):
        while True:
            try:
                peer, _address = server.accept()
            except OSError:
                return
            self._peers.append(peer)
            threading.Thread(target=self._attend, args=(peer,), daemon=True).start()

    def _attend(self, peer):
        # Whoever is gone is told nothing.
        with contextlib.suppress(OSError):
            self._talk(peer)

    def _talk(self, peer):
        with peer, peer.makefile("rwb") as stream:
            stream.write(b"Asterisk Call Manager/5.0.4\r\n")
            stream.flush()
            action = {}
            try:
                for line in stream:
                    text = line.decode().strip()
                    if text:
                        name, _colon, value = text.partition(":")
                        action[name] = value.strip()
                        continue
                    self.actions.append(action)
                    self._answer(stream, action)
                    action = {}
            finally:
                if stream in self.listeners:
                    self.listeners.remove(stream)

    def _answer(self, stream, action):
        known = hashlib.md5(f"{CHALLENGE}{self._secret}".encode()).hexdigest()
        answer = {"Response": "Success", "ActionID": action["ActionID"]}
        if action["Action"] == "Challenge":
            answer["Challenge"] = CHALLENGE
        elif action["Action"] == "Login" and (
            action["Username"] != self._login or action["Key"] != known
        ):
            answer |= {"Response": "Error", "Message": "Authentication failed"}
        # An event may come before an answer.
        self._tell(stream, {"Event": "FullyBooted"})
        self._tell(stream, answer)
        if action["Action"] == "Login" and answer["Response"] == "Success":
            self.listeners.append(stream)
            for event in self._events:
                self._tell(stream, event)

    def _tell(self, stream, message):
        lines = "".join(f"{name}: {value}\r\n" for name, value in message.items())
        stream.write(f"{lines}\r\n".encode())
        stream.flush()
