from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..common import QualityCase


@tagged("post_install", "-at_install")
class TestItsSettings(QualityCase):
    """An administrator of ITS, who has no rights in Odoo's settings, reaches ours."""

    def page(self, user=None, **values):
        user = user or self.administrator
        return self.env["its.settings"].with_user(user).create(values)

    def test_everything_is_saved(self):
        """Each field that the page has is one of the company, and is written there."""
        self.assertFalse(self.administrator.has_group("base.group_erp_manager"))
        page = self.page()
        for name, field in page._fields.items():
            if not field.related or field.related == "company_id":
                continue
            target = self.company
            for part in field.related.split(".")[1:-1]:
                target = target[part]
            with self.subTest(name), self.undone():
                value = self._another(page, name)
                page.write({name: value})
                self.env.flush_all()
                self.env.invalidate_all()
                of_company = target[field.related.split(".")[-1]]
                if field.type == "many2one":
                    of_company = of_company.id
                self.assertEqual(of_company, value)

    def _another(self, page, name):
        field = page._fields[name]
        if field.type == "integer":
            return page[name] + 1
        if field.type == "selection":
            values = [key for key, _label in field._description_selection(self.env)]
            return next(key for key in values if key != page[name])
        if field.type == "many2one":
            values = {
                "resource.calendar": {"name": "Свой", "company_id": self.company.id},
                "mail.alias.domain": {"name": "settings.example.com"},
            }
            return self.env[field.comodel_name].create(values[field.comodel_name]).id
        return "slovo"

    def test_the_form(self):
        action = self.env.ref("its_quality.its_settings_action")
        action = action.with_user(self.administrator).run()
        page = self.env["its.settings"].with_user(self.administrator)
        with Form(page.browse(action["res_id"])) as form:
            form.its_daily_calls = 7
        self.assertEqual(self.company.its_daily_calls, 7)

    def test_it_is_closed_to_others(self):
        for user in (self.client_manager, self.quality_manager, self.head):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.page(user, its_daily_calls=7)

    def test_another_company(self):
        with self.assertRaises(AccessError):
            self.page(company_id=self.other_company.id, its_daily_calls=7)

    def test_limits_hold(self):
        with self.assertRaises(ValidationError):
            self.page(
                its_contact_group_ids=[Command.set(self.env.ref("base.group_user").ids)]
            )
