import logging
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import ITSELF, METADATA, PhoneCase

LOG = "odoo.addons.its_quality.tools.security_log"
SOUND = bytes(range(256)) * 40
OURS = {"ITS_QUALITY_ALLOWED_HOSTS": "127.0.0.1"}


class Handler(BaseHTTPRequestHandler):
    """An exchange that keeps recordings."""

    def do_GET(self):
        kind, status, sound = "audio/mpeg", 200, SOUND
        if self.path == "/page":
            kind = "text/html"
        elif self.path == "/gone":
            status = 404
        elif self.path.startswith("/away/"):
            self.send_response(302)
            self.send_header("Location", f"http://{self.path[6:]}/1.mp3")
            self.end_headers()
            return
        wanted = self.headers.get("Range")
        if wanted and status == 200:
            first, last = map(int, wanted.removeprefix("bytes=").split("-"))
            status, sound = 206, SOUND[first : last + 1]
            if not sound:
                status = 416
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(sound)))
        if status == 206:
            self.send_header("Content-Range", f"bytes {wanted[6:]}/{len(SOUND)}")
        self.end_headers()
        self.wfile.write(sound)

    def log_message(self, *_arguments):
        pass


@tagged("post_install", "-at_install")
class TestPhoneRecordings(HttpCase, PhoneCase):
    """Whoever may read a talk may hear it, and learns no address."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        cls.addClassCleanup(server.server_close)
        cls.addClassCleanup(server.shutdown)
        cls.exchange = f"http://127.0.0.1:{server.server_port}"

    def recorded(self, path="/1.mp3", **values):
        with patch.dict("os.environ", OURS):
            *first, ended = self.talk()
            ended.recording = f"{self.exchange}{path}"
            self.write_journal(*first, ended)
        self.env.flush_all()
        return self.talks

    def listen(self, talk, user=None, allowed=OURS, **headers):
        login = (user or self.client_manager).login
        self.authenticate(login, login.ljust(8, "x"))
        with patch.dict("os.environ", allowed):
            return self.url_open(f"/its/recording/{talk.id}", headers=headers)

    def test_a_talk_is_heard(self):
        talk = self.recorded()
        self.assertTrue(talk.with_user(self.client_manager).phone_has_recording)
        answer = self.listen(talk)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.content, SOUND)
        self.assertEqual(answer.headers["Content-Type"], "audio/mpeg")
        self.assertNotIn(self.exchange, str(answer.headers))
        part = self.listen(talk, Range="bytes=100-299")
        self.assertEqual(part.status_code, 206)
        self.assertEqual(part.content, SOUND[100:300])
        self.assertEqual(part.headers["Content-Range"], f"bytes 100-299/{len(SOUND)}")
        # Behind the end there is nothing; what is no range is not asked for.
        self.assertEqual(self.listen(talk, Range="bytes=99999-99999").status_code, 416)
        for wanted in ("bytes=0-1,4-5", "lines=1-2", "bytes=1-2\tX: y"):
            self.assertEqual(self.listen(talk, Range=wanted).content, SOUND)

    def test_who_may_hear_it(self):
        talk = self.recorded()
        for user, may in (
            (self.quality_manager, True),
            (self.administrator, True),
            (self.colleague, False),
            (self.other_head, True),
            (self.head, False),
            (self.employee, False),
            (self.portal, False),
        ):
            with self.subTest(user.login), mute_logger("odoo.http"):
                answer = self.listen(talk, user)
                self.assertEqual(answer.content == SOUND, may)
                self.assertEqual(answer.status_code == 200, may)
        self.authenticate(None, None)
        answer = self.url_open(f"/its/recording/{talk.id}")
        self.assertNotEqual(answer.content, SOUND)

    def test_the_address_is_no_field_for_anybody(self):
        call = self.recorded().phone_call_id
        for user in (self.client_manager, self.quality_manager):
            shown = call.with_user(user).fields_get()
            self.assertNotIn("recording", shown)

    def test_what_is_not_handed_on(self):
        """Rows: what the exchange answers, the hosts that may be asked."""
        table = [
            ("/page", OURS),
            ("/gone", OURS),
            (f"/away/{METADATA}", OURS),
            (f"/away/{ITSELF}", OURS),
            (f"/away/[::ffff:{ITSELF}]", OURS),
            ("/1.mp3", {"ITS_QUALITY_ALLOWED_HOSTS": ""}),
        ]
        for path, allowed in table:
            with self.subTest(path, allowed=allowed), self.undone():
                answer = self.listen(self.recorded(path), allowed=allowed)
                self.assertEqual(answer.status_code, 502)
                self.assertNotIn(SOUND[:100], answer.content)
        self.write_journal(*self.talk("2", 300))
        self.assertEqual(self.listen(self.talks[-1:]).status_code, 404)

    def test_a_name_of_the_server_itself(self):
        """It is known for what it is when it is asked, and so are the many spellings of
        its address: see tests/test_onec_network.py."""
        call = self.recorded().phone_call_id
        call.recording = self.exchange.replace("127.0.0.1", "localhost") + "/1.mp3"
        self.env.flush_all()
        nobody = {"ITS_QUALITY_ALLOWED_HOSTS": ""}
        with self.assertLogs(LOG, logging.INFO) as log:
            answer = self.listen(self.talks, allowed=nobody)
        self.assertEqual(answer.status_code, 502)
        self.assertIn("event=forbidden_host ", log.output[0])

    def test_how_long_it_is_kept(self):
        call = self.recorded().phone_call_id
        self.connection.recording_days = 30
        for days, is_kept in ((29, True), (31, False)):
            call.date_start = fields.Datetime.now() - timedelta(days=days)
            self.env["its.phone.call"]._forget_recordings()
            self.assertEqual(bool(call.recording), is_kept)

    def test_never(self):
        self.connection.recording_days = 0
        talk = self.recorded()
        self.assertFalse(talk.phone_has_recording)
        self.assertFalse(self.env["its.phone.event"].search([]).filtered("recording"))
