from datetime import date

from odoo import models
from odoo.tests import freeze_time, tagged

from .common import CallCase

MONDAY = "2027-03-01 09:00:00"


@tagged("post_install", "-at_install", "days")
@freeze_time(MONDAY)
class TestCallsComeBack(CallCase):
    """A call whose reason has gone was not made: it is withdrawn at once, and comes
    back with the reason."""

    def setUp(self):
        super().setUp()
        self.client = self.create_client("ООО «Свежий»", user=self.client_manager)
        self.subscription = self.contract_of(self.client, "2026-04-01", "2027-03-31")

    def night(self, cadence):
        """What the nightly job does with one cadence."""
        self.env["its.subscription"]._update_states()
        self.env["its.cadence"]._cancel_pointless()
        return self.plan(cadence) if cadence.active else self.calls_of(self.client)

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
        """Plan the calls of a cadence that were to be planned by itself."""
        cadence._plan()
        return self.calls_of(self.client, cadence)

    def changes(self, cadence):
        """By what they are called: what takes the reason away, and brings it back."""
        client, contract = self.client, self.subscription

        def written(record, name, value):
            before = record[name]
            before = before.id if isinstance(before, models.BaseModel) else before
            return (
                lambda: record.write({name: value}),
                lambda: record.write({name: before}),
            )

        return {
            "cadence": (cadence.action_archive, cadence.action_unarchive),
            "consent": written(client, "its_call_consent", "refused"),
            "archived": (client.action_archive, client.action_unarchive),
            "no client": written(client, "its_client", False),
            "cancelled yesterday": (
                lambda: self.cancel("2027-02-28"),
                contract.action_restore,
            ),
            "cancelled today": (
                lambda: self.cancel("2027-03-01"),
                contract.action_restore,
            ),
            "to be cancelled": (self.cancel, contract.action_restore),
            "renewed": (self.renew, lambda: contract.next_ids.unlink()),
            "prolonged": written(contract, "date_end", "2028-03-31"),
            "other service": written(contract, "service_id", self.service.id),
        }

    ALWAYS = ("cadence", "consent", "archived", "no client")
    ENDED = (*ALWAYS, "cancelled yesterday", "cancelled today")
    # What takes the reason away.
    REASONS = {
        "before_end": (*ENDED, "to be cancelled", "renewed", "prolonged"),
        "after_start": ENDED,
        "periodic": (*ENDED, "other service"),
        "after_claim": ALWAYS,
    }

    def test_it_goes_at_once_and_comes_back(self):
        """Each reason that goes and comes back within the hour."""
        for trigger, names in self.REASONS.items():
            for name in names:
                with self.subTest(name, trigger=trigger), self.undone():
                    self.check(trigger, name)

    def check(self, trigger, name):
        if trigger == "after_start":
            self.subscription.date_start = "2027-02-20"
        values = {"before_end": {"delay_days": 30}, "after_claim": {"delay_days": 3}}
        cadence = self.create_cadence(
            trigger, service_ids=self.contract.ids, **values.get(trigger, {})
        )
        cadence._plan_after_claim(self.client, self.company)
        call = self.plan(cadence)
        self.assertEqual(len(call), 1)
        take, give = self.changes(cadence)[name]
        take()
        self.assertFalse(call.active, "it goes at once")
        self.assertTrue(call.its_withdrawn)
        self.assertFalse(self.client.its_next_contact)
        self.assertFalse(self.night(cadence))
        give()
        again = self.night(cadence)
        self.assertEqual(len(again), 1, "it comes back")
        self.assertGreaterEqual(again.date_deadline, date(2027, 3, 1))
        if trigger != "after_claim":
            # The database says when that call was planned, by its own clock.
            self.assertEqual(again.date_deadline, call.date_deadline)
        self.assertEqual(again.its_subscription_id, call.its_subscription_id)
        self.assertEqual(cadence._plan(), 0)

    def test_a_deleted_contract(self):
        cadence = self.create_cadence("before_end", delay_days=30)
        call = self.plan(cadence)
        self.subscription.unlink()
        self.assertFalse(call.active)
        self.assertFalse(self.night(cadence))

    def test_what_somebody_cancels_stays_cancelled(self):
        """Nobody is called day after day; neither by a period nor about a contract."""
        self.subscription.date_start = "2027-02-20"
        for trigger in ("periodic", "after_start", "before_end"):
            with self.subTest(trigger), self.undone():
                if trigger == "periodic":
                    self.subscription.date_start = "2026-04-01"
                cadence = self.create_cadence(trigger, delay_days=30)
                call = self.plan(cadence)
                self.assertEqual(len(call), 1)
                call.action_cancel()
                self.assertFalse(call.its_withdrawn)
                self.assertFalse(self.night(cadence))

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
