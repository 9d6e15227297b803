from odoo.tests import HttpCase, new_test_user, tagged

from . import tier

LOADER = "odoo.loader.modules.get('@web/webclient/clickbot/clickbot_loader')"
ROLES = ("client_manager", "head", "quality_manager", "administrator")


@tagged("post_install", "-at_install", "browser", "neighbours", "thorough")
class TestEveryScreen(HttpCase):
    """Every menu, view and filter of ours opens in a browser without an error, as
    Odoo's own robot tries them: what the server takes for a view may be none there."""

    allow_end_on_form = True

    def _click_everywhere(self, login):
        self.browser_js(
            "/odoo",
            f"{LOADER}.startClickEverywhere('its_quality.its_quality_menu');",
            "odoo.isReady === true",
            login=login,
            timeout=1200,
            success_signal="clickbot test succeeded",
        )

    def test_administrator(self):
        self._click_everywhere("admin")

    def test_roles(self):
        for role in ROLES if tier.is_all() else ():
            with self.subTest(role=role):
                new_test_user(self.env, f"every_{role}", f"its_quality.group_{role}")
                self._click_everywhere(f"every_{role}")
