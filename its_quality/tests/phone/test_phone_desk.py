import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...models.phone.calling import dialled
from .common import PhoneCase


@tagged("post_install", "-at_install")
class TestPhoneDesk(PhoneCase):
    """The card of who calls: for whom, and what is on it."""

    def ringing(self, extension="101", **values):
        self.take(self.event("ringing", extension=extension, **values))
        return self.env["its.phone.event"].search([], limit=1)

    def card(self, event, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        user = user or self.client_manager
        return self.env["its.phone.desk"].with_user(user).get_card(event.id)

    def test_the_own_client(self):
        claim = self.env["its.claim"].create(
            {"subject": "Не уходит отчёт", "partner_id": self.client_own.id}
        )
        talk = self.env["its.interaction"].create(
            {
                "partner_id": self.client_own.id,
                "summary": "Просят обучение",
                "date_start": "2026-01-12 10:00:00",
            }
        )
        card = self.card(self.ringing())
        self.assertEqual(card["line"], "Линия консультаций")
        [client] = card["clients"]
        self.assertEqual(client["name"], self.client_own.name)
        self.assertEqual([row["id"] for row in client["claims"]], [claim.id])
        self.assertEqual(client["talk"]["id"], talk.id)
        self.assertEqual(
            [row["id"] for row in client["subscriptions"]],
            self.subscription_of(self.client_own).ids,
        )
        self.assertFalse(client["call_id"])
        planned = self.client_own.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.client_manager.id
        )
        [client] = self.card(self.ringing(call="2"))["clients"]
        self.assertEqual(client["call_id"], planned.id)

    def test_of_others_only_whose_they_are(self):
        [client] = self.card(self.ringing(number="88332222222"))["clients"]
        self.assertEqual(
            client,
            {
                "id": False,
                "name": self.client_colleague.name,
                "manager": self.colleague.name,
                "is_own": False,
            },
        )
        # A quality manager sees all.
        event = self.ringing("103", call="2", number="88332222222")
        [client] = self.card(event, self.quality_manager)["clients"]
        self.assertTrue(client["is_own"])

    def test_several_clients_are_all_shown(self):
        self.client_colleague.phone = self.client_own.phone
        card = self.card(self.ringing())
        self.assertEqual(
            {client["name"]: client["is_own"] for client in card["clients"]},
            {self.client_own.name: True, self.client_colleague.name: False},
        )

    def test_at_nobody_elses_telephone(self):
        event = self.ringing()
        for user in (self.colleague, self.administrator, self.employee, self.portal):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.card(event, user)
        with self.assertRaises(AccessError):
            self.card(event.browse(event.id + 1000))

    def sent(self, *events):
        """What is sent over the bus of events, or when the journal is written:
        ``[(user, kind)]``."""
        found = []

        def send(_bus, target, kind, _message):
            if kind.startswith("its_phone/"):
                found.extend((user, kind) for user in target.user_ids)

        with patch.object(type(self.env["bus.bus"]), "_sendone", send):
            self.take(*events)
            if not events:
                self.write_journal()
        return found

    def test_who_is_told(self):
        line = self.connection.line_ids
        line.team_id.member_ids = self.client_manager | self.colleague
        ringing = self.event("ringing", extension="101")
        self.assertEqual(
            self.sent(ringing), [(self.client_manager, "its_phone/ringing")]
        )
        self.assertEqual(self.sent(ringing), [], "told twice")
        self.sent(self.event("ringing", extension="102"))
        # Somebody has answered: the others need the card no longer.
        answered = self.event("answered", extension="101")
        self.assertEqual(self.sent(answered), [(self.colleague, "its_phone/over")])
        # Who has talked keeps it until the talk is in the journal.
        self.assertEqual(self.sent(self.event("ended")), [])
        everybody = {
            (self.client_manager, "its_phone/over"),
            (self.colleague, "its_phone/over"),
        }
        self.assertEqual(set(self.sent()), everybody)
        # Nobody has answered: nobody needs it any longer.
        for event in self.missed(call="missed"):
            told = self.sent(event)
        self.assertEqual(told, [(self.client_manager, "its_phone/over")])
        self.assertEqual([one for one in self.sent() if one[1] == "its_phone/over"], [])
        # At no telephone in particular: the team of the line.
        self.assertEqual(
            {user for user, _kind in self.sent(self.event("ringing", call="2"))},
            {self.client_manager, self.colleague},
        )
        # Whoever has no role has no clients either.
        own = self.connection.extension_ids.filtered(lambda one: one.number == "101")
        own.user_id = self.employee
        self.env.flush_all()
        mute = self.event("ringing", call="4", extension="101")
        self.assertEqual(self.sent(mute), [])
        own.user_id = self.client_manager
        self.env.flush_all()
        out = self.event("ringing", call="3", extension="101", direction="out")
        self.assertEqual(self.sent(out), [])

    # -------------------------------------------------------------------------
    # New numbers
    # -------------------------------------------------------------------------

    def link(self, event, client, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        with self.request_of(user or self.client_manager):
            desk = self.env["its.phone.desk"].with_user(user or self.client_manager)
            desk.link_number(event.id, client.id)
            self.env.flush_all()
        self.env.invalidate_all()

    def test_a_number_is_linked(self):
        """It is on the card, and the calls from it are the client's."""
        number = "+7 999 000-00-01"
        self.write_journal(*self.talk(number=number))
        self.assertFalse(self.talks)
        event = self.ringing(call="2", number=number, after=300)
        card = self.card(event)
        self.assertFalse(card["clients"])
        self.assertTrue(card["may_link"])
        self.link(event, self.client_own)
        self.assertEqual(self.client_own.phone, "8 (8332) 11-11-11")
        self.assertIn(number, self.client_own.child_ids.mapped("phone"))
        self.assertEqual(self.talks.partner_id, self.client_own)
        [client] = self.card(event)["clients"]
        self.assertEqual(client["id"], self.client_own.id)

    def test_the_first_number_of_a_card(self):
        self.client_own.phone = False
        event = self.ringing(number="+7 999 000-00-01")
        self.link(event, self.client_own)
        self.assertEqual(self.client_own.phone, "+7 999 000-00-01")

    def test_what_is_not_linked(self):
        event = self.ringing(number="+7 999 000-00-01")
        hidden = self.ringing(call="2", number="anonymous")
        self.assertTrue(self.card(hidden)["is_hidden"])
        for one, client in (
            (event, self.client_colleague),
            (event, self.stranger),
            (hidden, self.client_own),
        ):
            with self.subTest(client.name), self.undone(), self.assertRaises(UserError):
                self.link(one, client)

    def test_a_new_client_gets_the_calls(self):
        self.write_journal(*self.talk(number="+7 999 000-00-01"))
        client = self.create_client(
            "ООО «Новое»", user=self.client_manager, phone="8 (999) 000-00-01"
        )
        self.env.flush_all()
        self.env["its.phone.call"]._recognize_late()
        self.assertEqual(self.talks.partner_id, client)

    # -------------------------------------------------------------------------
    # Calling out
    # -------------------------------------------------------------------------

    def test_what_is_dialled(self):
        table = {
            "+7 (8332) 11-11-11": "+78332111111",
            "8 8332 111111 доб. 5": "88332111111",
            "8 912 000-00-00, 8 912 000-00-01": "89120000000",
            "": "",
            "нет": "",
        }
        for number, dials in table.items():
            self.assertEqual(dialled(number), dials)

    def call_out(self, user=None):
        desk = self.env["its.phone.desk"].with_user(user or self.client_manager)
        return desk.call_number("+7 (8332) 11-11-11")

    def test_without_a_telephone_the_computer_dials(self):
        self.assertEqual(self.call_out(), {})
        self.assertEqual(self.call_out(self.head), {})
        with self.assertRaises(AccessError):
            self.call_out(self.employee)

    def exchange(self, status):
        """An exchange that answers so; what it was asked is in the list."""
        asked = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                asked.append((dict(self.headers), body))
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_arguments):
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.connection.write(
            {
                "address": f"http://127.0.0.1:{server.server_port}/call",
                "password": "s" * 40,
            }
        )
        return asked

    def test_the_exchange_is_asked(self):
        asked = self.exchange(204)
        with patch.dict("os.environ", {"ITS_QUALITY_ALLOWED_HOSTS": "127.0.0.1"}):
            self.assertIn("101", self.call_out()["message"])
        [(headers, body)] = asked
        self.assertEqual(
            json.loads(body),
            {"action": "call", "extension": "101", "number": "+78332111111"},
        )
        stamp = headers["X-Its-Timestamp"]
        signed = self.signature(body, stamp)
        self.assertEqual(headers["X-Its-Signature"], signed["X-Its-Signature"])
        self.assertNotIn("s" * 40, str(headers))

    def test_it_refuses_or_is_not_there(self):
        asked = self.exchange(503)
        with (
            patch.dict("os.environ", {"ITS_QUALITY_ALLOWED_HOSTS": "127.0.0.1"}),
            self.assertRaisesRegex(UserError, "503"),
        ):
            self.call_out()
        self.assertTrue(asked)
        # The server of Odoo itself is nobody to ask.
        with (
            patch.dict("os.environ", {"ITS_QUALITY_ALLOWED_HOSTS": ""}),
            self.assertRaisesRegex(UserError, "allowed_hosts"),
        ):
            self.call_out()
        self.assertEqual(len(asked), 1)
