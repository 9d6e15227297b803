from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..claim.common import ClaimCase
from ..survey.common import SurveyCase

ROLES = (
    "client_manager",
    "colleague",
    "quality_manager",
    "head",
    "other_head",
    "deputy",
    "administrator",
    "worker",
    "employee",
    "portal",
)
# Report, model of its records, which of those it tells about.
REPORTS = (
    ("its.interaction.report", "its.interaction", []),
    ("its.claim.report", "its.claim", []),
    (
        "its.contact.report",
        "res.partner",
        [("its_client", "=", True)],
    ),
    (
        "its.survey.report",
        "survey.user_input.line",
        [
            ("user_input_id.state", "=", "done"),
            ("user_input_id.its_client_id", "!=", False),
            ("user_input_id.test_entry", "=", False),
            ("skipped", "=", False),
        ],
    ),
)


@tagged("post_install", "-at_install", "days")
class TestReportRights(ClaimCase, SurveyCase):
    """A row of a report is open to whoever may read the record it tells about."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for client in (*cls.clients, cls.client_abroad):
            subscription = cls.subscription_of(client)
            cls.env["its.interaction"].create(
                {
                    "partner_id": client.id,
                    "subscription_id": subscription.id,
                    "company_id": subscription.company_id.id,
                }
            )
        cls.env["res.users"].browse(cls.administrator.id).company_ids = [
            (4, cls.other_company.id)
        ]

    def test_rows_are_those_of_the_records(self):
        self.claim_at("in_progress")
        self.claim_at("closed")
        self.create_claim(
            self.client_manager, partner_id=self.client_own.id, team_id=False
        )
        for client in self.clients:
            self.respond(self.quality_manager, client, overall="good", nps=7)
        for role in ROLES:
            user = self[role]
            for name, base, domain in REPORTS:
                with self.subTest(role=role, report=name):
                    report = self.env[name].with_user(user)
                    records = self.env[base].with_user(user)
                    allowed = records.has_access("read") and not user.share
                    allowed = allowed and user.has_group("its_quality.group_user")
                    self.assertEqual(report.has_access("read"), allowed)
                    if not allowed:
                        continue
                    found = report.search([])
                    expected = records.search(domain)
                    if base == "res.partner":
                        expected = expected.filtered(
                            lambda firm: firm.commercial_partner_id == firm
                        )
                    self.assertEqual(set(found.ids), set(expected.ids))
                    # What no search finds is not read by its number either.
                    others = report.sudo().search([]) - found
                    if others:
                        with self.assertRaises(AccessError):
                            others[0].with_user(user).read(["company_id"])

    def test_movements_are_those_of_the_claims(self):
        mine = self.claim_at("in_progress")
        for role in ("quality_manager", "head", "worker", "other_head"):
            with self.subTest(role):
                claims = self.env["its.claim"].with_user(self[role]).search([])
                report = self.env["its.claim.movement.report"].with_user(self[role])
                self.assertEqual(report.search([]).claim_id, claims)
                self.assertEqual(mine in claims, role != "other_head")

    def test_companies(self):
        abroad = self.client_abroad
        report = self.env["its.interaction.report"].with_user(self.administrator)
        there = report.with_context(allowed_company_ids=self.other_company.ids)
        self.assertEqual(there.search([]).partner_id, abroad)
        here = report.with_context(allowed_company_ids=self.company.ids)
        self.assertNotIn(abroad, here.search([]).partner_id)
        both = (self.company + self.other_company).ids
        both = report.with_context(allowed_company_ids=both)
        self.assertIn(abroad, both.search([]).partner_id)

    def test_a_row_opens_its_record(self):
        claim = self.create_claim()
        row = self.env["its.claim.report"].with_user(self.quality_manager)
        action = row.browse(claim.id).action_open()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("its.claim", claim.id)
        )

    def test_nothing_is_written_through_a_report(self):
        claim = self.create_claim()
        for model in ("its.claim.report", "its.contact.report"):
            row = self.env[model].with_user(self.administrator).browse(claim.id)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(row.has_access(operation), (model, operation))
