from collections import Counter
from datetime import date, timedelta

from odoo.tests import freeze_time, tagged

from ..tier import count
from .common import CallCase

MORNING = "{} 06:00:00"


@tagged("post_install", "-at_install")
class TestYearOfCalls(CallCase):
    """A year of nights and days: what is planned is called on its day."""

    def test_a_year(self):
        self.company.its_daily_calls = 4
        cadences = {
            "start": self.create_cadence(
                "after_start", delay_days=5, purpose="rollout"
            ),
            "end": self.create_cadence("before_end", delay_days=30, purpose="renewal"),
            "quarter": self.create_cadence(
                interval_number=3,
                purpose="quality",
                responsible="quality_manager",
                user_ids=self.quality_manager.ids,
            ),
            "claim": self.create_cadence(
                "after_claim",
                delay_days=3,
                purpose="claim",
                responsible="quality_manager",
                user_ids=self.quality_manager.ids,
            ),
            "month": self.create_cadence(purpose="constant"),
        }
        # A claim of everybody is closed: before a weekend, in a quiet month, at a
        # month's end.
        claims = (date(2027, 4, 30), date(2027, 9, 3), date(2028, 1, 31))
        for cadence in cadences.values():
            cadence.service_ids = self.contract
        clients = self.env["res.partner"]
        for number in range(count(3, 6)):
            client = self.create_client(f"ООО «Год {number}»", user=self.client_manager)
            self.env["its.subscription"].create(
                {
                    "partner_id": client.id,
                    "service_id": self.contract.id,
                    "date_start": "2027-03-01",
                    "date_end": "2028-02-29",
                }
            )
            clients |= client
        self.client_manager.write(
            {
                "its_deputy_id": self.colleague.id,
                "its_absent_from": "2027-07-05",
                "its_absent_until": "2027-07-25",
            }
        )
        day = date(2027, 3, 1)
        made = Counter()
        with freeze_time(MORNING.format(day)) as clock:
            while day <= date(2028, 2, 29):
                clock.move_to(MORNING.format(day))
                self.night(cadences.values(), clients)
                for client in clients if day in claims else ():
                    self.env["its.cadence"]._plan_after_claim(client, self.company)
                self.morning(day, cadences, made)
                day += timedelta(days=1)
        for client in clients:
            self.assertEqual(made[client, "start"], 1)
            self.assertEqual(made[client, "end"], 1)
            self.assertEqual(made[client, "claim"], len(claims))
            self.assertIn(made[client, "quarter"], (3, 4))
            # Talks for other reasons keep the constant contact, too.
            self.assertIn(made[client, "month"], range(6, 13))
            talks = client.its_interaction_ids.sorted("date_start").mapped("date_start")
            gaps = [
                (later - earlier).days
                for earlier, later in zip(talks, talks[1:], strict=False)
            ]
            self.assertLessEqual(max(gaps), 35, "nobody is silent for over a month")

    def night(self, cadences, clients):
        self.env["its.subscription"]._update_states()
        self.env["its.cadence"]._cancel_pointless()
        for cadence in cadences:
            cadence._plan()
            self.assertEqual(cadence._plan(), 0)
        calls = self.env["mail.activity"].search([("its_client_id", "in", clients.ids)])
        pairs = Counter((call.its_client_id, call.its_cadence_id) for call in calls)
        self.assertLessEqual(max(pairs.values(), default=0), 1)
        load = Counter((call.user_id, call.date_deadline) for call in calls)
        self.assertLessEqual(max(load.values(), default=0), 4)

    def morning(self, day, cadences, made):
        names = {cadence: name for name, cadence in cadences.items()}
        calls = self.env["mail.activity"].search(
            [
                ("its_cadence_id", "in", [c.id for c in names]),
                ("date_deadline", "<=", day),
            ]
        )
        for call in calls:
            if not call.active:
                continue  # kept by a talk of this morning
            self.assertEqual(call.date_deadline, day, "nothing is planned for the past")
            self.assertLess(day.weekday(), 5)
            self.assertFalse(call.user_id._its_is_absent(day))
            made[call.its_client_id, names[call.its_cadence_id]] += 1
            call.with_user(call.user_id).action_feedback("Всё хорошо")
