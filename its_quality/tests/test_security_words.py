"""Nobody puts words into another's mouth: not in a thread, not by a message alone, not by
a dialog, not by a letter that came by no mail, not in a talk that a colleague led."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import tagged

from .claim.common import ClaimCase

WORDS = "Всё хорошо, закрывайте"


class WordsCase(ClaimCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.contact_of(cls.client_team)
        cls.person.email = "director@example.com"
        cls.system = cls.create_user(
            "its_system", "its_quality.group_administrator,base.group_system"
        )
        # As the superuser, who hands on what others have said.
        cls.claim = cls.env["its.claim"].browse(cls.create_claim().id)
        cls.said = cls.claim.sudo().message_post(
            body="Не работает", author_id=cls.person.id, message_type="comment"
        )

    def rpc(self, role, model, method, *args, **options):
        """Call as a request by RPC does."""
        user = getattr(self, role)
        with self.request_of(user):
            env = self.env(user=user, context={}, su=False)
            result = call_kw(env[model], method, list(args), options)
            env.flush_all()
        self.env.invalidate_all()
        return result

    def last(self, record):
        return record.sudo().message_ids.sorted("id")[-1:]

    def assert_own(self, message, user):
        self.assertEqual(message.author_id, user.partner_id)
        self.assertNotEqual(message.message_type, "email")
        self.assertNotIn("director", message.email_from)


@tagged("post_install", "-at_install")
class TestWordsOfOthers(WordsCase):
    def threads(self):
        """A thread that each of these people may write in."""
        in_work = self.claim_at("in_progress")
        subscription = self.subscription_of(self.client_own)
        return [
            ("worker", in_work),
            ("quality_manager", self.claim),
            ("head", in_work),
            ("administrator", self.claim),
            ("system", self.claim),
            ("client_manager", self.client_own),
            ("client_manager", subscription),
            ("quality_manager", self.client_team),
        ]

    def test_in_a_thread(self):
        false_words = [
            {"author_id": self.person.id},
            {"author_id": False, "email_from": "director@example.com"},
            {"email_from": "Директор <director@example.com>"},
            {"email_from": "director@example.com", "message_type": "email"},
            {"message_type": "email"},
            {"author_id": self.person.id, "message_type": "comment"},
            {"author_guest_id": 1},
            {"date": "2020-01-01 00:00:00"},
            {"message_id": "<letter-to-come@example.com>"},
            {"tracking_value_ids": [[0, 0, {"old_value_char": "a"}]]},
        ]
        for role, record in self.threads():
            for values in false_words:
                with self.subTest(role, model=record._name, **values), self.undone():
                    self.rpc(
                        role,
                        record._name,
                        "message_post",
                        record.ids,
                        **{"body": WORDS, **values},
                    )
                    message = self.last(record)
                    self.assertIn(WORDS, message.body)
                    self.assert_own(message, getattr(self, role))
                    self.assertGreater(message.date.year, 2020)
                    self.assertNotIn("letter-to-come", message.message_id)
                    self.assertFalse(message.tracking_value_ids)

    def test_as_a_notice(self):
        for model, ids in (("its.claim", self.claim.ids), ("mail.thread", [])):
            for values in (
                {"author_id": self.person.id},
                {"email_from": "director@example.com"},
            ):
                with self.subTest(model, **values), self.undone():
                    self.rpc(
                        "quality_manager",
                        model,
                        "message_notify",
                        ids,
                        body=WORDS,
                        partner_ids=self.head.partner_id.ids,
                        **values,
                    )
                    [message] = self.env["mail.message"].search(
                        [("body", "like", WORDS)]
                    )
                    self.assert_own(message, self.quality_manager)

    def test_changes_are_still_tracked(self):
        """What Odoo finds changed it notes, as before."""
        # Not for what was made a moment ago.
        self.flush_tracking()
        self.rpc(
            "quality_manager",
            "its.claim",
            "write",
            self.claim.ids,
            {"priority": "3"},
        )
        self.flush_tracking()
        self.assertTrue(self.last(self.claim).tracking_value_ids)

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.invalidate_all()

    def test_a_message_by_itself(self):
        of_claim = {"model": "its.claim", "res_id": self.claim.id, "body": WORDS}
        table = [
            ({**of_claim, "author_id": self.person.id}, {}),
            ({**of_claim, "email_from": "director@example.com"}, {}),
            ({**of_claim, "message_type": "email"}, {}),
            ({**of_claim, "tracking_value_ids": [[0, 0, {}]]}, {}),
            (of_claim, {"default_author_id": self.person.id}),
            (
                {"body": WORDS, "author_id": self.person.id},
                {"default_model": "its.claim", "default_res_id": self.claim.id},
            ),
        ]
        for values, context in table:
            with (
                self.subTest(values=values, context=context),
                self.undone(),
                self.assertRaises(AccessError),
            ):
                self.rpc(
                    "quality_manager",
                    "mail.message",
                    "create",
                    [values],
                    context=context,
                )

    def test_what_was_said_stays(self):
        changes = [
            {"body": "Работает"},
            {"author_id": self.quality_manager.partner_id.id},
            {"email_from": "its_head@example.com"},
            {"date": "2020-01-01 00:00:00"},
            {"is_internal": True},
            {"subtype_id": self.env.ref("mail.mt_note").id},
            {"model": "res.partner", "res_id": self.client_team.id},
            {"attachment_ids": [[5]]},
            {"message_type": "notification"},
            {"body": "Работает", "starred_partner_ids": []},
        ]
        for role in ("quality_manager", "administrator", "system"):
            for values in changes:
                with (
                    self.subTest(role, **values),
                    self.undone(),
                    self.assertRaises(AccessError),
                ):
                    self.rpc(role, "mail.message", "write", self.said.ids, values)
            with self.subTest(role), self.undone(), self.assertRaises(AccessError):
                self.rpc(role, "mail.message", "unlink", self.said.ids)
            with self.subTest(role), self.undone(), self.assertRaises(UserError):
                thread = self.as_user(self.claim, getattr(self, role))
                thread._message_update_content(self.said.sudo(), body="Работает")
        self.assertIn("Не работает", self.said.body)

    def test_his_own_words(self):
        mine = self.as_user(self.claim, self.quality_manager).message_post(
            body="Опечатка", message_type="comment"
        )
        self.rpc(
            "quality_manager", "mail.message", "write", mine.ids, {"body": "Верно"}
        )
        self.assertIn("Верно", mine.sudo().body)
        for values in (
            {"author_id": self.person.id},
            {"email_from": "director@example.com"},
            {"date": "2020-01-01 00:00:00"},
        ):
            with self.subTest(**values), self.assertRaises(AccessError):
                self.rpc("quality_manager", "mail.message", "write", mine.ids, values)
        self.rpc("quality_manager", "mail.message", "toggle_message_starred", mine.ids)
        self.rpc("quality_manager", "mail.message", "unlink", mine.ids)
        self.assertFalse(mine.exists())

    def test_a_note_of_a_change_is_nobodys(self):
        self.flush_tracking()
        self.rpc(
            "quality_manager",
            "its.claim",
            "write",
            self.claim.ids,
            {"priority": "3"},
        )
        self.flush_tracking()
        note = self.last(self.claim)
        self.assertEqual(note.author_id, self.quality_manager.partner_id)
        for method, args in (("unlink", []), ("write", [{"body": "x"}])):
            with self.subTest(method), self.assertRaises(AccessError):
                self.rpc("quality_manager", "mail.message", method, note.ids, *args)

    def test_by_the_dialog(self):
        for mode in ("comment", "mass_mail"):
            with self.subTest(mode), self.undone():
                values = {
                    "model": "its.claim",
                    "res_ids": repr(self.claim.ids),
                    "composition_mode": mode,
                    "author_id": self.person.id,
                    "email_from": "director@example.com",
                    "body": f"<p>{WORDS}</p>",
                    "subject": WORDS,
                    "partner_ids": [Command.link(self.head.partner_id.id)],
                }
                [wizard] = self.rpc(
                    "quality_manager", "mail.compose.message", "create", [values]
                )
                self.rpc(
                    "quality_manager",
                    "mail.compose.message",
                    "action_send_mail",
                    [wizard],
                )
                for message in self.env["mail.message"].search(
                    [("subject", "=", WORDS), ("model", "=", "its.claim")]
                ):
                    self.assert_own(message, self.quality_manager)

    def test_a_talk_of_a_colleague(self):
        values = {"partner_id": self.client_own.id, "user_id": self.colleague.id}
        with self.assertRaises(AccessError):
            self.rpc("client_manager", "its.interaction", "create", [values])
        [talk] = self.rpc(
            "client_manager",
            "its.interaction",
            "create",
            [{"partner_id": self.client_own.id}],
            context={"default_user_id": self.colleague.id},
        )
        talk = self.env["its.interaction"].browse(talk)
        self.assertEqual(talk.user_id, self.client_manager)
        theirs = self.env["its.interaction"].create(values)
        for role in ("client_manager", "quality_manager"):
            user = getattr(self, role)
            for record, given in ((talk, self.colleague), (theirs, user)):
                with self.subTest(role, given=given.login):
                    if record.user_id == given:
                        continue
                    with self.assertRaises(AccessError):
                        self.rpc(
                            role,
                            "its.interaction",
                            "write",
                            record.ids,
                            {"user_id": given.id},
                        )
        [talk] = self.rpc("administrator", "its.interaction", "create", [values])
        self.assertEqual(
            self.env["its.interaction"].browse(talk).user_id, self.colleague
        )


@tagged("post_install", "-at_install")
class TestLettersByMailOnly(WordsCase):
    """A letter counts as its sender's if it came by mail."""

    def letter(self, reply_to=None):
        answers = f"In-Reply-To: {reply_to}\n" if reply_to else ""
        return (
            "From: Директор <director@example.com>\nTo: nobody@example.com\n"
            f"Message-Id: <came-by-no-mail@example.com>\n{answers}"
            "Subject: Снова\n\nОпять не работает\n"
        )

    def test_who_hands_it_over(self):
        closed = self.claim_at("closed")
        said = closed.sudo().message_post(body="Готово", message_type="comment")
        card = self.client_team.message_post(body="Здравствуйте")
        reply, to_card = self.letter(said.message_id), self.letter(card.message_id)
        table = [
            ([False, reply], {}),
            (["res.partner", reply], {}),
            ([False, to_card], {}),
            (["its.claim", self.letter()], {}),
            (["its.claim", self.letter()], {"thread_id": closed.id}),
            (["res.partner", self.letter()], {"thread_id": self.client_team.id}),
            (
                ["res.partner", self.letter()],
                {"custom_values": {"its_claim_ids": [[1, closed.id, {"color": 1}]]}},
            ),
        ]
        roles = ("employee", "worker", "client_manager", "quality_manager")
        for args, options in table:
            for role in (*roles, "administrator", "portal"):
                with (
                    self.subTest(role, args=args[0], **options),
                    self.undone(),
                    self.assertRaises(AccessError),
                ):
                    self.rpc(role, "mail.thread", "message_process", *args, **options)
        self.assertEqual(closed.sudo().state, "closed")
        with self.undone():
            self.rpc("system", "mail.thread", "message_process", False, reply)
            self.assertEqual(closed.sudo().state, "in_progress")

    def test_private_ways(self):
        for method in ("message_new", "message_update"):
            for role in ("portal", "employee", "administrator", "system"):
                with self.subTest(method, role=role), self.assertRaises(AccessError):
                    self.rpc(role, "its.claim", method, self.claim.ids, {})

    def test_defaults_of_a_context_end_at_the_thread(self):
        """They would be taken for what follows from a message, as the superuser."""
        other = self.create_claim()
        self.rpc(
            "quality_manager",
            "its.claim",
            "message_post",
            self.claim.ids,
            body=WORDS,
            context={
                "default_duplicate_ids": [[1, other.id, {"subject": "Чужая"}]],
                "default_user_id": self.employee.id,
            },
        )
        self.assertNotEqual(other.sudo().subject, "Чужая")


