import base64
from pathlib import Path

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from . import exchange_messages as messages

SAMPLES = Path(__file__).parents[3] / "tests" / "samples"


@tagged("post_install", "-at_install", "browser", "days")
class TestTours(HttpCase):
    """The two mornings this addon begins with, in a real browser."""

    def test_administrator_imports(self):
        sample = SAMPLES / "contractors_bp30.xlsx"
        if not sample.exists():
            self.skipTest("The made-up exports of 1C are not beside the addon.")
        new_test_user(self.env, "tour_admin", "its_quality.group_administrator")
        self.env["ir.attachment"].create(
            {
                "name": "contractors.xlsx",
                "url": "/its_quality/tour/contractors.xlsx",
                "public": True,
                "datas": base64.b64encode(sample.read_bytes()),
            }
        )
        self.start_tour(
            "/odoo/its-import/new", "its_import_from_1c", login="tour_admin"
        )
        job = self.env["its.import"].search([], limit=1)
        self.assertEqual(job.state, "done")
        self.assertEqual(job.created_count + job.updated_count, 0)
        client = self.env["res.partner"].search([("phone", "like", "00-00-99")])
        self.assertTrue(client.its_client)

    def test_administrator_imports_an_exchange_file(self):
        admin = new_test_user(
            self.env, "tour_exchange", "its_quality.group_administrator"
        )
        service = self.env["its.service"].create(
            {"name": "1С-Проба", "kind": "service"}
        )
        source = self.env["its.import.source"].search([], limit=1)
        text = messages.v8(
            [{**values, "DeletionMark": False} for values in messages.CONTRACTORS[-1:]],
            (),
        )
        job = self.env["its.import"].with_user(admin)
        job = job.create({"source_id": source.id, "file": messages.dropped(text)})
        job.action_check()
        job.action_import()
        self.env["ir.attachment"].create(
            {
                "name": "message.xml",
                "url": "/its_quality/tour/message.xml",
                "public": True,
                "datas": messages.dropped(messages.v8()),
            }
        )
        self.start_tour(
            "/odoo/its-import/new", "its_import_exchange", login="tour_exchange"
        )
        partners = self.env["res.partner"].with_context(active_test=False)
        marked = partners.search([("onec_ref", "=", messages.MARKED)])
        self.assertFalse(marked.active)
        person = partners.search([("onec_ref", "=", messages.PERSON)])
        self.assertEqual(person.its_subscription_ids.service_id, service)

    def test_client_manager_sees_own(self):
        manager = new_test_user(
            self.env, "tour_manager", "its_quality.group_client_manager"
        )
        other = new_test_user(
            self.env, "tour_other", "its_quality.group_client_manager"
        )
        own, _foreign = self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "is_company": True,
                    "its_client": True,
                    "user_id": user.id,
                }
                for name, user in (
                    ("Tour own client", manager),
                    ("Tour foreign client", other),
                )
            ]
        )
        today = fields.Date.today()
        self.env["its.subscription"].create(
            {
                "partner_id": own.id,
                "service_id": self.env.ref("its_quality.its_service_contract_prof").id,
                "date_start": today - relativedelta(months=11),
                "date_end": today + relativedelta(days=10),
            }
        )
        self.start_tour("/odoo/its-clients", "its_client_manager", login="tour_manager")
        renewed, cancelled = own.its_subscription_ids.sorted("date_end")
        self.assertEqual(cancelled.previous_id, renewed)
        self.assertFalse(renewed.is_renewed, "the renewal was cancelled")
        self.assertTrue(cancelled.date_cancelled)
