"""A telephone exchange: calls as they happen in a day, and events of them as they come over
a bad network."""

from __future__ import annotations

import http.client
import json
import random
import time
import urllib.error
import urllib.request
from dataclasses import dataclass

SECRET = "secret-of-the-exchange"
# Seconds between two tries; an exchange that gets no answer tells it again.
AGAIN, TRIES = 0.2, 600


@dataclass
class Call:
    """A call, and what has to come of it.

    :ivar start: seconds since 1970
    :ivar extension: who answers, if somebody does
    :ivar others: at whose telephones it rings besides
    :ivar seconds: of the talk; 0: nobody answered
    """

    ref: str
    number: str
    extension: str
    others: list[str]
    start: int
    seconds: int
    has_end: bool

    @property
    def answered(self) -> int:
        return self.start + 5

    def events(self) -> list[dict]:
        of_all = {"call_id": self.ref, "from": self.number, "direction": "in"}
        of_all["to"] = "+78332500000"
        there = {**of_all, "extension": self.extension}
        events = [
            {**there, "extension": one, "event": "ringing", "time": self.start}
            for one in (self.extension, *self.others)
        ]
        if self.seconds:
            events.append({**there, "event": "answered", "time": self.answered})
        if self.has_end:
            end = self.start + (5 + self.seconds if self.seconds else 30)
            events.append({**of_all, "event": "ended", "time": end})
        return events


class FakeExchange:
    """
    :param numbers: of the clients
    :param extensions: of the users
    """

    def __init__(self, numbers: list[str], extensions: list[str], count: int) -> None:
        chance = random.Random(22)
        # None is so old that its end is given up.
        start = int(time.time()) - 3 * 3600
        self.calls = [
            Call(
                ref=f"call-{number}",
                number=chance.choice(numbers),
                extension=extension,
                others=[one for one in extensions if one < extension],
                start=start + number * 4,
                seconds=chance.choice([0, 30, 60, 90]),
                has_end=chance.random() >= 0.05,
            )
            for number in range(count)
            for extension in [chance.choice(extensions)]
        ]
        # A fifth of them is said twice, and within a minute they come in any order.
        events = [event for call in self.calls for event in call.events()]
        events += chance.sample(events, len(events) // 5)
        self.events = sorted(
            events, key=lambda event: event["time"] + chance.uniform(-30, 30)
        )

    def talks(self) -> dict[str, int]:
        """What has to be in the journal: the seconds of each talk, by its call."""
        return {
            call.ref: call.seconds if call.has_end else 0
            for call in self.calls
            if call.seconds
        }

    def to_call_back(self) -> dict[str, int]:
        """How many calls of each number nobody has answered, nor called since."""
        found: dict[str, int] = {}
        for call in self.calls:
            if call.seconds:
                continue
            later = any(
                other.seconds
                and other.number == call.number
                and other.answered >= call.start
                for other in self.calls
            )
            if not later:
                found[call.number] = found.get(call.number, 0) + 1
        return found

    def tell(self, event: dict, url: str) -> str:
        """Tell an event until it is taken; return what the server has said."""
        request = urllib.request.Request(
            url,
            json.dumps(event).encode(),
            {"Content-Type": "application/json", "X-Its-Secret": SECRET},
        )
        for _try in range(TRIES):
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return json.load(answer)["status"]
            except urllib.error.HTTPError as error:
                if error.code < 500:
                    raise
            except (OSError, ValueError, http.client.HTTPException):
                # It is dead, or has died in the middle of an answer.
                pass
            time.sleep(AGAIN)
        raise AssertionError(event)
