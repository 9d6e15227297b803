"""Talking with Asterisk over its manager interface (AMI), and what its events mean.

Read: https://docs.asterisk.org, «Asterisk Manager Interface (AMI)», the actions
``Challenge``, ``Login``, ``Originate`` and the events ``Newchannel``, ``DialBegin``,
``DialEnd``, ``Hangup``, as versions 13 and later have them. It was tried on Asterisk 22,
and on a fake that speaks the protocol. It knows nothing of Odoo.
"""

import hashlib
import re
import select
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timezone

from ...onec.network import connect
from .providers.provider import ANSWERED, ENDED, NUMBER_SIZE, REF_SIZE, RINGING, Event

PORT = 5038
LINE = b"\r\n"
END = b"\r\n\r\n"
# Bytes that may come without a message being complete.
MOST = 256 * 1024
# So many calls are remembered that nobody has ended.
CALLS = 5_000
# Whose channel it is: ``PJSIP/101-0000001a``; those of queues are nobody's.
CHANNEL = re.compile(r"(?!Local/)[A-Za-z0-9]+/([^-@/;]+)-")
NUMBER = re.compile(r"\+?\d{3,20}")
# Seconds since 1970: ``timestampevents`` of manager.conf.
STAMP = re.compile(r"\d{9,10}(?:\.\d{1,9})?", re.ASCII)


class AmiError(Exception):
    """Asterisk has refused something; its own words."""


class Ami:
    """A connection to Asterisk, signed in.

    :param guard: says who may be asked
    """

    def __init__(self, guard, host, port, login, secret, timeout=10):
        self._timeout = timeout
        self._buffer = b""
        self._waiting = deque()
        self._turn = 0
        self._socket = connect(guard, host, port, timeout)
        try:
            self._banner()
            # The secret itself does not go over the network.
            asked = self.action("Challenge", AuthType="MD5")
            made = hashlib.md5(f"{asked.get('Challenge', '')}{secret}".encode())
            self.action(
                "Login",
                AuthType="MD5",
                Username=login,
                Key=made.hexdigest(),
                Events="call",
            )
        except BaseException:
            self._socket.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self._socket.close()

    def action(self, name, **values):
        """Ask for something.

        :return: the answer
        :raises AmiError: if Asterisk refuses
        :raises OSError: if it does not answer
        """
        self._turn += 1
        mark = str(self._turn)
        lines = {"Action": name, "ActionID": mark, **values}
        if any(set("\r\n") & set(f"{key}{value}") for key, value in lines.items()):
            raise AmiError("a line break in a value")
        text = "".join(f"{key}: {value}\r\n" for key, value in lines.items())
        self._socket.sendall(f"{text}\r\n".encode())
        until = time.monotonic() + self._timeout
        while (left := until - time.monotonic()) > 0:
            message = self._receive(left)
            if message is None:
                break
            if "Response" in message and message.get("ActionID") == mark:
                if message["Response"] != "Success":
                    words = message.get("Message") or message["Response"]
                    raise AmiError(words.rstrip("."))
                return message
            self._waiting.append(message)
        raise TimeoutError("Asterisk does not answer")

    def event(self, seconds):
        """The next event; ``None`` if none comes within so many seconds."""
        if self._waiting:
            return self._waiting.popleft()
        return self._receive(seconds)

    def _banner(self):
        until = time.monotonic() + self._timeout
        while LINE not in self._buffer:
            if not self._read(until - time.monotonic()):
                raise TimeoutError("Asterisk does not answer")
        _banner, _line, self._buffer = self._buffer.partition(LINE)

    def _receive(self, seconds):
        until = time.monotonic() + seconds
        while END not in self._buffer:
            if not self._read(max(until - time.monotonic(), 0)):
                return None
        text, _end, self._buffer = self._buffer.partition(END)
        pairs = (
            line.partition(":") for line in text.decode(errors="replace").split("\r\n")
        )
        return {
            key.strip(): value.strip() for key, _colon, value in pairs if key.strip()
        }

    def _read(self, seconds):
        ready, _writing, _wrong = select.select([self._socket], [], [], max(seconds, 0))
        if not ready:
            return False
        piece = self._socket.recv(65536)
        if not piece:
            raise ConnectionResetError("Asterisk has closed the connection")
        self._buffer += piece
        if len(self._buffer) > MOST:
            raise AmiError("a message without an end")
        return True


@dataclass
class _Call:
    """A call between a client and ours.

    :ivar channels: those without which it is over
    :ivar cause: why the first has hung up
    """

    number: str = ""
    line: str = ""
    direction: str = ""
    channels: set[str] = field(default_factory=set)
    cause: str = ""


