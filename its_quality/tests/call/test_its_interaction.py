from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import CallCase


@tagged("post_install", "-at_install", "days")
class TestItsInteraction(CallCase):
    def check_contacts(self, client, last, following):
        """Last and next contact are what the rows say, in the cache and in the table."""
        expected = (last.id or None, last.date_start or None, following or None)
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT its_last_interaction_id, its_last_contact, its_next_contact
              FROM res_partner WHERE id = %s
            """,
            [client.id],
        )
        self.assertEqual(self.env.cr.fetchone(), expected)
        self.assertEqual(client.its_last_interaction_id, last)
        self.assertEqual(client.its_last_contact, last.date_start)
        self.assertEqual(client.its_next_contact, following or False)

    def test_last_contact_is_always_right(self):
        client, nothing = self.client_own, self.env["its.interaction"]
        self.check_contacts(client, nothing, None)
        first = self.talk(client, -30)
        self.check_contacts(client, first, None)
        second = self.talk(client, -3)
        self.talk(client, -1, outcome="no_answer")
        self.check_contacts(client, second, None)
        earlier = self.talk(client, -10)
        self.check_contacts(client, second, None)
        second.outcome = "wrong_number"
        self.check_contacts(client, earlier, None)
        first.date_start = fields.Datetime.now()
        self.check_contacts(client, first, None)
        first.partner_id = self.client_team
        self.check_contacts(client, earlier, None)
        self.check_contacts(self.client_team, first, None)
        earlier.unlink()
        self.check_contacts(client, nothing, None)

    def test_next_contact_is_always_right(self):
        client, nothing = self.client_own, self.env["its.interaction"]
        later = self.plan_call(client, days=9)
        self.check_contacts(client, nothing, self.today(9))
        sooner = self.plan_call(client, days=4)
        self.check_contacts(client, nothing, self.today(4))
        sooner.date_deadline = self.today(12)
        self.check_contacts(client, nothing, self.today(9))
        later.action_feedback("Всё хорошо")
        talk = client.its_interaction_ids
        self.check_contacts(client, talk, self.today(12))
        sooner.unlink()
        self.check_contacts(client, talk, None)

    def test_a_call_marked_as_done_is_a_talk(self):
        call = self.plan_call(self.client_own)
        call.with_user(self.client_manager).action_feedback("Просят обучение")
        talk = self.client_own.its_interaction_ids
        self.assertEqual(talk.summary, "Просят обучение")
        self.assertEqual(talk.user_id, self.client_manager)
        self.assertEqual((talk.outcome, talk.channel), ("reached", "call"))
        self.assertEqual(talk.activity_id, call)

    def test_other_activities_are_no_calls(self):
        todo = self.client_own.activity_schedule("mail.mail_activity_data_todo")
        stranger = self.plan_call(self.stranger)
        self.assertFalse((todo + stranger).its_client_id)
        todo.action_feedback("done")
        self.assertFalse(self.client_own.its_interaction_ids)

    def test_a_call_to_a_contact_person_is_one_to_the_client(self):
        call = self.plan_call(self.contact_of(self.client_own))
        self.assertEqual(call.its_client_id, self.client_own)
        call.action_feedback("ok")
        talk = self.client_own.its_interaction_ids
        self.assertEqual(talk.contact_id, self.contact_of(self.client_own))

    def test_merging_clients(self):
        """Whichever card has the call that comes first, it stays."""
        cadence = self.create_cadence(purpose="quality")
        cadence._plan()
        self.talk(self.client_own, -20)
        last = self.talk(self.client_unassigned, -2)
        both = self.client_own + self.client_unassigned
        for client in both:
            with self.subTest(client.name), self.undone():
                [call] = self.calls_of(client, cadence)
                [later] = self.calls_of(both - client, cadence)
                later.date_deadline = call.date_deadline + timedelta(days=1)
                self.merge(self.client_own, self.client_unassigned)
                self.assertEqual(len(self.client_own.its_interaction_ids), 2)
                self.assertEqual(self.calls_of(self.client_own, cadence), call)
                closed = self.calls_of(self.client_own, cadence, closed=True) - call
                self.assertEqual(closed, later)
                self.check_contacts(self.client_own, last, call.date_deadline)

    def test_silence_is_a_risk(self):
        """Rows: days since the last talk, what the card says."""
        table = [
            (None, "nobody has talked"),
            (-20, ""),
            (-27, ""),
            (-47, "no contact for 47 days"),
        ]
        for days, expected in table:
            with self.subTest(days), self.undone():
                self.create_cadence(purpose="quality", interval_number=1)
                self.assertFalse(self.client_own.its_risk)
                self.create_cadence(purpose="constant", interval_number=1)
                if days is not None:
                    self.talk(self.client_own, days)
                self.client_own.invalidate_recordset(["its_risk"])
                risk = self.as_user(self.client_own, self.client_manager).its_risk
                self.assertIn(expected, risk or "")
                self.assertEqual(bool(risk), bool(expected))

    def test_only_whom_a_cadence_concerns_is_silent(self):
        """Not who is a client since yesterday, who must not be called, or whose
        services no cadence is about."""
        cadence = self.create_cadence(purpose="constant", interval_number=1)
        client = self.as_user(self.client_own, self.client_manager)

        def risk():
            client.invalidate_recordset(["its_risk"])
            return client.its_risk or ""

        self.assertIn("nobody has talked", risk())
        for change in (
            lambda: self.subscription_of(self.client_own).write(
                {"date_start": self.today(-1)}
            ),
            lambda: cadence.write({"service_ids": [(6, 0, self.contract.ids)]}),
            lambda: self.client_own.sudo().write({"its_call_consent": "refused"}),
        ):
            with self.undone():
                change()
                self.assertEqual(risk(), "")
        self.assertIn("nobody has talked", risk())

    def merge(self, *clients):
        """Merge clients into the first as a user does."""
        both = self.env["res.partner"].concat(*clients)
        both.child_ids.unlink()
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            both.ids, clients[0]
        )

    def test_merging_clients_of_one_source(self):
        """Two cards of one firm, both imported: both contractors lead to the one that
        stays, and its own writes it."""
        source = self.env["its.import.source"].create({"name": "База"})
        for client, code in ((self.client_own, "1"), (self.client_unassigned, "2")):
            self.env["its.import.snapshot"].create(
                {"source_id": source.id, "partner_id": client.id, "code_key": code}
            )
        self.merge(self.client_own, self.client_unassigned)
        snapshots = self.env["its.import.snapshot"].search(
            [("source_id", "=", source.id)]
        )
        self.assertEqual(snapshots.partner_id, self.client_own)
        self.assertEqual(set(snapshots.mapped("code_key")), {"1", "2"})
        self.assertEqual(snapshots.filtered("is_leading").code_key, "1")

    def test_merging_clients_with_the_same_subscription(self):
        for client in (self.client_own, self.client_unassigned):
            client.its_subscription_ids.contract_number = "Д-1"
        first, second = (
            self.subscription_of(self.client_own),
            self.subscription_of(self.client_unassigned),
        )
        start = second.date_end + timedelta(days=1)
        renewal = second.copy(
            {"previous_id": second.id, "date_start": start, "date_end": False}
        )
        talk = self.talk(self.client_unassigned, subscription_id=second.id)
        self.merge(self.client_own, self.client_unassigned)
        self.assertEqual(self.client_own.its_subscription_ids, first + renewal)
        self.assertEqual(renewal.previous_id, first)
        self.assertEqual(talk.subscription_id, first)
        self.assertEqual(talk.partner_id, self.client_own)

    def test_wrong_input_says_what_to_do(self):
        other = self.contact_of(self.client_team)
        subscription = self.subscription_of(self.client_team)
        wrong = {
            "future": (
                {"date_start": fields.Datetime.now() + timedelta(days=1)},
                "plan a call",
            ),
            "contact": ({"contact_id": other.id}, "does not work for"),
            "subscription": (
                {"subscription_id": subscription.id},
                "not a subscription of",
            ),
            "person": ({"partner_id": other.id}, "contact person"),
        }
        for what, (values, sentence) in wrong.items():
            with self.subTest(what), self.assertRaisesRegex(ValidationError, sentence):
                self.talk(self.client_own, **values)

    def test_service_follows_the_subscription(self):
        subscription = self.subscription_of(self.client_own)
        talk = self.talk(self.client_own, subscription_id=subscription.id)
        self.assertEqual(talk.service_id, subscription.service_id)

    def test_nobody_moves_a_talk_out_of_his_scope(self):
        talk = self.talk(self.client_own).with_user(self.client_manager)
        with self.assertRaises(AccessError):
            talk.partner_id = self.client_colleague.id

    def test_who_stands_in_sees_the_clients(self):
        client = self.as_user(self.client_colleague, self.client_manager)
        self.assertFalse(client.has_access("read"))
        self.colleague.its_deputy_id = self.client_manager
        client = self.as_user(self.client_colleague, self.client_manager)
        self.assertTrue(client.has_access("write"))
        self.assertTrue(client.its_subscription_ids.has_access("read"))

    def test_a_talk_keeps_periodic_calls(self):
        """Rows: purpose of the cadence, purpose of the talk, how long ago, kept."""
        table = [
            ("constant", "renewal", 0, True),
            ("constant", "other", -20, True),
            ("constant", "other", -40, False),
            ("quality", "quality", 0, True),
            ("quality", "renewal", 0, False),
        ]
        for purpose, talked, days, kept in table:
            with self.subTest(purpose=purpose, talked=talked, days=days), self.undone():
                cadence = self.create_cadence(purpose=purpose)
                cadence._plan()
                self.assertTrue(self.calls_of(self.client_own, cadence))
                self.talk(self.client_own, days, purpose=talked)
                calls = self.calls_of(self.client_own, cadence)
                self.assertEqual(not calls, kept)


@tagged("post_install", "-at_install", "days")
class TestSuccession(CallCase):
    def test_archiving_hands_over(self):
        call = self.plan_call(self.client_own, days=3)
        self.client_manager.its_deputy_id = self.colleague
        self.client_manager.action_archive()
        self.assertEqual(call.exists().user_id, self.colleague)
        self.assertEqual(self.client_own.user_id, self.colleague)
        self.assertEqual(self.contact_of(self.client_own).user_id, self.colleague)

    def test_the_head_takes_over_where_there_is_no_deputy(self):
        self.team.member_ids = self.client_manager
        self.client_manager.action_archive()
        self.assertEqual(self.client_own.user_id, self.head)

    def test_nobody_to_take_over(self):
        with self.assertRaisesRegex(UserError, "1 clients and 0 planned calls"):
            self.client_manager.action_archive()
        self.assertTrue(self.client_manager.active)

    def test_who_has_nothing_just_leaves(self):
        self.employee.action_archive()
        self.assertFalse(self.employee.active)

    def test_nobody_stands_in_for_himself(self):
        with self.assertRaises(ValidationError):
            self.colleague.its_deputy_id = self.colleague
