import base64

from dateutil.relativedelta import relativedelta

from odoo.tests import HttpCase, tagged

from .common import NewFirmCase

TITLES = (
    "Наименование;ИНН;Телефон;Вид договора;Номер договора;Дата начала;Дата окончания"
)


@tagged("post_install", "-at_install", "browser", "days")
class TestHomeTours(NewFirmCase, HttpCase):
    """The first hour of a firm, and the mornings that follow, in a real browser."""

    def test_first_hour(self):
        """From an empty company to the first call that is made."""
        today = self.firm._its_today()
        start, end = today - relativedelta(months=6), today + relativedelta(months=6)
        rows = [
            f"ООО «{name}»;{inn};+7 8332 55-0{n}-00;ИТС ПРОФ;П-{n};{start:%d.%m.%Y};{end:%d.%m.%Y}"
            for n, (name, inn) in enumerate(
                (("Подснежник", "7707083893"), ("Пролеска", "7736050003"))
            )
        ]
        self.env["ir.attachment"].create(
            {
                "name": "first.csv",
                "url": "/its_quality/tour/first.csv",
                "public": True,
                "datas": base64.b64encode("\n".join([TITLES, *rows]).encode()),
            }
        )
        self.client_abroad.its_subscription_ids.unlink()
        self.client_abroad.unlink()
        self.start_tour(
            "/odoo/its-home", "its_first_hour", login="first_boss", timeout=180
        )
        talks = self.env["its.interaction"].search([("company_id", "=", self.firm.id)])
        self.assertEqual(talks.outcome, "reached")
        seller = self.env["res.users"].search([("login", "=", "seller@example.com")])
        self.assertTrue(seller.has_group("its_quality.group_client_manager"))
        self.assertEqual(self.firm.its_claim_alias, "tourfirst")
        self.assertEqual(self.firm._its_zone(), "Europe/Kirov")
