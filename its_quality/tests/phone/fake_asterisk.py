"""An Asterisk that speaks its manager interface: it signs in who knows the secret, tells
events, and writes down what it is asked."""

import hashlib
import socket
import threading

CHALLENGE = "123456789"


class FakeAsterisk:
    """
    :param events: dicts that are told whoever has signed in
    """

    def __init__(self, login, secret, events=()):
        self._login, self._secret = login, secret
        self._events = events
        self.actions = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def stop(self):
        self._server.close()

    def _serve(self):
        while True:
            try:
                peer, _address = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(peer,), daemon=True).start()

    def _talk(self, peer):
        with peer, peer.makefile("rwb") as stream:
            stream.write(b"Asterisk Call Manager/5.0.4\r\n")
            stream.flush()
            action = {}
            for line in stream:
                text = line.decode().strip()
                if text:
                    name, _colon, value = text.partition(":")
                    action[name] = value.strip()
                    continue
                self.actions.append(action)
                self._answer(stream, action)
                action = {}

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
        if action["Action"] == "Login":
            for event in self._events:
                self._tell(stream, event)

    def _tell(self, stream, message):
        lines = "".join(f"{name}: {value}\r\n" for name, value in message.items())
        stream.write(f"{lines}\r\n".encode())
        stream.flush()
