import tempfile
import time
from pathlib import Path
from unittest import skipUnless
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.phone.ami import AmiCalls
from ...models.phone.listener import facts_of, open_ami, take
from ..tier import is_all
from .common import SECRET, PhoneCase
from .real_asterisk import AWAY, CLIENT, LOGIN, SECONDS, RealAsterisk, program

OURS = {"ITS_QUALITY_ALLOWED_HOSTS": "127.0.0.1"}
WAIT = 60


@skipUnless(is_all(), "a real Asterisk is asked by ./its test --all")
@skipUnless(program(), "there is no Asterisk: neither on PATH nor in ITS_ASTERISK")
@tagged("post_install", "-at_install")
class TestPhoneRealAsterisk(PhoneCase):
    """Calls through a real Asterisk, with real telephones of SIP at its ends."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory(prefix="its-asterisk-")
        cls.addClassCleanup(folder.cleanup)
        cls.asterisk = RealAsterisk(Path(folder.name), SECRET)
        cls.addClassCleanup(cls.asterisk.stop)
        cls.asterisk.start()
        cls.connection.write(
            {
                "kind": "asterisk",
                "login": LOGIN,
                "password": SECRET,
                "address": f"ami://127.0.0.1:{cls.asterisk.port}",
            }
        )
        cls.startClassPatcher(patch.dict("os.environ", OURS))

    def told(self, begin):
        """Listen to a call from its beginning to its end.

        :param begin: begins it
        :return: its row, and what Asterisk has said of the channels
        """
        calls = AmiCalls(facts_of(self.env, self.connection.id).extensions)
        kinds, messages = [], []
        until = time.monotonic() + WAIT
        with open_ami(self.env, self.connection.id) as ami:
            begin()
            while "ended" not in kinds and time.monotonic() < until:
                message = ami.event(1)
                messages.append(message or {})
                for event in calls.events_of(message or {}):
                    kinds.append(event.kind)
                    take(self.env, self.connection.id, event)
        [call] = self.write_journal()
        return call, messages

    def check_talk(self, call, direction):
        self.assertEqual(call.state, "talk")
        self.assertEqual(call.direction, direction)
        self.assertEqual(call.user_id, self.client_manager)
        self.assertEqual(call.partner_id, self.client_own)
        self.assertEqual(call.cause, "Normal Clearing")
        # It counts whole seconds at either end.
        self.assertIn(call.seconds, range(SECONDS - 1, SECONDS + 3))
        self.assertEqual(self.talks.phone_call_id, call)

    def call_number(self):
        desk = self.env["its.phone.desk"].with_user(self.client_manager)
        self.assertIn("101", desk.call_number("8 (8332) 11-11-11")["message"])

    def test_incoming(self):
        """It rings at two; one of them answers."""
        call, _messages = self.told(lambda: self.asterisk.call_line(CLIENT))
        self.check_talk(call, "in")
        self.assertEqual(call.line_id, self.connection.line_ids)

    def test_missed(self):
        call, _messages = self.told(lambda: self.asterisk.call_line(AWAY))
        self.assertEqual(call.state, "missed")
        self.assertEqual(call.partner_id, self.client_colleague)
        self.assertEqual(self.tasks.its_client_id, self.client_colleague)

    def test_a_press_on_a_number(self):
        call, messages = self.told(self.call_number)
        self.check_talk(call, "out")
        # The client sees whose telephone calls, and no number of their own.
        shown = {
            message.get("CallerIDNum")
            for message in messages
            if message.get("Event") == "Newchannel" and message["Exten"] == CLIENT
        }
        self.assertEqual(shown, {"101"})

    def test_it_refuses(self):
        self.connection.context = "nowhere"
        with self.assertRaisesRegex(UserError, "Extension does not exist\\. Dial"):
            self.call_number()

    def test_dialled_by_hand(self):
        call, _messages = self.told(self.asterisk.dial_by_hand)
        self.check_talk(call, "out")

    def test_what_is_still_to_do(self):
        connection = self.connection.with_user(self.administrator)
        words = connection.action_test()["params"]["message"]
        self.assertNotIn("signed in", words)
        self.connection.password = "other"
        words = connection.action_test()["params"]["message"]
        self.assertIn("Authentication failed", words)
