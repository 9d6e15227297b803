"""The interface of a provider, and what it returns."""

import math
from dataclasses import dataclass, field
from datetime import datetime, timezone

RINGING, ANSWERED, ENDED = KINDS = ("ringing", "answered", "ended")
# What is sent later than this after it was signed is sent by somebody else.
REPLAY_SECONDS = 300
REF_SIZE, NUMBER_SIZE, URL_SIZE, CAUSE_SIZE = 128, 64, 2000, 64
# No call lasts longer than that.
MOST_SECONDS = 7 * 24 * 3600


class Refused(Exception):
    """What was sent is not taken.

    :ivar status: of HTTP
    :ivar event: for the log of what was refused; empty where it is no matter of
        security
    """

    def __init__(self, words, status=400, event=""):
        super().__init__(words)
        self.status = status
        self.event = event


@dataclass
class Event:
    """Something that happened to a call, as whatever exchange has said it.

    :ivar call_ref: of the call, the same in all its events
    :ivar number: of the other side; empty where it is hidden
    :ivar line: the number of ours that was called, or is shown to who is called
    :ivar direction: ``in`` or ``out``; empty where it was not said
    :ivar extension: of our side; empty where it rings at none in particular
    :ivar date: the moment, in UTC; ``None``: now
    :ivar seconds: how long they have talked; ``None`` where it was not said
    :ivar told: whether the client was told of the recording; ``None``: not said
    """

    call_ref: str
    kind: str
    number: str = ""
    line: str = ""
    direction: str = ""
    extension: str = ""
    date: datetime | None = None
    cause: str = ""
    seconds: int | None = None
    recording: str = ""
    told: bool | None = None
    raw: dict = field(default_factory=dict)


@dataclass
class Sent:
    """A request.

    :ivar path: what follows the address of the connection
    :ivar values: of the form, or of the object in JSON
    """

    body: bytes
    values: dict
    headers: dict
    path: str = ""


@dataclass
class Order:
    """A request to call somebody.

    :ivar form: of the body; or
    :ivar body: as it is, of JSON
    """

    method: str
    address: str
    headers: dict = field(default_factory=dict)
    form: dict | None = None
    body: bytes | None = None


class Provider:
    """What an exchange of one kind sends.

    :cvar answers: the parameter that the exchange wants to have echoed when the address
        is entered there
    """

    answers = ""

    def check(self, sent, login, secret, now):
        """Make sure that the exchange has sent it.

        :param now: seconds since 1970
        :raises Refused: if not
        """
        raise NotImplementedError

    def events(self, sent):
        """Read what has happened.

        :return: a list of :class:`Event`
        :raises Refused: if that is not what it is
        """
        raise NotImplementedError

    def order(self, extension, number, login, secret, address, now):
        """How the exchange is asked to call a number, beginning at an extension.

        :param address: of the exchange; empty: that of the provider
        :return: an :class:`Order`; ``None`` where it cannot be asked
        """
        raise NotImplementedError


def text_of(values, name, size):
    """A value as a text without line breaks.

    :raises Refused: where it is something else, or too long
    """
    value = values.get(name)
    if value is None or value == "":
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise Refused(f"{name}: a text is expected")
    value = str(value).strip()
    if len(value) > size or not value.isprintable():
        raise Refused(f"{name}: too long, or not printable")
    return value


def seconds_of(values, name):
    """A value as seconds; ``None`` where there is none."""
    value = values.get(name)
    if value is None or value == "":
        return None
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        raise Refused(f"{name}: a number is expected") from None
    if isinstance(value, bool) or not math.isfinite(seconds):
        raise Refused(f"{name}: a number is expected")
    if not 0 <= seconds <= MOST_SECONDS:
        raise Refused(f"{name}: a call does not last so long")
    return int(seconds)


def moment_of(values, name):
    """A value as a moment in UTC; seconds since 1970, or as ISO 8601 writes it."""
    value = values.get(name)
    if value is None or value == "":
        return None
    try:
        if isinstance(value, str) and not value.replace(".", "", 1).isdigit():
            moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
            moment = moment.replace(tzinfo=moment.tzinfo or timezone.utc)
        else:
            moment = datetime.fromtimestamp(float(value), timezone.utc)
        moment = moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)
    except (TypeError, ValueError, OverflowError, OSError):
        raise Refused(f"{name}: a moment is expected") from None
    return moment
