from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestClaimTours(HttpCase):
    """A claim's whole life in a real browser, through the logins of those who bring it
    forward."""

    def setUp(self):
        super().setUp()
        for login, group in (
            ("tour_quality", "its_quality.group_quality_manager"),
            ("tour_head", "its_quality.group_head"),
            ("tour_worker", "its_quality.group_user"),
        ):
            new_test_user(self.env, login, group)
        users = self.env["res.users"]
        self.head = users.search([("login", "=", "tour_head")])
        # Whoever else controls quality in this database is away.
        others = users._its_quality_managers(self.env.company)
        others = others.filtered(lambda user: user.login != "tour_quality")
        others.its_absent_from = "2000-01-01"
        service = self.env["its.service"].create(
            {"name": "Tour service", "kind": "service"}
        )
        self.env["its.team"].create(
            {
                "name": "Tour team",
                "head_id": self.head.id,
                "service_ids": [(6, 0, service.ids)],
            }
        )
        self.client = self.env["res.partner"].create(
            {"name": "Tour client", "is_company": True, "its_client": True}
        )

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
