import re
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.mail.tests.common import MailCase

from .test_its_call_survey import AskingCase


@tagged("post_install", "-at_install")
class TestFinding(AskingCase):
    """A client is found by whatever is said of them, at the desk and in every field."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client_own.write(
            {
                "name": "ООО «Берёзовая роща»",
                "vat": "4345012345",
                "onec_code": "00-000123",
                "phone": "8 (8332) 12-34-56 доб. 12",
                "email": "zakaz@roscha.example",
            }
        )
        cls.person = cls.contact_of(cls.client_own)
        cls.person.write(
            {
                "name": "Ольга Пёстрая, директор",
                "phone": "+7 912 700-00-01",
                "email": "olga@example.org",
            }
        )
        cls.claim = cls.env["its.claim"].create(
            {"subject": "Акт", "partner_id": cls.client_own.id}
        )
        cls.env.flush_all()

    # What is said of the client; None: finds them not.
    SAID = (
        "березовая",
        "БЕРЁЗОВАЯ РОЩА",
        "роща ооо берез",
        "«Берёзовая",
        "4345012345",
        "43450123",
        "00-000123",
        "123",
        "+7 (8332) 12-34-56",
        "88332123456 доб. 12",
        "12-34-56",
        "8 912 7000001",
        "zakaz@roscha",
        "roscha.example",
        "olga@example.org",
        "пестрая ольга",
        "ольга роща",
    )
    NOT_SAID = (
        "б",
        "4345012346",
        "роща лютик",
        "8332123457",
        "124",
        "%",
        "7 912 7000002",
    )

    def found(self, text, user=None):
        self.env.invalidate_all()
        desk = self.env["its.call.desk"].with_user(user or self.client_manager)
        return [row["id"] for row in desk.find_clients(text)]

    def test_by_whatever_is_known(self):
        partners = self.env["res.partner"].with_user(self.client_manager)
        for text in (*self.SAID, self.claim.name, self.claim.name.lower()):
            with self.subTest(text):
                self.assertIn(self.client_own.id, self.found(text))
                names = partners.name_search(text, [("its_client", "=", True)])
                self.assertIn(self.client_own.id, [found[0] for found in names])
        # The person has the INN of the firm, and is no client of their own.
        self.assertEqual(self.found("4345012345"), self.client_own.ids)
        for text in self.NOT_SAID:
            with self.subTest(text):
                self.assertNotIn(self.client_own.id, self.found(text))

    def test_a_card_that_was_there_before_us(self):
        """Its name for comparison has never been made."""
        self.env.cr.execute(
            "UPDATE res_partner SET its_name_key = NULL WHERE id = %s",
            [self.client_own.id],
        )
        self.assertEqual(self.found("березовая"), self.client_own.ids)

    def test_only_whom_the_role_opens(self):
        """A table: who finds whom by the same word."""
        rows = {
            self.client_manager: self.client_own + self.client_unassigned,
            self.quality_manager: self.clients,
            self.head: self.client_team,
            self.administrator: self.clients,
        }
        for user, clients in rows.items():
            with self.subTest(user.login):
                found = self.found("директор", user)
                self.assertEqual(set(found) & set(self.clients.ids), set(clients.ids))
        for user in (self.employee, self.portal):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.found("директор", user)

    def test_who_may_be_called(self):
        [row] = self.env["its.call.desk"].with_user(self.head).find_clients("клевер")
        self.assertFalse(row["may_call"])
        desk = self.env["its.call.desk"].with_user(self.client_manager)
        [row] = desk.find_clients("роща")
        self.assertEqual((row["may_call"], row["call_id"]), (True, self.call.id))

    def test_finding_costs_little(self):
        self.found("березовая")
        before = self.env.cr.sql_log_count
        self.found("березовая")
        self.assertLessEqual(self.env.cr.sql_log_count - before, 15)


@tagged("post_install", "-at_install")
class TestTalks(AskingCase, MailCase):
    """Talks that nobody has planned, outcomes that are taken back, contracts."""

    def start(self, client=None, user=None):
        return self.desk(user).start_talk((client or self.client_unassigned).id)

    def state(self, client=None):
        """All that an outcome may change of a client, in plain values."""
        client = client or self.client_own
        self.env.invalidate_all()
        calls = self.env["mail.activity"].with_context(active_test=False)
        calls = calls.search([("its_client_id", "=", client.id)], order="id")
        names = ["active", "date_deadline", "its_attempts", "its_call_at", "user_id"]
        names += ["its_late_since", "its_withdrawn", "its_is_talk", "its_escalated_id"]
        names += ["its_unanswered_on", "date_done", "feedback"]
        responses = self.env["survey.user_input"].search(
            [("its_client_id", "=", client.id)], order="id"
        )
        subscriptions = client.its_subscription_ids.sorted("id")
        return {
            "calls": [
                (call.id, *(str(call[name]) for name in names)) for call in calls
            ],
            "talks": client.its_interaction_ids.ids,
            "consent": (client.its_call_consent, client.its_consent_date),
            "last": (client.its_last_contact, client.its_next_contact),
            "responses": [
                (
                    one.id,
                    one.state,
                    one.its_has_score,
                    one.its_is_low,
                    one.its_nps_class,
                )
                for one in responses
            ],
            "tasks": responses.its_activity_ids.ids,
            "contracts": [
                (one.id, one.date_end, one.date_cancelled, one.is_renewed)
                for one in subscriptions
            ],
        }

    # -------------------------------------------------------------------------
    # A talk now
    # -------------------------------------------------------------------------

    def test_a_talk_begins_now(self):
        card = self.start()
        self.assertTrue(card["call"]["is_talk"])
        self.assertEqual(
            card["call"]["subscription_id"],
            self.subscription_of(self.client_unassigned).id,
        )
        self.assertEqual(self.start()["id"], card["id"], "pressed twice")
        self.desk().finish_call(
            card["id"], "reached", {"summary": "Спросили про ЭДО", "direction": "in"}
        )
        talk = self.client_unassigned.its_interaction_ids
        self.assertEqual(
            (talk.direction, talk.summary, talk.user_id),
            ("in", "Спросили про ЭДО", self.client_manager),
        )

    def test_a_call_that_is_due_is_the_talk(self):
        self.assertEqual(self.start(self.client_own)["id"], self.call.id)
        self.call.date_deadline = self.today(9)
        self.assertNotEqual(self.start(self.client_own)["id"], self.call.id)

    def test_what_is_left_without_a_result_is_forgotten(self):
        for has_notes in (True, False):
            with self.subTest(has_notes):
                card = self.start()
                self.desk().release_call(card["id"], has_notes)
                left = self.env["mail.activity"].browse(card["id"]).exists()
                self.assertEqual(bool(left), has_notes)

    def test_who_may_begin_one(self):
        for user, client in (
            (self.client_manager, self.client_colleague),
            (self.head, self.client_team),
            (self.employee, self.client_own),
            (self.portal, self.client_own),
        ):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.start(client, user)
        with self.assertRaises(UserError):
            self.start(self.stranger, self.administrator)
        for user in (self.quality_manager, self.administrator):
            with self.subTest(user.login):
                self.assertTrue(self.start(self.client_colleague, user))

    def test_a_questionnaire_by_choice(self):
        card = self.start()
        self.assertIn(self.survey.id, [one["id"] for one in card["questionnaires"]])
        chosen = self.desk().choose_questionnaire(card["id"], self.survey.id)
        self.assertEqual(chosen["questionnaire"]["survey"], self.survey.id)
        self.desk().finish_call(
            card["id"], "reached", {}, self.answers("good", speed=5, nps=9)
        )
        talk = self.client_unassigned.its_interaction_ids
        self.assertEqual(talk.response_id.state, "done")
        # Asked again soon: the page says so, and may.
        card = self.start()
        chosen = self.desk().choose_questionnaire(card["id"], self.survey.id)
        self.assertIsNone(chosen["questionnaire"])
        self.assertIn("not asked again before", chosen["not_asked"])
        self.assertTrue(self.desk().ask_anyway(card["id"]))

    def test_a_new_planned_call_has_its_client(self):
        calls = self.env["mail.activity"].with_user(self.client_manager)
        with Form(calls, view="its_quality.mail_activity_view_form_call") as form:
            form.its_for_id = self.client_own
            form.its_purpose = "other"
        self.assertEqual(form.record.its_client_id, self.client_own)

    # -------------------------------------------------------------------------
    # Taken back
    # -------------------------------------------------------------------------

    def test_every_outcome_can_be_undone(self):
        """A table: what is recorded; taken back, all is as it was."""
        self.call.write({"its_attempts": 1})
        self.company.its_call_attempts = 3
        self.subscription_of(self.client_own).date_end = self.today(10)
        contract = self.desk().open_call(self.call.id)["subscriptions"][0]
        reason = self.env["its.cancellation.reason"].create({"name": "Дорого"})
        about = {"subscription_id": contract["id"], **(contract["offer"] or {})}
        about.pop("date_start", None)
        rows = (
            ("reached", {"summary": "Всё работает"}, None),
            ("reached", {}, self.answers("good", speed=5, nps=9)),
            ("reached", {"partial": True}, self.answers("poor")),
            ("no_answer", {}, None),
            ("call_back", {"call_at": "2100-01-01 09:00:00"}, None),
            ("refused", {"no_more_calls": True}, None),
            ("refused", {}, None),
            ("wrong_number", {}, None),
            ("reached", {"renew": about}, None),
            (
                "reached",
                {
                    "decline": {
                        "subscription_id": contract["id"],
                        "reason_id": reason.id,
                    }
                },
                None,
            ),
        )
        for outcome, values, answers in rows:
            with self.subTest(outcome, values=values), self.undone():
                if answers:
                    self.desk().save_answers(self.call.id, answers)
                before = self.state()
                result = self.desk().finish_call(self.call.id, outcome, values)
                self.assertEqual(result["undo"], 30)
                self.assertNotEqual(self.state(), before)
                back = self.desk().take_back(result["interaction_id"])
                self.assertEqual(back["call_id"], self.call.id)
                self.assertEqual(back["form"]["summary"], values.get("summary", ""))
                self.assertEqual(self.state(), before)
                self.assertEqual(self.call.its_desk_user_id, self.client_manager)

    def test_a_letter_waits_for_the_undo(self):
        self.call.its_attempts = 2
        before = self.state()
        result = self.desk().finish_call(self.call.id, "no_answer", {})
        self.assertIn("own@example.com", result["message"])
        letter = self.env["mail.mail"].search([], order="id desc", limit=1)
        wait = letter.scheduled_date - fields.Datetime.now()
        self.assertGreater(wait, timedelta(seconds=30))
        self.desk().take_back(result["interaction_id"])
        self.assertFalse(letter.exists())
        self.assertEqual(self.state(), before)
        result = self.desk().finish_call(self.call.id, "no_answer", {})
        letter = self.env["mail.mail"].search([], order="id desc", limit=1)
        letter.state = "sent"
        with self.assertRaisesRegex(UserError, "sent to the client already"):
            self.desk().take_back(result["interaction_id"])

    def test_what_is_not_undone(self):
        result = self.desk().finish_call(self.call.id, "no_answer", {})
        talk = result["interaction_id"]
        for user in (self.quality_manager, self.colleague, self.employee):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.desk(user).take_back(talk)
        with self.undone():
            self.env["its.interaction"].browse(talk).date_start -= timedelta(days=3)
            with self.assertRaisesRegex(UserError, "was recorded on"):
                self.desk().take_back(talk)
        self.desk().finish_call(self.call.id, "reached", {})
        with self.assertRaisesRegex(UserError, "Somebody has worked"):
            self.desk().take_back(talk)

    def test_several_presses_are_one(self):
        values = {"ref": "1.5", "summary": "Раз"}
        first = self.desk().finish_call(self.call.id, "no_answer", values)
        again = self.desk().finish_call(self.call.id, "no_answer", values)
        self.assertEqual(again["interaction_id"], first["interaction_id"])
        self.assertEqual(len(self.client_own.its_interaction_ids), 1)

    def test_done_today(self):
        self.desk().finish_call(self.call.id, "reached", {"summary": "Раз"})
        [row] = self.desk().get_done()
        self.assertEqual((row["summary"], row["may_undo"]), ("Раз", True))
        self.assertFalse(self.desk(self.quality_manager).get_done())

    # -------------------------------------------------------------------------
    # Half filled
    # -------------------------------------------------------------------------

    def test_half_filled_counts(self):
        answers = self.answers("poor")
        result = self.desk().finish_call(self.call.id, "reached", {}, answers)
        self.assertIn(self.why.id, result["missing"])
        self.assertTrue(self.call.active)
        self.assertFalse(self.client_own.its_interaction_ids)
        self.desk().finish_call(self.call.id, "reached", {"partial": True})
        response = self.call.its_response_id
        self.assertEqual((response.state, response.its_is_partial), ("done", True))
        self.assertTrue(response.its_has_score)
        self.assertEqual(self.client_own.its_interaction_ids.response_id, response)

    # -------------------------------------------------------------------------
    # The contract
    # -------------------------------------------------------------------------

    def test_renewed_in_the_talk(self):
        contract = self.subscription_of(self.client_own)
        contract.write({"date_end": self.today(10), "contract_number": "7"})
        [row] = self.desk().open_call(self.call.id)["subscriptions"]
        end = row["offer"]["date_end"]
        self.desk().finish_call(
            self.call.id,
            "reached",
            {
                "renew": {
                    "subscription_id": contract.id,
                    "date_end": end,
                    "contract_number": "8",
                }
            },
        )
        following = contract.continued_ids
        self.assertEqual(
            (str(following.date_end), following.contract_number), (end, "8")
        )
        self.assertFalse(self.call.active)
        card = self.start(self.client_own)
        [row] = [one for one in card["subscriptions"] if one["id"] == contract.id]
        self.assertIn("renewed until", row["until"])
        self.assertFalse(row["expiring"] or row["offer"])

    def test_not_renewed(self):
        contract = self.subscription_of(self.client_own)
        contract.date_end = self.today(10)
        about = {"subscription_id": contract.id}
        with self.assertRaisesRegex(UserError, "Choose why"), self.env.cr.savepoint():
            self.desk().finish_call(self.call.id, "reached", {"decline": about})
        reason = self.env["its.cancellation.reason"].create({"name": "Дорого"})
        about["reason_id"] = reason.id
        self.desk().finish_call(self.call.id, "reached", {"decline": about})
        self.assertEqual(contract.cancellation_reason_id, reason)
        self.assertEqual(contract.date_cancelled, contract.date_end)

    def test_who_renews(self):
        """A quality manager reads subscriptions, and asks the client manager."""
        contract = self.subscription_of(self.client_own)
        contract.date_end = self.today(10)
        card = self.desk(self.quality_manager).open_call(self.call.id)
        self.assertIsNone(card["subscriptions"][0]["offer"])
        foreign = self.subscription_of(self.client_colleague)
        for user, one, error in (
            (self.quality_manager, contract, AccessError),
            (self.client_manager, foreign, UserError),
        ):
            about = {"renew": {"subscription_id": one.id}}
            with (
                self.subTest(user.login),
                self.assertRaises(error),
                self.env.cr.savepoint(),
            ):
                self.desk(user).finish_call(self.call.id, "reached", about)
            self.call.write({"its_desk_user_id": False, "its_desk_until": False})

    # -------------------------------------------------------------------------
    # Alive
    # -------------------------------------------------------------------------

    def test_who_has_whom(self):
        nobodys = self.plan_call(self.client_unassigned)
        nobodys.user_id = False
        self.desk().open_call(nobodys.id)
        rows = self.desk(self.colleague).get_queue()["calls"]
        [row] = [row for row in rows if row["id"] == nobodys.id]
        self.assertEqual(row["holder"], self.client_manager.name)

    def test_two_desks(self):
        """A client is in one hand: the others see in whose, and are told so; who has let
        go is free to be taken, also after the time that a talk lasts."""
        call = self.plan_call(self.client_unassigned)
        call.user_id = False
        users = self.client_manager, self.colleague

        def seen(user):
            rows = self.desk(user).get_queue()["calls"]
            return {row["id"]: row["holder"] for row in rows}[call.id]

        def let_go(user):
            self.desk(user).release_call(call.id)

        def forget(_user):
            call.its_desk_until = fields.Datetime.now() - timedelta(minutes=1)

        for (first, second), ends in ((users, let_go), (users[::-1], forget)):
            with self.subTest(first.login):
                self.desk(first).open_call(call.id)
                self.assertEqual((seen(first), seen(second)), ("", first.name))
                for name in ("open_call", "keep_call"):
                    with (
                        self.assertRaisesRegex(
                            UserError, f"{re.escape(first.name)} is talking"
                        ),
                        self.env.cr.savepoint(),
                    ):
                        getattr(self.desk(second), name)(call.id)
                let_go(second)
                self.assertEqual(seen(second), first.name, "only who has them lets go")
                ends(first)
                self.assertEqual((seen(first), seen(second)), ("", ""))
                self.desk(second).open_call(call.id)
                self.assertEqual(seen(first), second.name)
                let_go(second)

    def test_desks_are_told_of_changes(self):
        """A table: what happens; whether open desks ask for the queue anew."""
        todo = self.client_own.activity_schedule("mail.mail_activity_data_todo")
        rows = (
            (lambda: self.plan_call(self.client_unassigned), True),
            (lambda: self.call.write({"date_deadline": self.today(3)}), True),
            (lambda: self.desk().open_call(self.call.id), True),
            (lambda: self.desk().keep_call(self.call.id), False),
            (lambda: self.call.write({"summary": "Спросить"}), False),
            (lambda: todo.write({"date_deadline": self.today(3)}), False),
        )
        told = self.env.cr.precommit.data
        for number, (happens, tells) in enumerate(rows):
            with self.subTest(number):
                told.pop("its_desk/changed", None)
                happens()
                self.assertEqual(bool(told.get("its_desk/changed")), tells)

    def test_a_promise_is_kept(self):
        moment = fields.Datetime.now() + timedelta(hours=2)
        self.desk().finish_call(
            self.call.id, "call_back", {"call_at": fields.Datetime.to_string(moment)}
        )
        [row] = self.desk().get_reminders()
        self.assertEqual((row["id"], row["client"]), (self.call.id, "ООО «Ромашка»"))
        self.assertFalse(self.desk(self.quality_manager).get_reminders())
        overdue = self.plan_call(self.client_unassigned, days=-5)
        self.call.with_context(mail_activity_quick_update=True).write(
            {
                "date_deadline": self.today(),
                "its_call_at": fields.Datetime.now() - timedelta(minutes=1),
            }
        )
        order = [row["id"] for row in self.desk().get_queue()["calls"]]
        self.assertLess(order.index(self.call.id), order.index(overdue.id))
