"""Novofon, and whoever has the same exchange.

Read: https://novofon.com/instructions/api/ (the authorization, the request of a call
back, the notifications) and the classes of notifications in the client of the same
protocol, https://github.com/zadarma/user-api-v1 (``lib/Webhook``), both as stored copies.
It was not tried on an account. Moments are told in the time of the account, without a
zone: those of arrival are taken instead.
"""

import base64
import hashlib
import hmac
from urllib.parse import urlencode

from .generic import same
from .provider import (
    ANSWERED,
    CAUSE_SIZE,
    ENDED,
    NUMBER_SIZE,
    REF_SIZE,
    RINGING,
    Event,
    Order,
    Provider,
    Refused,
    seconds_of,
    text_of,
)

# Notification: what happens, direction, and of what its signature is made.
INCOMING = ("caller_id", "called_did", "call_start")
OUTGOING = ("internal", "destination", "call_start")
KINDS = {
    "NOTIFY_START": (RINGING, "in", INCOMING),
    "NOTIFY_INTERNAL": (RINGING, "in", INCOMING),
    "NOTIFY_ANSWER": (ANSWERED, "", ("caller_id", "destination", "call_start")),
    "NOTIFY_END": (ENDED, "in", INCOMING),
    "NOTIFY_OUT_START": (RINGING, "out", OUTGOING),
    "NOTIFY_OUT_END": (ENDED, "out", OUTGOING),
}
CALLBACK = "/v1/request/callback/"
ADDRESS = "https://api.novofon.com"


class Novofon(Provider):
    """The login is the key of the API, the secret its secret."""

    answers = "zd_echo"

    def check(self, sent, login, secret, now):
        values = sent.values
        names = KINDS.get(str(values.get("event", "")), (None, None, INCOMING))[2]
        signed = "".join(text_of(values, name, NUMBER_SIZE) for name in names)
        digest = hmac.new(secret.encode(), signed.encode(), hashlib.sha1)
        # Their own client signs by the digest in hexadecimal, their examples as well.
        made = base64.b64encode(digest.hexdigest().encode()).decode()
        given = sent.headers.get("signature", "").strip()
        if not secret or not same(given, made):
            raise Refused("The signature is wrong.", 401, "phone_signature")

    def events(self, sent):
        values = sent.values
        known = KINDS.get(text_of(values, "event", 40))
        if not known:
            # Menus, recordings that are ready, messages.
            return []
        kind, direction, _signed = known
        extension = text_of(values, "internal", NUMBER_SIZE)
        if not direction:
            direction = "out" if extension and not values.get("called_did") else ""
        call_ref = text_of(values, "pbx_call_id", REF_SIZE)
        if not call_ref:
            raise Refused("pbx_call_id: the identifier of the call is missing")
        caller = text_of(values, "caller_id", NUMBER_SIZE)
        called = text_of(values, "called_did", NUMBER_SIZE)
        other = text_of(values, "destination", NUMBER_SIZE)
        cause = text_of(values, "disposition", CAUSE_SIZE)
        seconds = seconds_of(values, "duration")
        if kind == ENDED and cause != "answered":
            # How long it rang.
            seconds = 0
        if kind == ANSWERED and direction != "out":
            direction = "in" if len(caller) > len(other) else "out"
        if kind == ANSWERED and not extension:
            extension = other if direction == "in" else caller
        is_out = direction == "out"
        return [
            Event(
                call_ref=call_ref,
                kind=kind,
                number=other if is_out else caller,
                line=caller if is_out else called,
                direction=direction,
                extension=extension,
                cause=cause,
                seconds=seconds,
                raw=values,
            )
        ]

    def order(self, extension, number, login, secret, address, now):
        asked = urlencode(sorted({"from": extension, "to": number}.items()))
        digest = hashlib.md5(asked.encode()).hexdigest()
        signed = f"{CALLBACK}{asked}{digest}".encode()
        made = hmac.new(secret.encode(), signed, hashlib.sha1).hexdigest()
        signature = base64.b64encode(made.encode()).decode()
        return Order(
            method="GET",
            address=f"{(address or ADDRESS).rstrip('/')}{CALLBACK}?{asked}",
            headers={"Authorization": f"{login}:{signature}"},
        )
