import json
import logging
import time
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import urlencode

from odoo import fields
from odoo.tests import HttpCase, tagged

from ...models.connect.its_connect_attempt import MOST
from ...models.phone.its_phone_event import KEPT_DAYS
from .common import METADATA, SECRET, PhoneCase

LOG = "odoo.addons.its_quality.tools.security_log"


@tagged("post_install", "-at_install")
class TestPhoneEvents(HttpCase, PhoneCase):
    """What an exchange sends is taken once, and from nobody else."""

    @property
    def events(self):
        self.env.invalidate_all()
        return self.env["its.phone.event"].search(
            [("connection_id", "=", self.connection.id)]
        )

    def test_json_and_form(self):
        for as_form in (False, True):
            values = self.sent()
            with self.subTest(form=as_form):
                answer = self.tell(values, as_form=as_form)
                self.assertEqual(answer.json(), {"status": "taken"})
                event = self.events[0]
                self.assertEqual(event.call_ref, values["call_id"])
                self.assertEqual(event.number, "+78332111111")
                self.assertEqual(event.line, "+78332500000")
                self.assertEqual(event.user_id, self.client_manager)
                self.assertEqual(json.loads(event.data), values)
                # The same again is the same.
                count = len(self.events)
                answer = self.tell(values, as_form=as_form)
                self.assertEqual(answer.json(), {"status": "known"})
                self.assertEqual(len(self.events), count)

    def test_outgoing(self):
        values = self.sent(**{"direction": "out", "from": "101", "to": "88332111111"})
        self.tell(values)
        self.assertEqual(self.events[0].number, "88332111111")

    def test_ways_to_prove(self):
        """Rows: the headers, whether they are good; JSON or a form."""
        form = self.sent()
        for body, as_form in (
            (json.dumps(form).encode(), False),
            (urlencode(form).encode(), True),
        ):
            now = int(time.time())
            table = [
                ({"X-Its-Secret": SECRET}, True),
                ({"Authorization": f"Bearer {SECRET}"}, True),
                (self.signature(body), True),
                (self.signature(body, now - 200), True),
                ({"X-Its-Secret": "wrong"}, False),
                ({"X-Its-Secret": "ж".encode()}, False),
                ({"Authorization": f"Basic {SECRET}"}, False),
                ({"X-Other": "1"}, False),
                (self.signature(body, secret="other"), False),
                (self.signature(body + b" "), False),
                # Caught on the way, and sent again later.
                (self.signature(body, now - 400), False),
                (self.signature(body, now + 400), False),
                (self.signature(body, ""), False),
                ({**self.signature(body), "X-Its-Timestamp": str(now - 1)}, False),
                ({"X-Its-Signature": ""}, False),
            ]
            for number, (headers, is_good) in enumerate(table):
                with self.subTest(number, form=as_form):
                    self.env["its.claim.attempt"].search([]).unlink()
                    self.env.flush_all()
                    mimetype = (
                        "application/x-www-form-urlencoded"
                        if as_form
                        else "application/json"
                    )
                    answer = self.url_open(
                        f"/its/phone/{self.connection.key}",
                        data=body,
                        headers={"Content-Type": mimetype, **headers},
                    )
                    self.assertEqual(answer.status_code, 200 if is_good else 401)
                    if not is_good:
                        self.assertTrue(answer.json()["error"])

    def test_refused_in_words(self):
        """Rows: what is sent, the status; each is logged where it is of security."""
        good = self.sent()
        table = [
            (b"{", 400),
            (b"[]", 400),
            (b"[" * 60_000, 400),
            ({**good, "event": "hold"}, 400),
            ({**good, "event": 5}, 400),
            ({**good, "event": ["ringing"]}, 400),
            ({**good, "call_id": ""}, 400),
            ({**good, "call_id": "x" * 200}, 400),
            ({**good, "call_id": "a\nb"}, 400),
            ({**good, "direction": "up"}, 400),
            ({**good, "seconds": -1}, 400),
            ({**good, "seconds": "nan"}, 400),
            ({**good, "seconds": True}, 400),
            ({**good, "seconds": 1e300}, 400),
            ({**good, "seconds": 10**400}, 400),
            ({**good, "call_id": 10**4000}, 400),
            ({**good, "call_id": "\ud800"}, 400),
            ({**good, "call_id": "a\0b"}, 400),
            ({**good, "from": ["+78332111111"]}, 400),
            ({**good, "time": 10**400}, 400),
            ({**good, "time": "yesterday"}, 400),
            ({**good, "time": 1e300}, 400),
            ({**good, "extension": "999"}, 422),
            ({**good, "time": "2020-01-01T00:00:00Z"}, 422),
            (b"x" * 10_000_000, 413),
        ]
        for number, (values, status) in enumerate(table):
            with self.subTest(number):
                answer = self.tell(values)
                self.assertEqual(answer.status_code, status)
                self.assertTrue(answer.json()["error"])
        self.assertEqual(self.events.mapped("state"), ["refused"])
        self.assertFalse(self.write_journal())
        form = {"Content-Type": "text/plain", "X-Its-Secret": SECRET}
        self.assertEqual(self.tell(b"a", **form).status_code, 415)

    def test_what_else_is_sent_is_no_matter(self):
        """Rows: what a request holds besides an event. It is kept as far as it can be."""
        for more in ("\ud800", "\0", "x" * 50_000, 10**400, None, {"a": [1]}):
            with self.subTest(str(more)[:20]):
                answer = self.tell(self.sent(more=more))
                self.assertEqual(answer.json(), {"status": "taken"})
        # Some depths can be read, and no more be written.
        for depth in range(600, 1000, 20):
            deep = b"[" * depth + b"]" * depth
            body = json.dumps(self.sent(more=1)).encode()
            answer = self.tell(body.replace(b'"more": 1', b'"more": ' + deep))
            self.assertIn(answer.status_code, (200, 400))

    def test_refusals_are_logged(self):
        """Rows: what is sent, the word for it in the log of the server."""
        body = json.dumps(self.sent()).encode()
        table = [
            ({"X-Its-Secret": "wrong"}, body, "phone_secret"),
            (self.signature(body, secret="other"), body, "phone_signature"),
            (self.signature(body, 1_000_000_000), body, "phone_replay"),
            ({}, b"x" * 100_000, "too_large"),
            ({}, json.dumps(self.sent(extension="9")).encode(), "phone_extension"),
            (
                {},
                json.dumps(self.sent(recording=f"http://{METADATA}/latest")).encode(),
                "phone_recording",
            ),
            ({}, json.dumps(self.sent(time=1_000_000_000)).encode(), "phone_old"),
        ]
        for headers, sent, word in table:
            with self.subTest(word):
                with self.assertLogs(LOG, logging.INFO) as log:
                    answer = self.tell(sent, **headers)
                    self.assertIn(answer.status_code, (200, 401, 413, 422))
                self.assertIn(f"event={word} ", log.output[0])
                self.assertNotIn(SECRET, log.output[0])

    def test_when_the_journal_is_woken(self):
        """Once for all calls that have ended, and for what is told of them late."""
        job = self.env.ref("its_quality.ir_cron_phone_journal")
        triggers = self.env["ir.cron.trigger"]

        def woken(*events):
            self.take(*events)
            return triggers.search([("cron_id", "=", job.id)])

        woken().unlink()
        ringing, answered, ended = self.talk()
        self.assertFalse(woken(ringing, answered))
        self.assertEqual(len(woken(ended, *self.missed("2"), ended)), 1)
        triggers.search([]).unlink()
        late_answer = self.event("answered", "2", 5, "101")
        self.assertEqual(len(woken(late_answer)), 1)

    def test_recordings_of_nowhere(self):
        """Rows: the address of a recording, whether it is kept."""
        table = [
            ("https://pbx.example.com/rec/1.mp3", True),
            (f"http://{METADATA}/latest/meta-data", False),
            ("http://127.0.0.1:8069/web", False),
            ("http://[::1]/", False),
            ("http://[::ffff:127.0.0.1]/", False),
            ("file:///etc/passwd", False),
            ("ftp://pbx.example.com/1.mp3", False),
            ("https://good@127.0.0.1/1.mp3", False),
            ("https:///1.mp3", False),
            ("1.mp3", False),
        ]
        nobody = {"ITS_QUALITY_ALLOWED_HOSTS": ""}
        for address, is_kept in table:
            with self.subTest(address), patch.dict("os.environ", nobody):
                answer = self.tell(self.sent(recording=address))
                self.assertEqual(answer.status_code, 200)
                self.assertEqual(answer.json()["status"], "taken")
                self.assertEqual("remark" in answer.json(), not is_kept)
                self.assertEqual(bool(self.events[0].recording), is_kept)

    def test_too_many_wrong_secrets(self):
        for _attempt in range(MOST):
            answer = self.tell(self.sent(), **{"X-Its-Secret": "wrong"})
            self.assertEqual(answer.status_code, 401)
        answer = self.tell(self.sent(), **{"X-Its-Secret": "wrong"})
        self.assertEqual(answer.status_code, 429)
        # The right one is always taken, or others could block it.
        self.assertEqual(self.tell(self.sent()).status_code, 200)

    def test_switched_off_or_unknown(self):
        unknown = self.tell(self.sent(), key="x" * 22)
        self.assertEqual(unknown.status_code, 401)
        self.connection.active = False
        self.env.flush_all()
        self.assertEqual(self.tell(self.sent()).status_code, 401)
        self.assertFalse(self.events)

    def test_what_is_changed_holds_from_the_next_event_on(self):
        """What is kept in memory of a connection. Rows: what is changed, and what is then
        told of the next event."""
        connection, recording = self.connection, "https://pbx.example.com/1.mp3"
        extension = connection.extension_ids.filtered(lambda one: one.number == "101")
        by_number = {one.number: one for one in connection.extension_ids}
        table = [
            (lambda: None, "user_id", self.client_manager),
            (lambda: None, "recording", recording),
            (
                lambda: extension.write({"user_id": self.quality_manager.id}),
                "user_id",
                self.quality_manager,
            ),
            (lambda: connection.write({"recording_days": 0}), "recording", False),
            (lambda: extension.write({"number": "201"}), "user_id", None),
            (
                lambda: by_number["102"].write({"number": "101"}),
                "user_id",
                self.colleague,
            ),
            (lambda: by_number["102"].unlink(), "user_id", None),
            (
                lambda: extension.copy({"number": "101"}),
                "user_id",
                self.quality_manager,
            ),
        ]
        for change, field, value in table:
            change()
            self.env.flush_all()
            answer = self.tell(self.sent(recording=recording))
            self.assertEqual(answer.status_code, 422 if value is None else 200)
            if value is not None:
                self.assertEqual(self.events[0][field], value)
        # Of another kind it sends something else.
        connection.kind = "mango"
        self.env.flush_all()
        self.assertEqual(self.tell(self.sent()).status_code, 401)

    def test_without_a_secret_nothing_is_taken(self):
        self.connection._keep_secret(None)
        for headers in ({"X-Its-Secret": ""}, self.signature(b"{}", secret="")):
            answer = self.tell(b"{}", **headers)
            self.assertEqual(answer.status_code, 401)

    def test_raw_data_are_deleted(self):
        self.tell(self.sent())
        self.write_journal()
        old = fields.Datetime.now() - timedelta(days=KEPT_DAYS, minutes=1)
        event = self.events
        event.received = old + timedelta(minutes=2)
        event._gc_events()
        self.assertTrue(event.exists())
        event.received = old
        event._gc_events()
        self.assertFalse(event.exists())
        self.assertTrue(self.calls)

    def test_what_is_still_to_do(self):
        """«Test the connection» says it in words."""
        connection = self.connection.with_user(self.administrator)
        self.assertIn(
            self.connection.url, connection.action_test()["params"]["message"]
        )
        self.tell(self.sent())
        self.env.invalidate_all()
        self.assertEqual(connection.action_test()["params"]["type"], "success")
        self.tell(self.sent(extension="777"))
        self.env.invalidate_all()
        self.assertIn("777", connection.action_test()["params"]["message"])
        connection.extension_ids.unlink()
        connection._keep_secret(None)
        lacks = connection.action_test()["params"]["message"].splitlines()
        self.assertEqual(len(lacks), 3)

    def test_a_new_secret(self):
        connection = self.connection.with_user(self.administrator)
        shown = connection.action_new_secret()["context"]
        self.assertEqual(shown["default_url"], connection.url)
        self.assertEqual(self.tell(self.sent()).status_code, 401)
        headers = {"X-Its-Secret": shown["default_secret"]}
        self.assertEqual(self.tell(self.sent(), **headers).status_code, 200)
        self.assertFalse(connection.password)
