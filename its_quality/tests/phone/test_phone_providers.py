import base64
import hashlib
import hmac
import json
import time

from odoo.tests import HttpCase, tagged

from .common import SECRET, PhoneCase

KEY = "key-of-the-api"


@tagged("post_install", "-at_install")
class TestPhoneProviders(HttpCase, PhoneCase):
    """The clouds: what they send, as their documentation has it."""

    def send(self, values, path="", **headers):
        answer = self.url_open(
            f"/its/phone/{self.connection.key}{path}", data=values, headers=headers
        )
        self.env.invalidate_all()
        return answer

    # -------------------------------------------------------------------------
    # Mango Office
    # -------------------------------------------------------------------------

    def mango(self, path, values, key=KEY, secret=SECRET):
        text = json.dumps(values)
        sign = hashlib.sha256(f"{key}{text}{secret}".encode()).hexdigest()
        form = {"vpbx_api_key": key, "sign": sign, "json": text}
        return self.send(form, path)

    def mango_leg(self, state, ago, **values):
        return {
            "entry_id": "1",
            "call_id": "a",
            "timestamp": int(time.time()) - ago,
            "call_state": state,
            "location": "abonent",
            "from": {"number": "78332111111"},
            "to": {"extension": "101", "line_number": "78332500000"},
            **values,
        }

    def mango_summary(self, talk, end, **values):
        now = int(time.time())
        return {
            "entry_id": "1",
            "call_direction": 1,
            "from": {"number": "78332111111"},
            "to": {"extension": "101", "number": "sip:101"},
            "line_number": "78332500000",
            "create_time": now - 200,
            "talk_time": talk and now - talk,
            "end_time": now - end,
            "disconnect_reason": "1110",
            **values,
        }

    def test_mango(self):
        self.connection.write({"kind": "mango", "login": KEY})
        for path, values in (
            ("/events/call", self.mango_leg("Appeared", 190, location="ivr", to={})),
            ("/events/call", self.mango_leg("Appeared", 180)),
            ("/events/call", self.mango_leg("Connected", 170)),
            ("/events/call", self.mango_leg("Disconnected", 50)),
            ("/events/dtmf", {"dtmf": "1"}),
            ("/events/summary", self.mango_summary(170, 50)),
        ):
            answer = self.mango(path, values)
            self.assertEqual(answer.status_code, 200, answer.text)
        [call] = self.write_journal()
        self.assertEqual(call.state, "talk")
        self.assertEqual(call.seconds, 120)
        self.assertEqual(call.user_id, self.client_manager)
        self.assertEqual(call.line_id, self.connection.line_ids)
        self.assertEqual(self.talks.partner_id, self.client_own)

    def test_mango_missed_and_out(self):
        self.connection.write({"kind": "mango", "login": KEY})
        self.mango("/events/summary", self.mango_summary(0, 50))
        out = {
            "entry_id": "2",
            "call_direction": 2,
            "from": {"extension": "102"},
            "to": {"number": "78332222222"},
        }
        self.mango("/events/summary", self.mango_summary(170, 50, **out))
        inner = {"entry_id": "3", "call_direction": 0}
        self.mango("/events/summary", self.mango_summary(170, 50, **inner))
        missed, talk = self.write_journal().sorted("call_ref")
        self.assertEqual(missed.state, "missed")
        self.assertEqual(talk.state, "talk")
        self.assertEqual(talk.direction, "out")
        self.assertEqual(self.talks.user_id, self.colleague)

    def test_mango_of_somebody_else(self):
        self.connection.write({"kind": "mango", "login": KEY})
        good = self.mango_leg("Appeared", 0)
        for options in (
            {"key": "other"},
            {"secret": "other"},
            {"values": {**good, "timestamp": 1_000_000_000}},
        ):
            with self.subTest(options):
                answer = self.mango("/events/call", **{"values": good, **options})
                self.assertEqual(answer.status_code, 401)
        for text in ("[]", "{", '{"timestamp": "x"}', f'{{"timestamp": 1{"0" * 400}}}'):
            sign = hashlib.sha256(f"{KEY}{text}{SECRET}".encode()).hexdigest()
            form = {"vpbx_api_key": KEY, "sign": sign, "json": text}
            self.assertEqual(self.send(form, "/events/call").status_code, 400)
        # As JSON it may hold what is no letter at all, and nobody knows who sends it.
        for name in ("vpbx_api_key", "sign", "json"):
            form = {"vpbx_api_key": KEY, "sign": "1", "json": "{}", name: "\ud800"}
            answer = self.tell(form, **{"X-Other": "1"})
            self.assertEqual(answer.status_code, 401)
        self.assertFalse(self.write_journal())

    # -------------------------------------------------------------------------
    # Novofon
    # -------------------------------------------------------------------------

    def novofon(self, event, *signed, secret=SECRET, **values):
        made = hmac.new(secret.encode(), "".join(signed).encode(), hashlib.sha1)
        signature = base64.b64encode(made.hexdigest().encode()).decode()
        form = {"event": event, "pbx_call_id": "in_1", **values}
        return self.send(form, Signature=signature)

    def test_novofon(self):
        self.connection.write({"kind": "novofon", "login": KEY})
        call = {
            "caller_id": "+78332111111",
            "called_did": "78332500000",
            "call_start": "2026-01-12 10:00:00",
        }
        signed = list(call.values())
        answered = {
            "caller_id": "+78332111111",
            "destination": "101",
            "call_start": "2026-01-12 10:00:00",
        }
        for answer in (
            self.novofon("NOTIFY_START", *signed, **call),
            self.novofon("NOTIFY_INTERNAL", *signed, internal="101", **call),
            self.novofon(
                "NOTIFY_ANSWER", *answered.values(), internal="101", **answered
            ),
            self.novofon(
                "NOTIFY_END",
                *signed,
                duration="120",
                disposition="answered",
                internal="101",
                **call,
            ),
        ):
            self.assertEqual(answer.json(), {"status": "taken"})
        [found] = self.write_journal()
        self.assertEqual(found.state, "talk")
        self.assertEqual(found.seconds, 120)
        self.assertEqual(found.user_id, self.client_manager)
        self.assertEqual(self.talks.direction, "in")
        self.assertEqual(self.novofon("NOTIFY_IVR", *signed, **call).status_code, 200)
        wrong = self.novofon("NOTIFY_START", *signed, secret="other", **call)
        self.assertEqual(wrong.status_code, 401)

    def test_novofon_missed_and_out(self):
        self.connection.write({"kind": "novofon", "login": KEY})
        call = {
            "caller_id": "+78332111111",
            "called_did": "78332500000",
            "call_start": "2026-01-12 10:00:00",
        }
        # How long it rang is no talk.
        self.novofon(
            "NOTIFY_END",
            *call.values(),
            duration="30",
            disposition="no answer",
            **call,
        )
        out = {
            "internal": "102",
            "destination": "78332222222",
            "call_start": "2026-01-12 10:00:00",
        }
        self.novofon(
            "NOTIFY_OUT_END",
            *out.values(),
            duration="60",
            disposition="answered",
            pbx_call_id="out_1",
            **out,
        )
        calls = self.write_journal().sorted("call_ref")
        self.assertEqual(calls.mapped("state"), ["missed", "talk"])
        self.assertEqual(self.talks.user_id, self.colleague)
        self.assertEqual(self.talks.partner_id, self.client_colleague)

    def test_novofon_asks_whether_the_address_is_ours(self):
        path = f"/its/phone/{self.connection.key}?zd_echo="
        self.assertEqual(self.url_open(f"{path}abc").status_code, 404)
        self.connection.kind = "novofon"
        self.env.flush_all()
        answer = self.url_open(f"{path}abc")
        self.assertEqual(answer.text, "abc")
        self.assertTrue(answer.headers["Content-Type"].startswith("text/plain"))
        self.assertEqual(self.url_open(f"{path}<b>").status_code, 404)

    def test_orders(self):
        """How the clouds are asked to call."""
        for kind, method in (("mango", "POST"), ("novofon", "GET")):
            self.connection.write({"kind": kind, "login": KEY})
            order = self.connection._provider().order(
                "101", "+78332111111", KEY, SECRET, "", time.time()
            )
            self.assertEqual(order.method, method)
            self.assertTrue(order.address.startswith("https://"))
            self.assertNotIn(SECRET, f"{order.address}{order.form}{order.headers}")
