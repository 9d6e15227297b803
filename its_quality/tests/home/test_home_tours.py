import base64

from dateutil.relativedelta import relativedelta

from odoo.tests import HttpCase, tagged
from odoo.tools.misc import file_path
from odoo.tools.translate import TranslationImporter

from .common import NewFirmCase

TITLES = (
    "Наименование;ИНН;Телефон;Вид договора;Номер договора;Дата начала;Дата окончания"
)


@tagged("post_install", "-at_install", "browser", "days")
class TestHomeTours(NewFirmCase, HttpCase):
    """The first hour of a firm, and the mornings that follow, in a real browser, in
    Russian."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ru_RU")
        terms = TranslationImporter(cls.env.cr)
        terms.load_file(file_path("its_quality/i18n/ru.po"), "ru_RU")
        terms.save(overwrite=True)
        people = cls.boss | cls.quality_manager | cls.head
        people.lang = "ru_RU"

    def test_mornings(self):
        """Each begins with what waits for them."""
        for client, team in (
            (self.client_own, self.other_team),
            (self.client_team, self.team),
        ):
            claim = self.env["its.claim"].create(
                {
                    "subject": "Не пришёл отчёт",
                    "partner_id": client.id,
                    "team_id": team.id,
                    "author_id": False,
                }
            )
        claim._apply_transition("dispatch")
        for user in (self.quality_manager, self.head):
            with self.subTest(user.login):
                self.start_tour("/odoo/its-home", "its_home", login=user.login)

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
        self.start_tour(
            "/odoo/its-home", "its_first_hour", login="first_boss", timeout=180
        )
        talks = self.env["its.interaction"].search([("company_id", "=", self.firm.id)])
        self.assertEqual(talks.outcome, "reached")
        seller = self.env["res.users"].search([("login", "=", "seller@example.com")])
        self.assertTrue(seller.has_group("its_quality.group_client_manager"))
        self.assertEqual(self.firm.its_claim_alias, "tourfirst")
        self.assertEqual(self.firm._its_zone(), "Europe/Kirov")
