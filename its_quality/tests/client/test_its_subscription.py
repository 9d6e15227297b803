import psycopg2

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import format_date, mute_logger

from ..common import DAY
from .common import SubscriptionCase


@tagged("post_install", "-at_install", "days")
class TestCancellation(SubscriptionCase):
    def test_cancel_and_restore(self):
        subscription = self.subscribe(self.today(-9), self.today(200))
        action = self.as_user(subscription, self.client_manager).action_cancel()
        form = Form(
            self.env[action["res_model"]]
            .with_user(self.client_manager)
            .with_context(**action["context"])
        )
        form.reason_id = self.reason
        form.note = "Закрываемся"
        form.save().action_confirm()
        self.assertEqual(subscription.state, "cancelled")
        self.assertEqual(subscription.date_cancelled, self.today())
        self.assertEqual(subscription.cancellation_reason_id, self.reason)
        self.assertEqual(subscription.cancellation_note, "Закрываемся")
        self.as_user(subscription, self.client_manager).action_restore()
        self.assertEqual(subscription.state, "active")
        self.assertFalse(subscription.cancellation_reason_id)
        self.assertFalse(subscription.cancellation_note)

    def test_reason_and_day_are_asked_for(self):
        subscription = self.subscribe(self.today(-9), self.today(200))
        form = Form(
            self.env["its.subscription.cancel"].with_context(
                default_subscription_ids=subscription.ids
            )
        )
        with self.assertRaises(AssertionError):
            form.save()
        form.reason_id = self.reason
        form.date_cancelled = False
        with self.assertRaises(AssertionError):
            form.save()

    def test_cancelled_in_advance(self):
        subscription = self.subscribe(self.today(-9), self.today(200))
        self.cancel(subscription, self.today(3))
        self.assertEqual(subscription.state, "active")
        with freeze_time(fields.Datetime.now() + 4 * DAY):
            self.subscriptions._update_states()
            self.assertEqual(subscription.state, "cancelled")

    def test_not_twice(self):
        two = self.subscribe(self.today(-9), contract_number="1")
        two += self.subscribe(self.today(-9), contract_number="2")
        self.cancel(two[0])
        with self.assertRaisesRegex(UserError, "already cancelled"):
            self.cancel(two)
        self.assertFalse(two[1].date_cancelled)

    def test_never_without_a_reason(self):
        """Retention is judged by the reasons; past the dialog, too."""
        subscription = self.subscribe(self.today(-9), self.today(200))
        with self.assertRaises(UserError):
            self.as_user(subscription, self.client_manager).write(
                {"date_cancelled": self.today()}
            )

    def test_a_reason_in_use_is_kept(self):
        subscription = self.subscribe(self.today(-9), self.today(200))
        self.cancel(subscription)
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            self.reason.unlink()
            self.env.flush_all()


@tagged("post_install", "-at_install", "days")
class TestSubscriptionCard(SubscriptionCase):
    def test_a_subscription_makes_a_client(self):
        subscription = self.subscribe(client=self.stranger)
        self.assertTrue(self.stranger.its_client)
        self.assertFalse(subscription.user_id)
        self.stranger.user_id = self.client_manager
        self.assertEqual(subscription.user_id, self.client_manager)

    def test_not_of_a_contact_person(self):
        with self.assertRaisesRegex(ValidationError, self.client_own.name):
            self.subscribe(client=self.contact_of(self.client_own))

    def test_team(self):
        """The team that has the service in the company of the subscription."""
        subscription = self.subscribe()
        self.assertEqual(subscription.team_id, self.team)
        subscription.service_id = self.program
        self.assertEqual(subscription.team_id, self.other_team)
        self.other_team.active = False
        self.assertFalse(subscription.team_id)
        self.other_team.active = True
        self.assertEqual(subscription.team_id, self.other_team)

    def test_names(self):
        for number, context, name in (
            ("Д-1", {}, "ООО «Ромашка» · Договор для проверки no. Д-1"),
            (False, {}, "ООО «Ромашка» · Договор для проверки"),
            ("Д-1", {"its_hide_client": True}, "Договор для проверки no. Д-1"),
        ):
            with self.subTest(name), self.undone():
                subscription = self.subscribe(
                    self.today(-9), self.today(90), contract_number=number
                )
                period = [
                    format_date(self.env, day)
                    for day in (subscription.date_start, subscription.date_end)
                ]
                self.assertEqual(
                    subscription.with_context(**context).display_name,
                    f"{name}, {' – '.join(period)}",
                )
                subscription.date_end = False
                self.assertIn(f"since {period[0]}", subscription.display_name)

    def test_what_the_log_says(self):
        """What a colleague must see who reads the card a year later."""
        self.env = self.env(context={"tracking_disable": False})
        subscription = self.subscribe(self.today(-9), self.today(200)).with_env(
            self.env
        )
        # Without one nothing is cancelled; it is in the list of changes all the same.
        subscription.cancellation_reason_id = self.reason
        tracked = {
            "date_end": self.today(300),
            "date_start": self.today(-5),
            "contract_number": "Д-2",
            "service_id": self.program.id,
            "date_cancelled": self.today(),
        }
        self.flush_tracking()
        for name, value in tracked.items():
            with self.subTest(name):
                subscription.write({name: value})
                self.flush_tracking()
                last = subscription.message_ids[0].sudo().tracking_value_ids
                self.assertEqual(last.field_id.name, name)

    def flush_tracking(self):
        self.env.flush_all()
        self.cr.precommit.run()

    def test_form(self):
        with Form(
            self.subscriptions.with_user(self.client_manager),
            "its_quality.its_subscription_view_form",
        ) as form:
            form.partner_id = self.client_own
            form.service_id = self.service
            self.assertEqual(form.date_start, self.today())
            form.date_end = self.today(400)
            for name in ("state", "user_id", "team_id", "date_cancelled"):
                self.assertTrue(form._get_modifier(name, "readonly"), name)
        self.assertEqual(form.record.state, "active")
        self.assertEqual(form.record.team_id, self.team)
