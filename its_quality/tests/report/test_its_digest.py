from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ..claim.common import NOW
from .dashboard_case import DashboardCase

FIGURES = {
    "interactions": "interactions",
    "nps": "nps",
    "csat": "csat",
    "claims_closed": "claims_closed",
    "on_time": "on_time",
    "retention": "retention",
    "prolongation": "prolongation",
    "overdue_calls": "overdue",
}


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestItsDigest(DashboardCase):
    """The weekly mail tells what the dashboard tells."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.digest = cls.env.ref("its_quality.digest_weekly")

    def column(self, kpis, name, number):
        [kpi] = [kpi for kpi in kpis if kpi["kpi_name"] == f"kpi_its_{name}"]
        return kpi[f"kpi_col{number}"]

    def kpis(self, user=None, company=None):
        user = user or self.quality_manager
        self.env.invalidate_all()
        return self.digest._compute_kpis(company or user.company_id, user)

    def test_same_as_the_dashboard(self):
        self.talk_at("2027-02-10 09:00:00")
        self.answer_at("2027-02-10 09:00:00", nps=10, csat=2)
        self.answer_at("2027-01-10 09:00:00", nps=0, csat=1)
        self.closed_at("2027-02-10 09:00:00", "2027-02-01 09:00:00", 10, on_time=False)
        self.plan_call(self.client_team, self.colleague, -2)
        for user in (self.quality_manager, self.head):
            tiles = self.every(user=user)["tiles"]
            self.env.invalidate_all()
            scope = self.env["its.dashboard"]._scope("month", None)
            digest = self.digest.with_user(user).with_company(self.company)
            digest = digest.with_context(
                start_datetime=scope.start, end_datetime=scope.end
            )
            for name, figure in FIGURES.items():
                with self.subTest(user=user.login, kpi=name):
                    self.assertEqual(
                        digest[f"kpi_its_{name}_value"], tiles[figure]["value"] or 0
                    )
        # The head's are those of his client alone.
        self.assertEqual(digest.kpi_its_nps_value, 100)
        self.assertEqual(digest.kpi_its_csat_value, 25)
        self.assertEqual(digest.kpi_its_claims_closed_value, 1)
        self.assertEqual(digest.kpi_its_on_time_value, 0)
        self.assertEqual(digest.kpi_its_overdue_calls_value, 1)

    def test_each_column_has_its_time(self):
        """A day, a week, a month; what was answered three weeks ago is in the last one
        only, and before it there is nothing to compare with."""
        self.answer_at("2027-02-08 09:00:00", nps=10, csat=4)
        kpis = self.kpis(self.head)
        table = {
            "nps": ["–", "–", "100.0"],
            "csat": ["–", "–", "75.0"],
            "on_time": ["–", "–", "–"],
            "claims_closed": [0, 0, 0],
            "overdue_calls": [0, 0, 0],
        }
        for name, values in table.items():
            with self.subTest(kpi=name):
                columns = [self.column(kpis, name, number) for number in (1, 2, 3)]
                self.assertEqual([c["value"] for c in columns], values)
                self.assertEqual([c["margin"] for c in columns], [0, 0, 0])

    def test_means_are_compared_by_points(self):
        self.answer_at("2027-02-25 09:00:00", nps=10, csat=4)
        self.answer_at("2027-02-18 09:00:00", nps=0, csat=3)
        kpis = self.kpis(self.head)
        week = self.column(kpis, "nps", 2)
        self.assertEqual((week["value"], week["margin"]), ("100.0", 200))
        week = self.column(kpis, "csat", 2)
        self.assertEqual((week["value"], week["margin"]), ("75.0", 25))
        # Of both together it is the mean, not the sum.
        self.assertEqual(self.column(kpis, "csat", 3)["value"], "62.5")

    def test_more_overdue_calls_are_no_gain(self):
        self.plan_call(self.client_team, self.colleague, -2)
        column = self.column(self.kpis(self.head), "overdue_calls", 2)
        self.assertEqual((column["value"], column["margin"]), (1, 0))

    def test_who_gets_none_of_it(self):
        """Neither who has no role, nor who does not work in the digest's company."""
        for role in ("client_manager", "employee"):
            with self.subTest(role=role):
                names = [kpi["kpi_name"] for kpi in self.kpis(self[role])]
                self.assertFalse([n for n in names if n.startswith("kpi_its_")])
        self.digest.company_id = self.other_company
        self.assertFalse(self.kpis(self.quality_manager))
        with self.assertRaises(AccessError):
            self.digest.with_user(self.employee)._its_number("nps")

    def test_company_of_the_digest(self):
        self.quality_manager.company_ids += self.other_company
        self.digest.company_id = self.other_company
        self.talk_at("2027-02-28 09:00:00")
        self.talk_at(
            "2027-02-28 09:00:00",
            self.client_abroad,
            company_id=self.other_company.id,
        )
        kpis = self.kpis(self.quality_manager)
        self.assertEqual(self.column(kpis, "interactions", 2)["value"], 1)

    def test_form_shows_the_last_week(self):
        """Opened by hand, without a time of the mail."""
        self.talk_at("2027-02-25 09:00:00")
        self.talk_at("2027-02-20 09:00:00")
        digest = self.as_user(self.digest, self.head)
        self.assertEqual(digest.kpi_its_interactions_value, 1)

    def test_mail(self):
        """Sent every week, with a link to each report."""
        self.assertEqual(self.digest.periodicity, "weekly")
        self.digest.user_ids = self.quality_manager
        self.answer_at("2027-02-25 09:00:00", nps=10, csat=4)
        self.digest.action_send_manual()
        mail = self.env["mail.mail"].search(
            [("email_to", "=", self.quality_manager.email_formatted)], limit=1
        )
        for text in (
            'data-field="kpi_its_nps"',
            "action-its_quality.its_survey_report_action",
            "action-its_quality.mail_activity_action_call",
        ):
            with self.subTest(text=text):
                self.assertIn(text, mail.body_html)
        for _name, action in self.digest._compute_kpis_actions(
            self.company, self.quality_manager
        ).items():
            self.assertTrue(self.env.ref(action.split("?")[0]))
        self.assertEqual(self.digest.next_run_date, fields.Date.to_date("2027-03-08"))