@tagged("post_install", "-at_install")
class TestMovedActivities(WordsCase):
    def test_to_what_one_cannot_see(self):
        call = self.client_own.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.client_manager.id
        )
        hidden = self.claim
        models = self.env["ir.model"]
        places = [
            {"res_id": self.client_colleague.id},
            {"res_model_id": models._get_id("its.claim"), "res_id": hidden.id},
            {"res_model_id": models._get_id("its.import"), "res_id": 1},
            {"res_model": "its.claim", "res_id": hidden.id},
            {"res_model": "its.claim"},
            {"res_id": 2**31 - 1},
        ]
        for values in places:
            for method, args in (("write", [values]), ("web_save", [values, {}])):
                with (
                    self.subTest(method, **values),
                    self.undone(),
                    self.assertRaises(UserError),
                ):
                    self.rpc("client_manager", "mail.activity", method, call.ids, *args)
        self.rpc(
            "client_manager",
            "mail.activity",
            "write",
            call.ids,
            {"res_id": self.client_unassigned.id},
        )
        self.assertEqual(call.its_client_id, self.client_unassigned)


@tagged("post_install", "-at_install")
class TestRefusalsInTheLog(WordsCase):
    """Each of these leaves one line in the log of the server, without anybody's name."""

    def test_table(self):
        claim = self.claim_at("verification")
        table = [
            (
                "transition",
                "worker",
                "its.claim",
                "action_verify",
                [claim.ids],
            ),
            (
                "kept_field",
                "quality_manager",
                "its.claim",
                "write",
                [claim.ids, {"worker_ids": [[5]]}],
            ),
            (
                "words_of_another",
                "quality_manager",
                "mail.message",
                "write",
                [self.said.ids, {"body": WORDS}],
            ),
            (
                "letter_not_by_mail",
                "employee",
                "mail.thread",
                "message_process",
                [False, "Subject: x\n\nx", {"color": 1}],
            ),
            (
                "words_of_another",
                "client_manager",
                "its.interaction",
                "create",
                [[{"partner_id": self.client_own.id, "user_id": self.head.id}]],
            ),
        ]
        for event, role, model, method, args in table:
            with (
                self.subTest(event, model=model),
                self.undone(),
                self.assertLogs("odoo.addons.its_quality.tools.security_log") as found,
                self.assertRaises(UserError),
            ):
                self.rpc(role, model, method, *args)
            [line] = found.output
            self.assertIn(f"event={event} user={getattr(self, role).id}", line)
            for secret in (WORDS, self.person.email, self.client_team.name):
                self.assertNotIn(secret, line)
