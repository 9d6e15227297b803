import io
import json

import openpyxl

from odoo import fields, http
from odoo.tests import HttpCase, new_test_user, tagged

from ...models.base.measure import Measure, WholeMeasure
from ..claim.common import ClaimCase
from ..survey.common import SurveyCase

REPORTS = (
    "its.claim.movement.report",
    "its.claim.report",
    "its.contact.report",
    "its.interaction.report",
    "its.manager.report",
    "its.renewal.report",
    "its.survey.report",
)


@tagged("post_install", "-at_install", "days")
class TestUnknownFigures(ClaimCase, SurveyCase):
    """What is not known is empty wherever it is shown, and in no mean."""

    def row(self, claim):
        self.env.flush_all()
        row = self.env["its.claim.report"].browse(claim.id)
        row.invalidate_recordset()
        return row

    def on_time(self, claims):
        self.env.flush_all()
        [(mean,)] = self.env["its.claim.report"]._read_group(
            [("id", "in", claims.ids)], [], ["on_time_share:avg"]
        )
        return mean

    def test_every_mean_of_a_report_may_be_unknown(self):
        """A mean read as 0 where there is none is wrong in every list."""
        for model in REPORTS:
            for name, field in self.env[model]._fields.items():
                if field.aggregator == "avg":
                    with self.subTest(f"{model}.{name}"):
                        self.assertIsInstance(field, (Measure, WholeMeasure))

    def test_lists_and_exports_leave_it_empty(self):
        done, fresh = self.claim_at("closed"), self.create_claim()
        names = ["on_time_share", "working_hours", "satisfied_share"]
        rows = self.row(done) + self.row(fresh)
        shown = [
            row["on_time_share"] for row in rows.web_read({name: {} for name in names})
        ]
        self.assertEqual(shown, [100, False])
        self.assertIs(shown[1], False)
        exported = rows.export_data(names)["datas"]
        self.assertEqual(exported[1], ["", "", ""])
        self.assertEqual((exported[0][0], exported[0][2]), (100, 100))
        # Zero is known.
        done.sudo().on_time = False
        self.assertEqual(self.row(done).export_data(names)["datas"][0][0], 0)

    def test_a_response_without_a_score(self):
        survey = self.create_survey("Без оценок")
        question = self.ask("words", "text_box", survey)
        response = self.start(survey=survey)
        response._its_save_answers({question.id: {"answer": "Хорошо"}})
        response._its_finish()
        response = response.sudo()
        self.assertFalse(response.its_has_score)
        self.assertEqual(response.export_data(["its_score"])["datas"], [[""]])
        # A score that is taken back is not 0, either.
        scored = self.respond(overall="good", nps=9)
        self.assertEqual(scored.its_nps_points, 100)
        scored.user_input_line_ids.filtered(
            lambda line: line.question_id == self.nps
        ).unlink()
        scored._its_store_scores()
        self.env.flush_all()
        [(nps,)] = self.env["survey.user_input"]._read_group(
            [("id", "=", scored.id)], [], ["its_nps_points:avg"]
        )
        self.assertIs(nps, False)

    def test_on_time_once_handed_over(self):
        """Also of a claim that came back before anybody counted how often."""
        claim = self.claim_at("verification")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE its_claim SET reopen_count = NULL, rework_count = NULL"
            " WHERE id = %s",
            [claim.id],
        )
        self.env.invalidate_all()
        self.go(claim, "rework")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE its_claim SET reopen_count = NULL WHERE id = %s", [claim.id]
        )
        self.assertEqual(claim.sudo().state, "in_progress")
        self.assertEqual(self.on_time(claim), 100)
        self.assertIs(self.on_time(self.create_claim()), False)

    def test_waiting_claims_are_not_overdue(self):
        claim = self.claim_at("in_progress")
        claim.sudo().write(
            {"deadline_at": fields.Datetime.subtract(fields.Datetime.now(), days=2)}
        )
        self.assertEqual(self.row(claim).is_overdue, 1)
        claim.sudo().waiting_since = fields.Datetime.now()
        self.assertEqual(self.row(claim).is_overdue, 0)

    def test_rejected_claims_have_no_hours(self):
        claims = self.claim_at("closed") + self.claim_at("rejected")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE its_claim SET working_hours = CASE state WHEN 'closed' THEN 8"
            " ELSE 2 END, date_closed = date_registered + interval '10 hours'"
            " WHERE id IN %s",
            [tuple(claims.ids)],
        )
        [means] = self.env["its.claim.report"]._read_group(
            [("id", "in", claims.ids)], [], ["working_hours:avg", "hours:avg"]
        )
        self.assertEqual(means, (8, 10))

    def test_never_reached(self):
        """Neither 0 days, nor the days since the card was made."""
        client = self.client_own
        client.sudo().its_last_contact = False
        self.env.flush_all()
        row = self.env["its.contact.report"].browse(client.id)
        self.assertEqual((row.silence, row.silent_days), ("never", False))
        [(days,)] = row._read_group([("id", "=", client.id)], [], ["silent_days:avg"])
        self.assertIs(days, False)

    def test_divisions_are_on_paper_as_in_the_list(self):
        branch = self.create_client("Филиал", user=self.client_manager)
        branch.write({"parent_id": self.client_own.id, "is_company": True})
        self.env.flush_all()
        listed = self.env["its.contact.report"].search([("id", "=", branch.id)])
        self.assertEqual(listed.partner_id, branch)
        dialog = self.env["its.report.print"].create({"report": "contacts"})
        sheet = self.env["report.its_quality.contact_sheet"]
        printed = self.env["its.contact.report"].search(sheet._rows_of(dialog))
        self.assertEqual(printed, self.env["its.contact.report"].search([]))

    def test_rows_without_a_number_come_last(self):
        done, fresh = self.claim_at("closed"), self.create_claim()
        self.env.flush_all()
        for direction in ("asc", "desc"):
            found = self.env["its.claim.report"].search(
                [("id", "in", (done + fresh).ids)], order=f"on_time_share {direction}"
            )
            self.assertEqual(found.ids, [done.id, fresh.id], direction)


@tagged("post_install", "-at_install")
class TestUnknownFiguresExported(HttpCase, ClaimCase):
    """The head of a group in a workbook tells the mean of what is known."""

    def test_groups_of_a_workbook(self):
        done = self.claim_at("closed") + self.claim_at("closed")
        done[0].sudo().on_time = False
        claims = done + self.create_claim() + self.create_claim()
        self.env.flush_all()
        user = new_test_user(
            self.env,
            "its_exporter",
            "its_quality.group_administrator,base.group_allow_export",
        )
        self.authenticate(user.login, user.login)
        asked = {
            "model": "its.claim.report",
            "fields": [
                {"name": name, "label": name, "type": kind}
                for name, kind in (("claim_id", "many2one"), ("on_time_share", "float"))
            ],
            "ids": False,
            "domain": [("id", "in", claims.ids)],
            "groupby": ["team_id", "state"],
            "import_compat": False,
        }
        response = self.url_open(
            "/web/export/xlsx",
            data={
                "data": json.dumps(asked),
                "csrf_token": http.Request.csrf_token(self),
            },
        )
        sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
        heads = [
            row[1]
            for row in sheet.iter_rows(min_row=2, values_only=True)
            if str(row[0]).rstrip().endswith(")")
        ]
        # Of the team, of those registered (none is known), of those closed.
        self.assertEqual(sorted(map(str, heads)), ["50", "50", "None"])
