import json
import time
from urllib.parse import urlsplit

import requests

from odoo import models
from odoo.exceptions import UserError

from ...onec.network import Guard, GuardedAdapter
from ...onec.unanswered import why_unanswered
from ...tools.secret_box import SecretLost
from ...tools.security_log import log_refusal
from ...tools.server_options import allowed_hosts
from ..base.network_texts import network_sentences

# Seconds.
TIMEOUT = 15
PORTS = {"http": 80, "https": 443}
LOCAL = ("localhost", "127.0.0.1", "::1")
# Bytes of an answer, which says hardly more than that all is well.
MAX_BODY = 256 * 1024
CHUNK = 16 * 1024


class ItsConnect(models.Model):
    """Calling 1С-Коннект: to notify us of messages, when an administrator presses the
    button."""

    _inherit = "its.connect"

    def action_register_hook(self):
        """Register our address and a new secret, for each line, or for all where none
        is named.

        :raises UserError: saying what is wrong and what to do
        """
        self.ensure_one()
        self.check_access("write")
        try:
            password = self._secret()
        except SecretLost:
            raise UserError(self._password_is_lost()) from None
        if not (self.rest_url and self.rest_login and password):
            raise UserError(
                self.env._(
                    "First fill in the address, login and password of the 1C-Connect "
                    "API."
                )
            )
        secret = self._new_secret()
        # A keyword makes a claim on any line, also on those not listed.
        lines = [] if self.keywords else self.line_ids.mapped("line_ref")
        for line in lines or [None]:
            hook = {
                "type": "line",
                "url": self.url,
                "back_auth": {"type": "bearer", "token": secret},
            }
            body = {**hook, "id": line} if line else hook
            self._ask("/v1/hook/", body, password)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("1C-Connect now notifies Odoo of messages."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _ask(self, path, body, password):
        """Send a request to the interface of 1С-Коннект.

        :return: what it answers, read from JSON
        :raises UserError: with a sentence for each way to fail
        """
        address = f"{(self.rest_url or '').strip().rstrip('/')}{path}"
        self._check_address(address)
        # In UTF-8: Cyrillic logins are usual.
        pair = (self.rest_login.encode(), password.encode())
        adapter = GuardedAdapter(Guard(allowed_hosts()))
        try:
            with requests.Session() as session:
                session.mount("https://", adapter)
                session.mount("http://", adapter)
                answer = session.post(
                    address,
                    json=body,
                    auth=pair,
                    timeout=TIMEOUT,
                    allow_redirects=False,
                    stream=True,
                )
                content = self._content(answer)
        except requests.exceptions.RequestException as error:
            raise UserError(self._why_not_reached(address, error)) from error
        refusal = self._why_refused(address, answer, content)
        if refusal:
            raise UserError(refusal)
        try:
            return json.loads(content) if content else {}
        except (ValueError, RecursionError) as error:
            raise UserError(self._strange_answer(address, answer)) from error

    def _content(self, answer):
        """Read what is answered, but neither for long nor much; the rest of it would
        make it strange, too."""
        deadline = time.monotonic() + TIMEOUT
        content = bytearray()
        for piece in answer.iter_content(CHUNK):
            content += piece
            if len(content) > MAX_BODY:
                break
            if time.monotonic() > deadline:
                raise requests.exceptions.ReadTimeout
        return bytes(content)

    def _check_address(self, address):
        """Refuse to send a password over the network unencrypted.

        :raises UserError: for an address without TLS; this machine needs none
        """
        if self._server(address):
            parts = urlsplit(address)
            if parts.scheme == "https":
                return
            if parts.scheme == "http" and parts.hostname in LOCAL:
                return
        raise UserError(
            self.env._(
                "A password cannot be sent to %(address)s. Use an address that begins "
                "with https://.",
                address=self.rest_url,
            )
        )

    def _why_not_reached(self, address, error):
        """A sentence for each way to get no answer."""
        code = why_unanswered(error)
        if code == "forbidden":
            log_refusal("forbidden_host", model=self._name)
        parts = urlsplit(address)
        sentences = network_sentences(self.env)
        return sentences.get(code, sentences["unreachable"]) % {
            "host": parts.hostname,
            "port": parts.port or PORTS[parts.scheme],
            "seconds": TIMEOUT,
            "system": self.env._("1C-Connect"),
        }

    def _why_refused(self, address, answer, content):
        """A sentence for each response that is not 1С-Коннект's consent."""
        if answer.status_code in (401, 403):
            return self.env._("1C-Connect does not accept the login and password.")
        if answer.status_code == 429:
            return self.env._("Too many requests to 1C-Connect. Try again in a minute.")
        is_json = "json" in answer.headers.get("Content-Type", "")
        if answer.ok and (is_json or not content):
            return None
        return self._strange_answer(address, answer)

    def _strange_answer(self, address, answer):
        return self.env._(
            "%(address)s returned %(status)s, which is not a response from 1C-Connect. "
            "Check the address.",
            address=address,
            status=answer.status_code,
        )
