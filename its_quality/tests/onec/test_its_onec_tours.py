import json

from odoo.tests import HttpCase, new_test_user, tagged

from .common import OnecCase


@tagged("post_install", "-at_install", "browser")
class TestItsOnecTours(HttpCase, OnecCase):
    """An administrator connects 1C in a real browser."""

    def test_administrator_connects(self):
        self.connection.unlink()
        new_test_user(self.env, "tour_onec", "its_quality.group_administrator")
        told = {
            "address": self.fake.address,
            "login": self.fakes.LOGIN,
            "password": self.fakes.PASSWORD,
        }
        self.env["ir.attachment"].create(
            {
                "name": "onec.json",
                "url": "/its_quality/tour/onec.json",
                "mimetype": "application/json",
                "public": True,
                "raw": json.dumps(told).encode(),
            }
        )
        self.start_tour(
            "/odoo/its-onec-connections", "its_onec_connection", login="tour_onec"
        )
        connection = self.env["its.onec.connection"].search([])
        self.assertEqual(connection.name, "Made-up accounting")
        job = connection.import_ids
        self.assertEqual(job.state, "checking")
        # The jobs of the scheduler do not run beside a test.
        self.work(job)
        self.assertEqual((job.state, job.new_count), ("checked", 98))
        self.env.flush_all()
        self.start_tour(
            "/odoo/its-onec-connections", "its_onec_import", login="tour_onec"
        )
