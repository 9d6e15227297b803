from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from ...models.claim import incoming
from ..common import speak_russian


class ClaimTourCase(HttpCase):
    """A client, a service with its team, and the logins of those who bring a claim
    forward."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for login, group in (
            ("tour_quality", "its_quality.group_quality_manager"),
            ("tour_head", "its_quality.group_head"),
            ("tour_worker", "its_quality.group_user"),
        ):
            new_test_user(cls.env, login, group)
        users = cls.env["res.users"]
        cls.head = users.search([("login", "=", "tour_head")])
        # Whoever else controls quality in this database is away.
        others = users._its_quality_managers(cls.env.company)
        others = others.filtered(lambda user: user.login != "tour_quality")
        others.its_absent_from = "2000-01-01"
        service = cls.env["its.service"].create(
            {"name": "Tour service", "kind": "service"}
        )
        cls.env["its.team"].create(
            {
                "name": "Tour team",
                "head_id": cls.head.id,
                "service_ids": [(6, 0, service.ids)],
            }
        )
        cls.client = cls.env["res.partner"].create(
            {"name": "Tour client", "is_company": True, "its_client": True}
        )


@tagged("post_install", "-at_install", "browser", "days")
class TestClaimTours(ClaimTourCase):
    """A claim's whole life in a real browser."""

    def test_life_of_a_claim(self):
        claim = self.env["its.claim"].create(
            {"subject": "No answer for a week", "partner_id": self.client.id}
        )
        way = (
            ("its_claim_dispatch", "tour_quality", "dispatched", "tour_head"),
            ("its_claim_assign", "tour_head", "in_progress", "tour_worker"),
            ("its_claim_work", "tour_worker", "verification", "tour_head"),
            ("its_claim_rework", "tour_head", "in_progress", "tour_worker"),
            ("its_claim_work_again", "tour_worker", "verification", "tour_head"),
            ("its_claim_verify", "tour_head", "follow_up", "tour_quality"),
            ("its_claim_close", "tour_quality", "closed", False),
        )
        for tour, login, state, waits_for in way:
            self.start_tour(f"/odoo/claims/{claim.id}", tour, login=login)
            self.assertEqual(claim.state, state)
            self.assertEqual(claim.next_user_id.login, waits_for)
        self.assertEqual(claim.rework_count, 1)
        self.assertEqual(claim.satisfaction, "5")
        self.assertTrue(claim.on_time)

    def test_a_client_on_the_portal(self):
        """He writes, is asked something, answers, and says that it is settled; between
        his visits the staff does its work."""
        person = self.env["res.partner"].create(
            {"name": "Tour chief", "parent_id": self.client.id}
        )
        new_test_user(
            self.env, "tour_portal", "base.group_portal", partner_id=person.id
        )
        service = self.env["its.service"].search([("name", "=", "Tour service")])
        self.env["its.subscription"].create(
            {
                "partner_id": self.client.id,
                "service_id": service.id,
                "date_start": self.env.company._its_today(),
            }
        )
        self.start_tour("/my", "its_claim_portal_send", login="tour_portal")
        claim = self.env["its.claim"].search([("partner_id", "=", self.client.id)])
        self.assertEqual(claim.contact_id, person)
        self.assertEqual(claim.subscription_id.service_id, service)
        self.assertEqual(claim.description, "<b>Nobody</b> has called back")

        quality, head, worker = (
            self.env["res.users"].search([("login", "=", login)])
            for login in ("tour_quality", "tour_head", "tour_worker")
        )
        claim.with_user(quality).team_id = service.team_ids
        claim.with_user(quality).action_dispatch()
        claim.with_user(head).user_id = worker
        claim.with_user(head).action_assign()
        claim.with_user(worker).message_post(
            body="Whom did you call?",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        claim.with_user(worker).action_wait()
        self.start_tour(
            f"/my/claims/{claim.id}", "its_claim_portal_answer", login="tour_portal"
        )
        self.assertFalse(claim.waiting_since)
        self.assertEqual(claim.message_ids[0].author_id, person)

        claim.with_user(worker).write(
            {
                "problem_id": self.env["its.claim.problem"].search([], limit=1).id,
                "problem_service_id": service.id,
                "justified": "yes",
                "action_taken": "Answered, and apologized",
            }
        )
        claim.with_user(worker).action_hand_over()
        claim.with_user(head).action_verify()
        self.start_tour("/my", "its_claim_portal_say", login="tour_portal")
        self.assertEqual((claim.state, claim.satisfaction), ("closed", "5"))
        self.assertEqual(claim.satisfaction_via, "page")
        self.assertEqual(claim.client_comment, "Thank you")


@tagged("post_install", "-at_install", "browser")
class ClaimDialogTourCase(ClaimTourCase):
    """Those who speak Russian press through the dialogs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        users = cls.env["res.users"].search([("login", "like", "tour_")])
        speak_russian(users)
        cls.service = cls.env["its.service"].search([("name", "=", "Tour service")])
        cls.service.team_ids.member_ids = users.search([("login", "=", "tour_worker")])
        cls.client.phone = "+7 833 200-00-00"

    def press_through(self):
        claim = self.env["its.claim"].create(
            {
                "subject": "No answer for a week",
                "partner_id": self.client.id,
                "service_id": self.service.id,
                "team_id": False,
            }
        )
        way = (
            ("its_claim_dialog_dispatch", "tour_quality", "dispatched"),
            ("its_claim_dialog_assign", "tour_head", "in_progress"),
            ("its_claim_dialog_hand_over", "tour_worker", "verification"),
            (None, "tour_head", "follow_up"),
            ("its_claim_dialog_close", "tour_quality", "closed"),
        )
        for tour, login, state in way:
            if state == "verification":
                problem = self.env["its.claim.problem"].search([], limit=1)
                claim.problem_id = problem
            if tour:
                self.start_tour(f"/odoo/claims/{claim.id}", tour, login=login)
            else:
                head = self.env["res.users"].search([("login", "=", login)])
                claim.with_user(head).action_verify()
            self.assertEqual(claim.state, state)
        self.assertEqual(claim.user_id.login, "tour_worker")
        claim._apply_transition("reopen_closed", "Ещё раз")
        self.start_tour(
            f"/odoo/claims/{claim.id}", "its_claim_dialog_restore", login="tour_quality"
        )
        self.assertEqual(claim.state, "closed")

    def press_what_is_seldom_done(self):
        """Each dialog that is not on the straight way, and the act that has none."""
        closed = self.closed_claim()
        new = self.new_claim()
        doubled = self.new_claim()
        doubled.duplicate_of_id = self.closed_claim()
        at_work = self.claim_in_progress()
        at_work.message_post(
            body="А ещё касса сломалась",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.client.id,
        )
        incoming.hear(at_work, "А ещё касса сломалась")
        way = (
            ("its_claim_dialog_reject", "tour_quality", new, "rejected"),
            ("its_claim_dialog_merge", "tour_quality", doubled, "rejected"),
            ("its_claim_dialog_wait", "tour_worker", at_work, "in_progress"),
            ("its_claim_split_off", "tour_quality", at_work, "in_progress"),
            ("its_claim_dialog_reopen_closed", "tour_quality", closed, "in_progress"),
            ("its_claim_dialog_rework", "tour_head", closed, "in_progress"),
            ("its_claim_dialog_reopen", "tour_quality", closed, "in_progress"),
        )
        for tour, login, claim, state in way:
            with self.subTest(tour):
                if tour == "its_claim_dialog_rework":
                    claim._apply_transition("hand_over", "Снова")
                elif tour == "its_claim_dialog_reopen":
                    claim._apply_transition("hand_over", "Снова")
                    claim._apply_transition("verify")
                self.start_tour(f"/odoo/claims/{claim.id}", tour, login=login)
                self.assertEqual(claim.state, state)
        self.assertEqual(doubled.duplicate_of_id.state, "in_progress")
        self.assertTrue(at_work.waiting_until)
        self.assertEqual((closed.rework_count, closed.reopen_count), (1, 2))

    def new_claim(self):
        return self.env["its.claim"].create(
            {
                "subject": "No answer for a week",
                "partner_id": self.client.id,
                "service_id": self.service.id,
                "team_id": self.service.team_ids.id,
            }
        )

    def waiting(self):
        """A claim that waits for its client."""
        claim = self.claim_in_progress()
        worker = self.env["res.users"].search([("login", "=", "tour_worker")])
        claim.with_user(worker).action_wait()
        return claim

    def claim_in_progress(self):
        claim = self.new_claim()
        claim._apply_transition("dispatch")
        claim.user_id = self.env["res.users"].search([("login", "=", "tour_worker")])
        claim._apply_transition("assign")
        return claim

    def closed_claim(self):
        claim = self.claim_in_progress()
        claim.write(
            {
                "problem_id": self.env["its.claim.problem"].search([], limit=1).id,
                "problem_service_id": self.service.id,
                "justified": "yes",
                "action_taken": "Answered, and apologized",
            }
        )
        for name in ("hand_over", "verify"):
            claim._apply_transition(name)
        claim.satisfaction = "3"
        claim._apply_transition("close")
        return claim

    def resume_on_the_list(self, tour):
        claim = self.waiting()
        self.start_tour("/odoo/waiting-claims", tour, login="tour_worker")
        self.assertFalse(claim.waiting_since)

    def low_score(self):
        """A response with a low score that waits for the quality manager."""
        survey = self.env["survey.survey"].create(
            {"title": "Tour questionnaire", "survey_type": "its", "its_draft": False}
        )
        response = self.env["survey.user_input"].create(
            {
                "survey_id": survey.id,
                "its_client_id": self.client.id,
                "company_id": self.env.company.id,
            }
        )
        response.write(
            {
                "state": "done",
                "its_is_low": True,
                "its_has_score": True,
                "its_score": 20,
                "end_datetime": fields.Datetime.now(),
            }
        )
        response._its_low_score_followup()
        return response


@tagged("post_install", "-at_install", "browser")
class TestClaimDialogTours(ClaimDialogTourCase):
    def test_dialogs(self):
        self.press_through()

    def test_seldom_dialogs(self):
        self.press_what_is_seldom_done()

    def test_waiting(self):
        self.resume_on_the_list("its_claim_waiting")

    def test_low_scores(self):
        response = self.low_score()
        self.start_tour(
            "/odoo/low-scores", "its_claim_low_scores", login="tour_quality"
        )
        self.assertEqual(response.its_claim_ids.partner_id, self.client)


@tagged("post_install", "-at_install", "browser")
class TestClaimListToursOnTelephone(ClaimDialogTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_waiting(self):
        self.resume_on_the_list("its_claim_waiting_telephone")

    def test_low_scores(self):
        response = self.low_score()
        self.start_tour(
            "/odoo/low-scores", "its_claim_low_scores_telephone", login="tour_quality"
        )
        self.assertEqual(response.its_claim_ids.partner_id, self.client)


@tagged("thorough")
class TestClaimDialogToursOnTelephone(ClaimDialogTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_dialogs(self):
        self.press_through()

    def test_seldom_dialogs(self):
        self.press_what_is_seldom_done()


@tagged("post_install", "-at_install", "browser")
class TestClaimStageBar(ClaimDialogTourCase):
    """Whoever has all buttons sees where the claim begins and ends."""

    browser_size = "1366x768"

    def test_stage_bar(self):
        """In each state, by somebody of all roles, of claims that had been closed: each
        stage tells how long they were there."""
        user = new_test_user(
            self.env,
            "tour_all",
            "its_quality.group_administrator,its_quality.group_quality_manager",
        )
        user.lang = "ru_RU"
        self.service.team_ids.deputy_id = user
        self.head.its_absent_from = "2000-01-01"
        other = self.claim_in_progress()
        claims = self.env["its.claim"].create(
            {"subject": "No answer for a week", "partner_id": self.client.id}
        )
        for way in (
            ("reopen_closed",),
            ("reopen_closed", "hand_over"),
            ("reopen_closed", "hand_over", "verify"),
            (),
        ):
            claim = self.closed_claim()
            for name in way:
                claim._apply_transition(name, "Ещё раз")
            claims += claim
        claims[1].user_id = user
        for claim in claims - claims[4]:
            claim.duplicate_of_id = other
        self.spend_days(claims)
        action = self.env["ir.actions.act_window"].create(
            {
                "name": "Stages",
                "res_model": "its.claim",
                "view_mode": "list,form",
                "domain": [("id", "in", claims.ids)],
            }
        )
        self.start_tour(
            f"/odoo/action-{action.id}", "its_claim_stage_bar", login="tour_all"
        )

    def spend_days(self, claims):
        """Let claims have been a day and more at each of their stages."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            UPDATE mail_tracking_value v
               SET create_date = now() - (m.id - v.id + 1) * interval '30 hours'
              FROM mail_message msg,
                   (SELECT max(id) AS id FROM mail_tracking_value) m
             WHERE msg.id = v.mail_message_id
               AND msg.model = 'its.claim' AND msg.res_id = ANY(%s)
            """,
            [claims.ids],
        )
        # In this order on the list.
        self.env.cr.execute(
            """
            UPDATE its_claim
               SET create_date = now() - interval '400 days',
                   date_deadline = current_date + array_position(%(ids)s, id)
             WHERE id = ANY(%(ids)s)
            """,
            {"ids": claims.ids},
        )
        self.env.invalidate_all()


class QueueTourCase(HttpCase):
    """Unknown senders, in Russian."""

    def arrive(self):
        """A message of a sender who may be a client.

        :return: the claim, which is the only one that waits
        """
        self.env["res.lang"]._activate_lang("ru_RU")
        user = new_test_user(
            self.env, "tour_quality", "its_quality.group_quality_manager"
        )
        user.lang = "ru_RU"
        client = self.env["res.partner"].create(
            {
                "name": "АО «Ромашка Тур»",
                "email": "tour@mail.ru",
                "is_company": True,
                "its_client": True,
            }
        )
        claims = self.env["its.claim"]
        waiting = claims.search([("partner_id", "=", False)])
        # Those of the demonstration, which wait, too.
        waiting.partner_id = client
        claim = claims._register_from_outside(
            "form",
            self.env.company,
            {
                "subject": "Касса",
                "email_from": "tour@mail.ru",
                "sender_name": "Пётр, ООО «Лютик»",
            },
        )
        self.assertEqual(claim.suggested_partner_id, client)
        return claim

    def check(self, claim):
        """All that was done has been undone."""
        self.env.invalidate_all()
        self.assertFalse(claim.partner_id)
        card = self.env["res.partner"].with_context(active_test=False)
        card = card.search([("name", "=", "ООО «Лютик-2»")])
        self.assertEqual(len(card), 1)
        self.assertFalse(card.active)


@tagged("post_install", "-at_install", "browser")
class TestClaimQueueTour(QueueTourCase):
    def test_queue(self):
        claim = self.arrive()
        self.start_tour("/odoo/claims-queue", "its_claim_queue", login="tour_quality")
        self.check(claim)


@tagged("post_install", "-at_install", "browser")
class TestClaimQueueTourOnTelephone(QueueTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_queue(self):
        claim = self.arrive()
        self.start_tour("/odoo/claims-queue", "its_claim_queue", login="tour_quality")
        self.check(claim)
