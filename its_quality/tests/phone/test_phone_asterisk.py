from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.phone.ami import AmiCalls
from ...models.phone.listener import Listener, facts_of, open_ami, take
from .common import SECRET, PhoneCase
from .fake_asterisk import FakeAsterisk

OURS = {"ITS_QUALITY_ALLOWED_HOSTS": "127.0.0.1"}
TRUNK, OURS_101 = "PJSIP/trunk-00000001", "PJSIP/101-00000002"


def incoming(answered=True):
    """What Asterisk tells of a call that rings at two of ours."""
    call = {"Linkedid": "1.1"}
    yield {
        **call,
        "Event": "Newchannel",
        "Uniqueid": "1.1",
        "Channel": TRUNK,
        "CallerIDNum": "+78332111111",
        "Exten": "+78332500000",
    }
    for number in ("101", "102"):
        yield {
            **call,
            "Event": "DialBegin",
            "Channel": TRUNK,
            "CallerIDNum": "+78332111111",
            "DestChannel": f"PJSIP/{number}-00000002",
        }
    yield {
        **call,
        "Event": "DialEnd",
        "Channel": TRUNK,
        "DestChannel": OURS_101,
        "DialStatus": "ANSWER" if answered else "NOANSWER",
    }
    yield {**call, "Event": "Hangup", "Uniqueid": "1.2", "Channel": OURS_101}
    yield {
        **call,
        "Event": "Hangup",
        "Uniqueid": "1.1",
        "Channel": TRUNK,
        "Cause-txt": "Normal Clearing",
    }


def outgoing():
    call = {"Linkedid": "2.1"}
    # Asked by us to call: it rings at ours first.
    yield {**call, "Event": "DialBegin", "DestChannel": OURS_101}
    yield {
        **call,
        "Event": "DialBegin",
        "Channel": OURS_101,
        "DestChannel": TRUNK,
        "DialString": "trunk/+78332111111",
    }
    yield {
        **call,
        "Event": "DialEnd",
        "Channel": OURS_101,
        "DestChannel": TRUNK,
        "DialStatus": "ANSWER",
    }
    yield {**call, "Event": "Hangup", "Uniqueid": "2.1", "Channel": OURS_101}


def passed_on(direction, is_asked):
    """What Asterisk tells of a call that 101 passes on to 102.

    :param is_asked: whether 102 is asked first, by another call
    """
    call, client = {"Linkedid": "6.1"}, {"Uniqueid": "6.1", "Channel": TRUNK}
    there = {"DestUniqueid": "6.2", "DestChannel": OURS_101}
    if direction == "out":
        client = {"Uniqueid": "6.2", "Channel": TRUNK}
        there = {"DestUniqueid": "6.2", "DestChannel": TRUNK}
    dialled = {**call, "Channel": TRUNK, "CallerIDNum": "+78332111111", **there}
    if direction == "out":
        dialled |= {"Channel": OURS_101, "DialString": "trunk/+78332111111"}
    yield {**dialled, "Event": "DialBegin"}
    yield {**dialled, "Event": "DialEnd", "DialStatus": "ANSWER"}
    of_101 = {"in": "6.2", "out": "6.1"}[direction]
    there = {"DestUniqueid": "6.4", "DestChannel": "PJSIP/102-00000004"}
    if is_asked:
        asked = {"Linkedid": "6.3", "Channel": "PJSIP/101-00000003", **there}
        yield {**asked, "Uniqueid": "6.3", "Event": "Newchannel"}
        yield {**asked, "Event": "DialBegin"}
        yield {**asked, "Event": "DialEnd", "DialStatus": "ANSWER"}
        yield {**call, "Event": "Hangup", "Uniqueid": "6.3"}
        yield {**call, "Event": "Hangup", "Uniqueid": of_101}
    else:
        yield {**call, "Event": "Hangup", "Uniqueid": of_101}
        asked = {**call, **client, **there, "CallerIDNum": "+78332111111"}
        yield {**asked, "Event": "DialBegin"}
        yield {**asked, "Event": "DialEnd", "DialStatus": "ANSWER"}
    last = {**client, "Event": "Hangup", "Cause-txt": "Normal Clearing"}
    # Asterisk may tell of it by the other call.
    yield {**last, "Linkedid": "6.3" if is_asked else "6.1"}
    yield {**call, "Event": "Hangup", "Uniqueid": "6.4"}


