from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged

from ..survey.common import SurveyCase
from .common import ClaimCase


class SourceCase(SurveyCase, ClaimCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.subscription = cls.subscription_of(cls.client_own)

    def low(self, user=None, **arguments):
        """A response with a low score."""
        response = self.start(user, subscription=self.subscription, **arguments)
        response._its_save_answers(
            self.answers("poor", ["late"], late="Ждали неделю", nps=2)
        )
        response._its_finish()
        return response.sudo()

    def claims(self, client=None):
        client = client or self.client_own
        return self.env["its.claim"].search([("partner_id", "=", client.id)])

    def tasks(self):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "res.partner"),
                ("res_id", "=", self.client_own.id),
            ]
        )

    def filled(self, user, action):
        """The form that an action opens for somebody."""
        self.env.invalidate_all()
        claims = self.env["its.claim"].with_user(user)
        view = action["views"][0][0]
        return Form(claims.with_context(**action["context"]), view=view)


@tagged("post_install", "-at_install")
class TestClaimOfLowScore(SourceCase):
    def test_by_itself(self):
        self.survey.its_low_opens_claim = True
        response = self.low(contact=self.contact_of(self.client_own))
        claim = self.claims()
        self.assertEqual(
            (claim.state, claim.channel, claim.response_id),
            ("registered", "survey", response),
        )
        self.assertEqual(claim.contact_id, self.contact_of(self.client_own))
        self.assertEqual(claim.subscription_id, self.subscription)
        self.assertEqual(claim.service_id, self.program)
        self.assertEqual(claim.team_id, self.other_team)
        self.assertFalse(claim.author_id)
        self.assertIn(self.survey.title, claim.subject)
        self.assertEqual(
            claim.description.splitlines()[1:],
            ["overall – poor", "why – late", "late – Ждали неделю", "nps – 2"],
        )
        self.assertFalse(self.tasks())
        self.assertEqual(self.todos(claim).user_id, self.quality_manager)
        self.assertTrue(response.its_followed_up)
        self.assertFalse(response._its_low_score_followup())
        self.assertEqual(self.claims(), claim)

    def test_by_link_without_login(self):
        self.survey.its_low_opens_claim = True
        response = self.survey._its_start_response(self.client_own).sudo()
        public = self.env.ref("base.public_user")
        response = self.as_user(response, public).sudo()
        response._its_save_answers(self.answers("poor", ["rude"]))
        response._its_finish()
        self.assertEqual(self.claims().response_id.id, response.id)

    def test_who_has_gone_to_another_firm_loses_no_answers(self):
        self.survey.its_low_opens_claim = True
        contact = self.contact_of(self.client_own)
        response = self.start(contact=contact)
        response._its_save_answers(self.answers("poor", ["rude"]))
        contact.parent_id = self.client_team
        response._its_finish()
        self.assertFalse(self.claims().contact_id)

    def test_one_click_from_the_task(self):
        response = self.low()
        self.assertFalse(self.claims())
        [task] = self.tasks()
        link = f"/odoo/its-responses/{response.id}/register-claim/new"
        self.assertIn(link, task.note)
        action = self.env.ref("its_quality.its_claim_action_response")
        self.assertEqual(action.path, "register-claim")
        claims = self.env["its.claim"].with_user(self.quality_manager)
        form = Form(claims.with_context(default_response_id=response.id))
        self.assertEqual(form.partner_id, self.client_own)
        self.assertIn("Ждали неделю", form.description)
        claim = form.save()
        self.assertEqual(claim.channel, "survey")
        self.assertEqual(claim.response_id.id, response.id)
        self.assertEqual(claim.author_id, self.quality_manager)
        self.assertFalse(self.tasks(), "the task is done")
        self.assertFalse(task.active)

    def test_one_claim_a_response(self):
        response = self.as_user(self.low(), self.client_manager)
        form = self.filled(self.client_manager, response.action_its_register_claim())
        claim = form.save()
        self.assertEqual(response.its_claim_id, claim)
        self.assertEqual(response.action_its_register_claim()["res_id"], claim.id)
        self.assertFalse(self.as_user(response, self.head).its_claim_id)
        other = self.respond(overall="poor", why=["rude"])
        for client, answers, sentence in (
            (self.client_own, response, "Continue with"),
            (self.client_unassigned, other, "must be, too"),
        ):
            with self.subTest(sentence), self.assertRaisesRegex(UserError, sentence):
                self.create_claim(
                    self.client_manager,
                    partner_id=client.id,
                    response_id=answers.id,
                )

    def test_answers_of_others(self):
        response = self.low(self.administrator, client=self.client_own)
        self.client_own.user_id = self.colleague
        self.env.invalidate_all()
        for attempt in (
            lambda: self.create_claim(
                self.client_manager,
                partner_id=self.client_own.id,
                response_id=response.id,
            ),
            lambda: (
                self.env["its.claim"]
                .with_user(self.client_manager)
                .with_context(default_response_id=response.id)
                .default_get(["description"])
            ),
        ):
            with self.assertRaises(AccessError):
                attempt()


