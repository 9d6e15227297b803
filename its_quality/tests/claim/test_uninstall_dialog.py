from lxml import etree

from odoo.fields import Command
from odoo.tests import tagged

from ...uninstalling import FORMER_TAX_LABEL, Uninstalling, remember_tax_label
from ..common import QualityCase

COUNTED = {
    "Clients that become ordinary contacts": "SELECT count(*) FROM res_partner "
    "WHERE its_client",
    "Subscriptions": "SELECT count(*) FROM its_subscription",
    "Interactions": "SELECT count(*) FROM its_interaction",
    "Planned calls": "SELECT count(*) FROM mail_activity "
    "WHERE its_client_id IS NOT NULL",
    "Questionnaires": "SELECT count(*) FROM survey_survey WHERE survey_type = 'its'",
    "Responses of clients": "SELECT count(*) FROM survey_user_input "
    "WHERE survey_id IN "
    "(SELECT id FROM survey_survey WHERE survey_type = 'its')",
    "Claims": "SELECT count(*) FROM its_claim",
    "Movements of claims": "SELECT count(*) FROM its_claim_movement",
}


@tagged("post_install", "-at_install")
class TestUninstallDialog(QualityCase):
    """Who is about to uninstall the addon reads what will be lost, and can export it;
    what is really deleted is tested by ``tests/test_uninstall.py``."""

    def dialog(self, module):
        modules = self.env["ir.module.module"].search([("name", "=", module)])
        return self.env["base.module.uninstall"].create(
            {"module_ids": [Command.set(modules.ids)]}
        )

    def test_what_is_lost(self):
        self.env["its.claim"].create(
            {"subject": "Не работает", "partner_id": self.client_own.id}
        )
        self.env["its.interaction"].create({"partner_id": self.client_own.id})
        self.client_own.activity_schedule("mail.mail_activity_data_call")
        self.env["survey.survey"].create({"title": "Новая", "survey_type": "its"})
        self.env.flush_all()
        lines = self.dialog("its_quality").its_losses.splitlines()
        self.assertEqual([line.split(": ")[0] for line in lines], list(COUNTED))
        for line, query in zip(lines, COUNTED.values(), strict=True):
            self.env.cr.execute(query)
            [count] = self.env.cr.fetchone()
            self.assertEqual(int(line.split(": ")[1]), count, line)

    def test_modules(self):
        """Uninstalling what the addon stands on takes it along."""
        self.assertTrue(self.dialog("survey").its_losses)
        self.assertFalse(self.dialog("base_import").its_losses)

    def test_what_can_be_exported(self):
        """Every list that the dialog offers shows all there is, the archived aside."""
        administrator = self.create_user(
            "its_system", "base.group_system,its_quality.group_administrator"
        )
        dialog = self.dialog("its_quality").with_user(administrator)
        form = etree.fromstring(dialog.get_view(view_type="form")["arch"])
        buttons = form.xpath("//div[@name='its_losses']//button")
        self.assertEqual(len(buttons), 6)
        for button in buttons:
            with self.subTest(button=button.get("string")):
                actions = self.env["ir.actions.act_window"]
                action = actions.browse(int(button.get("name")))
                self.assertEqual(action.view_mode.split(",")[0], "list")
                self.assertNotIn("search_default", action.context)
                self.assertTrue(
                    self.env[action.res_model]
                    .with_user(administrator)
                    .has_access("read")
                )
        self.assertTrue(administrator.has_group("base.group_allow_export"))

    def test_without_our_role(self):
        """Who administers Odoo alone is told who can export."""
        system = self.create_user("its_system", "base.group_system")
        dialog = self.dialog("its_quality").with_user(system)
        self.assertTrue(dialog.its_losses)
        arch = dialog.get_view(view_type="form")["arch"]
        self.assertIn("you need the role of an administrator", arch)
        self.assertNotIn("its_claim", arch)

    # -------------------------------------------------------------------------
    # The name of the Tax ID
    # -------------------------------------------------------------------------

    def test_tax_label(self):
        russia = self.env.ref("base.ru")
        parameters = self.env["ir.config_parameter"]
        for former, later, last in (
            (False, "ИНН", False),
            ("Tax number", "ИНН", "Tax number"),
            (False, "Номер налогоплательщика", "Номер налогоплательщика"),
        ):
            with self.subTest(former=former, later=later):
                russia.vat_label = former
                russia.flush_recordset()
                parameters.search([("key", "=", FORMER_TAX_LABEL)]).unlink()
                remember_tax_label(self.env)
                russia.vat_label = later
                russia.flush_recordset()
                Uninstalling(self.env)._restore_tax_label()
                self.env.invalidate_all()
                self.assertEqual(russia.vat_label, last)
                self.assertFalse(parameters.get_param(FORMER_TAX_LABEL))
