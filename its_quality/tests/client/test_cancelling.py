"""What becomes of a renewal when the old subscription is cancelled, on which day that
may be, and who was the manager then."""

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from .common import SubscriptionCase


@tagged("post_install", "-at_install", "days")
class TestCancelling(SubscriptionCase):
    def of(self, start, end, number, **values):
        return self.subscribe(
            self.today(start), self.today(end), contract_number=number, **values
        )

    def asked(self, subscriptions):
        """The renewals that the dialog asks about."""
        dialog = self.env["its.subscription.cancel"].new(
            {"subscription_ids": [(6, 0, subscriptions.ids)]}
        )
        return dialog.renewal_ids._origin

    def test_what_becomes_of_the_renewal(self):
        for choice, state in (("cancel", "cancelled"), ("keep", "upcoming")):
            with self.subTest(choice), self.undone():
                former = self.of(-100, 100, "1")
                later = former._do_renew()
                last = later._do_renew()
                self.assertEqual(self.asked(former), later + last)
                self.cancel(
                    former, user=self.client_manager, renewals=choice, note="Уходим"
                )
                self.assertEqual(former.state, "cancelled")
                for one in later + last:
                    self.assertEqual(one.state, state)
                    if choice == "cancel":
                        self.assertEqual(one.date_cancelled, one.date_start)
                        self.assertEqual(one.cancellation_note, "Уходим")
                self.assertFalse(former.is_renewed, "too late to be a renewal")
                self.assertFalse(self.asked(former))

    def test_nothing_is_asked_without_a_renewal(self):
        former = self.of(-100, 100, "1")
        self.assertFalse(self.asked(former))
        later = former._do_renew()
        self.assertFalse(self.asked(former + later))
        self.cancel(later, later.date_start)
        self.assertFalse(self.asked(former))

    def test_day_of_a_cancellation(self):
        """Rows: a day, whether it lies within a period from -10 to 20."""
        table = [(-11, False), (-10, True), (0, True), (20, True), (21, False)]
        for day, within in table:
            for reason in (self.refusal, self.reason):
                subscription = self.of(-10, 20, f"{day} {reason.name}")
                values = {
                    "date_cancelled": self.today(day),
                    "cancellation_reason_id": reason.id,
                }
                with self.subTest(day=day, reason=reason.name), self.undone():
                    if within or reason.any_day:
                        subscription.write(values)
                        continue
                    with self.assertRaisesRegex(ValidationError, "Choose a day within"):
                        subscription.write(values)

    def test_a_day_before_a_beginning_is_the_first_day(self):
        """One dialog for what runs and what has not begun: what has not, never will."""
        now, later = self.of(-10, 20, "1"), self.of(5, 300, "2")
        self.cancel(now + later, reason_id=self.refusal.id)
        self.assertEqual(now.date_cancelled, self.today())
        self.assertEqual(later.date_cancelled, self.today(5))
        self.assertEqual(set((now + later).mapped("state")), {"cancelled"})
        self.assertFalse(later.date_last)
        self.assertLess(later.covered_until, later.date_start)

    def test_an_end_moved_afterwards_is_no_mistake(self):
        subscription = self.of(-10, 20, "1")
        self.cancel(subscription, self.today(10), reason_id=self.refusal.id)
        subscription.date_end = self.today(5)
        self.assertEqual(subscription.date_last, self.today(5))


@tagged("post_install", "-at_install", "days")
@freeze_time("2027-03-01 09:00:00")
class TestPeopleThen(SubscriptionCase):
    """The past keeps its manager and its team."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.create_client("ООО «Раньше»", cls.client_manager)

    def of(self, start, end, **values):
        return self.subscribe(start, end, self.client, **values)

    def test_another_manager(self):
        rows = {
            "over": self.of("2026-01-01", "2027-02-28"),
            "cancelled": self.of("2026-02-01", "2028-01-31"),
            "in force": self.of("2026-03-01", "2027-03-01"),
            "later": self.of("2027-04-01", None),
        }
        rows["cancelled"].write(
            {
                "date_cancelled": "2027-03-01",
                "cancellation_reason_id": self.refusal.id,
            }
        )
        self.client.user_id = self.colleague
        for name, subscription in rows.items():
            with self.subTest(name):
                over = name in ("over", "cancelled")
                self.assertEqual(subscription.user_id, self.colleague)
                self.assertEqual(
                    subscription.last_user_id,
                    self.client_manager if over else self.colleague,
                )

    def test_nobody_stays_nobody(self):
        self.client.user_id = False
        over = self.of("2026-01-01", "2027-02-28")
        self.env.flush_all()
        self.env.invalidate_all()
        self.client.user_id = self.colleague
        self.assertFalse(over.last_user_id)

    def test_restored_it_goes_on_with_the_manager_of_today(self):
        over = self.of("2026-01-01", "2027-02-28")
        self.client.user_id = self.colleague
        over.date_end = "2027-12-31"
        self.assertEqual(over.last_user_id, self.colleague)

    def test_service_moved_to_another_team(self):
        over = self.of("2026-01-01", "2027-02-28")
        in_force = self.of("2026-03-01", "2027-03-31")
        self.env.flush_all()
        self.team.service_ids -= self.contract
        self.other_team.service_ids += self.contract
        self.assertEqual((over + in_force).team_id, self.other_team)
        self.assertEqual(over.last_team_id, self.team)
        self.assertEqual(in_force.last_team_id, self.other_team)

    def test_days_pass(self):
        """In force when the manager changes, over by the next change."""
        subscription = self.of("2026-03-01", "2027-03-10")
        self.client.user_id = self.colleague
        self.env.flush_all()
        with freeze_time("2027-03-11 09:00:00"):
            self.client.user_id = self.client_manager
            self.assertEqual(subscription.last_user_id, self.colleague)
