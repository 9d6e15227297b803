"""A call whose reason has gone is withdrawn, and comes back with its reason."""

from odoo.tests import freeze_time, tagged

from .common import CallCase

MONDAY = "2027-03-01 09:00:00"

TRIGGERS = {
    "periodic": {},
    "after_start": {},
    "before_end": {"delay_days": 30},
}


@tagged("post_install", "-at_install", "days")
@freeze_time(MONDAY)
class TestWithdrawnCalls(CallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cancelled = {
            "date_cancelled": "2027-02-28",
            "cancellation_reason_id": cls.env.ref(
                "its_quality.its_cancellation_reason_price"
            ).id,
        }

    def night(self, cadence):
        """What the nightly job does with one cadence."""
        self.env["its.subscription"]._update_states()
        self.env["its.cadence"]._cancel_pointless()
        if cadence.active:
            cadence._plan()

    def world(self, trigger):
        """A client about whom a cadence has planned a call."""
        client = self.create_client("ООО «Возврат»", self.client_manager)
        start = "2027-02-20" if trigger == "after_start" else "2026-03-20"
        contract = self.create_subscription(
            client, self.contract, date_start=start, date_end="2027-03-20"
        )
        cadence = self.create_cadence(trigger, **TRIGGERS[trigger])
        self.night(cadence)
        call = self.calls_of(client, cadence)
        self.assertEqual(len(call), 1)
        return client, contract, cadence, call

    def changes(self, client, contract, cadence):
        """By what they are called: what takes the reason away, and brings it back."""
        return {
            "consent": (
                lambda: client.write({"its_call_consent": "refused"}),
                lambda: client.write({"its_call_consent": "given"}),
            ),
            "cancelled": (
                lambda: contract.write(self.cancelled),
                lambda: contract.write(dict.fromkeys(self.cancelled, False)),
            ),
            "no client": (
                lambda: client.write({"its_client": False}),
                lambda: client.write({"its_client": True}),
            ),
            "archived": (client.action_archive, client.action_unarchive),
            "cadence": (cadence.action_archive, cadence.action_unarchive),
        }

    def test_comes_back(self):
        for trigger in TRIGGERS:
            client, contract, cadence, call = self.world(trigger)
            changes = self.changes(client, contract, cadence)
            for what, (take, give) in changes.items():
                with self.subTest(what, trigger=trigger), self.undone():
                    take()
                    self.night(cadence)
                    self.assertFalse(call.active)
                    self.assertTrue(call.its_withdrawn)
                    self.assertFalse(self.calls_of(client, cadence))
                    give()
                    self.night(cadence)
                    back = self.calls_of(client, cadence)
                    self.assertEqual(len(back), 1)
                    self.assertEqual(back.date_deadline, call.date_deadline)

    def test_a_renewal_by_mistake(self):
        client, contract, cadence, call = self.world("before_end")
        contract._do_renew()
        self.assertFalse(call.active, "at once, not at night")
        contract.next_ids.unlink()
        self.night(cadence)
        self.assertEqual(len(self.calls_of(client, cadence)), 1)

    def test_at_once(self):
        for what in ("cancelled", "deleted", "cadence"):
            client, contract, cadence, call = self.world("before_end")
            with self.subTest(what), self.undone():
                if what == "cancelled":
                    contract.write(self.cancelled)
                elif what == "deleted":
                    contract.unlink()
                else:
                    cadence.action_archive()
                self.assertFalse(self.calls_of(client, cadence))

    def test_what_somebody_cancels_stays_cancelled(self):
        """Nobody is called day after day; neither by a period nor about a contract."""
        for trigger in TRIGGERS:
            client, _contract, cadence, call = self.world(trigger)
            with self.subTest(trigger):
                call.action_cancel()
                self.assertFalse(call.its_withdrawn)
                self.night(cadence)
                self.assertFalse(self.calls_of(client, cadence))
