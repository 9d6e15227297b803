from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger


@tagged("post_install", "-at_install", "browser", "days")
class TestDashboardTours(HttpCase):
    """The dashboard in a real browser: what a tile shows is what the database has, and
    what its report lists."""

    def setUp(self):
        super().setUp()
        # A company of its own: nothing of a demonstration is in it.
        self.company = self.env["res.company"].create({"name": "Tour company"})
        people = {}
        for login, group in (
            ("tour_quality", "its_quality.group_quality_manager"),
            ("tour_head", "its_quality.group_head"),
        ):
            people[login] = new_test_user(
                self.env,
                login,
                group,
                company_id=self.company.id,
                company_ids=[(6, 0, self.company.ids)],
            )
        service = self.env["its.service"].create(
            {"name": "Tour service", "kind": "service"}
        )
        self.team = (
            self.env["its.team"]
            .with_company(self.company)
            .create(
                {
                    "name": "Tour team",
                    "head_id": people["tour_head"].id,
                    "service_ids": [(6, 0, service.ids)],
                }
            )
        )
        client = self.env["res.partner"].create(
            {"name": "Tour client", "is_company": True, "its_client": True}
        )
        self.claims = (
            self.env["its.claim"]
            .with_company(self.company)
            .create(
                [
                    {
                        "subject": f"Tour {name}",
                        "partner_id": client.id,
                        "service_id": service.id,
                        "team_id": self.team.id,
                        "company_id": self.company.id,
                    }
                    for name in ("one", "two", "three", "closed")
                ]
            )
        )
        self._close(self.claims[3])

    def _close(self, claim):
        """As if it had gone all its way half a year ago."""
        moment = fields.Datetime.now() - timedelta(days=180)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE its_claim
                   SET state = 'closed', stage_id = %s, date_closed = %s,
                       date_registered = %s, problem_id = %s, satisfaction = '5'
                 WHERE id = %s
                """,
                self.env["its.claim.stage"]._first_of("closed").id,
                moment,
                moment - timedelta(days=3),
                self.env["its.claim.problem"].create({"name": "Tour problem"}).id,
                claim.id,
            )
        )
        self.env.invalidate_all()
        self.env["its.claim.movement"].create(
            {
                "claim_id": claim.id,
                "to_stage_id": claim.stage_id.id,
                "to_state": "closed",
                "date": moment,
                "user_id": self.env.uid,
            }
        )

    def test_dashboard(self):
        domain = [("team_id", "=", self.team.id), ("state", "!=", "closed")]
        self.assertEqual(self.env["its.claim"].search_count(domain), 3)
        for login in ("tour_quality", "tour_head"):
            with self.subTest(login=login):
                self.start_tour("/odoo/quality-dashboard", "its_dashboard", login=login)

    def test_figures_that_cannot_be_loaded(self):
        """Who opens the page by its address without the role is told so."""
        new_test_user(self.env, "tour_manager", "its_quality.group_client_manager")
        with mute_logger("odoo.http"):
            self.start_tour(
                "/odoo/quality-dashboard", "its_dashboard_refused", login="tour_manager"
            )
