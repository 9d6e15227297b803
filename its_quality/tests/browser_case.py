"""A browser that goes from page to page: one for all of them, since starting one takes
longer than looking at a page."""

import contextlib
import json
from unittest.mock import patch

from odoo.http import root
from odoo.tests import HttpCase
from odoo.tests.common import HOST, ChromeBrowser

from odoo.addons.bus.websocket import CloseCode, WebsocketConnectionHandler, _kick_all

HEIGHT = 800


class BrowserCase(HttpCase):
    """A tour stays on the pages of one login; here a test goes where it likes."""

    @contextlib.contextmanager
    def open_browser(self, logins):
        """Start a browser; :meth:`visit`, :meth:`run_script` and the others are done in
        it. While it is open a test leaves the database to the pages.

        :param logins: of those who will log in; None is nobody
        """
        self.sessions = {}
        for login in logins:
            # Odoo forgets the one before.
            self.session = None
            self.sessions[login] = self.authenticate(login, login)
            self.addCleanup(root.session_store.delete, self.session)
        # A browser waits for a page 20 seconds, which making its styles may take alone.
        bundle = "web.assets_frontend"
        self.env["ir.qweb"]._get_asset_bundle(bundle, css=True, js=False).css()
        self.env.flush_all()
        self.env.invalidate_all()
        self.chrome = ChromeBrowser(self)
        with self.allow_requests(browser=self.chrome), contextlib.ExitStack() as end:
            end.callback(self._wait_remaining_requests)
            end.callback(_kick_all, CloseCode.KILL_NOW)
            end.callback(self.chrome.stop)
            end.enter_context(
                patch.object(
                    WebsocketConnectionHandler, "websocket_allowed", return_value=True
                )
            )
            yield

    def log_in(self, login):
        """Be somebody from now on; nobody, without a login."""
        # What the page before still asks for, it asks as who was there before.
        self.chrome.navigate_to("about:blank")
        self.chrome.set_cookie("session_id", self.sessions[login].sid, "/", HOST)
        self.chrome.set_cookie("frontend_lang", "ru_RU", "/", HOST)

    def visit(self, path):
        """Open a page; :meth:`wait` for what is to be on it."""
        self.chrome.navigate_to(self.base_url() + path)

    def wait(self, condition):
        """Wait until a condition in JavaScript holds."""
        self.assertTrue(self.chrome._wait_ready(f"Boolean({condition})"), condition)

    def run_script(self, code):
        """Evaluate JavaScript on the page.

        :return: its value, that of a promise when it is kept
        """
        answer = self.chrome._websocket_request(
            "Runtime.evaluate",
            params={"expression": code, "awaitPromise": True, "returnByValue": True},
            timeout=60,
        )
        self.assertNotIn("exceptionDetails", answer, json.dumps(answer)[:500])
        return answer["result"].get("value")

    def widen(self, width):
        """Make the window so many pixels wide."""
        self.chrome._websocket_request(
            "Emulation.setDeviceMetricsOverride",
            params={
                "width": width,
                "height": HEIGHT,
                "deviceScaleFactor": 1,
                "mobile": False,
            },
        )

    def press(self, key, code):
        """Press a key and let it go.

        :param code: its number for Windows, as browsers want it
        """
        for kind in ("keyDown", "keyUp"):
            self.chrome._websocket_request(
                "Input.dispatchKeyEvent",
                params={
                    "type": kind,
                    "key": key,
                    "code": key,
                    "windowsVirtualKeyCode": code,
                },
            )