@tagged("post_install", "-at_install")
class TestPhoneAsterisk(PhoneCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection.write({"kind": "asterisk", "login": "odoo"})

    def asterisk(self, secret=SECRET, events=()):
        fake = FakeAsterisk("odoo", secret, events)
        self.addCleanup(fake.stop)
        self.connection.write(
            {"address": f"ami://127.0.0.1:{fake.port}", "password": SECRET}
        )
        return fake

    def told(self, messages):
        calls = AmiCalls(["101", "102"])
        return [
            (event.kind, event.direction, event.number, event.extension)
            for message in messages
            for event in calls.events_of(message)
        ]

    # -------------------------------------------------------------------------
    # What events mean
    # -------------------------------------------------------------------------

    def test_incoming(self):
        client = "in", "+78332111111"
        ringing = [("ringing", *client, "101"), ("ringing", *client, "102")]
        ended = [("ended", *client, "")]
        self.assertEqual(
            self.told(incoming()), [*ringing, ("answered", *client, "101"), *ended]
        )
        self.assertEqual(self.told(incoming(answered=False)), [*ringing, *ended])

    def test_outgoing(self):
        client = "out", "+78332111111"
        self.assertEqual(
            self.told(outgoing()),
            [
                ("ringing", *client, "101"),
                ("answered", *client, "101"),
                ("ended", *client, ""),
            ],
        )

    def test_passed_on(self):
        """One call, which is over when the client has gone."""
        for direction in ("in", "out"):
            for is_asked in (False, True):
                with self.subTest(direction, asked=is_asked):
                    messages = list(passed_on(direction, is_asked))
                    client = direction, "+78332111111"
                    again = ("ringing", *client, "102"), ("answered", *client, "102")
                    self.assertEqual(
                        self.told(messages),
                        [
                            ("ringing", *client, "101"),
                            ("answered", *client, "101"),
                            *(() if is_asked else again),
                            ("ended", *client, ""),
                        ],
                    )
                    self.assertEqual(self.told(messages[:-2])[-1][0], "answered")

    def test_behind_a_local_channel(self):
        """Queues, and telephones that are rung as FreePBX does, have channels between."""
        call = {"Linkedid": "5", "Channel": "Local/101@agents-00000001;2"}
        rings = {**call, "Event": "DialBegin", "DestChannel": OURS_101}
        client = {**rings, "CallerIDNum": "+78332111111"}
        self.assertEqual(
            self.told([client]), [("ringing", "in", "+78332111111", "101")]
        )
        colleague = {**rings, "CallerIDNum": "102"}
        self.assertEqual(self.told([colleague]), [])
        out = {**call, "CallerIDNum": "101", "DestChannel": TRUNK}
        out["DialString"] = "+78332111111@trunk"
        answered = {**out, "Event": "DialEnd", "DialStatus": "ANSWER"}
        self.assertEqual(
            self.told([{**out, "Event": "DialBegin"}, answered]),
            [
                ("ringing", "out", "+78332111111", "101"),
                ("answered", "out", "+78332111111", "101"),
            ],
        )

    def test_what_is_no_call_with_a_client(self):
        """Rows: what Asterisk tells."""
        inner = {"Linkedid": "3", "Channel": "PJSIP/102-1", "DestChannel": OURS_101}
        table = [
            {**inner, "Event": "DialBegin"},
            {**inner, "Event": "DialEnd", "DialStatus": "ANSWER"},
            {"Event": "Hangup", "Uniqueid": "3", "Linkedid": "3"},
            {"Event": "DialBegin", "Linkedid": "4", "Channel": "a", "DestChannel": "b"},
            {"Event": "DialBegin"},
            {"Event": "Init__"},
            {"Event": ""},
            {"Response": "Success"},
            {"Event": "Newchannel", "Uniqueid": "x" * 999, "Linkedid": "x" * 999},
        ]
        self.assertEqual(self.told(table), [])

    # -------------------------------------------------------------------------
    # Listening
    # -------------------------------------------------------------------------

    def test_it_is_listened_to(self):
        """From the words of Asterisk to the journal."""
        self.asterisk(events=[*incoming(), *outgoing()])
        calls = AmiCalls(facts_of(self.env, self.connection.id).extensions)
        with (
            patch.dict("os.environ", OURS),
            open_ami(self.env, self.connection.id) as ami,
        ):
            while message := ami.event(0.5):
                for event in calls.events_of(message):
                    take(self.env, self.connection.id, event)
        found = self.write_journal().sorted("call_ref")
        self.assertEqual(found.mapped("direction"), ["in", "out"])
        self.assertEqual(found.mapped("state"), ["talk", "talk"])
        self.assertEqual(self.talks.partner_id, self.client_own)
        self.assertEqual(len(self.talks), 2)
        self.assertEqual(found[0].line_id, self.connection.line_ids)

    def test_the_secret_is_not_sent(self):
        fake = self.asterisk()
        with patch.dict("os.environ", OURS), open_ami(self.env, self.connection.id):
            pass
        self.assertEqual([a["Action"] for a in fake.actions], ["Challenge", "Login"])
        self.assertNotIn(SECRET, str(fake.actions))

    def test_one_listens(self):
        """Whoever has the lease, until it has run out."""
        one, other = Listener("one"), Listener("other")
        other._holder = "another server"
        connection = self.connection
        self.assertTrue(one.take_lease(self.env, connection.id))
        self.assertTrue(one.take_lease(self.env, connection.id))
        self.assertFalse(other.take_lease(self.env, connection.id))
        other.drop_leases(self.env)
        self.assertFalse(other.take_lease(self.env, connection.id))
        # Who ends in order does not keep the next one waiting.
        one.drop_leases(self.env)
        self.assertTrue(other.take_lease(self.env, connection.id))
        other.drop_leases(self.env)
        self.assertTrue(one.take_lease(self.env, connection.id))
        connection.invalidate_recordset()
        connection.lease_until = fields.Datetime.now() - timedelta(minutes=1)
        self.env.flush_all()
        self.assertTrue(other.take_lease(self.env, connection.id))
        self.assertFalse(one.take_lease(self.env, connection.id))
        connection.invalidate_recordset()
        connection.active = False
        self.env.flush_all()
        self.assertFalse(other.take_lease(self.env, connection.id))

    # -------------------------------------------------------------------------
    # Calling, and what is still to do
    # -------------------------------------------------------------------------

    def call_out(self):
        desk = self.env["its.phone.desk"].with_user(self.client_manager)
        with patch.dict("os.environ", OURS):
            return desk.call_number("+7 (8332) 11-11-11")

    def test_calling_out(self):
        fake = self.asterisk()
        self.assertIn("101", self.call_out()["message"])
        asked = fake.actions[-1]
        self.assertEqual(asked["Action"], "Originate")
        self.assertEqual(asked["Channel"], "PJSIP/101")
        self.assertEqual(asked["Context"], "from-internal")
        self.assertEqual(asked["Exten"], "+78332111111")
        # Who calls is whose telephone it is, as if they had dialled it.
        self.assertEqual(asked["CallerID"], "101")

    def test_it_refuses(self):
        self.asterisk(secret="other")
        with self.assertRaisesRegex(UserError, "Authentication failed"):
            self.call_out()
        # No line of another action gets in by a value.
        self.asterisk()
        self.connection.context = "a\r\nAction: Command"
        with self.assertRaisesRegex(UserError, "line break"):
            self.call_out()

    def test_what_is_still_to_do(self):
        self.asterisk(secret="other")
        connection = self.connection.with_user(self.administrator)
        with patch.dict("os.environ", OURS):
            words = connection.action_test()["params"]["message"]
        self.assertIn("Authentication failed", words)
        self.assertIn("odoo-bin its_phone", words)
        for address in ("ami://pbx:99999", "ami://[pbx", "ami://", False):
            self.connection.address = address
            words = connection.action_test()["params"]["message"]
            self.assertIn("cannot be signed in to", words)

    def test_the_server_itself_is_nobody_to_ask(self):
        self.asterisk()
        with (
            patch.dict("os.environ", {"ITS_QUALITY_ALLOWED_HOSTS": ""}),
            self.assertRaises(OSError),
        ):
            open_ami(self.env, self.connection.id)