class AmiCalls:
    """What the events of Asterisk mean: calls between clients and ours.

    A call is what has one ``Linkedid``. It is over when its first channel is, which is
    the client's if they call; if we do, when that of the client is, too: whoever has
    called may have passed them on, and is out of it.

    :ivar extensions: the numbers of ours
    """

    def __init__(self, extensions=()):
        self.extensions = frozenset(extensions)
        self._calls = {}
        # Whose call is passed on, Asterisk may say another ``Linkedid`` of.
        self._refs = {}

    def events_of(self, message):
        """Take an event of Asterisk.

        :return: a list of :class:`Event`
        """
        handle = getattr(self, f"_on_{message.get('Event', '').lower()}", None)
        ref = message.get("Linkedid") or message.get("DestLinkedid") or ""
        return handle(message, ref) if handle and 0 < len(ref) <= REF_SIZE else []

    def _on_newchannel(self, message, ref):
        if message.get("Uniqueid") == ref:
            call = self._begun(ref)
            call.number = _short(message.get("CallerIDNum"))
            call.line = _short(message.get("Exten"))
        return []

    def _begun(self, ref):
        """A call, of which nothing may be known yet."""
        if ref not in self._calls:
            while len(self._calls) >= CALLS:
                self._forget(next(iter(self._calls)))
            self._calls[ref] = _Call()
            self._count(ref, ref)
        return self._calls[ref]

    def _count(self, ref, channel):
        """A call is not over with this channel."""
        if channel:
            self._calls[ref].channels.add(channel)
            self._refs[channel] = ref

    def _forget(self, ref):
        call = self._calls.pop(ref)
        for channel in call.channels:
            self._refs.pop(channel, None)
        return call

    def _on_dialbegin(self, message, ref):
        source, target = self._caller(message), _owner(message, "DestChannel")
        if not message.get("Channel"):
            # It rings at ours before a number is called for them.
            return []
        call = self._begun(ref)
        if target in self.extensions and source not in self.extensions:
            # One that we have called is passed on, or somebody calls.
            ours = target
            call.direction = call.direction or "in"
            call.number = call.number or _short(message.get("CallerIDNum"))
        elif source in self.extensions and target not in self.extensions:
            ours = source
            call.direction = "out"
            found = (
                message.get(name, "") for name in ("DialString", "DestCallerIDNum")
            )
            call.number = next(filter(None, map(_dialled, found)), "")
            self._count(ref, message.get("DestUniqueid"))
        else:
            return []
        return [self._event(call, ref, RINGING, message, ours)]

    def _on_dialend(self, message, ref):
        call = self._calls.get(ref)
        if not call or not call.direction or message.get("DialStatus") != "ANSWER":
            return []
        ours = _owner(message, "DestChannel")
        if call.direction == "out" and ours not in self.extensions:
            ours = self._caller(message)
        if ours not in self.extensions:
            return []
        return [self._event(call, ref, ANSWERED, message, ours)]

    def _on_hangup(self, message, _ref):
        channel = message.get("Uniqueid", "")
        ref = self._refs.pop(channel, None)
        if ref is None:
            return []
        call = self._calls[ref]
        call.channels.remove(channel)
        if channel == ref:
            call.cause = message.get("Cause-txt", "")[:NUMBER_SIZE]
        if call.channels:
            return []
        self._forget(ref)
        if not call.direction:
            return []
        event = self._event(call, ref, ENDED, message, "")
        event.cause = call.cause
        return [event]

    def _caller(self, message):
        """Whose channel calls; behind one of a queue it may be somebody of ours."""
        number = _short(message.get("CallerIDNum"))
        ours = number if number in self.extensions else ""
        return _owner(message, "Channel") or ours

    def _event(self, call, ref, kind, message, extension):
        return Event(
            call_ref=ref,
            kind=kind,
            number=call.number,
            line=call.line if call.direction == "in" else "",
            direction=call.direction,
            extension=extension,
            date=_moment(message),
            raw=message,
        )


def originate(ami, channel, context, extension, number):
    """Have Asterisk ring at a channel, and then call a number, as if somebody had dialled
    it at the extension: it says who calls, or the client would see a number of theirs."""
    ami.action(
        "Originate",
        Channel=channel,
        Context=context,
        Exten=number,
        Priority="1",
        CallerID=extension,
        Async="true",
    )


def _owner(message, name):
    found = CHANNEL.match(message.get(name, ""))
    return found[1] if found else ""


def _short(text):
    return (text or "")[:NUMBER_SIZE].strip().replace("<unknown>", "")


def _moment(message):
    """When it was; ``None`` where Asterisk does not say, which is its default."""
    stamp = message.get("Timestamp", "")
    if not STAMP.fullmatch(stamp):
        return None
    moment = datetime.fromtimestamp(float(stamp), timezone.utc)
    return moment.replace(tzinfo=None, microsecond=0)


def _dialled(text):
    """The number in ``trunk/+78332111111`` or ``+78332111111@trunk``."""
    found = [part for part in re.split(r"[/@]", text) if NUMBER.fullmatch(part)]
    return found[0] if found else ""
