"""Any exchange that can be taught to call an address: ``docs/en/telephony.md`` says how."""

import hashlib
import hmac
import json

from .provider import (
    CAUSE_SIZE,
    KINDS,
    NUMBER_SIZE,
    REF_SIZE,
    REPLAY_SECONDS,
    URL_SIZE,
    Event,
    Order,
    Provider,
    Refused,
    moment_of,
    seconds_of,
    text_of,
)

TRUE, FALSE = ("1", "true", "yes"), ("0", "false", "no")


class Generic(Provider):
    """One address, a form or JSON, a secret in a header or a signature."""

    def check(self, sent, login, secret, now):
        signature = sent.headers.get("x-its-signature", "")
        if signature:
            self._check_signature(sent, secret, signature, now)
            return
        given = sent.headers.get("x-its-secret", "")
        scheme, _space, bearer = sent.headers.get("authorization", "").partition(" ")
        if not given and scheme.lower() == "bearer":
            given = bearer.strip()
        if not secret or not same(given, secret):
            raise Refused("The secret is wrong.", 401, "phone_secret")

    def _check_signature(self, sent, secret, signature, now):
        stamp = sent.headers.get("x-its-timestamp", "")
        made = hmac.new(
            secret.encode(), stamp.encode() + b"." + sent.body, hashlib.sha256
        ).hexdigest()
        if not secret or not same(signature.lower(), made):
            raise Refused("The signature is wrong.", 401, "phone_signature")
        if not stamp.isdigit() or abs(now - int(stamp[:15])) > REPLAY_SECONDS:
            raise Refused(
                "The signature is too old. Set the clock of the telephone exchange.",
                401,
                "phone_replay",
            )

    def events(self, sent):
        values = sent.values
        kind = text_of(values, "event", 20).lower()
        if kind not in KINDS:
            raise Refused("event: ringing, answered or ended is expected")
        call_ref = text_of(values, "call_id", REF_SIZE)
        if not call_ref:
            raise Refused("call_id: the identifier of the call is missing")
        direction = text_of(values, "direction", 10).lower()
        if direction not in ("", "in", "out"):
            raise Refused("direction: in or out is expected")
        caller = text_of(values, "from", NUMBER_SIZE)
        called = text_of(values, "to", NUMBER_SIZE)
        is_out = direction == "out"
        told = str(values.get("told", "")).lower()
        return [
            Event(
                call_ref=call_ref,
                kind=kind,
                number=called if is_out else caller,
                line=caller if is_out else called,
                direction=direction,
                extension=text_of(values, "extension", NUMBER_SIZE),
                date=moment_of(values, "time"),
                cause=text_of(values, "cause", CAUSE_SIZE),
                seconds=seconds_of(values, "seconds"),
                recording=text_of(values, "recording", URL_SIZE),
                told=True if told in TRUE else False if told in FALSE else None,
                raw=values,
            )
        ]

    def order(self, extension, number, login, secret, address, now):
        if not address:
            return None
        values = {"action": "call", "extension": extension, "number": number}
        body = json.dumps(values).encode()
        stamp = str(int(now))
        signed = stamp.encode() + b"." + body
        made = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        return Order(
            method="POST",
            address=address,
            headers={
                "Content-Type": "application/json",
                "X-Its-Timestamp": stamp,
                "X-Its-Signature": made,
            },
            body=body,
        )


def same(given, known):
    """Compare secrets in a time that tells nothing of them."""
    return hmac.compare_digest(bytes_of(given), bytes_of(known))


def bytes_of(text):
    """A text that strangers have sent: JSON can hold what is no letter at all."""
    return text.encode(errors="backslashreplace")
