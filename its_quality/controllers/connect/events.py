import json

from odoo import SUPERUSER_ID, http
from odoo.http import request

from ...models.connect.its_connect import UUID
from ...models.connect.its_connect_attempt import HOUR
from ...models.connect.its_connect_event import FILE
from ...tools.security_log import log_refusal
from ...tools.texts import plain

BODY_SIZE = 256 * 1024
TEXT_SIZE = 20_000
URL_SIZE = 2000
KIND_LIMIT = 2**31
FILE_NAMES = ("name", "file_name", "url", "file_url", "link")
PERSON = ("name", "surname", "email", "phone", "counterpart_id")


class Malformed(Exception):
    """What was sent is not an event."""


class Connect(http.Controller):
    """The address that 1С-Коннект sends events to."""

    @http.route(
        "/its/connect/<string:key>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=BODY_SIZE,
    )
    def receive(self, key, **_query):
        """Take one event.

        :param key: of the connection
        :return: JSON: 200 with the result, 401 without the right secret, 429 after too
            many such attempts, 4xx for what is not an event; then nothing has changed
        """
        connect = request.env["its.connect"]._find_by_key(key)
        scheme, _space, secret = request.httprequest.headers.get(
            "Authorization", ""
        ).partition(" ")
        if not connect._is_valid_secret(scheme, secret.strip()):
            return self._refuse_stranger(connect)
        if request.httprequest.mimetype != "application/json":
            return self._refuse(415, "JSON is expected")
        try:
            event = self._read(request.httprequest.get_data())
        except Malformed as error:
            return self._refuse(400, str(error))
        connect = connect.with_user(SUPERUSER_ID).with_company(connect.company_id)
        result, claim = connect._receive(event)
        answer = {"status": result}
        if claim:
            answer["claim"] = claim.name
        return request.make_json_response(answer)

    def _refuse_stranger(self, connect):
        """Limit wrong secrets only: the right one is always accepted, or others could
        block it."""
        attempts = request.env["its.claim.attempt"].sudo()
        if attempts._may_try_secret(request.httprequest.remote_addr):
            log_refusal("webhook_secret", model="its.connect", record=connect.id)
            return self._refuse(401, "unauthorized", {"WWW-Authenticate": "Bearer"})
        log_refusal("rate_limit", model="its.connect", record=connect.id)
        seconds = str(int(HOUR.total_seconds()))
        return self._refuse(429, "too many requests", {"Retry-After": seconds})

    def _refuse(self, status, reason, headers=None):
        return request.make_json_response(
            {"error": reason}, status=status, headers=headers
        )

    def _read(self, body):
        """Read an event, and refuse whatever is malformed.

        :raises Malformed: naming what is wrong
        """
        try:
            event = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise Malformed("no JSON") from error
        if not isinstance(event, dict):
            raise Malformed("no object")
        text = self._text(event, "text", TEXT_SIZE)
        data = event.get("data")
        if data is None:
            data = {}
        if not isinstance(data, dict):
            raise Malformed("data")
        kind = event.get("message_type")
        if isinstance(kind, bool) or not isinstance(kind, int):
            raise Malformed("message_type")
        if abs(kind) >= KIND_LIMIT:
            raise Malformed("message_type")
        person = data.get("user")
        person = person if isinstance(person, dict) else {}
        # A letter with a line break in a header would never be sent.
        person = {name: plain(self._text(person, name, 254)) for name in PERSON}
        if person["counterpart_id"] and not UUID.fullmatch(person["counterpart_id"]):
            raise Malformed("counterpart_id")
        if kind == FILE:
            # What was sent stays in 1С-Коннект; here one reads that it is there.
            found = (self._text(data, name, URL_SIZE) for name in FILE_NAMES)
            text = "\n".join(filter(None, [text, *dict.fromkeys(found)]))
        return {
            "message_ref": self._reference(event, "message_id"),
            "user_ref": self._reference(event, "user_id"),
            "line_ref": self._reference(event, "line_id"),
            "author_ref": self._reference(event, "author_id", optional=True),
            "kind": kind,
            "text": text,
            "person": person,
        }

    def _text(self, values, name, size):
        value = values.get(name)
        if value is None:
            return ""
        if not isinstance(value, str) or len(value) > size:
            raise Malformed(name)
        return plain(value, multiline=True)

    def _reference(self, values, name, optional=False):
        value = values.get(name)
        if optional and value in (None, ""):
            return ""
        if not isinstance(value, str) or not UUID.fullmatch(value):
            raise Malformed(name)
        return value.lower()
