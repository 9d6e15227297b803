from datetime import date

from odoo.tests import freeze_time, tagged

from .common import CallCase

MONDAY = "2027-03-01 09:00:00"


@tagged("post_install", "-at_install", "days")
@freeze_time(MONDAY)
class TestCallsComeBack(CallCase):
    """A call whose reason has gone was not made: it comes back with the reason."""

    def setUp(self):
        super().setUp()
        self.client = self.create_client("ООО «Свежий»", user=self.client_manager)
        self.subscription = self.contract_of(self.client, "2026-04-01", "2027-03-31")

    def contract_of(self, client, start, end, **values):
        return self.env["its.subscription"].create(
            {
                "partner_id": client.id,
                "service_id": self.contract.id,
                "date_start": start,
                "date_end": end,
                **values,
            }
        )

    def renew(self):
        return self.subscription._do_renew()

    def cancel(self, day="2027-03-20"):
        self.subscription.write(
            {
                "date_cancelled": day,
                "cancellation_reason_id": self.env.ref(
                    "its_quality.its_cancellation_reason_price"
                ).id,
            }
        )

    def plan(self, cadence):
        cadence._plan()
        return self.calls_of(self.client, cadence)

    def test_it_goes_at_once_and_comes_back(self):
        """Each reason that goes and comes back within the hour."""
        client, subscription = self.client, self.subscription

        def archive_cadence(cadence):
            cadence.active = False
            return lambda: setattr(cadence, "active", True)

        def refuse(_cadence):
            client.its_call_consent = "refused"
            return lambda: client.write({"its_call_consent": "given"})

        def archive(_cadence):
            client.action_archive()
            return client.action_unarchive

        def unmark(_cadence):
            client.its_client = False
            return lambda: client.write({"its_client": True})

        def renew(_cadence):
            return self.renew().unlink

        def cancel(_cadence):
            self.cancel()
            return subscription.action_restore

        def cancel_today(_cadence):
            self.cancel("2027-03-01")
            return subscription.action_restore

        def prolong(_cadence):
            subscription.date_end = "2028-03-31"
            return lambda: subscription.write({"date_end": "2027-03-31"})

        def other_service(_cadence):
            subscription.service_id = self.service
            return lambda: subscription.write({"service_id": self.contract.id})

        every = (archive_cadence, refuse, archive, unmark, cancel_today, other_service)
        table = {
            "before_end": (*every[:-1], renew, cancel, prolong),
            "after_start": (archive_cadence, refuse, archive, unmark, cancel_today),
            "periodic": every,
            "after_claim": (archive_cadence, refuse, archive, unmark),
        }
        for trigger, changes in table.items():
            for change in changes:
                name = change.__name__
                with self.subTest(trigger=trigger, change=name), self.undone():
                    self.check(trigger, change)

    def check(self, trigger, change):
        if trigger == "after_start":
            self.subscription.date_start = "2027-03-01"
        values = {"before_end": {"delay_days": 30}, "after_claim": {"delay_days": 3}}
        cadence = self.create_cadence(
            trigger, service_ids=self.contract.ids, **values.get(trigger, {})
        )
        cadence._plan_after_claim(self.client, self.company)
        call = self.plan(cadence)
        self.assertEqual(len(call), 1)
        undo = change(cadence)
        self.assertFalse(call.active, "it goes at once")
        self.assertTrue(call.its_withdrawn)
        self.assertFalse(self.client.its_next_contact)
        if cadence.active:
            self.assertFalse(self.plan(cadence))
        undo()
        again = self.plan(cadence)
        self.assertEqual(len(again), 1, "it comes back")
        self.assertGreaterEqual(again.date_deadline, date(2027, 3, 1))
        self.assertEqual(again.its_subscription_id, call.its_subscription_id)
        self.assertEqual(cadence._plan(), 0)

    def test_what_was_made_does_not_come_back(self):
        """Whoever was called about the end is not called about it a second time, though
        a renewal was entered and deleted since."""
        cadence = self.create_cadence("before_end", delay_days=30)
        self.plan(cadence).action_feedback("Продлят")
        self.renew().unlink()
        self.assertFalse(self.plan(cadence))

    def test_what_somebody_has_in_hand_stays(self):
        cadence = self.create_cadence("before_end", delay_days=30)
        call = self.plan(cadence)
        call.user_id = self.client_manager
        desk = self.env["its.call.desk"].with_user(self.client_manager)
        desk.open_call(call.id)
        self.renew()
        self.assertTrue(call.active)
        desk.finish_call(call.id, "reached", {"summary": "Продлили"})
        self.assertFalse(call.active)
        self.assertFalse(call.its_withdrawn)
        self.assertEqual(self.client.its_interaction_ids.summary, "Продлили")

    def test_contracts_and_the_rest(self):
        """Calls about contracts go with the last contract, though a program is left."""
        cadence = self.create_cadence(service_kind="contract")
        anything = self.create_cadence()
        self.contract_of(self.client, "2026-04-01", False, service_id=self.service.id)
        call, other = self.plan(cadence), self.plan(anything)
        self.cancel("2027-02-01")
        self.assertFalse(call.active)
        self.assertTrue(other.active)

    def test_a_talk_that_is_deleted_keeps_nothing(self):
        cadence = self.create_cadence()
        call = self.plan(cadence)
        talk = self.talk(self.client)
        self.assertFalse(call.active)
        self.assertFalse(self.plan(cadence))
        talk.unlink()
        self.assertTrue(self.plan(cadence))

    def test_a_talk_of_one_company_closes_nothing_of_another(self):
        cadence = self.create_cadence()
        call = self.plan(cadence)
        self.talk(self.client, company_id=self.other_company.id)
        self.assertTrue(call.active)
        self.talk(self.client)
        self.assertFalse(call.active)

    def test_a_call_reopened_by_hand_is_an_open_call(self):
        cadence = self.create_cadence("before_end", delay_days=30)
        call = self.plan(cadence)
        self.renew()
        call.active = True
        self.assertFalse(call.its_withdrawn)
