import json
import uuid

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged

from .test_its_claim import ClaimCase


def ref():
    return str(uuid.uuid4())


@tagged("post_install", "-at_install")
class TestItsConnect(HttpCase, ClaimCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line, cls.quiet_line = ref(), ref()
        cls.connect = cls.env["its.connect"].create(
            {
                "name": "Проверка",
                "keywords": "рекламация\n\nЖалоба",
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "ЭДО",
                            "line_ref": cls.line.upper(),
                            "team_id": cls.team.id,
                            "makes_claims": True,
                        },
                    ),
                    (0, 0, {"name": "Прочее", "line_ref": cls.quiet_line}),
                ],
            }
        )
        cls.secret = cls.connect._new_secret()

    def event(self, **values):
        return {
            "line_id": self.line,
            "user_id": ref(),
            "message_id": ref(),
            "message_type": 1,
            "message_time": "1779000000",
            "text": "Не уходит отчёт\nпомогите",
            **values,
        }

    def tell(self, event, secret=None, key=None, **headers):
        """Send an event; the answer, and the claims that came of it."""
        before = self.env["its.claim"].search([])
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        response = self.url_open(
            f"/its/connect/{key or self.connect.key}",
            data=body,
            headers={
                "Authorization": f"Bearer {self.secret if secret is None else secret}",
                "Content-Type": "application/json",
                **headers,
            },
        )
        self.env.invalidate_all()
        return response, self.env["its.claim"].search([]) - before

    def test_a_message_becomes_a_claim(self):
        event = self.event(
            data={
                "user": {
                    "name": "Ольга",
                    "surname": "Новая",
                    "email": "olga@novaya.example.com",
                    "phone": "+7 900",
                    "counterpart_id": ref(),
                }
            }
        )
        response, claim = self.tell(event)
        self.assertEqual(response.json(), {"status": "registered", "claim": claim.name})
        self.assertEqual(claim.channel, "connect")
        self.assertEqual(claim.subject, "Не уходит отчёт")
        self.assertEqual(claim.description, event["text"])
        self.assertEqual(claim.team_id, self.team)
        self.assertEqual(claim.sender_name, "Ольга Новая")
        self.assertEqual(claim.email_from, "olga@novaya.example.com")
        self.assertFalse(claim.partner_id)
        # The same again is the same.
        again, nothing = self.tell(event)
        self.assertEqual(again.json(), response.json())
        self.assertFalse(nothing)

    def test_which_events(self):
        """Rows: what differs, what becomes of it."""
        author = ref()
        table = [
            ({"message_type": 80, "text": None}, "registered"),
            ({"message_type": 80, "line_id": self.quiet_line}, "ignored"),
            ({"line_id": self.quiet_line}, "ignored"),
            ({"line_id": self.quiet_line, "text": "Это ЖАЛОБА!"}, "registered"),
            ({"line_id": ref(), "text": "рекламация"}, "registered"),
            ({"line_id": ref()}, "ignored"),
            ({"author_id": author}, "ignored"),
            ({"user_id": author, "author_id": author}, "registered"),
            ({"message_type": 70}, "ignored"),
            *(
                ({"message_type": kind}, "ignored")
                for kind in (20, 21, 81, 82, 83, 89, 200, 0, -1)
            ),
        ]
        for values, status in table:
            with self.subTest(values):
                response, claim = self.tell(self.event(**values))
                self.assertEqual(response.status_code, 200)
                self.assertEqual(response.json()["status"], status)
                self.assertEqual(bool(claim), status == "registered")

    def test_what_is_no_event(self):
        """Rows: the body, the status; nothing changes."""
        good = self.event()
        table = [
            (b" ", 400),
            (b"{", 400),
            (b"[]", 400),
            (b"null", 400),
            (b'"text"', 400),
            (b"\xff\xfe", 400),
            (b"[" * 100_000, 400),
            ({}, 400),
            ({**good, "line_id": None}, 400),
            ({**good, "line_id": "1"}, 400),
            ({**good, "user_id": 5}, 400),
            ({**good, "message_id": good["message_id"] + "0"}, 400),
            ({**good, "message_id": ["x"]}, 400),
            ({**good, "message_type": "1"}, 400),
            ({**good, "message_type": True}, 400),
            ({**good, "message_type": 2**40}, 400),
            ({**good, "message_type": None}, 400),
            ({**good, "author_id": "x"}, 400),
            ({**good, "text": 5}, 400),
            ({**good, "text": "x" * 20_001}, 400),
            ({**good, "data": []}, 400),
            ({**good, "data": {"user": {"name": 5}}}, 400),
            ({**good, "data": {"user": {"counterpart_id": "x"}}}, 400),
            (b" " * (257 * 1024), 413),
        ]
        for body, status in table:
            with self.subTest(body=str(body)[:60]):
                events = self.env["its.connect.event"].search_count([])
                response, claim = self.tell(body)
                self.assertEqual(response.status_code, status)
                self.assertFalse(claim)
                self.assertEqual(self.env["its.connect.event"].search_count([]), events)
        response, claim = self.tell(good, **{"Content-Type": "text/plain"})
        self.assertEqual(response.status_code, 415)
        self.assertFalse(claim)
        _response, claim = self.tell(good)
        self.assertTrue(claim)

    def test_texts_are_texts(self):
        text = "<script>alert(1)</script>\0=HYPERLINK(1)"
        _response, claim = self.tell(self.event(text=text))
        self.assertEqual(claim.description, text.replace("\0", ""))

    def test_who_does_not_know_the_secret(self):
        for secret, key in (
            ("", None),
            ("x" * 43, None),
            (self.secret[:-1], None),
            (self.secret, "unknown"),
        ):
            with self.subTest(secret=secret, key=key):
                response, claim = self.tell(self.event(), secret, key)
                self.assertEqual(response.status_code, 401)
                self.assertEqual(response.json(), {"error": "unauthorized"})
                self.assertFalse(claim)
        response, _claim = self.tell(self.event(), Authorization=f"Basic {self.secret}")
        self.assertEqual(response.status_code, 401)
        self.connect.active = False
        self.assertEqual(self.tell(self.event())[0].status_code, 401)
        self.connect.active = True
        self.connect._new_secret()
        self.assertEqual(self.tell(self.event())[0].status_code, 401)

    def test_a_connection_without_a_secret(self):
        other = self.env["its.connect"].create({"name": "Без секрета"})
        for secret in ("", "x"):
            response, _claim = self.tell(self.event(), secret, other.key)
            self.assertEqual(response.status_code, 401)

    def test_a_conversation_is_one_claim(self):
        user = ref()
        _response, claim = self.tell(self.event(user_id=user))
        claim.partner_id = self.client_team
        self.fill_up_to_work(claim)
        self.by(claim, "worker").action_wait()
        response, nothing = self.tell(self.event(user_id=user, text="И ещё вот"))
        self.assertFalse(nothing)
        self.assertEqual(response.json(), {"status": "added", "claim": claim.name})
        self.assertIn("И ещё вот", claim.message_ids.mapped("body")[0])
        self.assertFalse(claim.waiting_since)
        # Another line, another matter.
        _response, other = self.tell(
            self.event(user_id=user, line_id=ref(), text="жалоба")
        )
        self.assertTrue(other)
        # A conversation that was closed does not go on.
        self.tell(self.event(user_id=user, message_type=82))
        _response, third = self.tell(self.event(user_id=user))
        self.assertTrue(third)
        self.assertEqual(third.partner_id, self.client_team)

    def fill_up_to_work(self, claim):
        for name in ("dispatch", "assign"):
            self.fill(claim, name)
            self.go(claim, name)

    def test_who_is_linked_once_is_known(self):
        """He himself, and his colleagues of the same firm."""
        user, firm = ref(), ref()
        person = {"data": {"user": {"counterpart_id": firm}}}
        _response, claim = self.tell(self.event(user_id=user, **person))
        self.by(claim, "quality_manager").partner_id = self.client_own
        for writer in (user, ref()):
            self.tell(self.event(user_id=writer, message_type=82))
            _response, claim = self.tell(self.event(user_id=writer, **person))
            self.assertEqual(claim.partner_id, self.client_own)
        _response, claim = self.tell(self.event())
        self.assertFalse(claim.partner_id)

    def test_two_companies(self):
        other = self.env["its.connect"].create(
            {
                "name": "Вятка",
                "company_id": self.other_company.id,
                "line_ids": [
                    (0, 0, {"name": "ЭДО", "line_ref": self.line, "makes_claims": True})
                ],
            }
        )
        secret = other._new_secret()
        event = self.event()
        _response, claim = self.tell(event, secret, other.key)
        self.assertEqual(claim.company_id, self.other_company)
        # One secret opens one connection.
        self.assertEqual(self.tell(event, secret)[0].status_code, 401)
        _response, claim = self.tell(event)
        self.assertEqual(claim.company_id, self.company)

    def test_who_sees_what_is_secret(self):
        self.connect.rest_password = "СЕКРЕТ"
        for role in ("client_manager", "quality_manager", "head", "employee", "portal"):
            for name in ("name", "key", "rest_password", "secret_digest"):
                with self.subTest(role, field=name), self.assertRaises(AccessError):
                    self.by(self.connect, role).read([name])
        with self.assertRaises(AccessError):
            self.by(self.connect, "administrator").read(["secret_digest"])
        fields = self.env["its.connect"].fields_get(attributes=["exportable"])
        for name in ("rest_password", "secret_digest"):
            self.assertIs(fields[name].get("exportable"), False)

    def test_the_secret_is_shown_once(self):
        action = self.by(self.connect, "administrator").action_new_secret()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertTrue(self.connect._is_shown("Bearer", wizard.secret))
        self.assertNotIn(wizard.secret, str(self.connect.sudo().read()))
        for role in ("quality_manager", "head", "employee"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.by(self.connect, role).action_new_secret()

    def test_identifiers_of_lines(self):
        with self.assertRaises(ValidationError):
            self.connect.line_ids[0].line_ref = "line one"

    def test_nothing_is_asked_without_a_password(self):
        with self.assertRaisesRegex(UserError, "login and the password"):
            self.connect.action_register_hook()
