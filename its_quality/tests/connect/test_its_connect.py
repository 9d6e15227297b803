import json
import uuid
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import file_open, html2plaintext

from ..claim.common import ClaimCase


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
            ({"line_id": ref(), "text": "Пришлю рекламацию"}, "registered"),
            ({"line_id": ref(), "text": "нерекламация"}, "ignored"),
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
        text = "<script>alert(1)</script>\0=HYPERLINK(1)\ud83d\nещё 😀"
        read = "<script>alert(1)</script>=HYPERLINK(1)\nещё 😀"
        event = self.event(text=text)
        _response, claim = self.tell(event)
        self.assertEqual(claim.description, read)
        self.tell({**event, "message_id": ref()})
        [comment] = self.comments(claim)
        self.assertNotIn("<script", comment.body)
        self.assertEqual(html2plaintext(comment.body).strip(), read)
        self.assertIn("<br", comment.body)

    def comments(self, claim):
        """What the client has written after the claim was registered."""
        return claim.message_ids.filtered(
            lambda message: (
                message.subtype_id == self.env.ref("mail.mt_comment")
                and message.author_id != self.env.ref("base.partner_root")
            )
        )

    def test_who_does_not_know_the_secret(self):
        for secret, key in (
            ("", None),
            ("x" * 43, None),
            (self.secret[:-1], None),
            (self.secret, "unknown"),
            (self.secret, "%00%00%00%00%00%00%00%00%00%00"),
            (self.secret, "%D0%BA%D0%BB%D1%8E%D1%87-%FF"),
            ("%", None),
        ):
            with self.subTest(secret=secret, key=key):
                response, claim = self.tell(self.event(), secret, key)
                self.assertEqual(response.status_code, 401)
                self.assertEqual(response.json(), {"error": "unauthorized"})
                self.assertNotIn("session_id", response.cookies)
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
        # Another line, another matter; each goes on for itself.
        elsewhere = self.event(user_id=user, line_id=self.quiet_line, text="жалоба")
        _response, other = self.tell(elsewhere)
        self.assertTrue(other)
        for event, expected in (
            (self.event(user_id=user), claim),
            ({**elsewhere, "message_id": ref(), "text": "и ещё"}, other),
        ):
            self.assertEqual(self.tell(event)[0].json()["claim"], expected.name)
        # A conversation that was closed, by whomever, does not go on; the other does.
        closed = self.event(user_id=user, message_type=82, author_id=ref(), text=None)
        response, _nothing = self.tell(closed)
        self.assertEqual(response.json(), {"status": "ended", "claim": claim.name})
        self.assertEqual(self.tell(closed)[0].json(), response.json())
        response, _nothing = self.tell({**elsewhere, "message_id": ref()})
        self.assertEqual(response.json(), {"status": "added", "claim": other.name})
        _response, third = self.tell(self.event(user_id=user))
        self.assertTrue(third)
        self.assertEqual(third.partner_id, self.client_team)
        # Nor does one whose claim has come to its end.
        self.go(third, "reject")
        _response, fourth = self.tell(self.event(user_id=user))
        self.assertTrue(fourth)

    def test_a_merged_claim_goes_on_in_the_other(self):
        """Rows: the client of the other claim, which one gets further words."""
        for client, goes_on in ((self.client_own, True), (self.client_team, False)):
            with self.subTest(client.name):
                _response, main = self.tell(self.event())
                main.partner_id = self.client_own
                user = ref()
                _response, claim = self.tell(self.event(user_id=user))
                claim.partner_id = self.client_own
                claim.duplicate_of_id = main
                self.by(claim, "quality_manager").action_merge()
                main.partner_id = client
                more = self.event(user_id=user, text="И ещё вот")
                response, other = self.tell(more)
                self.assertEqual(bool(other), not goes_on)
                expected = main if goes_on else other
                self.assertEqual(response.json()["claim"], expected.name)
                self.assertEqual(len(self.comments(main)), int(goes_on))

    def test_a_name_is_one_line(self):
        """A letter with another in its header would never be sent."""
        user = ref()
        person = {
            "name": "Olga\r\nBcc: x@example.com",
            "email": "olga@novaya.example.com\nX: y",
        }
        for text in ("Не уходит отчёт", "И ещё"):
            self.tell(self.event(user_id=user, text=text, data={"user": person}))
        [claim] = self.env["its.claim"].search(
            [("connect_contact_id.user_ref", "=", user)]
        )
        self.assertEqual(claim.sender_name, "Olga Bcc: x@example.com")
        [comment] = self.comments(claim)
        for value in (claim.email_from, comment.email_from):
            self.assertNotIn("\n", value)

    def test_first_words_are_what_it_is_about(self):
        user = ref()
        opened = self.event(user_id=user, message_type=80, text=None)
        _response, claim = self.tell(opened)
        self.assertFalse(claim.description)
        self.tell(self.event(user_id=user, text="Не уходит отчёт\nпомогите"))
        self.assertEqual(claim.subject, "Не уходит отчёт")
        self.assertEqual(claim.description, "Не уходит отчёт\nпомогите")
        self.assertFalse(self.comments(claim))
        again = self.tell({**opened, "message_id": ref()})[0]
        self.assertEqual(again.json(), {"status": "ignored", "claim": claim.name})

    def test_a_file_is_a_name_and_an_address(self):
        user = ref()
        _response, claim = self.tell(self.event(user_id=user))
        file = {"name": "акт.pdf", "url": "https://files.example.com/1"}
        self.tell(self.event(user_id=user, message_type=70, text=None, data=file))
        [comment] = self.comments(claim)
        for words in file.values():
            self.assertIn(words, comment.body)
        self.assertFalse(comment.attachment_ids)

    def test_who_has_written(self):
        """Rows: the sender as 1С-Коннект knows him, the client, the author."""
        contact = self.contact_of(self.client_own)
        person = {"user": {"name": "Ольга", "surname": "Новая"}}
        for client, author in ((None, "Ольга Новая"), (contact, contact.name)):
            with self.subTest(author):
                user = ref()
                _response, claim = self.tell(self.event(user_id=user, data=person))
                if client:
                    firm = client.commercial_partner_id
                    self.by(claim, "quality_manager").write(
                        {"partner_id": firm.id, "contact_id": client.id}
                    )
                self.tell(self.event(user_id=user, text="И ещё"))
                [comment] = self.comments(claim)
                self.assertEqual(comment.author_id, client or contact.browse())
                self.assertIn(author, client and client.name or comment.email_from)

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

    def test_who_is_not_certain(self):
        """Rows: what has happened to the client since the link was made."""
        firm = ref()
        person = {"data": {"user": {"counterpart_id": firm}}}

        def link(client):
            _response, claim = self.tell(self.event(**person))
            self.by(claim, "quality_manager").partner_id = client
            return claim.sudo()

        table = {
            "archived": lambda claim: self.client_own.action_archive(),
            "of another company": lambda claim: self.client_own.write(
                {"company_id": self.other_company.id}
            ),
            "no client any more": lambda claim: self.client_own.write(
                {"its_client": False}
            ),
            "unlinked": lambda claim: self.by(claim, "quality_manager").write(
                {"partner_id": False}
            ),
            "a colleague is of another firm": lambda claim: (
                claim.connect_contact_id.copy(
                    {"user_ref": ref(), "partner_id": self.client_team.id}
                )
            ),
        }
        for title, happen in table.items():
            with self.subTest(title), self.undone():
                claim = link(self.client_own)
                # A link of one's own outweighs what colleagues are.
                user = claim.connect_contact_id.user_ref
                if title != "of another company":
                    happen(claim)
                else:
                    claim.env.cr.execute(
                        "UPDATE res_partner SET company_id = %s WHERE id = %s",
                        (self.other_company.id, self.client_own.id),
                    )
                    self.env.invalidate_all()
                writer = ref() if "colleague" in title else user
                self.tell(self.event(user_id=writer, message_type=82))
                response, other = self.tell(self.event(user_id=writer, **person))
                self.assertEqual(response.status_code, 200)
                self.assertTrue(other)
                self.assertFalse(other.partner_id)

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
        secret = action["context"]["default_secret"]
        self.assertTrue(self.connect._is_valid_secret("Bearer", secret))
        dialog = self.env[action["res_model"]]
        self.assertFalse(dialog._auto and not dialog._abstract, "it has no table")
        shown = dialog.with_context(**action["context"]).default_get(["secret", "url"])
        self.assertEqual(shown, {"secret": secret, "url": self.connect.url})
        self.assertNotIn(secret, str(self.connect.sudo().read()))
        for role in ("quality_manager", "head", "employee"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.by(self.connect, role).action_new_secret()

    def test_whose_connections(self):
        """Nobody but administrators, and of their own companies."""
        self.tell(self.event())
        models = [f"its.connect.{n}" for n in ("line", "contact", "event")]
        models += ["its.connect", "its.connect.conversation"]
        self.administrator.company_ids += self.other_company
        administrator = self.env["its.connect"].with_user(self.administrator)
        for model in models:
            with self.subTest(model):
                records = administrator.env[model]
                own = records.with_context(allowed_company_ids=self.company.ids)
                self.assertTrue(own.search([]))
                other = records.with_context(allowed_company_ids=self.other_company.ids)
                self.assertFalse(other.search([]))
            for role in ("client_manager", "quality_manager", "head", "employee"):
                with self.subTest(model, role=role), self.assertRaises(AccessError):
                    self.env[model].with_user(self[role]).search([])

    def __getitem__(self, name):
        return getattr(self, name)

    def test_lines(self):
        line = self.connect.line_ids[0]
        with self.assertRaises(ValidationError):
            line.line_ref = "line one"
        abroad = self.env["its.team"].with_company(self.other_company)
        abroad = abroad.create({"name": "Вятка"})
        with self.assertRaises(UserError):
            line.team_id = abroad

    def test_when_it_has_told_last(self):
        self.assertFalse(self.connect.last_event_date)
        self.tell(self.event(line_id=self.quiet_line))
        with freeze_time(fields.Datetime.now() + timedelta(hours=1)):
            now = fields.Datetime.now()
            self.tell(self.event(line_id=self.quiet_line))
        self.assertEqual(self.connect.last_event_date, now)

    def test_old_events_are_forgotten(self):
        event = self.event()
        response, claim = self.tell(event)
        with freeze_time(fields.Datetime.now() + timedelta(days=91)):
            self.env["its.connect.event"]._gc_events()
        self.assertFalse(self.connect.last_event_ids)
        # The claim itself is still known by its message.
        again, nothing = self.tell(event)
        self.assertFalse(nothing)
        self.assertEqual(again.json(), response.json())

    def test_a_copy_takes_nothing_in(self):
        self.connect.write({"rest_login": "login", "rest_password": "password"})
        self.env.flush_all()
        with file_open("its_quality/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertEqual(self.tell(self.event())[0].status_code, 401)
        self.assertFalse(self.connect.active)
        self.assertFalse(self.connect.rest_password)

    def test_nothing_is_asked_without_a_password(self):
        with self.assertRaisesRegex(UserError, "login and password"):
            self.connect.action_register_hook()
