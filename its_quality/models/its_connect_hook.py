import socket
from urllib.parse import urlsplit

import requests

from odoo import models
from odoo.exceptions import UserError

# Seconds.
TIMEOUT = 15
LOCAL = ("localhost", "127.0.0.1", "::1")


class ItsConnect(models.Model):
    """Asking 1С-Коннект: to tell us of messages, when an administrator presses the
    button."""

    _inherit = "its.connect"

    def action_register_hook(self):
        """Register our address and a new secret, for each line, or for all where none
        is named.

        :raises UserError: saying what is wrong and what to do
        """
        self.ensure_one()
        self.check_access("write")
        if not (self.rest_url and self.rest_login and self.rest_password):
            raise UserError(
                self.env._(
                    "Fill in the address, the login and the password of 1C-Connect's "
                    "interface first."
                )
            )
        secret = self._new_secret()
        # A word makes a claim on any line, also on those that nobody has named.
        lines = [] if self.keywords else self.line_ids.mapped("line_ref")
        for line in lines or [None]:
            hook = {
                "type": "line",
                "url": self.url,
                "back_auth": {"type": "bearer", "token": secret},
            }
            self._ask("/v1/hook/", {**hook, "id": line} if line else hook)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("1C-Connect tells us of messages from now on."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _ask(self, path, body):
        """Send a request to the interface of 1С-Коннект.

        :return: what it answers, read from JSON
        :raises UserError: with a sentence for each way to fail
        """
        address = f"{(self.rest_url or '').strip().rstrip('/')}{path}"
        self._check_address(address)
        # In UTF-8: Cyrillic logins are usual.
        pair = [(name or "").encode() for name in (self.rest_login, self.rest_password)]
        try:
            answer = requests.post(
                address,
                json=body,
                auth=tuple(pair),
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except requests.exceptions.RequestException as error:
            raise UserError(self._why_not_reached(address, error)) from error
        refusal = self._why_refused(address, answer)
        if refusal:
            raise UserError(refusal)
        try:
            return answer.json() if answer.content else {}
        except ValueError as error:
            raise UserError(self._strange_answer(address, answer)) from error

    def _check_address(self, address):
        """Let no password go over the network in the clear.

        :raises UserError: for what is no address with TLS; this machine needs none
        """
        try:
            parts = urlsplit(address)
            host = parts.hostname
        except ValueError:
            parts = host = None
        if host and (
            parts.scheme == "https" or (parts.scheme == "http" and host in LOCAL)
        ):
            return
        raise UserError(
            self.env._(
                "%(address)s is no address that a password may be sent to. It begins "
                "with https://.",
                address=self.rest_url,
            )
        )

    def _why_not_reached(self, address, error):
        """A sentence for each way to get no answer."""
        if isinstance(error, requests.exceptions.SSLError):
            return self.env._(
                "The certificate of %(address)s is not trusted. Check the address.",
                address=address,
            )
        if isinstance(error, requests.exceptions.Timeout):
            return self.env._(
                "%(address)s has not answered for %(seconds)s seconds. Try again later.",
                address=address,
                seconds=TIMEOUT,
            )
        if self._is_unknown_name(error):
            return self.env._(
                "There is no server by the name of %(address)s. Check the address for "
                "typing errors.",
                address=address,
            )
        return self.env._(
            "%(address)s cannot be reached. Check the address and the network.",
            address=address,
        )

    def _why_refused(self, address, answer):
        """A sentence for each answer that is none of 1С-Коннект's consent."""
        if answer.status_code in (401, 403):
            return self.env._("1C-Connect does not accept the login and password.")
        if answer.status_code == 429:
            return self.env._("1C-Connect is asked too often. Try again in a minute.")
        is_json = "json" in answer.headers.get("Content-Type", "")
        if answer.ok and (is_json or not answer.content):
            return None
        return self._strange_answer(address, answer)

    def _strange_answer(self, address, answer):
        return self.env._(
            "%(address)s answered %(status)s, and not as 1C-Connect does. Check the "
            "address.",
            address=address,
            status=answer.status_code,
        )

    def _is_unknown_name(self, error):
        """Whether the network knows no server by that name; the libraries wrap it."""
        while isinstance(error, BaseException):
            if isinstance(error, socket.gaierror):
                return True
            error = getattr(error, "reason", None) or error.__context__
        return False
