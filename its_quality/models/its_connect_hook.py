import requests

from odoo import models
from odoo.exceptions import UserError

# Seconds.
TIMEOUT = 15


class ItsConnect(models.Model):
    """Asking 1С-Коннект to tell us of messages; done when an administrator presses the
    button, and at no other time."""

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
        lines = self.line_ids.mapped("line_ref") or [None]
        for line in lines:
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

        :raises UserError: with a sentence for each way to fail
        """
        address = f"{self.rest_url.rstrip('/')}{path}"
        try:
            answer = requests.post(
                address,
                json=body,
                auth=(self.rest_login, self.rest_password),
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except requests.exceptions.SSLError as error:
            raise UserError(
                self.env._(
                    "The certificate of %(address)s is not trusted. Check the address.",
                    address=address,
                )
            ) from error
        except requests.exceptions.Timeout as error:
            raise UserError(
                self.env._(
                    "%(address)s has not answered for %(seconds)s seconds. Try again "
                    "later.",
                    address=address,
                    seconds=TIMEOUT,
                )
            ) from error
        except requests.exceptions.RequestException as error:
            raise UserError(
                self.env._(
                    "%(address)s cannot be reached. Check the address and the network.",
                    address=address,
                )
            ) from error
        if answer.status_code in (401, 403):
            raise UserError(
                self.env._("1C-Connect does not accept the login and password.")
            )
        if answer.status_code == 429:
            raise UserError(
                self.env._("1C-Connect is asked too often. Try again in a minute.")
            )
        is_json = "json" in answer.headers.get("Content-Type", "")
        if not answer.ok or (answer.content and not is_json):
            raise UserError(
                self.env._(
                    "%(address)s answered %(status)s, and not as 1C-Connect does. Check "
                    "the address.",
                    address=address,
                    status=answer.status_code,
                )
            )
