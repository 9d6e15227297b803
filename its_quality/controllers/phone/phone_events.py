import json
import re
import time

from odoo import SUPERUSER_ID, http
from odoo.http import request

from ...models.connect.its_connect_attempt import HOUR
from ...models.phone.providers.provider import Refused, Sent
from ...tools.secret_box import SecretLost
from ...tools.security_log import log_refusal

# An event is a handful of words.
BODY_SIZE = 64 * 1024
ECHO = re.compile(r"\w{1,100}", re.ASCII)
FORM = ("application/x-www-form-urlencoded", "multipart/form-data")


class Phone(http.Controller):
    """The address that telephone exchanges report calls to."""

    @http.route(
        ["/its/phone/<string:key>", "/its/phone/<string:key>/<path:path>"],
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=BODY_SIZE,
    )
    def receive(self, key, path="", **_values):
        """Take one event, as a form or JSON.

        :param key: of the connection
        :return: JSON: 200 with the result, 401 without the right secret, 429 after too
            many such attempts, 422 for an event that nobody is concerned by, 4xx for
            what is no event; then nothing has changed
        """
        connection = request.env["its.phone.connection"]._find_by_key(key)
        try:
            sent = self._sent(path)
            provider = self._check(connection, sent)
            events = provider.events(sent)
        except Refused as error:
            if error.status == 401:
                return self._refuse_stranger(connection, error)
            return self._answer({"error": str(error)}, error.status)
        connection = connection.with_user(SUPERUSER_ID)
        connection = connection.with_company(connection._known().company_id)
        taking = connection.env["its.phone.event"]
        found = [taking._take(connection, event) for event in events]
        refused = [words for result, words in found if result == "refused"]
        if refused:
            return self._answer({"error": " ".join(refused)}, 422)
        answer = {"status": found[0][0] if found else "ignored"}
        if remarks := [words for _result, words in found if words]:
            answer["remark"] = " ".join(remarks)
        return self._answer(answer)

    @http.route(
        "/its/phone/<string:key>",
        type="http",
        auth="public",
        methods=["GET"],
        save_session=False,
        readonly=True,
    )
    def echo(self, key, **values):
        """Some exchanges ask whether the address is ours when it is entered there."""
        connection = request.env["its.phone.connection"]._find_by_key(key)
        name = connection._provider().answers if connection else ""
        word = str(values.get(name, "")) if name else ""
        if not ECHO.fullmatch(word):
            raise request.not_found()
        return request.make_response(word, [("Content-Type", "text/plain")])

    def _check(self, connection, sent):
        """Make sure who it is.

        :raises Refused: if it is not the exchange of the connection
        """
        try:
            secret = connection._secret() if connection else ""
        except SecretLost:
            secret = ""
        if not connection or not secret:
            raise Refused("The secret is wrong.", 401, "phone_secret")
        provider = connection._provider()
        provider.check(sent, connection._known().login, secret, time.time())
        return provider

    def _sent(self, path):
        """The request, as providers read it.

        :raises Refused: for what is neither a form nor JSON
        """
        asked = request.httprequest
        headers = {name.lower(): value for name, value in asked.headers.items()}
        if asked.mimetype in FORM:
            # Odoo has read the form; its signature is made of what it was sent as.
            body = asked.get_data(cache=True)
            return Sent(body, dict(asked.form), headers, path)
        if asked.mimetype != "application/json":
            raise Refused("A form or JSON is expected.", 415)
        body = asked.get_data()
        try:
            values = json.loads(body)
        except (ValueError, RecursionError):
            raise Refused("This is not JSON.") from None
        if not isinstance(values, dict):
            raise Refused("An object is expected.")
        return Sent(body, values, headers, path)

    def _refuse_stranger(self, connection, error):
        """Limit wrong secrets only: the right one is always accepted, or others could
        block it."""
        attempts = request.env["its.claim.attempt"].sudo()
        facts = {"model": "its.phone.connection", "record": connection.id}
        if attempts._may_try_secret(request.httprequest.remote_addr):
            log_refusal(error.event, **facts)
            headers = {"WWW-Authenticate": "Bearer"}
            return self._answer({"error": str(error)}, 401, headers)
        log_refusal("rate_limit", **facts)
        seconds = str(int(HOUR.total_seconds()))
        words = {"error": "Too many requests with a wrong secret."}
        return self._answer(words, 429, {"Retry-After": seconds})

    def _answer(self, values, status=200, headers=None):
        return request.make_json_response(values, status=status, headers=headers)
