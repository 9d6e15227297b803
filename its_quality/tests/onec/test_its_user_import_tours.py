import base64
from pathlib import Path

from odoo.tests import HttpCase, new_test_user, tagged

SAMPLES = Path(__file__).parents[3] / "tests" / "samples"


@tagged("post_install", "-at_install", "browser")
class TestUserImportTours(HttpCase):
    """An administrator imports colleagues, and archives one, in a browser."""

    def test_users_from_1c(self):
        sample = SAMPLES / "users_bp30.xlsx"
        if not sample.exists():
            self.skipTest("The made-up exports of 1C are not beside the addon.")
        new_test_user(
            self.env,
            "tour_admin",
            "its_quality.group_administrator,base.group_erp_manager",
        )
        fewer = "Полное имя;E-mail\nРыбкина Вера Олеговна;rybkina@example.com\n"
        fewer += "Галкин Пётр;sklad@example.com\n"
        fewer += "Галкин Павел;sklad@example.com\n"
        for name, content in (
            ("users.xlsx", sample.read_bytes()),
            ("fewer.csv", fewer.encode()),
        ):
            self.env["ir.attachment"].create(
                {
                    "name": name,
                    "url": f"/its_quality/tour/{name}",
                    "public": True,
                    "datas": base64.b64encode(content),
                }
            )
        self.start_tour("/odoo", "its_users_from_1c", login="tour_admin", timeout=120)
        users = self.env["res.users"].with_context(active_test=False)
        vera = users.search([("login", "=", "rybkina@example.com")])
        self.assertTrue(vera.has_group("its_quality.group_client_manager"))
        self.assertFalse(vera.has_group("its_quality.group_quality_manager"))
        yuri = users.search([("name", "like", "Щукин")])
        self.assertFalse(yuri.active)
        self.assertFalse(users.search([("name", "like", "Чайкина")]))
