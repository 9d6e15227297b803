"""What the tests of subscriptions share."""

from ..common import ZONE, QualityCase


class SubscriptionCase(QualityCase):
    """Subscriptions of any period, and their cancelling."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.subscriptions = cls.env["its.subscription"]
        reasons = cls.env["its.cancellation.reason"]
        cls.reason = reasons.create({"name": "Ошибка ввода", "any_day": True})
        cls.refusal = reasons.create({"name": "Закрылся"})
        cls.company.resource_calendar_id.tz = ZONE or "Europe/Moscow"

    def subscribe(self, start=None, end=None, client=None, **values):
        """A subscription of this very period, both given as text or date."""
        if values.get("date_cancelled"):
            values.setdefault("cancellation_reason_id", self.reason.id)
        return self.subscriptions.create(
            {
                "partner_id": (client or self.client_own).id,
                "service_id": self.contract.id,
                "date_start": start or False,
                "date_end": end or False,
                **values,
            }
        )

    def cancel(self, subscriptions, date=None, user=None, **values):
        wizard = (
            self.env["its.subscription.cancel"]
            .with_user(user or self.env.user)
            .create(
                {
                    "subscription_ids": [(6, 0, subscriptions.ids)],
                    "reason_id": self.reason.id,
                    "note": "Закрываемся в марте",
                    **({"date_cancelled": date} if date else {}),
                    **values,
                }
            )
        )
        wizard.action_confirm()
