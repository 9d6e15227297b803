from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import CallCase

# A Tuesday, noon in Moscow.
NOW = "2027-03-02 09:00:00"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCallDesk(CallCase):
    """The page managers live in, asked as it asks: through its public methods."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client_own.write({"phone": "+7 833 212-34-56", "email": "own@example.com"})
        cls.users = cls.client_manager | cls.colleague | cls.head | cls.quality_manager
        cls.users.tz = "Europe/Moscow"

    def desk(self, user=None):
        self.env.invalidate_all()
        return self.env["its.call.desk"].with_user(user or self.client_manager)

    def queue(self, user=None, **filters):
        """The names of the clients in the queue of somebody."""
        found = self.desk(user).get_queue(**filters)
        return [call["client"].partition("«")[2].rstrip("»") for call in found["calls"]]

    def planned(self, **values):
        """A call of a cadence to the manager's own client, for today."""
        cadence = self.create_cadence(**values)
        cadence._plan()
        self.env["mail.activity"].search(
            [
                ("its_cadence_id", "=", cadence.id),
                ("its_client_id", "!=", self.client_own.id),
            ]
        ).unlink()
        return self.calls_of(self.client_own, cadence)

    # -------------------------------------------------------------------------
    # The queue
    # -------------------------------------------------------------------------

    def test_whose_calls_are_shown(self):
        self.plan_call(self.client_own)
        self.plan_call(self.client_own, days=1)
        self.plan_call(self.client_colleague, self.colleague)
        nobody = self.plan_call(self.client_unassigned)
        nobody.user_id = False
        escalated = self.plan_call(self.client_team, self.colleague, days=-9)
        escalated.its_escalated_id = self.head
        self.assertEqual(self.queue(), ["Ромашка", "Василёк"])
        self.assertEqual(self.queue(self.colleague), ["Клевер", "Лютик", "Василёк"])
        self.assertEqual(self.queue(self.head), ["Клевер"])
        self.assertEqual(self.queue(self.quality_manager), ["Василёк"])
        self.colleague.write(
            {"its_deputy_id": self.client_manager.id, "its_absent_from": "2027-03-02"}
        )
        self.assertEqual(self.queue(), ["Клевер", "Ромашка", "Лютик", "Василёк"])

    def test_one_list_of_purposes_and_outcomes(self):
        """A table: models that keep a purpose, the field; all offer the same labels."""
        talks = self.env["its.interaction"]
        purposes = talks._fields["purpose"].selection
        for model, name in (
            ("its.cadence", "purpose"),
            ("its.interaction.report", "purpose"),
            ("mail.activity", "its_purpose"),
            ("survey.survey", "its_purpose"),
        ):
            with self.subTest(model):
                field = self.env[model]._fields[name]
                self.assertEqual(field.selection, purposes)
        outcomes = talks._fields["outcome"].selection
        report = self.env["its.interaction.report"]._fields["outcome"]
        self.assertEqual(report.selection, outcomes)
        shown = self.desk().get_queue()["outcomes"]
        self.assertEqual([(one["id"], one["name"]) for one in shown], outcomes)

    def test_who_may_not_look(self):
        for user in (self.employee, self.portal):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.desk(user).get_queue()

    def test_counts_and_filters(self):
        self.plan_call(self.client_own, days=-2)
        rollout = self.plan_call(self.client_own)
        rollout.write(
            {
                "its_purpose": "rollout",
                "its_subscription_id": self.subscription_of(self.client_own).id,
            }
        )
        other = self.create_client("ООО «Астра»", user=self.client_manager)
        self.plan_call(other)
        counts = self.desk().get_queue()["counts"]
        self.assertEqual(counts, {"today": 2, "overdue": 1, "done": 0})
        self.assertEqual(self.queue(purpose="rollout"), ["Ромашка"])
        self.assertEqual(self.queue(search="астр"), ["Астра"])
        self.assertEqual(self.queue(service=self.program.id), ["Ромашка", "Ромашка"])
        self.assertEqual(self.queue(service=self.contract.id), [])
        services = self.desk().get_queue()["services"]
        self.assertEqual([s["id"] for s in services], self.program.ids)
        self.desk().finish_call(rollout.id, "reached", {})
        counts = self.desk().get_queue()["counts"]
        self.assertEqual(counts, {"today": 1, "overdue": 1, "done": 1})

    def test_the_most_urgent_first(self):
        names = {"Бета": 0, "Альфа": -5, "Гамма": -1}
        for name, days in names.items():
            client = self.create_client(f"ООО «{name}»", user=self.client_manager)
            self.plan_call(client, days=days)
        self.assertEqual(self.queue(), ["Альфа", "Гамма", "Бета"])

    def test_queries_do_not_grow_with_calls(self):
        counts = []
        for number in (10, 60):
            with self.undone():
                for index in range(number):
                    client = self.create_client(f"ООО «{index}»", self.client_manager)
                    self.plan_call(client)
                self.queue()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self.desk().get_queue()
                counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], 15)
        self.assertEqual(counts[0], counts[1])

    # -------------------------------------------------------------------------
    # One client
    # -------------------------------------------------------------------------

    def test_what_is_shown_of_a_client(self):
        talk = self.talk(self.client_own, -9, summary="Просят обучение")
        call = self.planned(script="<p>Спросите</p>", purpose="quality")
        card = self.desk().open_call(call.id)
        self.assertEqual(card["client"]["name"], "ООО «Ромашка»")
        self.assertEqual(card["phones"][0]["number"], "+7 833 212-34-56")
        self.assertEqual(len(card["subscriptions"]), 1)
        self.assertEqual([t["id"] for t in card["talks"]], [talk.id])
        self.assertIn("Спросите", card["call"]["script"])
        self.assertEqual(card["contacts"][0]["id"], self.contact_of(self.client_own).id)
        self.assertEqual(card["warnings"], [])

    def test_what_a_talk_was(self):
        """Of the last talks something is said, even if nobody has noted anything."""
        table = [
            ({"outcome": "no_answer"}, "No answer"),
            ({"summary": "Просят обучение", "purpose": "quality"}, ""),
            ({"purpose": "quality"}, "Quality control"),
            ({"direction": "in"}, "Incoming"),
            ({}, "Outgoing"),
        ]
        call = self.planned(purpose="rollout")
        for number, (values, _told) in enumerate(table):
            self.talk(self.client_own, number - 9, **values)
        card = self.desk().open_call(call.id)
        told = [talk["outcome"] for talk in card["talks"]]
        self.assertEqual(told[::-1], [words for _values, words in table])

    def test_warnings(self):
        subscription = self.env["its.subscription"].create(
            {
                "partner_id": self.client_own.id,
                "service_id": self.service.id,
                "date_start": "2027-03-01",
            }
        )
        call = self.planned(
            trigger="after_start", delay_days=0, service_ids=self.service.ids
        )
        self.assertEqual(call.its_subscription_id, subscription)
        self.desk().open_call(call.id)
        subscription.unlink()
        self.client_own.phone = False
        warnings = self.desk().open_call(call.id)["warnings"]
        self.assertEqual(len(warnings), 2)
        self.assertIn("There is no phone number", warnings[0])
        self.assertIn("has been deleted", warnings[1])
        self.desk().finish_call(call.id, "reached", {"summary": "ok"})
        self.assertTrue(self.client_own.its_interaction_ids)

    def test_two_managers_never_get_the_same_client(self):
        call = self.plan_call(self.client_unassigned)
        call.user_id = False
        self.desk().open_call(call.id)
        for method in ("open_call", "keep_call"):
            with self.subTest(method), self.assertRaisesRegex(UserError, "right now"):
                getattr(self.desk(self.colleague), method)(call.id)
        with self.assertRaisesRegex(UserError, "right now"):
            self.desk(self.colleague).finish_call(call.id, "reached", {})
        self.desk(self.colleague).release_call(call.id)
        with self.assertRaises(UserError):
            self.desk(self.colleague).open_call(call.id)
        with freeze_time("2027-03-02 09:30:00"):
            self.desk(self.colleague).open_call(call.id)
        self.desk(self.colleague).release_call(call.id)
        self.desk().open_call(call.id)

    def test_calls_of_others_are_closed_to_us(self):
        call = self.plan_call(self.client_colleague, self.colleague)
        for method, arguments in (
            ("open_call", ()),
            ("keep_call", ()),
            ("release_call", ()),
            ("save_answers", ({},)),
            ("finish_call", ("reached", {})),
        ):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(self.desk(), method)(call.id, *arguments)
        self.assertFalse(self.client_colleague.its_interaction_ids)

    def test_a_closed_call_says_so(self):
        call = self.plan_call(self.client_own)
        self.desk().finish_call(call.id, "reached", {})
        todo = self.client_own.activity_schedule("mail.mail_activity_data_todo")
        for wrong in (call.id, todo.id, call.id + 1000):
            with (
                self.subTest(wrong),
                self.assertRaisesRegex(UserError, "already closed"),
            ):
                self.desk().open_call(wrong)

    # -------------------------------------------------------------------------
    # The result
    # -------------------------------------------------------------------------

    def test_reached(self):
        wish = self.env["its.wish"].create({"name": "Проверка пожеланий"})
        call = self.planned(purpose="quality")
        cadence = call.its_cadence_id
        self.desk().finish_call(
            call.id,
            "reached",
            {
                "summary": "Всё работает",
                "wish_ids": wish.ids,
                "contact_id": self.contact_of(self.client_own).id,
                "duration": 0.1,
            },
        )
        talk = self.client_own.its_interaction_ids
        self.assertEqual(
            (talk.outcome, talk.purpose, talk.summary, talk.wish_ids, talk.user_id),
            ("reached", "quality", "Всё работает", wish, self.client_manager),
        )
        self.assertEqual((talk.activity_id, talk.cadence_id), (call, cadence))
        self.assertFalse(call.active)
        following = self.calls_of(self.client_own, cadence)
        self.assertEqual(str(following.date_deadline), "2027-04-02")
        self.assertEqual(self.client_own.its_next_contact, following.date_deadline)

    def test_call_back(self):
        call = self.plan_call(self.client_own)
        for moment, sentence in (
            (False, "Enter when"),
            ("tomorrow", "Enter when"),
            ("2027-03-02 08:00:00", "in the past"),
        ):
            with self.subTest(moment), self.assertRaisesRegex(UserError, sentence):
                self.desk().finish_call(call.id, "call_back", {"call_at": moment})
        self.assertFalse(self.client_own.its_interaction_ids)
        # Late in the evening UTC it is tomorrow in Moscow.
        self.desk().finish_call(
            call.id, "call_back", {"call_at": "2027-03-02 22:00:00"}
        )
        self.assertTrue(call.active)
        self.assertEqual(str(call.date_deadline), "2027-03-03")
        self.assertEqual(
            call.its_call_at, fields.Datetime.to_datetime("2027-03-02 22:00:00")
        )
        self.assertFalse(call.its_desk_user_id)
        self.assertEqual(self.client_own.its_interaction_ids.outcome, "call_back")
        self.assertFalse(self.client_own.its_last_contact)

    def test_no_answer_moves_the_call_to_the_next_working_day(self):
        with freeze_time("2027-03-05 09:00:00"):
            call = self.plan_call(self.client_own)
            self.desk().finish_call(call.id, "no_answer", {})
        self.assertEqual(str(call.date_deadline), "2027-03-08")
        self.assertEqual(call.its_attempts, 1)
        self.assertFalse(self.client_own.its_last_contact)

    def test_refused(self):
        call = self.planned()
        self.desk().finish_call(call.id, "refused", {"no_more_calls": True})
        self.assertEqual(self.client_own.its_call_consent, "refused")
        self.assertEqual(str(self.client_own.its_consent_date), "2027-03-02")
        self.assertFalse(self.calls_of(self.client_own))
        self.assertEqual(call.its_cadence_id._plan(), 0)

    def test_wrong_number(self):
        call = self.plan_call(self.client_own)
        result = self.desk().finish_call(call.id, "wrong_number", {})
        self.assertIn("Correct the phone", result["message"])
        self.assertEqual(str(call.date_deadline), "2027-03-03")
        self.assertEqual(call.its_attempts, 0)

    def test_together_or_not_at_all(self):
        """A contact person of somebody else spoils the talk, and so the rest."""
        call = self.planned()
        stranger = self.contact_of(self.client_team)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.desk().finish_call(call.id, "reached", {"contact_id": stranger.id})
        self.env.invalidate_all()
        self.assertTrue(call.active)
        self.assertFalse(self.client_own.its_interaction_ids)

    def test_a_page_of_another_version(self):
        call = self.plan_call(self.client_own)
        for outcome, values in (("closed", {}), ("reached", {"user_id": 1})):
            with (
                self.subTest(outcome),
                self.assertRaisesRegex(UserError, "out of date"),
            ):
                self.desk().finish_call(call.id, outcome, values)

    def test_who_stands_in_makes_the_call(self):
        self.colleague.write(
            {"its_deputy_id": self.client_manager.id, "its_absent_from": "2027-03-02"}
        )
        call = self.plan_call(self.client_colleague, self.colleague)
        card = self.desk().open_call(call.id)
        self.assertEqual(card["call"]["owner"], self.colleague.name)
        self.desk().finish_call(call.id, "reached", {"summary": "ok"})
        self.assertEqual(
            self.client_colleague.its_interaction_ids.user_id, self.client_manager
        )

    def test_the_head_makes_an_overdue_call(self):
        call = self.plan_call(self.client_team, self.colleague, days=-9)
        call.its_escalated_id = self.head
        card = self.desk(self.head).open_call(call.id)
        self.assertTrue(card["call"]["escalated"])
        self.desk(self.head).finish_call(call.id, "reached", {"summary": "ok"})
        self.assertEqual(self.client_team.its_interaction_ids.user_id, self.head)
        self.assertFalse(call.active)

    def test_the_head_makes_a_call_that_was_given_to_them(self):
        call = self.plan_call(self.client_team, self.head)
        self.desk(self.head).finish_call(call.id, "reached", {"summary": "ok"})
        self.assertEqual(self.client_team.its_interaction_ids.user_id, self.head)

    def test_time_of_the_client(self):
        self.client_own.tz = "Asia/Vladivostok"
        call = self.plan_call(self.client_own)
        card = self.desk().open_call(call.id)
        self.assertEqual(card["client"]["local_time"], "19:00")
