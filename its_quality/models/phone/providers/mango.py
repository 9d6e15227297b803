"""Mango Office.

Its documentation («API Виртуальной АТС», a PDF behind the account) could not be read
from here. The signature and the request of a call back are as public clients have them
(https://github.com/dasshit/Python-Mango-Office-API, the package mango-vpbx of npm);
the fields of ``events/call`` and ``events/summary`` are as its users describe them. It was
not tried on an account.
"""

import hashlib
import json
import uuid
from datetime import datetime, timezone

from .generic import bytes_of, same
from .provider import (
    ANSWERED,
    CAUSE_SIZE,
    ENDED,
    NUMBER_SIZE,
    REF_SIZE,
    REPLAY_SECONDS,
    RINGING,
    Event,
    Order,
    Provider,
    Refused,
    text_of,
)

ADDRESS = "https://app.mango-office.ru/vpbx"
KINDS = {"Appeared": RINGING, "Connected": ANSWERED}
DIRECTIONS = {"1": "in", "2": "out"}


class Mango(Provider):
    """The login is the key of the exchange, the secret its salt."""

    def check(self, sent, login, secret, now):
        text = text_of_json(sent.values)
        if not secret or not same(str(sent.values.get("vpbx_api_key", "")), login):
            raise Refused("The key is wrong.", 401, "phone_secret")
        if not same(str(sent.values.get("sign", "")), signature(login, text, secret)):
            raise Refused("The signature is wrong.", 401, "phone_signature")
        stamp = self._read(sent).get("timestamp")
        if stamp is not None and abs(now - float(stamp)) > 12 * REPLAY_SECONDS:
            raise Refused("The event is too old.", 401, "phone_replay")

    def events(self, sent):
        values = self._read(sent)
        if sent.path.endswith("events/call"):
            return self._state(values)
        if sent.path.endswith("events/summary"):
            return self._summary(values)
        return []

    def _read(self, sent):
        try:
            values = json.loads(text_of_json(sent.values))
            float(values.get("timestamp") or 0)
        except (
            ValueError,
            RecursionError,
            AttributeError,
            TypeError,
            OverflowError,
        ):
            raise Refused("json: an object is expected") from None
        return values

    def _state(self, values):
        """A leg of the call appears, or is answered; that it ends is no end of all."""
        kind = KINDS.get(text_of(values, "call_state", 40))
        source, target = _side(values, "from"), _side(values, "to")
        if not kind or text_of(values, "location", 40) not in ("", "abonent"):
            return []
        is_out = bool(source["extension"]) and not target["extension"]
        ours, theirs = (source, target) if is_out else (target, source)
        return [
            Event(
                call_ref=text_of(values, "entry_id", REF_SIZE),
                kind=kind,
                number=theirs["number"],
                line=target["line_number"],
                direction="out" if is_out else "in",
                extension=ours["extension"],
                date=_moment(values, "timestamp"),
                raw=values,
            )
        ]

    def _summary(self, values):
        direction = DIRECTIONS.get(text_of(values, "call_direction", 4))
        if not direction:
            # Between two of ours.
            return []
        source, target = _side(values, "from"), _side(values, "to")
        ours, theirs = (source, target) if direction == "out" else (target, source)
        talk, end = _moment(values, "talk_time"), _moment(values, "end_time")
        seconds = int((end - talk).total_seconds()) if talk and end else 0
        return [
            Event(
                call_ref=text_of(values, "entry_id", REF_SIZE),
                kind=ENDED,
                number=theirs["number"],
                line=text_of(values, "line_number", NUMBER_SIZE),
                direction=direction,
                extension=ours["extension"] if talk or direction == "out" else "",
                date=end,
                cause=text_of(values, "disconnect_reason", CAUSE_SIZE),
                seconds=max(seconds, 0),
                raw=values,
            )
        ]

    def order(self, extension, number, login, secret, address, now):
        text = json.dumps(
            {
                "command_id": uuid.uuid4().hex,
                "from": {"extension": extension},
                "to_number": number.lstrip("+"),
            }
        )
        return Order(
            method="POST",
            address=f"{(address or ADDRESS).rstrip('/')}/commands/callback",
            form={
                "vpbx_api_key": login,
                "sign": signature(login, text, secret),
                "json": text,
            },
        )


def text_of_json(values):
    text = values.get("json")
    return text if isinstance(text, str) else ""


def signature(login, text, secret):
    return hashlib.sha256(bytes_of(f"{login}{text}{secret}")).hexdigest()


def _side(values, name):
    side = values.get(name)
    side = side if isinstance(side, dict) else {}
    names = ("extension", "number", "line_number")
    return {one: text_of(side, one, NUMBER_SIZE) for one in names}


def _moment(values, name):
    """Seconds since 1970; ``0`` where it has not come to that."""
    try:
        stamp = float(values.get(name) or 0)
        moment = datetime.fromtimestamp(stamp, timezone.utc) if stamp else None
    except (TypeError, ValueError, OverflowError, OSError):
        raise Refused(f"{name}: a moment is expected") from None
    return moment and moment.replace(tzinfo=None, microsecond=0)