@tagged("post_install", "-at_install", "days")
class TestClaimByHand(SourceCase):
    def test_in_ten_seconds(self):
        """From the card: a line, and all but the words is there."""
        card = self.as_user(self.client_own, self.client_manager)
        form = self.filled(self.client_manager, card.action_register_its_claim())
        self.assertEqual(form.partner_id, self.client_own)
        self.assertEqual(form.subscription_id, self.subscription)
        self.assertEqual(form.service_id, self.program)
        form.subject = "Не обновили"
        claim = form.save()
        self.assertEqual(claim.team_id, self.other_team)
        self.assertEqual((claim.channel, claim.priority), ("phone", "1"))
        told = claim.action_tell_registered()["params"]
        self.assertIn(claim.name, told["links"][0]["label"])

    def test_from_the_card_of_a_contact_person(self):
        contact = self.contact_of(self.client_own)
        card = self.as_user(contact, self.client_manager)
        form = self.filled(self.client_manager, card.action_register_its_claim())
        self.assertEqual(form.contact_id, contact)

    def test_nothing_is_proposed_of_many(self):
        """Rows: what else the client has, whether it is proposed."""
        for state, proposed in (("active", False), ("expired", True)):
            with self.subTest(state), self.undone():
                days = 100 if state == "active" else -5
                self.create_subscription(self.client_own, self.service, days)
                card = self.as_user(self.client_own, self.client_manager)
                form = self.filled(
                    self.client_manager, card.action_register_its_claim()
                )
                self.assertEqual(bool(form.subscription_id), proposed)

    def test_at_the_desk(self):
        call = self.plan_call(self.client_own)
        desk = self.env["its.call.desk"].with_user(self.client_manager)
        contact = self.contact_of(self.client_own)
        action = desk.register_claim(call.id, contact.id, "Ждут неделю")
        form = self.filled(self.client_manager, action)
        form.subject = "Не обновили"
        claim = form.save()
        self.assertEqual(claim.description, "Ждут неделю")
        self.assertEqual(claim.contact_id, contact)
        card = desk.open_call(call.id)
        self.assertEqual([row["id"] for row in card["claims"]], claim.ids)
        self.assertIsNone(card["claim"])

    def test_who_may_not_register(self):
        call = self.plan_call(self.client_team, self.colleague, days=-9)
        call.its_escalated_id = self.head
        desk = self.env["its.call.desk"].with_user(self.head)
        self.assertFalse(desk.open_call(call.id)["may_register"])
        for user in (self.head, self.worker, self.employee, self.portal):
            with self.subTest(user.login), self.assertRaises(UserError):
                self.create_claim(user)


@tagged("post_install", "-at_install", "browser")
class TestClaimSourceTours(SourceCase, HttpCase):
    def test_from_the_task_of_a_low_score(self):
        self.client_own.name = "ООО «Ромашка»"
        response = self.low()
        self.start_tour(
            f"/odoo/its-responses/{response.id}/register-claim/new",
            "its_claim_of_response",
            login="its_quality_manager",
        )
        self.assertEqual(self.claims().response_id, response)
