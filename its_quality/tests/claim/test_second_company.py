from odoo.fields import Command
from odoo.tests import tagged

from ...models.call.res_company import READY
from ..common import QualityCase

# Master data that companies share.
SHARED = (
    "its.cancellation.reason",
    "its.claim.problem",
    "its.claim.stage",
    "its.service",
    "its.wish",
)
COPIED = (
    "name",
    "sequence",
    "trigger",
    "interval_number",
    "interval_unit",
    "delay_days",
    "purpose",
    "responsible",
    "service_kind",
    "survey_id",
    "script",
)


@tagged("post_install", "-at_install")
class TestSecondCompany(QualityCase):
    """What a company that is opened later has from the beginning, and what its pages say
    it lacks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ready = cls.env["its.cadence"].concat(*map(cls.env.ref, READY))
        cls.env["res.company"].search([]).its_claim_alias = False
        cls.branch = cls.env["res.company"].create({"name": "Филиал"})
        cls.administrator.company_ids += cls.branch
        cls.boss = cls.create_user(
            "its_boss",
            "its_quality.group_administrator",
            company_id=cls.branch.id,
            company_ids=[Command.set(cls.branch.ids)],
        )

    def lacks(self, user=None):
        company = self.branch.with_user(user or self.boss)
        return [lack["action"] for lack in company._its_shown_lacks()]

    def test_cadences(self):
        """Copies of the ready ones, to be changed without touching the others."""
        cadences = self.env["its.cadence"].search([("company_id", "=", self.branch.id)])
        for mine, ready in zip(cadences, self.ready, strict=True):
            for field in COPIED:
                with self.subTest(cadence=ready.name, field=field):
                    self.assertEqual(mine[field], ready[field])
        self.assertFalse(cadences.user_ids)

    def test_cadences_as_they_are_now(self):
        """What the first company has changed is a better beginning than our defaults;
        its people and its own questionnaire are not."""
        own = self.env["survey.survey"].create(
            {
                "title": "Только первой",
                "survey_type": "its",
                "its_draft": False,
                "company_id": self.company.id,
            }
        )
        self.env.ref("its_quality.its_cadence_quarterly").write(
            {
                "interval_number": 2,
                "user_ids": [Command.set(self.quality_manager.ids)],
                "survey_id": own.id,
            }
        )
        self.env.ref("its_quality.its_cadence_monthly").unlink()
        third = self.env["res.company"].create({"name": "Третья"})
        cadences = self.env["its.cadence"].search([("company_id", "=", third.id)])
        self.assertEqual(len(cadences), 4)
        quarterly = cadences.filtered(lambda c: c.purpose == "quality")
        self.assertEqual(quarterly.interval_number, 2)
        self.assertFalse(quarterly.user_ids)
        self.assertFalse(quarterly.survey_id)

    def test_companies_that_were_there_before(self):
        cadences = self.env["its.cadence"].with_context(active_test=False)
        mine = [("company_id", "=", self.branch.id)]
        cadences.search(mine).unlink()
        before = cadences.search_count([])
        self.env["res.company"]._its_give_cadences()
        self.assertEqual(cadences.search_count(mine), 5)
        self.assertEqual(cadences.search_count([]), before + 5)
        self.env["res.company"]._its_give_cadences()
        self.assertEqual(cadences.search_count([]), before + 5)

    def test_shared_master_data(self):
        for model in SHARED:
            with self.subTest(model=model):
                everything = self.env[model].search([])
                self.assertTrue(everything)
                self.assertEqual(
                    self.env[model].with_user(self.boss).search([]), everything
                )
        bank = self.env["survey.survey"].search(
            [("survey_type", "=", "its"), ("company_id", "=", False)]
        )
        self.assertGreaterEqual(len(bank), 5)
        ours = [("survey_type", "=", "its")]
        seen = self.env["survey.survey"].with_user(self.boss).search(ours)
        self.assertEqual(seen, bank)
        self.assertTrue(seen.question_ids)

    def test_working_hours(self):
        calendar = self.branch.resource_calendar_id
        self.assertTrue(calendar)
        self.assertEqual(calendar.company_id, self.branch)
        teams = self.env["its.team"].with_user(self.administrator)
        here = teams.with_company(self.branch).create({"name": "Здесь"})
        there = teams.create({"name": "Там", "company_id": self.branch.id})
        for team in here + there:
            self.assertEqual(team.company_id, self.branch)
            self.assertEqual(team.resource_calendar_id, calendar)

    def test_a_call_is_planned(self):
        """From the copied cadence to a call of the one who works there."""
        client = self.create_client(
            "ООО «Местный»", self.boss, self.branch, company_id=self.branch.id
        )
        self.create_subscription(client, self.contract, company_id=self.branch.id)
        cadences = self.env["its.cadence"].search([("company_id", "=", self.branch.id)])
        cadences.filtered(lambda c: c.purpose == "constant")._plan()
        calls = self.env["mail.activity"].search([("its_client_id", "=", client.id)])
        self.assertEqual(calls.user_id, self.boss)
        self.assertEqual(calls.its_cadence_id.company_id, self.branch)

    def test_what_it_lacks(self):
        """One after the other is added, and no longer mentioned."""
        teams, cadences = (
            "its_quality.its_team_action",
            "its_quality.its_cadence_action",
        )
        settings = "its_quality.its_settings_action"
        self.company.its_claim_alias = "pretenzii-pervoy"
        self.env["its.cadence"].search([("company_id", "=", self.branch.id)]).unlink()
        system = self.create_user(
            "its_system",
            "its_quality.group_administrator,base.group_system",
            company_id=self.branch.id,
            company_ids=[Command.set(self.branch.ids)],
        )
        self.assertEqual(self.lacks(system), [teams, cadences, settings])
        self.assertEqual(self.lacks(), [teams, cadences, settings])
        manager = self.create_user(
            "its_branch",
            "its_quality.group_client_manager",
            company_id=self.branch.id,
            company_ids=[Command.set(self.branch.ids)],
        )
        self.assertEqual(self.lacks(manager), [False, False, False])
        self.env["its.team"].create({"name": "Здесь", "company_id": self.branch.id})
        self.assertEqual(self.lacks(system), [cadences, settings])
        self.env["res.company"]._its_give_cadences()
        self.assertEqual(self.lacks(system), [settings])
        # As the settings are saved: first what there is, then another one.
        for name in ("pretenzii", "pretenzii-vtoroy"):
            page = self.env["its.settings"].with_user(system).create({})
            page.its_claim_alias = name
            self.assertEqual(self.branch.its_claim_alias_id.alias_name, name)
        self.assertEqual(self.lacks(system), [])
        defaults = self.branch.its_claim_alias_id.alias_defaults
        self.assertIn(f"'company_id': {self.branch.id}", defaults)

    def test_nobody_works_there(self):
        self.boss.active = False
        company = self.branch.with_user(self.administrator)
        [lack, *_more] = company._its_shown_lacks()
        self.assertIn("Nobody but you works in Филиал", lack["text"])
        self.assertFalse(lack["action"])

    def test_pages(self):
        """The call desk without a call and the dashboard say it; a desk with calls has
        something better to say."""
        desk = self.env["its.call.desk"]
        said = desk.with_user(self.boss).get_queue()["lacks"]
        self.assertEqual(len(said), 1)
        self.assertIn("Филиал has no teams", said[0]["text"])
        figures = self.env["its.dashboard"].with_user(self.boss).get_figures()
        self.assertEqual(figures["lacks"], said)
        self.client_own.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.client_manager.id
        )
        self.env["its.team"].search([("company_id", "=", self.company.id)]).unlink()
        self.assertEqual(desk.with_user(self.client_manager).get_queue()["lacks"], [])
