from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .test_its_call_survey import AskingCase

MONDAY = "2027-03-01 09:00:00"


@tagged("post_install", "-at_install", "days")
@freeze_time(MONDAY)
class TestCallSubject(AskingCase):
    """Every planned call names a subscription, hence a service and a team."""

    def setUp(self):
        super().setUp()
        self.firm = self.create_client("ООО «Свежий»", user=self.client_manager)
        create = self.env["its.subscription"].create
        rows = {
            "short": (self.contract, "2027-06-30"),
            "long": (self.contract, "2027-12-31"),
            "program": (self.program, "2027-09-30"),
            "past": (self.contract, "2027-02-20"),
            "service": (self.service, False),
        }
        self.held = {
            name: create(
                {
                    "partner_id": self.firm.id,
                    "service_id": service.id,
                    "date_start": "2026-03-01",
                    "date_end": end,
                    "contract_number": name,
                }
            )
            for name, (service, end) in rows.items()
        }

    def test_what_a_planned_call_is_about(self):
        """Rows: trigger, values of the cadence, name of the subscription."""
        contract, program = self.contract.ids, self.program.ids
        table = (
            ("periodic", {}, "service"),
            ("periodic", {"service_ids": contract}, "long"),
            ("periodic", {"service_kind": "contract"}, "long"),
            ("periodic", {"service_ids": program}, "program"),
            ("before_end", {"service_ids": program, "delay_days": 300}, "program"),
            ("before_end", {"delay_days": 300}, "short"),
            ("after_claim", {"service_ids": contract}, "long"),
            ("after_claim", {}, "service"),
        )
        for trigger, values, name in table:
            with self.subTest(trigger, **values), self.undone():
                cadence = self.create_cadence(trigger, **values)
                cadence._plan()
                cadence._plan_after_claim(self.firm, self.company)
                call = self.calls_of(self.firm, cadence)
                self.assertEqual(call.its_subscription_id, self.held[name])

    def test_the_next_call_names_one_too(self):
        cadence = self.create_cadence(service_ids=self.contract.ids)
        cadence._plan()
        call = self.calls_of(self.firm, cadence)
        self.held["long"].date_end = "2027-03-31"
        self.desk().finish_call(call.id, "reached", {})
        call = self.calls_of(self.firm, cadence)
        self.assertEqual(call.its_subscription_id, self.held["short"])
        talk = self.firm.its_interaction_ids
        self.assertEqual(talk.service_id, self.contract)

    def test_a_call_planned_by_hand(self):
        self.assertEqual(
            self.plan_call(self.firm).its_subscription_id, self.held["service"]
        )
        chosen = self.held["short"]
        call = self.plan_call(self.firm, its_subscription_id=chosen.id)
        self.assertEqual(call.its_subscription_id, chosen)
        self.assertFalse(self.plan_call(self.stranger).its_subscription_id)

    def test_what_is_moved_to_another_client(self):
        """A call, or the subscription that it is about."""
        call = self.plan_call(self.firm)
        call.res_id = self.client_own.id
        self.assertEqual(call.its_client_id, self.client_own)
        self.assertIn(call.its_subscription_id, self.client_own.its_subscription_ids)
        call.res_id = self.stranger.id
        self.assertFalse(call.its_subscription_id)
        call = self.plan_call(self.firm, its_subscription_id=self.held["past"].id)
        self.held["past"].partner_id = self.client_own
        self.assertFalse(call.its_subscription_id)
        self.assertEqual(call.its_client_id, self.firm)

    def test_the_desk_shows_and_changes_it(self):
        own = self.client_own.its_subscription_ids
        other = self.env["its.subscription"].create(
            {
                "partner_id": self.client_own.id,
                "service_id": self.service.id,
                "date_start": "2027-01-01",
            }
        )
        card = self.desk().open_call(self.call.id)
        self.assertEqual(
            card["call"]["subscription_id"], self.call.its_subscription_id.id
        )
        self.assertIn(card["call"]["subscription_id"], own.ids)
        self.assertIn(other.id, [one["id"] for one in card["subscriptions"]])
        desk, values = self.desk(), {"subscription_id": other.id}
        desk.finish_call(self.call.id, "reached", values, self.answers("good"))
        talk = self.client_own.its_interaction_ids
        self.assertEqual(talk.subscription_id, other)
        self.assertEqual(talk.service_id, self.service)
        response = talk.response_id
        self.assertEqual(response.its_subscription_id, other)
        self.assertEqual(response.its_service_id, self.service)

    def test_somebody_elses_subscription(self):
        foreign = self.held["short"]
        with self.assertRaises(UserError):
            self.desk().finish_call(
                self.call.id, "reached", {"subscription_id": foreign.id}
            )
        self.assertFalse(self.client_own.its_interaction_ids)

    def test_the_link_keeps_it(self):
        self.company.its_call_attempts = 1
        about = self.call.its_subscription_id
        self.desk().finish_call(self.call.id, "no_answer", {})
        response = self.survey.user_input_ids
        self.assertEqual(response.its_subscription_id, about)
        self.assertEqual(response.its_service_id, about.service_id)
